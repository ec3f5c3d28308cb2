"""How big a function is: its lines of code, its parameters, how deep its blocks nest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.definitions import HEADER, Definition, Kind, name_span, span
from dev_assistant.analysis.structure.facts import Found
from dev_assistant.analysis.structure.logical_lines import Line, Source
from dev_assistant.analysis.structure.rules import (
    DEEP_NESTING,
    LONG_FUNCTION,
    MANY_PARAMETERS,
    MAX_LINES,
    MAX_NESTING,
    MAX_PARAMETERS,
    short,
)

_BLOCK = re.compile(
    rb"(?:async\s+)?(?:if|for|while|with|try|elif|else|except|finally)\b"
    rb"|match\b(?!\s*[=.,])(?=.*:\s*\Z)",  # a name but for the colon at the end
    re.DOTALL,
)
LONGEST_HEADER = 65_536
"""Bytes; a longer one is no person's work, and is read no further."""

_PUNCTUATION = re.compile(rb"[][(){},:]|\blambda\b")


def shape(source: Source, definition: Definition, *, documented: bool) -> Iterator[Found]:
    """What is too big in this function; lines count from its own first one."""
    name = short(definition.name)
    if definition.last - definition.first >= MAX_LINES:
        lines = _lines_of_code(source, definition, documented=documented)
        if lines > MAX_LINES:
            yield Found(
                LONG_FUNCTION.id,
                _name(source, definition),
                f"{name} has {lines} lines of code, over {MAX_LINES}",
                lines,
                MAX_LINES,
            )
    header = source.lines[definition.header].text
    if header.count(b",") >= MAX_PARAMETERS:
        weight = _parameters(header, bound=definition.kind is Kind.METHOD)
        if weight > MAX_PARAMETERS:
            message = f"{name} takes {weight:g} parameters, over {MAX_PARAMETERS}"
            yield Found(
                MANY_PARAMETERS.id,
                _name(source, definition),
                f"{message} (those by keyword alone count half)",
            )
    inner = source.lines[definition.header + 1 : definition.stop]
    if len({line.indent for line in inner}) > MAX_NESTING:
        depth, line = _deepest(inner)
        if depth > MAX_NESTING:
            place = span(source, line, 0, len(line.text), origin=definition.first)
            yield Found(DEEP_NESTING.id, place, f"{name} nests {depth} blocks, over {MAX_NESTING}")


def _name(source: Source, definition: Definition) -> Span:
    return name_span(source, definition, origin=definition.first)


def _lines_of_code(source: Source, definition: Definition, *, documented: bool) -> int:
    """Neither blank nor of comments, docstring or decorators alone; the header counts."""
    lines = source.lines[definition.header : definition.stop]
    code = source.masked[lines[0].first : lines[-1].last + 1]
    docstring = lines[1].last - lines[1].first + 1 if documented else 0
    return sum(not line.isspace() for line in code if line) - docstring


def _parameters(header: bytes, *, bound: bool) -> float:
    """Parameters without the bound one, ``*args`` and ``**kwargs``; those by keyword alone count half."""
    weight = 1.0
    total = 0.0
    for number, text in enumerate(arguments(header)):
        if text.startswith(b"*"):
            weight = 0.5 if not text.startswith(b"**") else weight
        elif text and text != b"/" and not (bound and number == 0):
            total += weight
    return total


def arguments(header: bytes) -> Iterator[bytes]:
    """The text of each parameter or argument in the first parentheses."""
    depth = start = lambdas = 0
    for match in _PUNCTUATION.finditer(header, 0, LONGEST_HEADER):
        mark = match[0]
        if mark in b"([{":
            depth += 1
            if depth == 1 and mark == b"(":
                start = match.end()
        elif mark in b")]}":
            depth -= 1
            if depth == 0 and mark == b")":
                yield header[start : match.start()].strip()
                return
        elif depth == 1 and start:
            if mark == b"lambda":
                lambdas += 1
            elif mark == b":":
                lambdas = max(0, lambdas - 1)
            elif not lambdas:
                yield header[start : match.start()].strip()
                start = match.end()


def _deepest(lines: Sequence[Line]) -> tuple[int, Line]:
    """How deep the deepest block is, and where it begins; a function or class in a block counts anew."""
    deepest, at = 0, lines[0]
    stack = [(-1, 0)]
    for line in lines:
        while line.indent <= stack[-1][0]:
            stack.pop()
        if _BLOCK.match(line.text):
            stack.append((line.indent, stack[-1][1] + 1))
            if stack[-1][1] > deepest:
                deepest, at = stack[-1][1], line
        elif HEADER.match(line.text):
            stack.append((line.indent, 0))
    return deepest, at
