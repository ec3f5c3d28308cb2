from __future__ import annotations

import json
from typing import Annotated, Literal

import msgspec
from hypothesis import given

from dev_assistant.report.formats.gitlab import gitlab
from unit.report.formats.conftest import HOSTILE, PATHS

Line = Annotated[int, msgspec.Meta(ge=1)]


class Lines(msgspec.Struct, forbid_unknown_fields=True):
    begin: Line
    end: Line | None = None


class Location(msgspec.Struct, forbid_unknown_fields=True):
    path: Annotated[str, msgspec.Meta(min_length=1)]
    lines: Lines


class Issue(msgspec.Struct, forbid_unknown_fields=True):
    """GitLab's documentation, "Code Quality report format"."""

    description: str
    check_name: str
    fingerprint: Annotated[str, msgspec.Meta(min_length=1)]
    severity: Literal["info", "minor", "major", "critical", "blocker"]
    location: Location


def issues(document) -> list[Issue]:
    return msgspec.json.decode(gitlab(document), type=list[Issue])


def test_what_is_not_proved_blocks(full):
    found = [(issue.location.path, issue.severity) for issue in issues(full)]
    assert found == [
        (".", "blocker"),
        ("services/api/src/hung.py", "blocker"),
        ("services/api/src/late.py", "blocker"),
        ("services/api/src/broken.py", "critical"),
        ("a.py", "major"),
        ("b.py", "info"),
        ("b.py", "info"),
    ]


@given(PATHS, HOSTILE)
def test_every_name_gives_an_issue_of_the_documented_form(named, path, message):
    assert len(issues(named(path, message))) == 2


def test_fingerprints_are_unique_and_those_of_the_findings(many):
    names = [issue.fingerprint for issue in issues(many)]
    assert len(set(names)) == len(names) == 3_000
    assert names[0] == many.files[0].findings[0].id


def test_an_empty_report_is_not_green(nothing):
    assert [issue["severity"] for issue in json.loads(gitlab(nothing))] == ["blocker"]
