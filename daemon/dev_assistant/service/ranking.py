"""How critical the files of one project are, by what is known of their bytes and their changes.

The name is known at once, imports as soon as the bytes are read, changed lines when git has been asked: until
then those that were last counted go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dev_assistant.analysis.imports import imported_modules
from dev_assistant.model import Appraisal, Criticality, Digest, Priority, RelPath
from dev_assistant.schedule.criticality import CriticalityRules
from dev_assistant.schedule.priority import Kind
from dev_assistant.watch.git_head import Changed

_PYTHON = (".py", ".pyi", ".pyw")
_AT_ONCE = 16_384
"""Bytes whose imports are read on the coordinator's thread: some ten microseconds. Larger ones can wait."""

_UNREAD = Digest("")
_ORDINARY = Criticality(0.0, (), is_critical=False)


class Facts(NamedTuple):
    """The critical import of the bytes ``digest``, if they have one, and how many lines of them changed.

    Until they are ``read`` and ``counted``, both are those of older bytes, or nothing. ``blob`` is what the
    lines were counted against (see ``model.Appraisal``).
    """

    digest: Digest
    imports: tuple[str, ...] = ()
    changed: Changed = None
    read: bool = True
    counted: bool = True
    blob: str | None = None

    @property
    def current(self) -> bool:
        """Nothing is left to be found out."""
        return self.read and self.counted


class Ranking:
    """One project's files; owned by the coordinator. ``counting``: some of them lie in a git working tree."""

    def __init__(self, rules: CriticalityRules) -> None:
        self.rules = rules
        self.counting = False
        self._facts: dict[RelPath, Facts] = {}
        self._ranks: dict[RelPath, Criticality] = {}
        self._published: Mapping[RelPath, Criticality] | None = None
        self._news: dict[RelPath, Facts] = {}

    def read(self, path: RelPath, digest: Digest, data: bytes | None) -> None:
        """The file has these bytes; ``data`` None: they need not be read, as they are known."""
        known = self._facts.get(path)
        if known is not None and known.digest == digest:
            return
        if self.rules.paths.kind(path) is not Kind.SOURCE:
            self._learn(path, Facts(digest))
            return
        imports, changed = ((), None) if known is None else (known.imports, known.changed)
        read = data is not None and len(data) <= _AT_ONCE
        if data is not None and read:
            imports = critical_import(self.rules, path, data)
        self._learn(path, Facts(digest, imports, changed, read, counted=not self.counting))

    def left(self, path: RelPath) -> None:
        """The file is not read: all that counts is where it is."""
        if path not in self._facts or self._facts[path].digest != _UNREAD:
            self._learn(path, Facts(_UNREAD))

    def appraised(self, path: RelPath, facts: Facts) -> None:
        """What was found out about bytes; of no use if the file has others by now."""
        known = self._facts.get(path)
        if known is not None and known.digest == facts.digest:
            self._learn(path, facts)

    def recall(self, path: RelPath, digest: Digest, remembered: Appraisal | None) -> None:
        """Unless it was looked at since, the file has these bytes; what is remembered may be of others.

        That HEAD still has the blob which the lines were counted against remains to be seen.
        """
        if path not in self._facts:
            self.read(path, digest, None)
        facts = self._facts[path]
        if remembered is not None and remembered.digest == facts.digest and not facts.current:
            if remembered.sought == self.rules.sought:
                facts = facts._replace(imports=remembered.imports, read=True)
            if self.counting:
                facts = facts._replace(changed=remembered.changed, blob=remembered.blob)
            self._learn(path, facts)
            self._news.pop(path, None)

    def take_news(self) -> dict[RelPath, Appraisal]:
        """What was found out since the last call and may be remembered.

        Lines that could not be counted are left out where HEAD has the file: next time they may be.
        """
        news, self._news = self._news, {}
        return {
            path: Appraisal(facts.digest, facts.imports, self.rules.sought, facts.blob, facts.changed)
            for path, facts in news.items()
            if facts.changed is not None or facts.blob is None
        }

    def forget(self, path: RelPath) -> None:
        """It is no file of the project any more."""
        self._facts.pop(path, None)
        self._news.pop(path, None)
        if self._ranks.pop(path, None) is not None:
            self._published = None

    def known(self, path: RelPath) -> Facts | None:
        """What is known of a file, if it was looked at."""
        return self._facts.get(path)

    def read_paths(self) -> list[RelPath]:
        """The files whose bytes count: all others cannot become any more or less critical."""
        kind = self.rules.paths.kind
        return [
            path
            for path, facts in self._facts.items()
            if facts.digest != _UNREAD and kind(path) is Kind.SOURCE
        ]

    def is_open(self, path: RelPath) -> bool:
        """Whether something may be found out of its bytes that nobody knows yet."""
        return self.rules.paths.kind(path) is Kind.SOURCE and not self.is_current(path)

    def is_current(self, path: RelPath) -> bool:
        """Whether all that counts of its present bytes is known."""
        facts = self._facts.get(path)
        return facts is not None and facts.current

    def is_critical(self, path: RelPath) -> bool:
        """By what is known."""
        return self._ranks.get(path, _ORDINARY).is_critical

    def priority(self, path: RelPath) -> Priority:
        """By what is known: HIGH for a critical file, LOW for tests and documents."""
        return self.rules.paths.of(path, critical=self.is_critical(path))

    def publish(self) -> Mapping[RelPath, Criticality]:
        """The files that have any points; the same object as before when nothing changed."""
        if self._published is None:
            self._published = dict(self._ranks)
        return self._published

    def _learn(self, path: RelPath, facts: Facts) -> None:
        if facts.current and self._is_news(path, facts):
            self._news[path] = facts
        known = self._facts.get(path)
        self._facts[path] = facts
        if known is not None and (known.imports, known.changed) == (facts.imports, facts.changed):
            return
        rank = self.rules.classify(path, imports=facts.imports, changed_lines=facts.changed)
        before = self._ranks.get(path, _ORDINARY)
        if rank.score > 0 or rank.is_critical:
            self._ranks[path] = rank
        else:
            rank = _ORDINARY
            self._ranks.pop(path, None)
        if rank != before:
            self._published = None

    def _is_news(self, path: RelPath, facts: Facts) -> bool:
        """Not if nobody reads such a file, or if it was known already but for asking HEAD again."""
        if facts.digest == _UNREAD or self.rules.paths.kind(path) is not Kind.SOURCE:
            return False
        known = self._facts.get(path)
        return known is None or not known.read or known._replace(counted=True) != facts


def critical_import(rules: CriticalityRules, path: str, data: bytes) -> tuple[str, ...]:
    """The critical module that a file imports, if it is Python and imports one."""
    if not path.endswith(_PYTHON) or not rules.may_import(data):
        return ()
    return rules.critical_import(imported_modules(data))
