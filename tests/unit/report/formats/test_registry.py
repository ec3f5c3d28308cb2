from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from dev_assistant.report.documents import read_document
from dev_assistant.report.formats.registry import FORMATS
from unit.report.formats.conftest import HOSTILE, PATHS

TOLD = ("F401", "hung.py", "timeout", "late.py", "gone")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_findings_and_what_is_not_proved(full, name):
    made = FORMATS[name](full).decode()
    assert [word for word in TOLD if word not in made] == []


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"checkstyle", "markdown"}))
def test_every_format_with_a_place_for_it_has_the_same_id(full, name):
    ids = [finding.id for file in full.files for finding in file.findings]
    made = FORMATS[name](full).decode()
    shown = ids if name != "concise" else []
    assert [each for each in shown if each not in made] == []


@settings(max_examples=40)
@given(PATHS, HOSTILE)
def test_every_format_takes_every_name_and_moves_no_cursor(named, path, message):
    document = named(path, message)
    for name, make in FORMATS.items():
        made = make(document).decode()
        assert not any(char in made for char in "\x1b\x07\x08\x7f\x9b\u202e"), name


def test_json_is_the_document(full):
    data = FORMATS["json"](full)
    assert read_document(data, source="r").files == full.files
    assert json.loads(data)["summary"]["files"] == 7
