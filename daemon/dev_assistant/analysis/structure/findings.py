"""What is told of a file: its definitions' findings, moved to where these stand, and those of its classes."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from dev_assistant.analysis.capping import capped
from dev_assistant.analysis.rules import Span, measured
from dev_assistant.analysis.structure import rules
from dev_assistant.analysis.structure.classes import ABSTRACT, Class, concrete, parts, public_methods
from dev_assistant.analysis.structure.definitions import Definition, name_span
from dev_assistant.analysis.structure.facts import (
    ClassFacts,
    Facts,
    Found,
    FunctionFacts,
    Hollow,
    ModuleFacts,
)
from dev_assistant.analysis.structure.logical_lines import Source
from dev_assistant.analysis.structure.rules import short
from dev_assistant.model import Finding, Measure


class Defined(NamedTuple):
    """A definition with what it gives."""

    definition: Definition
    facts: Facts


def findings(source: Source, defined: Sequence[Defined]) -> Iterator[Finding]:
    """All of the file, rule by rule; ``defined`` are its definitions in order, the module first."""
    classes = _classes(defined)
    filled = {(base, name) for each in classes.values() for base in each.facts.bases for name in each.methods}
    spared = _spared(defined[0].facts, classes.values())
    for index, (definition, facts) in enumerate(defined):
        if index in classes:
            yield from _of_class(classes[index], name_span(source, definition))
        elif isinstance(facts, FunctionFacts):
            for found in facts.found:
                place, measure = _moved(found.span, definition), _measure(found, definition)
                yield rules.BY_ID[found.rule].at(place, found.message, measure)
            scope = classes.get(definition.parent)
            if facts.hollow is not Hollow.NO and _is_unfinished(definition, facts, scope, filled):
                yield _unfinished(definition, facts, name_span(source, definition))
            if scope and scope.methods[definition.name] is facts:
                yield from _built(definition, facts, scope, spared)


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """In the order of their places; of one rule no more than a person reads."""
    return tuple(sorted(capped(sorted(found, key=_place)), key=_place))


def _place(finding: Finding) -> tuple[int, int, str, str]:
    return finding.line, finding.column, finding.rule, finding.message


def _classes(defined: Sequence[Defined]) -> dict[int, Class]:
    """The classes of the file by their index in ``defined``."""
    methods: dict[int, dict[str, FunctionFacts]] = defaultdict(dict)
    for definition, facts in defined:
        if isinstance(facts, FunctionFacts):
            methods[definition.parent][definition.name] = facts
    return {
        index: Class(definition.name, facts, methods[index])
        for index, (definition, facts) in enumerate(defined)
        if isinstance(facts, ClassFacts)
    }


def _spared(module: Facts, classes: Iterable[Class]) -> frozenset[str]:
    """Names that may be built: of the standard library, of values that the file defines, and the object's."""
    imports = module.imports if isinstance(module, ModuleFacts) else ()
    stable = [
        name
        for each in imports
        if not each.level and each.module.partition(".")[0] in sys.stdlib_module_names
        for name in each.bound
    ]
    return frozenset({"self", "cls", *stable, *(each.name for each in classes if each.is_value)})


def _moved(place: Span, definition: Definition) -> Span:
    line, column, end_line, end_column = place
    return Span(line + definition.first, column, end_line + definition.first, end_column)


def _measure(found: Found, definition: Definition) -> Measure | None:
    return measured(definition.qualname, found.value, limit=found.limit) if found.limit else None


def _of_class(found: Class, place: Span) -> Iterator[Finding]:
    count = public_methods(found)
    if count > rules.MAX_METHODS:
        message = f"class {short(found.name)} has {count} public methods, over {rules.MAX_METHODS}"
        yield rules.MANY_METHODS.at(place, message)
    if several := parts(found):
        named = " | ".join(", ".join(map(short, part[:2])) for part in several[:2])
        message = f"class {short(found.name)} falls into {len(several)} parts that share nothing: {named}"
        yield rules.LOW_COHESION.at(place, message)


def _built(
    definition: Definition, facts: FunctionFacts, scope: Class, spared: Collection[str]
) -> Iterator[Finding]:
    for built in concrete(facts.constructs, spared=spared):
        message = f"{short(scope.name)} builds its own {short(built.name)} and cannot be given another"
        yield rules.CONCRETE_DEPENDENCY.at(_moved(built.span, definition), message)


def _is_unfinished(
    definition: Definition, facts: FunctionFacts, scope: Class | None, filled: Collection[tuple[str, str]]
) -> bool:
    name = definition.name
    if scope and (scope.is_abstract or (scope.name, name) in filled):
        return False
    if facts.hollow is Hollow.EMPTY:
        special = name.startswith("__") and name.endswith("__")
        return not (facts.decorators or special or (scope and not scope.is_plain))
    return ABSTRACT.isdisjoint(facts.decorators) and not (facts.decorators and name.startswith("test"))


def _unfinished(definition: Definition, facts: FunctionFacts, place: Span) -> Finding:
    name = short(definition.name)
    if facts.hollow is Hollow.EMPTY:
        return rules.EMPTY_BODY.at(place, f"{name} does nothing, and nothing says that it has nothing to do")
    return rules.NOT_IMPLEMENTED.at(place, f"{name} only raises NotImplementedError and is not abstract")
