"""TOML: the first thing that makes a file invalid, keys and tables that are defined twice among them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tomli

from dev_assistant.analysis import data_rules
from dev_assistant.analysis.locate import Locator
from dev_assistant.analysis.nesting import too_deep
from dev_assistant.model import Finding

_DEEPEST = 100
"""Levels of brackets: the parser takes several frames of Python's stack for each."""
_LONGEST_KEY = 100
"""Parts of a dotted key: each line below a header of n parts costs the parser n steps."""

_LITERALS = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*(?:""")?|'
    r"'''(?:[^']++|'(?!''))*(?:''')?|"
    r'"(?:[^"\\\n]++|\\.)*"?|'
    r"'[^'\n]*+'?|#[^\n]*+",
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?<![\w.-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{_LONGEST_KEY}}}")


def toml_findings(text: str) -> Iterator[Finding]:
    """What the parser says of ``text``: at most one finding, for it stops at the first."""
    locator = Locator(text)
    deep = too_deep(text, _LITERALS, deepest=_DEEPEST)
    if deep is not None:
        yield data_rules.nested_too_deep(locator, deep, _DEEPEST)
        return
    long = _long_key(text)
    if long is not None:
        yield data_rules.nested_too_deep(locator, long, _LONGEST_KEY)
        return
    try:
        tomli.loads(text, parse_float=str)
    except tomli.TOMLDecodeError as error:
        yield data_rules.not_parsed("TOML", error.msg, error.lineno, error.colno)
    except ValueError as error:  # an integer of thousands of digits
        yield data_rules.not_parsed("TOML", str(error).partition(":")[0], 1, 1)


def _long_key(text: str) -> int | None:
    """The offset of a key of too many parts."""
    if text.count(".") < _LONGEST_KEY:
        return None
    found = _LONG_KEY.search(_LITERALS.sub(lambda match: "_" * len(match.group()), text))
    return found.start() if found else None
