"""Which modules a Python source imports, by a lexer that knows strings and comments and nothing else.

That is enough to be exact: ``import`` is a reserved word, so outside of strings and comments it stands in an
import statement alone, however deep that is nested. What is no valid Python is read as far as it goes.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

_BLANK = rb"(?:[ \t\f]|\\(?:\r\n|[\r\n]))"
_NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*+"
_DOTTED = rb"%b(?:%b*+\.%b*+%b)*" % (_NAME, _BLANK, _BLANK, _NAME)
_ENDS = rb"(?![\w\x80-\xff])"
_TOKEN = re.compile(
    rb"#[^\r\n]*+"
    rb'|"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*(?:""")?'
    rb"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*(?:''')?"
    rb'|"[^"\\\r\n]*+(?:\\(?:\r\n|.)[^"\\\r\n]*+)*"?+'
    rb"|'[^'\\\r\n]*+(?:\\(?:\r\n|.)[^'\\\r\n]*+)*'?+"
    rb"|from(?<![\w\x80-\xff]from)(?=[\s.\\])((?:\.|%b)*)((?!import%b)%b)?%b*+(import%b)?"
    rb"|import(?<![\w\x80-\xff]import)%b((?:[^\r\n;#\\]++|\\(?:\r\n|[\r\n]))*)"
    % (_BLANK, _ENDS, _DOTTED, _BLANK, _ENDS, _ENDS),
    re.DOTALL,
)
"""Strings and comments, without a group; ``from``, its dots, module and ``import``; ``import`` and the rest.

The first letters stand before the look-behinds, so that the search can jump to them. A ``from`` without its
``import`` takes its tail along all the same: to read that again and again would take quadratic time.
"""

_IMPORTED = re.compile(rb"(?:\A|,)%b*+(%b)" % (_BLANK, _DOTTED))
_REST = re.compile(rb"(?:[^\r\n\\]++|\\.)*", re.DOTALL)
_WITHIN_NAMES = b" \t\f\r\n\\"
_KEYWORD = b"import"
_CODING = re.compile(
    rb"(?:[ \t\f]*+(?:#[^\r\n]*+)?(?:\r\n|[\r\n]))?[ \t\f]*+#[^\r\n]*?coding[:=][ \t]*+([-\w.]++)"
)
"""PEP 263: a comment in the first line, or in the second one after a comment or nothing."""

_OWN = frozenset({"utf-8", "ascii", "punycode", "idna", "unicode_escape", "raw_unicode_escape"})
"""Encodings that are read as they are: because they are ours, or since decoding takes quadratic time or runs
escapes, which no source is written in."""


def imported_modules(source: bytes) -> Iterator[str]:
    """The dotted name of each module that a statement imports, in order, as often as it does.

    ``from a.b import c`` is ``a.b``: whether ``c`` is a module, no source tells. Relative imports are left
    out, and so are ``__import__`` and ``importlib``. All of an f-string counts as a string. Linear.
    """
    data = _in_utf8(source.removeprefix(codecs.BOM_UTF8))
    last = data.rfind(_KEYWORD)
    if last < 0:
        return
    for token in _TOKEN.finditer(data, 0, _end_of_line(data, last)):
        dots, module, keyword, names = token.groups()
        if names is not None:
            yield from (_text(name[1]) for name in _IMPORTED.finditer(names))
        elif keyword is not None and module is not None and b"." not in dots:
            yield _text(module)


def _end_of_line(data: bytes, at: int) -> int:
    rest = _REST.match(data, at)
    return rest.end() if rest else at


def _text(name: bytes) -> str:
    if name.isascii():
        return name.translate(None, _WITHIN_NAMES).decode("ascii")
    return unicodedata.normalize("NFKC", name.translate(None, _WITHIN_NAMES).decode("utf-8", "replace"))


def _in_utf8(source: bytes) -> bytes:
    """The source in UTF-8, if it says that it is in another encoding: trail bytes may be quotes there."""
    declared = _CODING.match(source)
    if declared is None or source.isascii():
        return source
    try:
        codec = codecs.lookup(declared[1].decode("ascii"))
        if codec.name in _OWN or _KEYWORD.decode(codec.name).encode() != _KEYWORD:
            return source
        return source.decode(codec.name).encode("utf-8", "replace")
    except (LookupError, UnicodeError):
        return source
