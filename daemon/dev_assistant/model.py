"""The nouns: plain immutable values that every layer speaks in.

A path inside a project is a ``RelPath``: relative to the project's root, POSIX separators, ``../`` for
outside watch paths, bytes that are not UTF-8 kept as surrogate escapes (``os.fsdecode``).
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice
from typing import Final, NamedTuple, NewType

import msgspec

ProjectName = NewType("ProjectName", str)
RelPath = NewType("RelPath", str)
Digest = NewType("Digest", str)
"""32 hex digits: blake2b with a digest of 16 bytes."""

MEASURED: Final = 10
"""Functions of one rule and one file that a summary names: no report shows more."""


class Priority(enum.IntEnum):
    """Which file goes first; the smaller value is the more important one."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class Criticality(msgspec.Struct, frozen=True, gc=False):
    """``score`` is from 0 to 1; ``reasons`` are for people, one for each fact that counts."""

    score: float
    reasons: tuple[str, ...]
    is_critical: bool


class Urgency(enum.IntEnum):
    """Whether somebody is waiting: a save is interactive, a scan or a storm is bulk."""

    INTERACTIVE = 0
    BULK = 1


class Category(enum.StrEnum):
    """What a finding counts as in the quality score."""

    LINT = "lint"
    DESIGN = "design"
    SECURITY = "security"
    UNFINISHED = "unfinished"


_CATEGORIES: Final = tuple(Category)


class Severity(enum.StrEnum):
    """How bad a finding is: an error keeps the file from being understood at all.

    Advice (``INFO``) counts in the score, and does not keep a file from passing: nobody has asked for it.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class FileState(enum.StrEnum):
    """What is known of a file. Only FRESH says anything about its present bytes."""

    FRESH = "fresh"
    STALE = "stale"
    PENDING = "pending"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Project:
    """One project: ``root`` and ``watch_paths`` are absolute, with links resolved."""

    name: ProjectName
    root: str
    watch_paths: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, gc=False):
    """A path that may differ from what is known; nothing more is claimed."""

    project: ProjectName
    path: RelPath


class Stat(msgspec.Struct, frozen=True, gc=False):
    """What ``lstat`` says of a file; times in nanoseconds."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int


class Fingerprint(msgspec.Struct, frozen=True, gc=False):
    """The identity of a file's bytes: what ``lstat`` said when they were read, and their digest."""

    stat: Stat
    digest: Digest


class Measure(msgspec.Struct, frozen=True, gc=False):
    """What a finding says in numbers: ``value`` of ``function``, a name with dots, is over ``limit``."""

    function: str
    value: int
    limit: int


class Finding(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing a verifier reports. Lines and columns count from 1, columns in code points."""

    rule: str
    category: Category
    severity: Severity
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    fixable: bool
    measure: Measure | None = None


class Checked(msgspec.Struct, frozen=True, tag="checked", gc=False):
    """The verifier judged these bytes; no findings means clean.

    ``outline`` is what the file gives to findings on its project (``analysis.structure.outline``); empty:
    nobody looked for that.
    """

    findings: tuple[Finding, ...] = ()
    outline: bytes = b""


class Skipped(msgspec.Struct, frozen=True, tag="skipped", gc=False):
    """Not judged, on purpose, for ``reason``."""

    reason: str


class Blame(enum.StrEnum):
    """Whose fault it is that a file could not be judged, as far as is known."""

    UNKNOWN = "unknown"
    FILE = "file"  # the tool works, and broke on this file alone
    TOOL = "tool"  # the tool cannot even judge a line that it is sure to find fault with


class Failed(msgspec.Struct, frozen=True, tag="failed", gc=False):
    """Could not be judged. Never shown as clean."""

    reason: str
    blame: Blame = Blame.UNKNOWN


Verdict = Checked | Skipped | Failed


class Counts(msgspec.Struct, frozen=True, gc=False):
    """Findings by category."""

    lint: int = 0
    design: int = 0
    security: int = 0
    unfinished: int = 0

    @property
    def total(self) -> int:
        return self.lint + self.design + self.security + self.unfinished

    @property
    def each(self) -> tuple[int, ...]:
        """The numbers in the order of ``Category``."""
        return self.lint, self.design, self.security, self.unfinished

    @property
    def costs(self) -> tuple[float, ...]:
        """What each category takes from the score, in the order of ``Category``."""
        return _costs(self)

    @property
    def score(self) -> float:
        """Quality from 0 to 10: each category costs per finding, up to its own limit."""
        return _score(self)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.lint + other.lint,
            self.design + other.design,
            self.security + other.security,
            self.unfinished + other.unfinished,
        )


class Weight(NamedTuple):
    """What one finding takes from the score, and the most that all of its category take."""

    each: float
    most: float


WEIGHTS: Final[Mapping[Category, Weight]] = {
    Category.LINT: Weight(0.2, 2.0),
    Category.DESIGN: Weight(0.5, 3.0),
    Category.SECURITY: Weight(1.0, 4.0),
    Category.UNFINISHED: Weight(0.1, 1.0),
}
"""How the score weighs (P12); a file with all of every category is at 0."""


@lru_cache(maxsize=4096)
def _costs(counts: Counts) -> tuple[float, ...]:
    return tuple(
        min(number * WEIGHTS[category].each, WEIGHTS[category].most)
        for category, number in zip(Category, counts.each, strict=True)
    )


@lru_cache(maxsize=4096)
def _score(counts: Counts) -> float:
    return round(10 - sum(counts.costs), 2)


class Measured(msgspec.Struct, frozen=True, gc=False):
    """A function that a rule measured, and the line of its name."""

    rule: str
    line: int
    measure: Measure


class Summary(msgspec.Struct, frozen=True, gc=False):
    """A verdict without its findings: what is kept in memory for every file.

    ``outcome`` is the verdict's tag; ``rules`` counts findings by rule, sorted by rule; ``advice`` is how
    many of the findings are no more than that; ``measured`` are the ``MEASURED`` largest functions of each
    rule.
    """

    outcome: str
    reason: str = ""
    counts: Counts = Counts()
    rules: tuple[tuple[str, int], ...] = ()
    advice: int = 0
    measured: tuple[Measured, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing in it keeps the file from passing."""
        return self.counts.total == self.advice


def summarize(verdict: Verdict) -> Summary:
    """The verdict's outcome, its counts by category and by rule."""
    match verdict:
        case Checked(findings):
            advice = [finding.severity for finding in findings].count(Severity.INFO)
            return Summary("checked", "", count(findings), _by_rule(findings), advice, _largest(findings))
        case Skipped(reason):
            return Summary("skipped", reason)
        case Failed(reason):
            return Summary("failed", reason)


def count(findings: Iterable[Finding]) -> Counts:
    """Findings by category."""
    found = [finding.category for finding in findings]
    return Counts(*map(found.count, _CATEGORIES))


def _by_rule(findings: Iterable[Finding]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter([finding.rule for finding in findings]).items()))


def _largest(findings: Iterable[Finding]) -> tuple[Measured, ...]:
    found = [Measured(each.rule, each.line, each.measure) for each in findings if each.measure]
    if not found:
        return ()
    found.sort(key=lambda each: (each.rule, -each.measure.value, each.line))
    return tuple(
        each for _, ofrule in groupby(found, lambda each: each.rule) for each in islice(ofrule, MEASURED)
    )


class Part(msgspec.Struct, frozen=True, gc=False):
    """What one verifier said of a file: ``key`` is the verdict's name in the cache.

    ``outline`` is the verdict's: it is no part of the summary, of which many files have the same one.
    """

    verifier: str
    key: Digest
    summary: Summary
    outline: bytes = b""


def part_of(verdict: Verdict, *, verifier: str, key: Digest) -> Part:
    """What is kept of a verdict in memory."""
    outline = verdict.outline if isinstance(verdict, Checked) else b""
    return Part(verifier, key, summarize(verdict), outline)


class FileRecord(msgspec.Struct, frozen=True, gc=False):
    """All that is known of one file of a project.

    ``fingerprint`` is None before its bytes were first read. ``parts`` belong to ``fingerprint`` when
    ``state`` is FRESH, FAILED or SKIPPED, and to older bytes when it is STALE.
    """

    state: FileState
    fingerprint: Fingerprint | None = None
    parts: tuple[Part, ...] = ()
    reason: str = ""

    @property
    def counts(self) -> Counts:
        total = Counts()
        for part in self.parts:
            total += part.summary.counts
        return total

    @property
    def outline(self) -> bytes:
        """That of the verifier that gave one."""
        return next((part.outline for part in self.parts if part.outline), b"")

    @property
    def passed(self) -> bool | None:
        """True or False when fresh, else unknown."""
        if self.state is not FileState.FRESH:
            return None
        return all(part.summary.passed for part in self.parts)


class Appraisal(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was found out of how critical the bytes ``digest`` are; it holds for as long as the rest is so.

    ``imports`` is the critical import that was found when ``sought`` (a digest of names) was looked for.
    ``changed`` counts lines against ``blob``, which is that of git's HEAD: "" if HEAD does not have the file,
    None where there is no HEAD.
    """

    digest: Digest
    imports: tuple[str, ...]
    sought: Digest
    blob: str | None
    changed: int | None


class Job(msgspec.Struct, frozen=True, gc=False):
    """These bytes of this file, to be judged by one verifier.

    ``basis`` digests all else that decides the verdict (effective configuration, surroundings). ``since``
    is when the first unanswered event for the path arrived (monotonic seconds).
    """

    project: ProjectName
    path: RelPath
    digest: Digest
    stat: Stat
    verifier: str
    basis: Digest
    key: Digest
    priority: Priority
    urgency: Urgency
    since: float
    trigger: str


class Moved(msgspec.Struct, frozen=True, gc=False):
    """The file, its configuration or its surroundings changed while it was judged: judge again."""


class Result(msgspec.Struct, frozen=True, gc=False):
    """A worker's answer to a job; ``duration_ms`` is the file's share of the batch."""

    job: Job
    verdict: Verdict | Moved
    duration_ms: float
