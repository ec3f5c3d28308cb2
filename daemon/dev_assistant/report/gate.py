"""Whether a judgement is good enough: conditions, each with its value, its threshold and a verdict.

It fails closed: what is not known makes a condition *unknown*, and that outranks one that has failed.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from dev_assistant.report.comparison import Comparison, Located
from dev_assistant.report.documents import CheckDocument, FindingRow, ProjectRow
from dev_assistant.report.proof import unproved
from dev_assistant.settings import Settings
from dev_assistant.settings.gating import KINDS


class GateVerdict(enum.StrEnum):
    """The graver one comes later."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


_GRAVITY = {verdict: grave for grave, verdict in enumerate(GateVerdict)}


class Condition(msgspec.Struct, frozen=True):
    """One demand: ``value`` must be ``at least`` or ``at most`` ``threshold``.

    ``project`` is "" for the workspace; ``value`` is None where there is nothing to measure.
    """

    project: str
    condition: str
    value: float | None
    relation: str
    threshold: float
    verdict: GateVerdict
    reason: str = ""


def conditions(
    document: CheckDocument,
    comparison: Comparison,
    *,
    policies: Mapping[str, Settings],
    common: Settings,
    changed: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Condition, ...]:
    """All of them, the workspace's first.

    ``policies`` are the settings of each project by its name, ``common`` those of the workspace, which also
    hold for a project that has none. ``changed`` names the settings of a project that decide what is judged
    and are not those of its policy.
    """
    new = _by_project(comparison.new)
    limited = common.gate_max_findings or any(policy.gate_max_findings for policy in policies.values())
    every = _by_project(_located(document)) if limited else {}
    rows: list[Condition] = [*_of_workspace(document, common)]
    judged = {row.name for row in document.projects}
    rows += [
        _left(name) for name, policy in sorted(policies.items()) if policy.enabled and name not in judged
    ]
    for row in document.projects:
        policy = policies.get(row.name, common)
        if policy.enabled:
            rows += _judged_otherwise(row.name, changed.get(row.name, ()))
            rows += _of_project(row, policy, new.get(row.name, Counter()), every.get(row.name, Counter()))
    return tuple(rows)


def verdict_of(rows: Iterable[Condition]) -> GateVerdict:
    """The gravest; unknown when nothing was demanded."""
    return max((row.verdict for row in rows), key=_GRAVITY.__getitem__, default=GateVerdict.UNKNOWN)


def _of_workspace(document: CheckDocument, common: Settings) -> Iterator[Condition]:
    doubts = unproved(document.meta)
    verdict = GateVerdict.UNKNOWN if doubts else GateVerdict.PASSED
    yield Condition("", "doubts", len(doubts), "at most", 0, verdict, "; ".join(doubts))
    if common.gate_min_workspace_score:
        yield _at_least("", "score", document.summary.score, common.gate_min_workspace_score)


def _of_project(
    row: ProjectRow, policy: Settings, new: Counter[str], every: Counter[str]
) -> Iterator[Condition]:
    name = row.name
    if policy.gate_min_score:
        yield _at_least(name, "score", row.score, policy.gate_min_score)
    for kind, most in sorted(policy.gate_max_new.items(), key=_kind_order):
        yield _at_most(name, f"new findings: {kind}", new[kind], most)
    for kind, most in sorted(policy.gate_max_findings.items(), key=_kind_order):
        yield _at_most(name, f"findings: {kind}", every[kind], most)
    yield _proved(_at_most(name, "failed files", row.failed, policy.gate_max_failed))
    yield _proved(_at_least(name, "coverage in %", _coverage(row), policy.gate_min_coverage))


def _left(project: str) -> Condition:
    """A project that the policy knows, and the workspace not any more."""
    reason = "is in the policy, and was not judged"
    return Condition(project, "coverage in %", None, "at least", 100.0, GateVerdict.UNKNOWN, reason)


def _judged_otherwise(project: str, changed: Sequence[str]) -> Iterator[Condition]:
    """What is looked for is not what the policy would look for: nobody knows what that would find."""
    if changed:
        reason = f"not as in the policy: {', '.join(changed)}"
        yield Condition(project, "changed settings", len(changed), "at most", 0, GateVerdict.UNKNOWN, reason)


def _coverage(row: ProjectRow) -> float | None:
    """The share of files to be judged that are, rounded down; None when there are none."""
    judged = row.files - row.skipped
    return row.fresh * 10_000 // judged / 100 if judged else None


def _at_least(project: str, condition: str, value: float | None, threshold: float) -> Condition:
    if value is None:
        verdict, reason = GateVerdict.UNKNOWN, "nothing was judged"
    else:
        verdict, reason = GateVerdict.PASSED if value >= threshold else GateVerdict.FAILED, ""
    return Condition(project, condition, value, "at least", threshold, verdict, reason)


def _at_most(project: str, condition: str, value: int, threshold: int) -> Condition:
    verdict = GateVerdict.PASSED if value <= threshold else GateVerdict.FAILED
    return Condition(project, condition, value, "at most", threshold, verdict)


def _proved(condition: Condition) -> Condition:
    """What is not good enough here is not bad: it is not known."""
    if condition.verdict is GateVerdict.FAILED:
        return msgspec.structs.replace(condition, verdict=GateVerdict.UNKNOWN)
    return condition


def _located(document: CheckDocument) -> Iterator[Located]:
    for file in document.files:
        yield from (Located((file.project, file.path), finding) for finding in file.findings)
    for row in document.project_findings:
        yield Located((row.project, row.path), row)


def _by_project(found: Iterable[Located]) -> dict[str, Counter[str]]:
    """How many of each kind."""
    counted: dict[str, Counter[str]] = {}
    for located in found:
        counted.setdefault(located.key[0], Counter()).update(_kinds(located.finding))
    return counted


def _kinds(finding: FindingRow) -> tuple[str, ...]:
    return "all", finding.severity, finding.category


def _kind_order(item: tuple[str, int]) -> int:
    return KINDS.index(item[0])
