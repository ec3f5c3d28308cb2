"""A log line: how it is written, and how a person sees it.

Lines are read back from a file that anybody may have written: what is shown goes through ``visible``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from dev_assistant.escape import path_text, visible

LEVELS = ("debug", "info", "warning", "error", "critical")
_TEXT = 8_192  # characters of one field; a long traceback has about 4,000
_FIXED = ("time", "level", "component", "event")
_COLOURS = {"debug": "2", "info": "32", "warning": "33", "error": "31", "critical": "1;31"}


class Entry(NamedTuple):
    """One event; ``time`` is wall-clock seconds, and the fields hold nothing but plain values."""

    time: float
    level: str
    component: str
    event: str
    fields: Mapping[str, object]

    def identity(self) -> tuple[str, str, str, str]:
        """What makes two lines the same: everything but the time."""
        return self.level, self.component, self.event, repr(sorted(self.fields.items()))

    def encode(self) -> bytes:
        """One line of JSON in ASCII, so that the raw file cannot steer a terminal either."""
        fixed = (_iso(self.time), self.level, self.component, _text(self.event))
        extra = {f"{key}_" if key in _FIXED else key: value for key, value in self.fields.items()}
        return json.dumps(dict(zip(_FIXED, fixed, strict=True)) | extra).encode() + b"\n"


def plain(value: object) -> object:
    """``value`` as JSON can hold it, with long text cut and undecodable bytes as escapes."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return _text(os.fsdecode(value) if isinstance(value, bytes) else str(value))


def _text(text: str) -> str:
    if len(text) > _TEXT:
        text = f"{text[: _TEXT // 2]} ({len(text) - _TEXT} characters left out) {text[-_TEXT // 2 :]}"
    return text if text.isascii() else path_text(text)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(line: bytes) -> dict[str, Any] | None:
    """The document of a line; None for one that is torn or not ours."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not all(isinstance(document.get(key), str) for key in _FIXED):
        return None
    return document


def reaches(line: bytes, level: str) -> bool:
    """Whether a line is at least as grave as ``level``; what cannot be understood always is."""
    document = parse(line)
    if document is None or document["level"] not in LEVELS:
        return True
    return LEVELS.index(document["level"]) >= LEVELS.index(level)


def render(line: bytes, *, colour: bool) -> str:
    """For people: local time, level, component, event, fields; a traceback on lines of its own."""
    document = parse(line)
    if document is None:
        return visible(os.fsdecode(line.rstrip(b"\r\n")))
    level = document["level"]
    traceback = document.pop("exception", None)
    parts = [
        _paint(_clock(document["time"]), "2", colour=colour),
        _paint(f"{visible(level):<8}", _COLOURS.get(level, "0"), colour=colour),
        _paint(f"{visible(document['component']):<11}", "36", colour=colour),
        visible(document["event"]),
        *_fields(document, colour=colour),
    ]
    return "\n".join([" ".join(parts), *_indented(traceback)])


def sentence(event: str, fields: Mapping[str, object]) -> str:
    """For where there is no log: the event and its fields, without a traceback."""
    shown = {key: plain(value) for key, value in fields.items() if key != "exception"}
    return " ".join((visible(event), *_fields(shown, colour=False)))


def _clock(time: str) -> str:
    try:
        return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    except (ValueError, OverflowError):
        return visible(time)


def _fields(document: Mapping[str, Any], *, colour: bool) -> Iterable[str]:
    for key, value in document.items():
        if key not in _FIXED:
            yield _paint(visible(key), "2", colour=colour) + "=" + visible(_value(value))


def _value(value: object) -> str:
    if isinstance(value, str) and value and not any(char in value for char in ' "='):
        return value
    return json.dumps(value, ensure_ascii=False)


def _indented(traceback: object) -> list[str]:
    return [] if traceback is None else [f"    {visible(line)}" for line in str(traceback).split("\n")]


def _paint(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
