"""YAML by the events of its parser: nothing is ever constructed, so tags mean nothing and aliases stay names.

The events come one by one from a parser without recursion, and the stack kept here is bounded: neither
nesting nor a chain of aliases (a "billion laughs") costs more than its own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from dev_assistant.analysis import data_rules
from dev_assistant.analysis.locate import Locator
from dev_assistant.model import Finding

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNREADABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_STRING = re.compile(r"[-+.]?[0-9].*|[-+]?\.(?:inf|nan)|~|null|true|false|yes|no|on|off|", re.IGNORECASE)
"""Plain scalars that are not what a quoted one of the same text is."""
_MERGE = "<<"
_MOST_DIRECTIVES = 1000
"""%TAG lines: libyaml compares each with all before it, so that a file of them alone takes hours."""

Key = tuple[str, bool]
"""A key's text, and whether it is a string."""


def yaml_findings(text: str) -> Iterator[Finding]:
    """What is wrong with ``text``, which may hold several documents: keys given twice, then what stops it."""
    locator = Locator(text)
    walk = _Walk(locator)
    if text.count("%TAG") > _MOST_DIRECTIVES:
        yield data_rules.not_parsed("YAML", f"more than {_MOST_DIRECTIVES} %TAG directives: not read", 1, 1)
        return
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            finding = walk.take(event)
            if finding:
                yield finding
            if len(walk.open) > data_rules.DEEPEST:
                yield data_rules.nested_too_deep(locator, _index(event.start_mark), data_rules.DEEPEST)
                return
    except yaml.MarkedYAMLError as error:
        yield _told(error, locator)
    except yaml.YAMLError as error:
        odd = _UNREADABLE.search(text)
        reason = "this character is not allowed" if odd else type(error).__name__
        yield data_rules.not_parsed("YAML", reason, *locator.place(odd.start() if odd else 0))


def _told(error: yaml.MarkedYAMLError, locator: Locator) -> Finding:
    reason = ", ".join(part for part in (error.context, error.problem) if part)
    return data_rules.not_parsed(
        "YAML", reason, *locator.place(_index(error.problem_mark or error.context_mark))
    )


def _index(mark: yaml.error.Mark | yaml._yaml.Mark | None) -> int:
    """Characters before a mark, which is None where the parser knows no place."""
    return mark.index if mark else 0


@dataclass(slots=True)
class _Collection:
    """A mapping or sequence that is still open; ``keys`` (and where each is) is None for a sequence."""

    keys: dict[Key, int] | None
    is_key_next: bool = True


@dataclass(slots=True)
class _Walk:
    locator: Locator
    open: list[_Collection] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def take(self, event: yaml.Event) -> Finding | None:
        """Follow the parser by one event."""
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor:
                self.anchors.add(event.anchor)
            return self._key(event) if self._begin_node() else None
        if isinstance(event, yaml.CollectionStartEvent):
            if event.anchor:
                self.anchors.add(event.anchor)
            self._begin_node()
            self.open.append(_Collection({} if isinstance(event, yaml.MappingStartEvent) else None))
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._begin_node()
            return self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.anchors.clear()
        return None

    def _begin_node(self) -> bool:
        """Whether the node that begins is a key."""
        if not self.open or self.open[-1].keys is None:
            return False
        mapping = self.open[-1]
        mapping.is_key_next = not mapping.is_key_next
        return not mapping.is_key_next

    def _key(self, event: yaml.ScalarEvent) -> Finding | None:
        keys = self.open[-1].keys
        value = event.value
        if keys is None or value == _MERGE:  # several merges are one list of them to most readers
            return None
        here = _index(event.start_mark)
        is_string = not event.implicit[0] or not _NO_STRING.fullmatch(value)
        first = keys.setdefault((value, is_string), here)
        if first == here:
            return None
        return data_rules.given_twice(self.locator, value, first, here, _index(event.end_mark))

    def _alias(self, event: yaml.AliasEvent) -> Finding | None:
        if event.anchor in self.anchors:
            return None
        place = self.locator.place(_index(event.start_mark))
        return data_rules.not_parsed("YAML", "this alias names an anchor that is not above it", *place)
