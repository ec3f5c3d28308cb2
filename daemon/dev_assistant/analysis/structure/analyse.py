"""The structure of a Python file: what its definitions give one by one, and what its classes give together.

What is known of a definition is not looked for again; the result is the same with it and without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from dev_assistant.analysis.structure.definitions import Definition, Kind, name_span, split
from dev_assistant.analysis.structure.facts import Facts, FunctionFacts, Import, ModuleFacts
from dev_assistant.analysis.structure.findings import Defined, findings, in_order
from dev_assistant.analysis.structure.functions import function_facts
from dev_assistant.analysis.structure.logical_lines import NotUnderstoodError, Source, read
from dev_assistant.analysis.structure.outline import Copy, Outline
from dev_assistant.analysis.structure.rules import short
from dev_assistant.analysis.structure.scopes import class_facts, module_facts, own_lines
from dev_assistant.model import Digest, Finding


class Structure(msgspec.Struct, frozen=True, gc=False):
    """``facts`` are those of all definitions, to be given as ``known`` next time.

    ``reused`` of the ``definitions`` were known. ``understood`` is False for what is no Python text: then
    there is nothing else.
    """

    findings: tuple[Finding, ...] = ()
    facts: dict[Digest, Facts] = {}
    definitions: int = 0
    reused: int = 0
    outline: Outline = Outline()
    understood: bool = True


def analyse(data: bytes, known: Mapping[Digest, Facts]) -> Structure:
    """The structure of these bytes. Never raises."""
    try:
        source = read(data)
        definitions = split(source)
    except NotUnderstoodError:
        return Structure(understood=False)
    defined = [Defined(each, known.get(each.digest) or _facts(source, each)) for each in definitions]
    return Structure(
        in_order(findings(source, defined)),
        {each.definition.digest: each.facts for each in defined},
        len(defined),
        sum(each.definition.digest in known for each in defined),
        Outline(tuple(_copies(source, defined)), tuple(_imports(source, defined[0]))),
    )


def _facts(source: Source, definition: Definition) -> Facts:
    if definition.kind is Kind.MODULE:
        return module_facts(source, definition)
    if definition.kind is Kind.CLASS:
        return class_facts(source, definition)
    return function_facts(source, definition)


def _imports(source: Source, module: Defined) -> Iterator[Import]:
    if isinstance(module.facts, ModuleFacts) and module.facts.imports:
        lines = own_lines(source, module.definition)
        for each in module.facts.imports:
            yield msgspec.structs.replace(each, line=lines[each.line].first + 1, bound=())


def _copies(source: Source, defined: Iterable[Defined]) -> Iterator[Copy]:
    for definition, facts in defined:
        if isinstance(facts, FunctionFacts) and facts.body:
            yield Copy(short(definition.qualname), name_span(source, definition), facts.body)
