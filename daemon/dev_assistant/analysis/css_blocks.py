"""What is wrong inside one block: unknown names, declarations that undo one another, nothing at all."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from dev_assistant.analysis.css_properties import PROPERTIES
from dev_assistant.analysis.css_rules import DUPLICATE_DECLARATION, EMPTY_BLOCK, UNKNOWN_PROPERTY
from dev_assistant.analysis.css_sheet import Block, Declaration, Kind, canonical
from dev_assistant.analysis.css_values import is_for_old_explorer, kind_of
from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.source_lines import SourceLines, excerpt
from dev_assistant.model import Finding

_PREFIXED = re.compile(r"-[a-z]+-(.+)")
"""Beside ``-webkit-text-security`` stands ``text-security`` for the day when it is one."""
_COMPOSES = "composes"
_ICSS = (":export", ":import")
"""What CSS modules add: https://github.com/css-modules/icss"""
_SHORTEST_NAME = 4
"""Below that everything is near to everything."""
_LONGEST_NAME = max(map(len, PROPERTIES)) + 1


def block_findings(block: Block, lines: SourceLines) -> Iterator[Finding]:
    """Everything that one block shows without its surroundings."""
    if block.empty and block.at != "layer":  # an empty @layer decides the order of layers
        span = lines.stretch(block.token.source_line, block.token.source_column, len(_head(block)))
        yield EMPTY_BLOCK.at(span, f"{excerpt(_head(block))} has an empty block")
    if block.kind is not Kind.DESCRIPTORS:
        yield from _unknown(block, lines)
    yield from _duplicates(block, lines)


def _head(block: Block) -> str:
    return canonical(block.prelude) or block.at


def _unknown(block: Block, lines: SourceLines) -> Iterator[Finding]:
    if (canonical(block.prelude) or "").startswith(_ICSS):
        return
    prefixed = {found[1] for one in block.declarations if (found := _PREFIXED.match(one.name))}
    for declaration in block.declarations:
        name = declaration.name
        if not (name in PROPERTIES or name in prefixed or name.startswith("-") or name == _COMPOSES):
            yield UNKNOWN_PROPERTY.at(_span(declaration, lines), _no_property(name))


def _no_property(name: str) -> str:
    if name.startswith("_") and name[1:] in PROPERTIES:
        return "an underscore before a property: only Internet Explorer 6 took that, others drop it"
    meant = nearest(name)
    message = f"{excerpt(name)} is no property of CSS"
    return f"{message}: did you mean {meant}?" if meant else message


def _duplicates(block: Block, lines: SourceLines) -> Iterator[Finding]:
    seen: dict[tuple[str, bool], Declaration] = {}
    for declaration in block.declarations:
        key = declaration.name, declaration.important
        earlier = seen.get(key)
        seen[key] = declaration
        if earlier is None or kind_of(earlier.value) != kind_of(declaration.value):
            continue
        if is_for_old_explorer(declaration):
            continue
        first = earlier.token.source_line
        message = f"{excerpt(declaration.name)} is declared again: the one in line {first} has no effect"
        yield DUPLICATE_DECLARATION.at(_span(declaration, lines), message)


def _span(declaration: Declaration, lines: SourceLines) -> Span:
    token = declaration.token
    return lines.stretch(token.source_line, token.source_column, len(token.value))


def nearest(name: str) -> str | None:
    """The property that differs from ``name`` by one character more, less or other, or by two swapped."""
    if not _SHORTEST_NAME <= len(name) <= _LONGEST_NAME:
        return None
    known = _by_shortened()
    return min((known[part] for part in _shortened(name) if part in known), default=None)


@functools.cache
def _by_shortened() -> dict[str, str]:
    return {part: name for name in sorted(PROPERTIES, reverse=True) for part in _shortened(name)}


def _shortened(name: str) -> Iterator[str]:
    """The name itself, and the name without each of its characters."""
    yield name
    for place in range(len(name)):
        yield name[:place] + name[place + 1 :]
