from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.logs.lines import Entry, parse, plain, reaches, render

ENTRY = Entry(1_700_000_000.5, "warning", "watch", "events were lost", {"project": "a", "count": 3})


def test_a_line_is_one_json_object_with_the_fixed_fields_first() -> None:
    line = ENTRY.encode()

    assert line.endswith(b"\n")
    assert list(json.loads(line).items()) == [
        ("time", "2023-11-14T22:13:20.500Z"),
        ("level", "warning"),
        ("component", "watch"),
        ("event", "events were lost"),
        ("project", "a"),
        ("count", 3),
    ]


def test_a_field_cannot_take_the_place_of_a_fixed_one() -> None:
    document = json.loads(ENTRY._replace(fields={"event": "mine", "time": 1}).encode())

    assert (document["event"], document["event_"], document["time_"]) == ("events were lost", "mine", 1)


@given(st.text(st.characters()), st.text(st.characters()))
def test_a_raw_line_cannot_steer_a_terminal(event: str, value: str) -> None:
    line = ENTRY._replace(event=event, fields={"value": plain(value)}).encode()

    assert re.fullmatch(rb"[ -~]+\n", line)
    assert parse(line) is not None


@given(st.text(st.characters()))
def test_neither_can_a_rendered_one(text: str) -> None:
    shown = render(
        json.dumps({"time": text, "level": text, "component": text, "event": text, text: text}).encode(),
        colour=False,
    )

    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e\u2066\ud800-\udfff]", shown)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (1.5, 1.5),
        (True, True),
        (b"a\xff", "a\\xff"),
        ("a\udcff", "a\\xff"),
        (("a", {1: b"b"}), ["a", {"1": "b"}]),
        (ValueError("no"), "no"),
    ],
)
def test_values_become_plain(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_long_text_keeps_its_ends() -> None:
    shown = plain("a" * 50_000 + "z")

    assert isinstance(shown, str)
    assert len(shown) < 8_300
    assert shown.startswith("aaa")
    assert shown.endswith("az")
    assert "41809 characters left out" in shown


def test_people_see_time_level_component_event_and_fields() -> None:
    shown = render(ENTRY._replace(fields={"path": "a b", "n": 1, "ok": None}).encode(), colour=False)

    assert re.fullmatch(
        r'\d{4}-\d\d-\d\d \d\d:\d\d:20\.500 warning  watch       events were lost path="a b" n=1 ok=null',
        shown,
    )


def test_colours_only_where_they_are_wanted() -> None:
    assert "\x1b[33m" in render(ENTRY.encode(), colour=True)
    assert "\x1b" not in render(ENTRY.encode(), colour=False)


def test_a_traceback_stands_on_lines_of_its_own() -> None:
    line = ENTRY._replace(fields={"exception": "Traceback:\n  x\x1b\nError"}).encode()

    assert render(line, colour=False).split("\n")[1:] == ["    Traceback:", "      x\\x1b", "    Error"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"torn {", "torn {"),
        (b"\x1b[2J\xff\n", "\\x1b[2J\\xff"),
        (b"3", "3"),
        (b'{"time": 1}', '{"time": 1}'),
    ],
)
def test_what_is_no_line_of_ours_is_shown_as_it_is(line: bytes, expected: str) -> None:
    assert render(line, colour=False) == expected


@pytest.mark.parametrize(
    ("level", "reached"), [("debug", True), ("warning", True), ("error", False), ("critical", False)]
)
def test_a_line_reaches_levels_up_to_its_own(level: str, reached: bool) -> None:
    assert reaches(ENTRY.encode(), level) is reached
    assert reaches(b"not a line", level)
