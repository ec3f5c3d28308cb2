"""Tags and text of an HTML file with their offsets, split as the WHATWG tokenizer splits them.

No parser at hand tells where a tag stands and is safe from hostile input as well: selectolax has no
positions, and the standard library's takes quadratic time on unclosed tags and comments. Every character is
passed at most twice here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

DYNAMIC = "\ue000"
"""Stands for each character of a template expression, of which nobody knows what it becomes."""

_TAG_NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?:>|(?P<name>[^\s/>][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)(?P<close2>\"?)|'(?P<single>[^']*+)(?P<close1>'?)|(?P<bare>[^\s>]*+)))?)"
)
_COMMENT_END = re.compile(r"--!?>")
_RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
"""Elements whose content is no markup, and where it ends."""
_TEXTUAL = frozenset({"title", "textarea"})
_FOREIGN = frozenset({"svg", "math"})
_BINDINGS = (
    *(":", "[", "v-", "x-", "ng-", "data-ng-", "data-bind", "th:", "bind:", "data-i18n", "data-l10n"),
    *("#", "*"),
)
"""How frameworks say that scripts fill in attributes or text: Vue, Alpine, Angular, Knockout, Thymeleaf …"""


class Start(NamedTuple):
    """A start tag from offset ``start`` up to ``end``. Of an attribute given twice the first counts.

    ``twice`` names those; ``slash`` says that the tag ends with one; ``foreign`` that it is SVG or MathML.
    """

    name: str
    start: int
    end: int
    attributes: dict[str, str]
    twice: tuple[str, ...]
    slash: bool
    foreign: bool

    @property
    def dynamic(self) -> bool:
        """Whether a template or a script may add attributes or text that nobody sees here."""
        return any(name.startswith((DYNAMIC, *_BINDINGS)) for name in self.attributes)


class End(NamedTuple):
    """An end tag."""

    name: str
    start: int
    end: int


class Text(NamedTuple):
    """Text between tags, also in a title or textarea, but not in scripts and styles."""

    start: int
    end: int


class Cut(NamedTuple):
    """``what`` begins at ``start`` and has no end but that of the file."""

    what: str
    start: int
    end: int


Token = Start | End | Text | Cut


def tokens(text: str) -> Iterator[Token]:
    """All tags and texts in order; comments and declarations only when they are cut off."""
    place, foreign = 0, 0
    while (opening := text.find("<", place)) >= 0:
        if opening > place:
            yield Text(place, opening)
        token, place = _markup(text, opening, foreign > 0)
        if token is None:
            continue
        yield token
        if isinstance(token, Start | End) and token.name in _FOREIGN:
            foreign = max(0, foreign + _deeper(token))
        if isinstance(token, Start) and token.name in _RAW_ENDS and not token.foreign:
            content, place = place, _raw_end(text, place, token.name)
            if content < place and token.name in _TEXTUAL:
                yield Text(content, place)
    if place < len(text):
        yield Text(place, len(text))


def _deeper(token: Start | End) -> int:
    if isinstance(token, End):
        return -1
    return 0 if token.slash else 1


def _raw_end(text: str, place: int, name: str) -> int:
    match = _RAW_ENDS[name].search(text, place)
    return len(text) if match is None else match.start()


def _markup(text: str, start: int, foreign: bool) -> tuple[Token | None, int]:
    """What begins with ``<`` at ``start``, and where it ends."""
    following = text[start + 1 : start + 2]
    if following.isascii() and following.isalpha():
        return _start_tag(text, start, foreign)
    if following == "/":
        return _end_tag(text, start)
    if text.startswith("<!--", start):
        return _comment(text, start)
    if following in ("!", "?") and following:
        mark = "]]>" if foreign and text.startswith("<![CDATA[", start) else ">"
        return _up_to(text, start, mark)
    return Text(start, start + 1), start + 1


def _up_to(text: str, start: int, mark: str) -> tuple[Token | None, int]:
    end = text.find(mark, start)
    return (Cut("declaration", start, len(text)), len(text)) if end < 0 else (None, end + len(mark))


def _comment(text: str, start: int) -> tuple[Token | None, int]:
    for short in ("<!-->", "<!--->"):
        if text.startswith(short, start):
            return None, start + len(short)
    end = _COMMENT_END.search(text, start + 4)
    return (Cut("comment", start, len(text)), len(text)) if end is None else (None, end.end())


def _end_tag(text: str, start: int) -> tuple[Token | None, int]:
    name = _TAG_NAME.match(text, start + 2)
    if name is None:
        return _up_to(text, start, ">")
    end = text.find(">", name.end())
    if end < 0:
        return Cut("tag", start, len(text)), len(text)
    return End(name.group().lower(), start, end + 1), end + 1


def _start_tag(text: str, start: int, foreign: bool) -> tuple[Token | None, int]:
    name = _TAG_NAME.match(text, start + 1)
    assert name is not None  # noqa: S101 - the caller has seen its first letter
    attributes: dict[str, str] = {}
    twice: list[str] = []
    end, slash = _attributes(text, name.end(), attributes, twice)
    if not end:
        return Cut("tag", start, len(text)), len(text)
    tag = name.group().lower()
    return Start(tag, start, end, attributes, tuple(twice), slash, foreign or tag in _FOREIGN), end


def _attributes(text: str, place: int, attributes: dict[str, str], twice: list[str]) -> tuple[int, bool]:
    """Fill in attributes from ``place`` on. Where the tag ends, or 0, and whether by a slash."""
    while (match := _ATTRIBUTE.match(text, place)) is not None:
        place = match.end()
        name = match["name"]
        if name is None:
            return place, match.group().endswith("/>")
        if match["close2"] == "" or match["close1"] == "":
            return 0, False
        if DYNAMIC in name:
            attributes[DYNAMIC] = ""
        name = name.replace(DYNAMIC, "").lower()
        if name in attributes:
            twice.append(name)
        else:
            attributes[name] = match["double"] or match["single"] or match["bare"] or ""
    return 0, False
