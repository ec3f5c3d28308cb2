"""Pieces of Markdown, from text that is no Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

NOTE = "<!-- Generated from the code by `make docs`: change it there. -->"

_CODE = re.compile(r"``(.+?)``|`([^`]+)`")
_ACTIVE = re.compile(r"[\\<*\[\]]")
_ESCAPED = r"\\\g<0>"


def prose(text: str) -> str:
    """A docstring's or a message's text in one line; what stands in backquotes, one or two, is code."""
    line, end, told = " ".join(text.split()), 0, ""
    for found in _CODE.finditer(line):
        told += _ACTIVE.sub(_ESCAPED, line[end : found.start()]) + code(found[1] or found[2])
        end = found.end()
    return told + _ACTIVE.sub(_ESCAPED, line[end:])


def sentence(text: str) -> str:
    """The same with a capital at the beginning and a full stop at the end."""
    whole = prose(text[:1].upper() + text[1:])
    return whole if whole.endswith((".", ":", "!", "?")) else f"{whole}."


def code(text: str) -> str:
    marks = "``" if "`" in text else "`"
    return f"{marks}{text}{marks}"


def listed(names: Iterable[str]) -> str:
    """Names as code, with commas."""
    return ", ".join(map(code, names))


def block(text: str) -> str:
    """Code as a block by its indentation, so that no line of it begins a line of the page."""
    return textwrap.indent(text.rstrip("\n"), "    ")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def document(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, *(part for part in parts if part)]) + "\n"


def slug(heading: str) -> str:
    """The anchor that a forge gives a plain heading."""
    return heading.lower().replace(" ", "-")
