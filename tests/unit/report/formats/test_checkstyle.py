from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given

from dev_assistant.report.formats.checkstyle import checkstyle
from unit.report.formats.conftest import HOSTILE, PATHS


def rows(document) -> list[tuple[str, str, str]]:
    root = ET.fromstring(checkstyle(document))
    assert (root.tag, root.get("version")) == ("checkstyle", "4.3")
    return [(file.get("name"), row.get("severity"), row.get("source")) for file in root for row in file]


def test_files_with_their_findings_and_doubts(full):
    assert rows(full) == [
        (".", "error", "dev-assistant/incomplete"),
        ("services/api/src/hung.py", "error", "dev-assistant/unverified"),
        ("services/api/src/late.py", "error", "dev-assistant/unverified"),
        ("services/api/src/broken.py", "error", "dev-assistant.lint.E999"),
        ("a.py", "warning", "dev-assistant.lint.F401"),
        ("b.py", "info", "dev-assistant.unfinished.DA101"),
        ("b.py", "info", "dev-assistant.unfinished.DA109"),
    ]


@given(PATHS, HOSTILE)
def test_every_name_is_well_formed(named, path, message):
    assert len(rows(named(path, message))) == 2
