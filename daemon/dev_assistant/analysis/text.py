"""Findings in any text file, whatever it is written in.

Hidden characters are looked for in source and configuration, not in prose, markup and translations, which
need them to set right-to-left scripts, nor in minified code, which holds tables of characters. What ruff
always says of a .py file (bytes that are not UTF-8, NUL) is left to it; what it says only if the project
selects the rule is told here, and ``RUFF_EQUIVALENTS`` names its rule.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from dev_assistant.analysis import text_rules as rules
from dev_assistant.analysis.capping import capped
from dev_assistant.analysis.charset import ByteOrderMark, byte_order_mark, declared, readable
from dev_assistant.analysis.conflict import conflicts
from dev_assistant.analysis.hidden_characters import bidi_controls, invisible
from dev_assistant.analysis.locate import Locator
from dev_assistant.analysis.rules import Span
from dev_assistant.model import Finding

RULES = rules.RULES
RUFF_EQUIVALENTS: Mapping[str, frozenset[str]] = {
    "DA206": frozenset({"PLE2502"}),  # which ruff reports once, on line 1
    "DA207": frozenset({"PLE2515"}),
}
"""Rules of ruff that say the same of a .py file, where they are selected."""

_PYTHON = frozenset({".py", ".pyi", ".pyw"})
_OWN_DECODERS = frozenset({".json", ".jsonc", ".toml", ".yaml", ".yml"})
"""Their parse error says that they are not UTF-8."""
_PROSE = frozenset(
    {".adoc", ".csv", ".htm", ".html", ".markdown", ".md", ".mdx", ".po", ".pot", ".rst", ".srt", ".svg"}
    | {".tex", ".tsv", ".txt", ".vtt", ".xhtml", ".xlf", ".xliff", ".xml"}
)

_SPECIAL = re.compile(
    r"(?:^|[/_.-])(?:i18n|l10n|lang|locales?|messages|translations?|min)(?:[/_.-]|$)", re.IGNORECASE
)
_ENDS = {"LF": re.compile("(?<!\r)\n"), "CRLF": re.compile("\r\n"), "CR": re.compile("\r(?!\n)")}


def check(name: str, data: bytes) -> Iterator[Finding]:
    """What is wrong with the text file ``name``, a path whose suffix and directories are used."""
    return capped(_check(name, data))


def _check(name: str, data: bytes) -> Iterator[Finding]:
    suffix = os.path.splitext(name)[1].lower()
    mark = byte_order_mark(data)
    text = readable(data)
    if "\0" in text and not suffix:
        return  # a name that promises no text
    yield from _encoding(suffix, data, mark, text)
    yield from _conflicts(suffix, text)
    yield from _line_ends(text)
    if not text.isascii() and suffix not in _PROSE and not _SPECIAL.search(name):
        yield from _hidden(text)


def _encoding(suffix: str, data: bytes, mark: ByteOrderMark | None, text: str) -> Iterator[Finding]:
    if mark and mark.encoding != "utf-8":
        yield rules.UTF_16.at(
            Span(1, 1, 1, 1), f"the byte-order mark says {mark.encoding.upper()}, not UTF-8"
        )
    elif "\0" in text:
        if suffix not in _PYTHON:
            place = text.index("\0")
            many = text.count("\0")
            message = f"{many} NUL byte{'s' * (many > 1)} in a text file"
            yield rules.NUL.at(Locator(text).span(place, place + 1), message)
    elif suffix not in _PYTHON and suffix not in _OWN_DECODERS:
        yield from _not_utf8(data, text)


def _not_utf8(data: bytes, text: str) -> Iterator[Finding]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared(data) in {None, "utf-8"}:
            place = len(data[: error.start].decode("utf-8").removeprefix("\ufeff"))
            message = f"byte 0x{data[error.start]:02x} is not UTF-8, and no other encoding is declared"
            yield rules.NOT_UTF8.at(Locator(text).span(place, place + 1), message)


def _conflicts(suffix: str, text: str) -> Iterator[Finding]:
    locator = Locator(text)
    for found in conflicts(text, markdown=suffix in {".md", ".markdown", ".mdx"}):
        line, column = locator.place(found.begin)
        middle, _ = locator.place(found.middle)
        last, _ = locator.place(found.last)
        message = f"unsolved merge conflict: divided on line {middle}, ends on line {last}"
        yield rules.CONFLICT.at(Span(line, column, *locator.place(found.end)), message)


def _line_ends(text: str) -> Iterator[Finding]:
    if "\r" not in text or "\0" in text:
        return
    pairs = text.count("\r\n")
    counts = {"LF": text.count("\n") - pairs, "CRLF": pairs, "CR": text.count("\r") - pairs}
    kinds = sorted((kind for kind in counts if counts[kind]), key=lambda kind: -counts[kind])
    if len(kinds) < 2:  # noqa: PLR2004 - mixed means two
        return
    told = ", ".join(f"{counts[kind]} {kind}" for kind in kinds)
    line, column = Locator(text).place(next(_ENDS[kinds[-1]].finditer(text)).start())
    yield rules.MIXED_ENDS.at(
        Span(line, column, line, column), f"line ends are mixed: {told}; the first {kinds[-1]} is here"
    )


def _hidden(text: str) -> Iterator[Finding]:
    locator = Locator(text)
    for found in bidi_controls(text):
        message = f"{found.name} changes the direction of writing: source is not what it looks like"
        yield rules.BIDI.at(locator.span(found.start, found.end), message)
    locator = Locator(text)
    for found in invisible(text):
        yield rules.INVISIBLE.at(locator.span(found.start, found.end), f"{found.name} is invisible")
