"""What a class is as a whole, from its own facts and those of its methods."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dev_assistant.analysis.structure.cohesion import components
from dev_assistant.analysis.structure.facts import ClassFacts, Construct, FunctionFacts, Hollow
from dev_assistant.analysis.structure.rules import MIN_PART

ABSTRACT = frozenset(
    {"abstractmethod", "abstractproperty", "abstractclassmethod", "abstractstaticmethod", "overload"}
)
_UNBOUND = frozenset({"staticmethod", "classmethod"})
_PROPERTY = frozenset({"property", "cached_property", "setter", "getter", "deleter"})
_PLAIN_BASES = frozenset({"object", "Generic"})
_ABSTRACT_NAME = re.compile(r"Base|Abstract|Mixin|Interface")
_ABSTRACT_BASE = re.compile(r"(?:^|\.)(?:ABC|Protocol|Interface)$")
_VALUE_BASE = re.compile(r"(?:Error|Exception|Warning|NamedTuple|TypedDict|Enum|Flag|Struct|BaseModel)$")
_VALUE_DECORATOR = frozenset({"dataclass", "define", "frozen", "mutable", "attrs"})


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the file and its methods by name: the last of several with one name, as in Python."""

    name: str
    facts: ClassFacts
    methods: Mapping[str, FunctionFacts]

    @property
    def is_plain(self) -> bool:
        """Nothing is inherited that could connect its methods or want them."""
        return not self.facts.metaclass and _PLAIN_BASES.issuperset(map(_last, self.facts.bases))

    @property
    def is_abstract(self) -> bool:
        """By its bases, its metaclass or its name made for others to fill in."""
        bases = (self.facts.metaclass.removesuffix("Meta"), *self.facts.bases)
        return any(map(_ABSTRACT_BASE.search, bases)) or bool(_ABSTRACT_NAME.search(self.name))

    @property
    def is_value(self) -> bool:
        """A dataclass, an exception or the like: data, and not something to be replaced."""
        return not _VALUE_DECORATOR.isdisjoint(self.facts.decorators) or any(
            map(_VALUE_BASE.search, self.facts.bases)
        )


def public_methods(found: Class) -> int:
    """How many methods others may call; tests do not count."""
    return sum(not name.startswith(("_", "test")) for name in found.methods)


def parts(found: Class) -> list[tuple[str, ...]]:
    """The parts of a class that share nothing, when there are several."""
    if not found.is_plain or found.is_abstract:
        return []
    used = {name: facts.uses for name, facts in found.methods.items() if _counts(name, facts)}
    whole = [part for part in components(used) if len(part) >= MIN_PART and not _accessors(found, part)]
    return whole if len(whole) > 1 else []


def _counts(name: str, facts: FunctionFacts) -> bool:
    if not facts.uses or facts.hollow is not Hollow.NO or (name.startswith("__") and name.endswith("__")):
        return False
    return _UNBOUND.isdisjoint(facts.decorators) and ABSTRACT.isdisjoint(facts.decorators)


def _accessors(found: Class, part: Sequence[str]) -> bool:
    return all(not _PROPERTY.isdisjoint(found.methods[name].decorators) for name in part)


def concrete(constructs: Sequence[Construct], *, spared: Collection[str]) -> Iterator[Construct]:
    """Those that are collaborators; ``spared`` are names of the file that may be built."""
    for construct in constructs:
        first, last = construct.name.partition(".")[0], _last(construct.name)
        if first not in spared and not _VALUE_BASE.search(last):
            yield construct


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
