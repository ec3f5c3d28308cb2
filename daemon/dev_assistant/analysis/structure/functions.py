"""What a function gives: its shape, what it uses of its object, and its body for the search of duplicates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from dev_assistant.analysis.structure.bodies import body
from dev_assistant.analysis.structure.definitions import Definition, Kind, span
from dev_assistant.analysis.structure.facts import Construct, FunctionFacts, Hollow
from dev_assistant.analysis.structure.logical_lines import Line, Source
from dev_assistant.analysis.structure.shape import arguments, shape

_DOCSTRING = re.compile(rb'[rRuU]?"')
_NOT_STRING = re.compile(rb'[^"\\\s]')
_DECORATOR = re.compile(rb"@\s*([\w\x80-\xff]+(?:\s*\.\s*[\w\x80-\xff]+)*)")
_FIRST_PARAMETER = re.compile(rb"\(\s*([^\W\d]\w*)")
_NAME = re.compile(rb"[^\W\d]\w*")
_CONSTRUCT = re.compile(rb"(self\.(\w+))\s*+(?::[^=]*+)?=\s*+((?:\w+\.)*[A-Z]\w*+)\(")
_RAISES = re.compile(rb"raise\s+NotImplementedError\b")
_FOR_OTHERS = re.compile(
    rb"subclass|derived|abstract|overrid|overload|implement(?:ed|ing|s)?\s+(?:in|by|this)", re.IGNORECASE
)
_NOTHING = frozenset({b"pass", b"..."})


def function_facts(source: Source, definition: Definition) -> FunctionFacts:
    """What this function gives; lines count from its own first one."""
    header, *inner = source.lines[definition.header : definition.stop]
    documented = bool(inner) and is_docstring(inner[0])
    statements = inner[documented:]
    return FunctionFacts(
        tuple(shape(source, definition, documented=documented)),
        _uses(source, definition, header.text) if definition.kind is Kind.METHOD else (),
        tuple(_constructs(source, definition, statements)) if definition.name == "__init__" else (),
        decorators(source, definition),
        _hollow(source, definition, statements),
        body(statements),
    )


def decorators(source: Source, definition: Definition) -> tuple[str, ...]:
    """The last part of each decorator's name: ``abstractmethod`` for ``@abc.abstractmethod``."""
    if definition.start == definition.header:
        return ()
    above = source.lines[definition.start : definition.header]
    found = filter(None, (_DECORATOR.match(line.text) for line in above))
    return tuple(match[1].rpartition(b".")[2].strip().decode(errors="replace") for match in found)


def is_docstring(line: Line) -> bool:
    """Whether the line holds a string and nothing else."""
    return bool(_DOCSTRING.match(line.text)) and not _NOT_STRING.search(line.text, 1)


def _uses(source: Source, definition: Definition, header: bytes) -> tuple[str, ...]:
    first = _FIRST_PARAMETER.search(header)
    if not first:
        return ()
    text = b"\n".join(source.masked[definition.first : definition.last + 1])
    return tuple(sorted({name.decode(errors="replace") for name in _members(first[1]).findall(text)}))


@lru_cache(maxsize=64)
def _members(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"%b(?<![\w.]%b)\.([\w\x80-\xff]+)" % (name, name))


def _constructs(source: Source, definition: Definition, lines: Sequence[Line]) -> Iterator[Construct]:
    found = [
        (line, match)
        for line in lines
        if line.text.startswith(b"self.") and (match := _CONSTRUCT.match(line.text))
    ]
    given = _parameter_names(source.lines[definition.header].text) if found else ()
    for line, match in found:
        if match[3].partition(b".")[0] not in given:
            place = span(source, line, *match.span(1), origin=definition.first)
            yield Construct(match[3].decode(), match[2].decode(), place)


def _parameter_names(header: bytes) -> frozenset[bytes]:
    found = (_NAME.match(text.lstrip(b"*")) for text in arguments(header))
    return frozenset(match[0] for match in found if match)


def _hollow(source: Source, definition: Definition, statements: Sequence[Line]) -> Hollow:
    if len(statements) > 1:
        return Hollow.NO
    header = source.lines[definition.header]
    text = statements[0].text if statements else header.text.rpartition(b":")[2]
    text = text.strip()
    if text not in _NOTHING and not _RAISES.match(text):
        return Hollow.NO
    raw = b"\n".join(source.raw[header.first : definition.last + 1])
    if text not in _NOTHING:
        return Hollow.NO if _FOR_OTHERS.search(raw) else Hollow.RAISES
    explained = b"#" in raw or definition.stop - definition.header - 1 > len(statements)
    return Hollow.NO if explained else Hollow.EMPTY
