"""What is left out although there is a verifier for its suffix: nobody wrote it, or it is a template.

Minified and compiled files are told by what GitHub's linguist tells them by (lib/linguist/generated.rb): the
name, long lines, and a comment at the end that names a source map; bundles by what webpack and browser-pack
put before everything else.
"""

from __future__ import annotations

import re
from typing import Final

TEMPLATE: Final = "a template: what it will be is not known before it is filled in"

_MINIFIED = re.compile(r"[.-]min\.[^/]*$")
_AVERAGE_LINE: Final = 200
"""Bytes, over all lines. Of 5,607 scripts and style sheets in 22 packages, those above it are all made by a
program; linguist's 110 also takes in files of one line that people wrote."""
_HEAD: Final = 4096
_TAIL: Final = 4096
_BUNDLE = re.compile(
    rb"^/\*{6}/ |function r\(e,n,t\)\{function o\(i,f\)\{if\(!n\[i\]\)\{if\(!e\[i\]\)", re.MULTILINE
)
_SOURCE_MAP = re.compile(rb"^\s*/[/*][#@] source(?:Mapping)?URL=", re.MULTILINE)
_LAST_LINES: Final = 2
_EXPRESSION = re.compile(
    r"\{%.*?%\}"
    r"|(?<!=)\{\{.*?\}\}"  # ={{ }} is an object in JSX
    r"|<%.*?%>"
    r"|<\?(?:php\b|=).*?\?>",
    re.DOTALL,
)
_AROUND: Final = 500
"""Characters before and after a place that can make it part of an expression."""


class LeftOut(Exception):  # noqa: N818  nothing went wrong
    """The file is not judged, for the reason that it carries."""


def generated(path: str, data: bytes) -> str:
    """Why a script or a style sheet counts as made by a program; "" when a person may have written it."""
    if _MINIFIED.search(path):
        return "minified: generated from other sources"
    if len(data) > _AVERAGE_LINE * (data.count(b"\n") + 1):
        return f"minified: lines of more than {_AVERAGE_LINE} bytes on average"
    if _BUNDLE.search(data[:_HEAD]):
        return "generated: a bundle"
    last = b"\n".join(data[-_TAIL:].rstrip().splitlines()[-_LAST_LINES:])
    return "generated: it names its source map" if _SOURCE_MAP.search(last) else ""


def in_template(text: str, place: int) -> bool:
    """Whether an offset lies in an expression of Jinja, Django, mustache, ERB or PHP."""
    start = max(0, place - _AROUND)
    stretches = _EXPRESSION.finditer(text[start : place + _AROUND])
    return any(match.start() <= place - start < match.end() for match in stretches)
