"""Specificity of selectors, as Selectors Level 4 (section 17) and CSS Nesting count it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dev_assistant.analysis.css_sheet import Token

_OF_ARGUMENTS = frozenset({"is", "not", "has", "matches", "-webkit-any", "-moz-any"})
_PLUS_ARGUMENTS = frozenset({"host", "host-context", "nth-child", "nth-last-child"})
_LEGACY_ELEMENTS = frozenset({"before", "after", "first-line", "first-letter"})
_DEEPEST = 32
"""Pseudo-classes inside pseudo-classes; what is deeper counts nothing."""


class Specificity(NamedTuple):
    """Ids; classes, attributes and pseudo-classes; types and pseudo-elements."""

    ids: int
    classes: int
    types: int

    def plus(self, other: Specificity) -> Specificity:
        return Specificity(self.ids + other.ids, self.classes + other.classes, self.types + other.types)


NONE = Specificity(0, 0, 0)
_ID, _CLASS, _TYPE = Specificity(1, 0, 0), Specificity(0, 1, 0), Specificity(0, 0, 1)


def specificity(prelude: list[Token], parent: Specificity | None = None, depth: int = 0) -> Specificity:
    """The highest of a selector list. ``parent`` is that of the rule around a nested one."""
    return max((_of_one(selector, parent, depth) for selector in _split(prelude)), default=NONE)


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for node in tokens:
        if node == ",":
            yield part
            part = []
        else:
            part.append(node)
    yield part


def _of_one(selector: list[Token], parent: Specificity | None, depth: int) -> Specificity:
    total, nested, before = NONE, False, ""
    for node in selector:
        if node == "&":
            total, nested = total.plus(parent or NONE), True
        else:
            total = total.plus(_of_token(node, before, depth))
        before = _mark(node, before)
    if parent is not None and not nested and not depth:
        return total.plus(parent)
    return total


def _mark(node: Token, before: str) -> str:
    """What decides the meaning of the next node: a dot, a colon, two, a bar, or nothing."""
    if node.type != "literal":
        return ""
    return "::" if node == ":" and before == ":" else str(node.value)


def _of_token(token: Token, before: str, depth: int) -> Specificity:
    match token.type:
        case "hash":
            return _ID
        case "[] block":
            return _CLASS
        case "ident":
            return _of_name(token.lower_value, before)
        case "function" if before == ":":
            return _of_function(token, depth)
        case "function":
            return _TYPE
        case _:
            return NONE


def _of_name(name: str, before: str) -> Specificity:
    if before == ".":
        return _CLASS
    if before == ":" and name not in _LEGACY_ELEMENTS:
        return _CLASS
    return _TYPE


def _of_function(token: Token, depth: int) -> Specificity:
    name = token.lower_name
    if name == "where" or depth >= _DEEPEST:
        return NONE
    if name in _OF_ARGUMENTS:
        return specificity(token.arguments, None, depth + 1)
    if name in _PLUS_ARGUMENTS:
        return _CLASS.plus(specificity(_after_of(token.arguments), None, depth + 1))
    return _CLASS


def _after_of(arguments: list[Token]) -> list[Token]:
    """The selectors of ``:nth-child(2n + 1 of S)``, or of ``:host(S)``."""
    for place, token in enumerate(arguments):
        if token.type == "ident" and token.lower_value == "of":
            return arguments[place + 1 :]
    counts = any(token.type in ("number", "dimension") for token in arguments)
    names = {token.lower_value for token in arguments if token.type == "ident"}
    return [] if counts or names & {"odd", "even", "n", "-n"} else arguments
