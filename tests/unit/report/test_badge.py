from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from dev_assistant.model import FileState
from dev_assistant.report.artefacts import project_artefacts
from dev_assistant.report.badge import badge_json, badge_of, badge_svg
from dev_assistant.report.published import of_project

NOON = 1_700_049_600.0


@pytest.fixture
def badge(project):
    def badge(files, **changed):
        made = project_artefacts(project(files=files, **changed), trends=None, now=NOON)
        return badge_of(of_project(made["team_stats.json"], None, None, place="here"))

    return badge


def test_green_is_for_what_is_proved(badge, record):
    assert badge({"a.py": record()}) == ("10.0 · passed", "brightgreen", False)
    assert badge({"a.py": record(), "b.py": record(FileState.FAILED)})[:2] == (
        "10.0 · not proved",
        "lightgrey",
    )
    assert badge({"a.py": record()}, state="degraded").colour == "lightgrey"
    assert badge({}).message == "nothing judged"


@pytest.mark.parametrize(
    ("rules", "colour"),
    [
        ({"F401": 1}, "yellowgreen"),
        ({"F401": 10}, "yellow"),
        ({"S101": 4, "F401": 5}, "orange"),
        ({"S101": 4, "F401": 10}, "red"),
    ],
)
def test_findings_are_coloured_by_the_score(badge, record, rules, colour):
    assert badge({"a.py": record(**rules)}).colour == colour


def test_the_json_is_what_shields_asks_for(badge, record):
    document = json.loads(badge_json(badge({"a.py": record()})))
    assert document == {
        "schemaVersion": 1,
        "label": "code quality",
        "message": "10.0 · passed",
        "color": "brightgreen",
        "isError": False,
    }


def test_the_svg_stands_alone_and_says_what_it_shows(badge, record):
    svg = badge_svg(badge({"a.py": record(F401=1)}))
    root = ElementTree.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{name}svg"
    assert [each.text for each in root.iter(f"{name}text")] == ["code quality", "9.8 of 10"]
    assert root.findtext(f"{name}title") == "code quality: 9.8 of 10"
    assert b"href" not in svg
    assert b"<style" not in svg
