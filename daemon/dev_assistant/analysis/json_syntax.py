"""JSON as RFC 8259 has it: what does not parse, and keys that are given twice in one object.

Values are dropped as soon as they are read, so that memory stays near the size of the text. Only a text in
which some key was given twice is walked a second time, to find where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dev_assistant.analysis import data_rules
from dev_assistant.analysis.locate import Locator
from dev_assistant.analysis.nesting import too_deep
from dev_assistant.model import Finding

_STRING = r'"(?:[^"\\\n]++|\\.)*"?'
_STRINGS = re.compile(_STRING)
_KEYS = re.compile(rf"({_STRING})[ \t\r\n]*+(:)|{_STRING}|[{{}}]")
_CONSTANT = re.compile(rf"{_STRING}|(NaN|-?Infinity)")
_COMMENTS = re.compile(rf"{_STRING}|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*(?:\*/)?")
_TRAILING = re.compile(rf"{_STRING}|[\[{{]\s*+,|,(?=\s*+[\]}}])")  # behind a value, not behind a bracket
_LAST_COMMA = re.compile(r",\s*+[\]}]")
_NOT_LINE_END = re.compile(r"[^\r\n]")


def json_findings(text: str, *, comments: bool) -> Iterator[Finding]:
    """What is wrong with ``text``; ``comments``: // and /* */ and last commas are fine."""
    if comments:
        text = plain(text)
    locator = Locator(text)
    deep = too_deep(text, _STRINGS, deepest=data_rules.DEEPEST)
    if deep is not None:
        yield data_rules.nested_too_deep(locator, deep, data_rules.DEEPEST)
        return
    watch = _Watch()
    try:
        json.loads(text, object_pairs_hook=watch.pairs, parse_constant=watch.constant, parse_int=str)
    except json.JSONDecodeError as error:
        yield data_rules.not_parsed("JSON", error.msg, *locator.place(error.pos))
        return
    if watch.constants:
        yield from _constants(text, locator)
    if watch.repeated:
        yield from _repeated(text, locator)


def plain(text: str) -> str:
    """JSON with comments as JSON of the same length: blanks stand where comments and last commas were."""
    if "//" not in text and "/*" not in text and not _LAST_COMMA.search(text):
        return text
    return _TRAILING.sub(_comma, _COMMENTS.sub(_comment, text))


@dataclass(slots=True)
class _Watch:
    """What the parser comes by."""

    constants: bool = False
    repeated: bool = False

    def pairs(self, pairs: list[tuple[str, object]]) -> None:
        if len(dict(pairs)) != len(pairs):
            self.repeated = True

    def constant(self, _name: str) -> None:
        self.constants = True


def _constants(text: str, locator: Locator) -> Iterator[Finding]:
    for match in _CONSTANT.finditer(text):
        if match.group(1):
            yield data_rules.not_parsed(
                "JSON", f"{match.group(1)} is no number of JSON", *locator.place(match.start())
            )


def _repeated(text: str, locator: Locator) -> Iterator[Finding]:
    """``text`` is valid: a string before a colon is a key, and brackets match."""
    objects: list[dict[str, int]] = []
    for match in _KEYS.finditer(text):
        piece = match.group()
        if piece == "{":
            objects.append({})
        elif piece == "}":
            objects.pop()
        elif match.group(2):
            key = str(json.loads(match.group(1)))
            first = objects[-1].setdefault(key, match.start())
            if first != match.start():
                yield data_rules.given_twice(locator, key, first, match.start(), match.end(1))


def _comment(match: re.Match[str]) -> str:
    piece = match.group()
    if piece.startswith('"') or (piece.startswith("/*") and not _closed(piece)):
        return piece
    return _NOT_LINE_END.sub(" ", piece)


def _closed(comment: str) -> bool:
    return len(comment) >= len("/**/") and comment.endswith("*/")


def _comma(match: re.Match[str]) -> str:
    return " " if match.group() == "," else match.group()
