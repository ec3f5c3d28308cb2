from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from dev_assistant.errors import UserError
from dev_assistant.logs import get_logger, logging_to, set_levels


class Memory:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def write(self, lines: bytes) -> None:
        self.lines += [json.loads(line) for line in lines.splitlines()]

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def levels() -> Iterator[None]:
    yield
    set_levels("warning", {})


def test_a_call_becomes_a_line_with_its_fields() -> None:
    sink = Memory()
    with logging_to(sink):
        get_logger("watch").warning("events were lost", project="a", paths=(b"\xff", 3))

    [line] = sink.lines
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "component": "watch",
        "event": "events were lost",
        "project": "a",
        "paths": ["\\xff", 3],
    }


def test_a_handler_of_somebody_else_gets_the_fields_too(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING"):
        get_logger("store").warning("a new one is begun", database="/a b.db\x1b", moved_to="c", error=3)
        try:
            int("no")
        except ValueError:
            get_logger("store").exception("it broke", database="c.db")

    shown = r'a new one is begun database="/a b.db\u001b" moved_to=c error=3'
    assert [record.getMessage() for record in caplog.records] == [shown, "it broke database=c.db"]


def test_an_exception_comes_with_its_traceback() -> None:
    sink = Memory()
    with logging_to(sink):
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            get_logger("watch").exception("failed")

    [line] = sink.lines
    assert line["level"] == "error"
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert line["exception"].endswith("ZeroDivisionError: division by zero")


def test_each_component_has_a_level_of_its_own_that_can_change() -> None:
    sink, watch, verify = Memory(), get_logger("watch"), get_logger("verify")
    with logging_to(sink, level="warning", levels={"verify": "debug"}):
        watch.info("1")
        verify.debug("2")
        set_levels("debug", {})
        watch.debug("3")
        set_levels("error", {"watch": "info"})
        watch.info("4")
        verify.warning("5")

    assert [line["event"] for line in sink.lines] == ["2", "3", "4"]


def test_what_other_packages_log_arrives_too() -> None:
    sink = Memory()
    with logging_to(sink):
        logging.getLogger("watchdog.observers").warning("limit of %d", 10)

    assert [(line["component"], line["event"]) for line in sink.lines] == [
        ("watchdog.observers", "limit of 10")
    ]


def test_a_value_that_cannot_be_shown_is_told_and_ends_nothing() -> None:
    class Broken:
        def __str__(self) -> str:
            raise ValueError("no text")

    sink = Memory()
    with logging_to(sink):
        get_logger("watch").warning("odd", value=Broken())
        get_logger("watch").warning("next")

    assert [line["event"] for line in sink.lines] == ["a line could not be shown", "next"]
    assert "no text" in sink.lines[0]["exception"]


def test_values_are_as_they_were_when_they_were_logged() -> None:
    sink, seen = Memory(), {"a": 1}
    with logging_to(sink):
        get_logger("watch").warning("state", seen=seen)
        seen["b"] = 2

    assert sink.lines[0]["seen"] == {"a": 1}


def test_nothing_is_kept_after_the_end() -> None:
    sink = Memory()
    before = list(logging.root.handlers)
    with logging_to(sink):
        assert logging.root.handlers != before
    assert logging.root.handlers == before


@pytest.mark.parametrize(("default", "levels"), [("loud", {}), ("info", {"watch": "INFO"})])
def test_a_level_that_does_not_exist_is_the_users_mistake(default: str, levels: dict[str, str]) -> None:
    with pytest.raises(UserError, match="is not a log level"):
        set_levels(default, levels)
