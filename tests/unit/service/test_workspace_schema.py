"""The JSON Schema of workspace.json, and its copy under config/."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.service.workspace_schema import schema_text, workspace_schema
from dev_assistant.settings.fields import Settings, is_personal, is_workspace_wide
from dev_assistant.workspace.file import ENTRY_KEYS, TOP_KEYS

COPY = Path(__file__).parents[3] / "config" / "workspace.schema.json"


def test_the_copy_in_config_is_true() -> None:
    assert COPY.read_text(encoding="utf-8") == schema_text()


def test_the_schema_knows_the_keys_that_the_reader_knows() -> None:
    schema = workspace_schema()
    assert set(schema["properties"]) == set(TOP_KEYS)
    assert set(ENTRY_KEYS) <= set(schema["properties"]["projects"]["items"]["properties"])


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_stands_where_it_may_be_written(name: str) -> None:
    schema = workspace_schema()
    assert (name in schema["properties"]["settings"]["properties"]) is not is_personal(name)
    in_project = name in schema["properties"]["projects"]["items"]["properties"]
    assert in_project is not is_workspace_wide(name)
