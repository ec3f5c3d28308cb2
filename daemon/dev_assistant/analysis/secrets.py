"""Secrets in any text file: what it is and where it stands, never what it says.

No message, exception or log holds a secret or a part of one. A line that says ``pragma: allowlist secret``
is left out, and so is the line after ``pragma: allowlist nextline secret``: the marks of detect-secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dev_assistant.analysis import secret_rules as rules
from dev_assistant.analysis.assigned_secrets import found_assigned
from dev_assistant.analysis.capping import capped
from dev_assistant.analysis.charset import byte_order_mark, readable
from dev_assistant.analysis.locate import Locator
from dev_assistant.analysis.secret_shapes import Place, found_shapes
from dev_assistant.model import Finding

RULES = rules.RULES
RUFF_EQUIVALENTS: Mapping[str, frozenset[str]] = {"DA290": frozenset({"S105", "S106", "S107"})}
"""Rules of ruff that say the same of a .py file, where they are selected."""

_MARK = b"pragma: allowlist secret"
_MARK_ABOVE = b"pragma: allowlist nextline secret"
_NEAR = 2000
"""Bytes to each side of a secret in which a mark is looked for: a line may have megabytes."""


def check(name: str, data: bytes) -> Iterator[Finding]:
    """Secrets in the bytes of the text file ``name`` (its suffix says where values need no quotes)."""
    mark = byte_order_mark(data)
    if mark:
        data = readable(data).encode("utf-8", "surrogateescape")
    yield from capped(_findings(data, _apart(name, data)))


def _apart(name: str, data: bytes) -> Iterator[Place]:
    """In the order of the file, without those that are allowed or overlap: the documented shape wins."""
    end = 0
    shapes = list(found_shapes(data))
    known = sorted(
        [
            *((place.start, 0, place) for place in shapes),
            *((p.start, 1, p) for p in found_assigned(name, data)),
        ]
    )
    marked = b"pragma: allowlist" in data
    for _, _, place in known:
        if place.start >= end and not (marked and _allowed(data, place)):
            yield place
            end = place.end


def _findings(data: bytes, places: Iterator[Place]) -> Iterator[Finding]:
    text: Locator | None = None
    done = offset = 0
    for place in places:
        text = text or Locator(data.decode("utf-8", "surrogateescape"))
        offset += len(data[done : place.start].decode("utf-8", "surrogateescape"))
        done = place.start
        yield place.rule.at(text.span(offset, offset + place.end - place.start), f"{place.kind} in the file")


def _allowed(data: bytes, place: Place) -> bool:
    begin = data.rfind(b"\n", max(0, place.start - _NEAR), place.start) + 1
    line_end = data.find(b"\n", place.end, place.end + _NEAR)
    line = data[max(begin, place.start - _NEAR) : line_end if line_end >= 0 else place.end + _NEAR]
    above = data[
        max(0, data.rfind(b"\n", max(0, begin - _NEAR), max(0, begin - 1)) + 1, begin - _NEAR) : begin
    ]
    return _MARK in line or _MARK_ABOVE in above
