"""In which encoding a text is kept: by its byte-order mark, by what it declares, else UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"(?:charset|coding)\s{0,9}[:=]\s{0,9}[\"']?([A-Za-z][-\w.:]{1,40})")
_AT_CHARSET = re.compile(rb'@charset "([-\w.:]{1,40})";')
_LOOKED_AT = 1024
"""Bytes in which HTML wants its declaration (WHATWG HTML 4.2.5.4); other formats have theirs earlier."""


class ByteOrderMark(NamedTuple):
    """What begins the file: the encoding it stands for, and its length in bytes."""

    encoding: str
    length: int


def byte_order_mark(data: bytes) -> ByteOrderMark | None:
    """The mark at the very beginning."""
    return next((ByteOrderMark(name, len(mark)) for mark, name in _MARKS if data.startswith(mark)), None)


def declared(data: bytes) -> str | None:
    """The encoding that the first bytes declare (coding cookie, XML, HTML, CSS, gettext); None: none we know.

    It is believed, not tried: some of Python's codecs take quadratic time, or are no text encodings.
    """
    head = data[:_LOOKED_AT]
    found = _AT_CHARSET.match(head) or _DECLARED.search(head)
    if found is None:
        return None
    try:
        return codecs.lookup(found.group(1).decode("ascii")).name
    except LookupError:
        return None


def decoded(data: bytes) -> str:
    """The text without its mark. Raises UnicodeDecodeError when it is not what mark or UTF-8 say."""
    mark = byte_order_mark(data)
    return data.decode("utf-8") if mark is None else data[mark.length :].decode(mark.encoding)


def readable(data: bytes) -> str:
    """The text without its mark, always: one surrogate for each invalid byte, or U+FFFD in UTF-16 and -32."""
    mark = byte_order_mark(data)
    if mark is None or mark.encoding == "utf-8":
        return data[mark.length if mark else 0 :].decode("utf-8", "surrogateescape")
    return data[mark.length :].decode(mark.encoding, "replace")
