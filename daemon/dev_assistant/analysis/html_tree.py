"""Which elements are open: implied and optional end tags as in the HTML standard, and what does not fit.

Simpler than the standard's tree: formatting elements are not reopened, and nothing is moved out of tables.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from dev_assistant.analysis.html_rules import STRAY_END, UNCLOSED
from dev_assistant.analysis.html_tokens import DYNAMIC, End, Start
from dev_assistant.analysis.rules import Rule

_VOID_TEXT = """
area base br col embed hr img input link meta source track wbr basefont bgsound frame keygen param
"""
VOID = frozenset(_VOID_TEXT.split())
_ROWS = frozenset(("tr", "td", "th"))
_PARTS = frozenset(("thead", "tbody", "tfoot", "caption", "colgroup"))
_OPTIONAL = _ROWS | _PARTS | {"li", "dt", "dd", "p", "rt", "rp", "optgroup", "option", "html", "head", "body"}
_TERMS = frozenset(("dt", "dd"))
_RUBY = frozenset(("rt", "rp", "rb", "rtc"))
_ENDED_BY = {
    "li": frozenset(("li",)),
    "dt": _TERMS,
    "dd": _TERMS,
    "rt": _RUBY,
    "rp": _RUBY,
    "option": frozenset(("option",)),
    "optgroup": frozenset(("option", "optgroup")),
    "tr": _ROWS | {"caption", "colgroup"},
    "td": frozenset(("td", "th")),
    "th": frozenset(("td", "th")),
    **dict.fromkeys(("thead", "tbody", "tfoot"), _ROWS | _PARTS),
    "body": frozenset(("head",)),
}
"""Which open elements a start tag ends."""
_NOT_IN_PARAGRAPHS_TEXT = """
address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hgroup hr listing main menu nav ol p plaintext pre search section summary table
ul xmp li dt dd
"""
_NOT_IN_PARAGRAPHS = frozenset(_NOT_IN_PARAGRAPHS_TEXT.split())
_WALLS = frozenset(("td", "th", "caption", "template", "object", "applet", "marquee", "foreignobject"))
"""No end tag inside closes what is outside, but that of the wall itself or of a part of its table."""
_THROUGH_WALLS = _WALLS | _ROWS | _PARTS | {"table", "body", "html"}


class Trouble(NamedTuple):
    """A finding by offsets, not yet by lines."""

    rule: Rule
    start: int
    end: int
    message: str


class OpenElements:
    """The stack of open elements. ``open`` and ``close`` give what ends by it, the innermost first."""

    def __init__(self, *, slash_closes: bool = False) -> None:
        self.troubles: list[Trouble] = []
        self.slash_closes = slash_closes
        self.counts: Counter[str] = Counter()
        self._stack: list[Start] = []
        self._rooms: list[Counter[str]] = [Counter()]
        self._owed: Counter[str] = Counter()

    def open(self, tag: Start) -> list[Start]:
        """Take in a start tag; a void one opens nothing."""
        ended = [] if tag.foreign else self._implied(tag.name)
        if DYNAMIC in tag.name or (tag.name in VOID and not tag.foreign) or self._closes_itself(tag):
            return ended
        self._stack.append(tag)
        self.counts[tag.name] += 1
        self._rooms[-1][tag.name] += 1
        if tag.name in _WALLS:
            self._rooms.append(Counter())
        return ended

    def _closes_itself(self, tag: Start) -> bool:
        return tag.slash and (tag.foreign or self.slash_closes or "-" in tag.name)

    def _implied(self, name: str) -> list[Start]:
        ended = []
        if name in _NOT_IN_PARAGRAPHS and self._top == "p":
            ended.append(self._pop())
        closing = _ENDED_BY.get(name)
        while closing and (self._top in closing or self._top == "p"):
            ended.append(self._pop())
        return ended

    @property
    def _top(self) -> str:
        return self._stack[-1].name if self._stack else ""

    def _pop(self) -> Start:
        tag = self._stack.pop()
        self.counts[tag.name] -= 1
        if tag.name in _WALLS:
            self._rooms.pop()
        self._rooms[-1][tag.name] -= 1
        return tag

    def close(self, tag: End) -> list[Start]:
        """Take in an end tag, and remember what it finds open that it does not close."""
        if DYNAMIC in tag.name:
            return []
        open_ones = self.counts if tag.name in _THROUGH_WALLS else self._rooms[-1]
        if not open_ones[tag.name]:
            self._stray(tag)
            return []
        ended = [self._pop()]
        while ended[-1].name != tag.name:
            self._forgotten(ended[-1], f"is still open where </{tag.name}> closes what is around it")
            ended.append(self._pop())
        return ended

    def _forgotten(self, tag: Start, message: str) -> None:
        if tag.name in _OPTIONAL:
            return
        self._owed[tag.name] += 1
        if tag.slash and not tag.foreign:
            message += "; its slash closes nothing"
        self.troubles.append(Trouble(UNCLOSED, tag.start, tag.end, f"<{tag.name}> {message}"))

    def _stray(self, tag: End) -> None:
        if self._owed[tag.name] > 0:  # told at its start tag
            self._owed[tag.name] -= 1
            return
        reason = "closes nothing"
        if tag.name in VOID:
            reason = "is no end of anything: the element has no content"
        self.troubles.append(Trouble(STRAY_END, tag.start, tag.end, f"</{tag.name}> {reason}"))

    def finish(self) -> None:
        """The file has ended."""
        while self._stack:
            self._forgotten(self._pop(), "is never closed")
