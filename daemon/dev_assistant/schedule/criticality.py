"""How critical a file is: points for its name, its imports, its changes and its directory.

Each fact counts at most once, and more facts never make a file less critical. What is not known of a file
(its imports, its changes) counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dev_assistant.escape import visible
from dev_assistant.files import digest_of
from dev_assistant.model import Criticality, Priority, RelPath
from dev_assistant.schedule.priority import Kind, PriorityRules

_SHOWN = 60  # characters of a pattern or a module


@dataclass(frozen=True, slots=True)
class Weights:
    """What each fact adds to the score."""

    name: float
    imports: float
    changes: float
    directory: float


class CriticalityRules:
    """The rules of one project. ``changed_lines`` is how many may change before that counts.

    ``sought`` digests the critical imports.
    """

    def __init__(
        self,
        paths: PriorityRules,
        *,
        critical_imports: Iterable[str],
        weights: Weights,
        changed_lines: int,
        threshold: float,
    ) -> None:
        self.paths = paths
        self._imports = frozenset(critical_imports)
        self._words = {module.rpartition(".")[2].encode() for module in self._imports}
        self.sought = digest_of("\n".join(sorted(self._imports)).encode())
        self._weights = weights
        self._changed_lines = changed_lines
        self._threshold = threshold

    def classify(
        self, path: RelPath, *, imports: Iterable[str] = (), changed_lines: int | None = None
    ) -> Criticality:
        """``imports`` are dotted modules, ``changed_lines`` None where nobody knows.

        Of ``imports`` the answer of ``critical_import`` is enough.
        """
        kind = self.paths.kind(path)
        if kind is not Kind.SOURCE:
            return Criticality(0.0, (f"is a {kind.value}: never critical",), is_critical=False)
        facts = [
            fact for fact in self._facts(path, self.critical_import(imports), changed_lines) if fact[0] > 0
        ]
        score = min(1.0, round(sum((weight for weight, _ in facts), 0.0), 4))
        reasons = tuple(f"{reason}: {weight:g}" for weight, reason in facts)
        return Criticality(score, reasons, is_critical=score >= self._threshold)

    def critical_import(self, imports: Iterable[str]) -> tuple[str, ...]:
        """The first critical module among ``imports``, or the package that it lies in; empty without one."""
        for module in imports:
            package = module
            while package:
                if package in self._imports:
                    return (package,)
                package = package.rpartition(".")[0]
        return ()

    def may_import(self, source: bytes) -> bool:
        """Whether it is worth while to read a source's imports: no critical one without its word."""
        return not source.isascii() or any(word in source for word in self._words)

    def priority(
        self, path: RelPath, *, imports: Iterable[str] = (), changed_lines: int | None = None
    ) -> Priority:
        """HIGH for a critical file, LOW for tests and documents."""
        critical = self.classify(path, imports=imports, changed_lines=changed_lines).is_critical
        return self.paths.of(path, critical=critical)

    def _facts(
        self, path: RelPath, imported: tuple[str, ...], changed_lines: int | None
    ) -> Iterable[tuple[float, str]]:
        weights = self._weights
        if (pattern := self.paths.critical_name(path)) is not None:
            yield weights.name, f"name matches {_shown(pattern)}"
        for module in imported:
            yield weights.imports, f"imports {_shown(module)}"
        if changed_lines is not None and changed_lines > self._changed_lines:
            yield weights.changes, f"{changed_lines:,} lines changed since HEAD"
        if (directory := self.paths.core_directory(path)) is not None:
            yield weights.directory, f"in {_shown(directory)}"


def _shown(text: str) -> str:
    short = visible(text[: _SHOWN + 1])
    return short if len(short) <= _SHOWN else short[: _SHOWN - 1] + "…"
