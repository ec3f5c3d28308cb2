from __future__ import annotations

from dev_assistant.model import Severity
from dev_assistant.report.formats.contents import Doubt, doubts, findings, gravest, positive
from dev_assistant.report.formats.registry import FORMATS
from unit.report.formats.conftest import document_of, file


def test_findings_stand_at_their_places_in_the_workspace(full):
    assert [(each.path, each.finding.rule) for each in findings(full)] == [
        ("services/api/src/broken.py", "E999"),
        ("a.py", "F401"),
        ("b.py", "DA101"),
        ("b.py", "DA109"),
    ]


def test_the_gravest_come_first(full):
    severities = [each.finding.severity for each in gravest(findings(full))]
    assert severities == [Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.INFO]


def test_whatever_is_not_known_is_a_doubt(full):
    assert doubts(full) == [
        Doubt("", "", "/w/gone does not exist or cannot be read"),
        Doubt("api", "services/api/src/hung.py", "failed: timeout"),
        Doubt("api", "services/api/src/late.py", "pending: not judged"),
    ]


def test_a_clean_result_leaves_none_and_an_empty_one_does(clean, nothing):
    assert doubts(clean) == []
    assert [doubt.reason for doubt in doubts(nothing)] == ["nothing matched, so nothing was judged"]


def test_a_mistake_in_the_configuration_is_a_doubt_in_every_format():
    told = document_of(file("a.py", []), config_errors=["x: no such key"])
    assert doubts(told) == [Doubt("", "", "x: no such key")]
    for name, made in FORMATS.items():
        assert b"x: no such key" in made(told), name
    assert "**Incomplete**" in FORMATS["markdown"](told).decode()


def test_lines_count_from_one():
    assert [positive(number) for number in (-3, 0, 1, 7)] == [1, 1, 1, 7]
