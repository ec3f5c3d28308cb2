"""The documents derived from the settings, and their copies under config/."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import tomli

from dev_assistant.settings.fields import Settings
from dev_assistant.settings.layers import LayerKind, merge
from dev_assistant.settings.profiles import PROFILES, profile_layer
from dev_assistant.settings.reference import default_of, default_toml, profile_toml, settings_schema
from dev_assistant.settings.table import Table, check
from dev_assistant.settings.toml_text import TomlDocument, parse_toml

COPY = Path(__file__).parents[3] / "config" / "default.toml"


def test_the_copy_in_config_is_true() -> None:
    assert COPY.read_text(encoding="utf-8") == default_toml()


def test_the_copy_loads_as_a_users_file_and_changes_nothing() -> None:
    document = parse_toml(COPY.read_bytes(), file=str(COPY))
    assert isinstance(document, TomlDocument)
    layer, problems, _ = check(Table(LayerKind.USER, str(COPY), document.values, document.place))
    assert problems == []
    assert set(layer.values) == set(Settings.model_fields)
    assert merge([layer]).settings == Settings()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_has_its_comment(name: str) -> None:
    is_table = isinstance(default_of(name), Mapping)
    before, _, _ = default_toml().partition(f"\n[{name}]" if is_table else f"\n{name} = ")
    comment = [line for line in before.rpartition("\n\n")[2].splitlines() if line.startswith("# ")]
    words = " ".join(line.removeprefix("# ") for line in comment)
    assert words.startswith(str(Settings.model_fields[name].description))


def test_lines_of_the_defaults_fit_a_screen() -> None:
    assert max(map(len, default_toml().splitlines())) <= 100


def test_the_schema_knows_both_spellings() -> None:
    schema = settings_schema()
    assert schema["phase-c"]["properties"]["cache_ttl_seconds"] == schema["cache_ttl_seconds"]
    assert schema["workers"]["default"] == "auto"
    assert tomli.loads(default_toml())["workers"] == "auto"


@pytest.mark.parametrize("name", PROFILES)
def test_the_copy_of_a_profile_is_true_and_sets_what_the_profile_sets(name: str) -> None:
    copy = COPY.parent / "profiles" / f"{name}.toml"
    assert copy.read_text(encoding="utf-8") == profile_toml(name)
    document = parse_toml(copy.read_bytes(), file=str(copy))
    assert isinstance(document, TomlDocument)
    layer, problems, warnings = check(Table(LayerKind.USER, str(copy), document.values, document.place))
    assert (problems, warnings) == ([], [])
    assert merge([layer]).settings == merge([profile_layer(name)]).settings


def test_what_a_repository_may_not_set_is_not_in_its_schema() -> None:
    assert "alert_command" not in settings_schema()
    assert "only here or in the environment" in " ".join(default_toml().replace("\n#", "").split())
