"""One encoder for each place where foreign text is shown (names, messages, reasons of a tool).

Nothing that a repository contains may move a cursor, break a table or close a string.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@:$-]|(?<=\d)\.|(?<=[wW]{3})\.)")


def visible(text: str) -> str:
    """For a terminal or a log line: control, invisible and undecodable characters as escapes."""
    return _HIDDEN.sub(_escape, text)


def path_text(path: str) -> str:
    r"""For a JSON document: bytes that are not UTF-8 as ``\xNN``; a literal backslash stays as it is."""
    return re.sub("[\udc80-\udcff]", _escape, path)


def markdown(text: str) -> str:
    """For Markdown prose or a table cell: no markup, no mention, no link, one line."""
    return _MARKDOWN.sub(r"\\\1", visible(text))


def markdown_code(text: str) -> str:
    """For a code span in a table cell: a fence longer than any run of backticks inside, ``|`` escaped."""
    shown = visible(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    if not shown:
        return ""  # two fences alone would open a span that swallows what follows
    return f"{fence}{pad}{shown}{pad}{fence}"


def html(text: str) -> str:
    """For HTML and SVG, as text or as a quoted attribute's value."""
    return visible(text).translate(_ENTITIES)


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if "\udc80" <= char <= "\udcff":  # a byte that is not UTF-8, as os.fsdecode keeps it
        return f"\\x{ord(char) - 0xDC00:02x}"
    if char <= "\xff":
        return f"\\x{ord(char):02x}"
    return f"\\u{ord(char):04x}" if char <= "\uffff" else f"\\U{ord(char):08x}"
