from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from dev_assistant.logs.lines import Entry
from dev_assistant.logs.writer import LogWriter, Terminal

PATIENCE = 20.0


class Memory:
    """A sink that can be held up and can be full."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.full = False
        self.open = threading.Event()
        self.entered = threading.Event()
        self.open.set()
        self.closed = False

    def write(self, lines: bytes) -> None:
        self.entered.set()
        assert self.open.wait(PATIENCE)
        if self.full:
            raise OSError(28, "No space left on device")
        self.lines += [json.loads(line) for line in lines.splitlines()]

    def close(self) -> None:
        self.closed = True

    @property
    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]


def entry(event: str, **fields: object) -> Entry:
    return Entry(0.0, "info", "watch", event, fields)


def test_lines_arrive_in_order_and_all_before_the_end() -> None:
    sink = Memory()
    writer = LogWriter([sink])
    writer.start()
    for number in range(2_000):
        writer.put(entry(f"e{number}"))

    assert writer.close()
    assert sink.events == [f"e{number}" for number in range(2_000)]
    assert sink.closed


def test_a_writer_that_is_held_up_holds_up_nobody() -> None:
    sink = Memory()
    sink.open.clear()
    writer = LogWriter([sink], limit=10)
    writer.start()
    writer.put(entry("first"))
    assert sink.entered.wait(PATIENCE)
    for number in range(25):
        writer.put(entry(f"e{number}"))
    sink.open.set()

    assert writer.close(timeout=PATIENCE)
    assert sink.events == ["first", *(f"e{number}" for number in range(10)), "lines were dropped"]
    assert sink.lines[-1]["count"] == 15


def test_the_same_line_again_and_again_is_told_with_its_count() -> None:
    sink = Memory()
    writer = LogWriter([sink])
    writer.start()
    for _ in range(100):
        writer.put(entry("the same"))
    writer.close(timeout=PATIENCE)

    assert sink.events == ["the same"] * 6
    assert sink.lines[-1]["repeated"] == 95


def test_what_a_full_disk_did_not_take_is_told_later() -> None:
    sink = Memory()
    sink.full = True
    writer = LogWriter([sink])
    writer.start()
    writer.put(entry("lost"))
    assert sink.entered.wait(PATIENCE)
    sink.entered.clear()
    assert sink.entered.wait(PATIENCE)  # the next attempt, to tell of it
    sink.full = False
    writer.put(entry("kept"))
    writer.close(timeout=PATIENCE)

    assert "lost" not in sink.events
    assert "kept" in sink.events
    assert [line["count"] for line in sink.lines if line["event"] == "lines were dropped"] == [1]


def test_one_sink_that_fails_does_not_silence_the_other() -> None:
    broken, good = Memory(), Memory()
    broken.full = True
    writer = LogWriter([broken, good])
    writer.start()
    writer.put(entry("a"))
    writer.close(timeout=PATIENCE)

    assert good.events == ["a"]


def test_an_end_that_takes_too_long_is_reported() -> None:
    sink = Memory()
    sink.open.clear()
    writer = LogWriter([sink])
    writer.start()
    writer.put(entry("a"))

    assert not writer.close(timeout=0.05)
    sink.open.set()
    assert writer.close(timeout=PATIENCE)


def test_in_the_foreground_lines_are_for_people() -> None:
    shown: list[str] = []
    Terminal(shown.append, colour=False).write(entry("a\x1b").encode() + entry("b", n=1).encode())

    [text] = shown
    assert [line.split(" ", 2)[2] for line in text.splitlines()] == [
        "info     watch       a\\x1b",
        "info     watch       b n=1",
    ]


def test_what_the_disk_refuses_is_in_trouble_until_it_takes_it() -> None:
    sink = Memory()
    writer = LogWriter([sink])
    sink.full = True
    writer.start()
    writer.put(entry("lost"))
    until(lambda: "No space left on device" in writer.trouble)
    sink.full = False
    until(lambda: writer.trouble == "")
    assert writer.close(timeout=PATIENCE)
    assert sink.events == ["lines were dropped"]


def test_a_closed_terminal_is_no_trouble() -> None:
    def hung_up(_: str) -> None:
        raise OSError(5, "Input/output error")

    sink = Memory()
    writer = LogWriter([sink, Terminal(hung_up, colour=False)])
    writer.start()
    writer.put(entry("kept"))
    assert writer.close(timeout=PATIENCE)
    assert (sink.events, writer.trouble) == (["kept"], "")


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to hold"
