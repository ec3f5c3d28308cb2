"""What a class and a module give of their own, without the definitions in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dev_assistant.analysis.structure.definitions import Definition
from dev_assistant.analysis.structure.facts import ClassFacts, Import, ModuleFacts
from dev_assistant.analysis.structure.functions import decorators
from dev_assistant.analysis.structure.logical_lines import Line, Source
from dev_assistant.analysis.structure.shape import arguments

_DOTTED = re.compile(rb"[^\W\d]\w*(?:\.\w+)*")
_METACLASS = re.compile(rb"metaclass\s*=\s*([^\W\d]\w*(?:\.\w+)*)")
_KEYWORD = re.compile(rb"\w+\s*=")
_FOR_TYPES = re.compile(rb"if\s+(?:\w+\.)?TYPE_CHECKING\s*:")
_IMPORT = re.compile(rb"import\s+(.+)", re.DOTALL)
_FROM = re.compile(rb"from\b([.\s]*+)(?:(?!import\b)([\w.]++))?\s*+import\b(.+)", re.DOTALL)
_CONTINUED = bytes.maketrans(b"\\\n()", b"    ")


def class_facts(source: Source, definition: Definition) -> ClassFacts:
    """From the header and the decorators."""
    header = source.lines[definition.header].text
    given = list(arguments(header)) if b"(" in header else []
    metaclass = next(filter(None, map(_METACLASS.match, given)), None)
    bases = [found for text in given if not _KEYWORD.match(text) and (found := _DOTTED.match(text))]
    return ClassFacts(
        tuple(base[0].decode() for base in bases),
        metaclass[1].decode() if metaclass else "",
        decorators(source, definition),
    )


def module_facts(source: Source, definition: Definition) -> ModuleFacts:
    """The imports, with the index of their line among the module's own (`own_lines`)."""
    return ModuleFacts(tuple(_imports(own_lines(source, definition))))


def own_lines(source: Source, definition: Definition) -> list[Line]:
    """The logical lines that are in none of its definitions."""
    return [line for start, stop in definition.own for line in source.lines[start:stop]]


def _imports(lines: list[Line]) -> Iterator[Import]:
    skipped = -1  # the indent of an `if TYPE_CHECKING:` that is open
    for index, line in enumerate(lines):
        if skipped >= 0:
            if line.indent > skipped:
                continue
            skipped = -1
        if line.text.startswith((b"import", b"from")):
            for statement in line.text.split(b";"):
                yield from _imported(statement.translate(_CONTINUED).strip(), index)
        elif _FOR_TYPES.match(line.text):
            skipped = line.indent


def _imported(statement: bytes, index: int) -> Iterator[Import]:
    if match := _FROM.match(statement):
        aliases = [_alias(part) for part in match[3].split(b",") if part.strip()]
        names = tuple(name for name, _ in aliases)
        bound = tuple(given or name for name, given in aliases)
        yield Import(_text(match[2] or b""), names, match[1].count(b"."), bound, index)
    elif match := _IMPORT.match(statement):
        for part in match[1].split(b","):
            name, given = _alias(part)
            yield Import(name, (), 0, (given or name.partition(".")[0],), index)


def _alias(text: bytes) -> tuple[str, str]:
    """The imported name, and the one it is given (empty: its own)."""
    words = _text(text).split()
    return words[0] if words else "", words[2] if len(words) > 2 else ""  # noqa: PLR2004  # NAME as NAME


def _text(name: bytes) -> str:
    return name.decode(errors="replace")
