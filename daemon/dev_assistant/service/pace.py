"""How fast everything goes: what each stage takes, what takes too long, and which stage holds up the others.

Owned by the main thread, which calls ``look`` at every pulse; ``summaries`` and ``bottleneck`` are for
anybody, and as old as the last look.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from dev_assistant.logs import get_logger
from dev_assistant.timings import SAVE, Histogram, Summary, Timed, Timings

WINDOW = 60.0
"""Seconds over which it is seen which stage is busy."""

_BUSY = 0.3
"""From this share of the window on a stage is what the others wait for."""

_REPEAT = 60.0
"""Seconds between two warnings of one stage: more of them say the same."""

_RECENT = 600.0
_SAVES = 200
_ENOUGH = 10
"""The last saves, of which there must be so many before anything is said of them."""

_LOG = get_logger("daemon")

_READING = "files are read slowly: see that the tree is on a local disk, and ignore what needs no look"
_DECIDING = "very many changes: ignore generated files (ignore, .gitignore)"
_WRITING = "the disk of RUNS/ is slow: a local one helps, and so does enable_evidence = false"
_REPORTING = "reports are large: raise stats_interval_ms"
_TOOL = "more workers help while processors are free (workers); files that nobody edits can be ignored"
_ADVICE: Mapping[str, str] = {
    "scan": "the tree is large or its disk slow: ignore directories that need no look",
    "intake": _DECIDING,
    "compare": _DECIDING,
    "look": _READING,
    "plan": _READING,
    "accept": _DECIDING,
    "record": _WRITING,
    "merge": _REPORTING,
    "render": _REPORTING,
    "answer": "somebody asks without a pause: follow `events`, or ask less often",
    "deep": 'deep = "critical" analyses critical files alone; else more workers, while processors are free',
}


class Bottleneck(NamedTuple):
    """The stage that others wait for, busy for this ``share`` of the last minute, and what helps."""

    stage: str
    share: float
    advice: str


class Pace:
    """``limit`` gives the seconds that one piece of work may take, ``threads`` how many do the work of a
    stage; ``now`` is monotonic seconds.
    """

    def __init__(
        self,
        timings: Timings,
        *,
        limit: Callable[[], float],
        threads: Callable[[str], int],
        now: Callable[[], float],
    ) -> None:
        self.summaries: Mapping[str, Summary] = {}
        self.bottleneck: Bottleneck | None = None
        self._timings = timings
        self._limit = limit
        self._threads = threads
        self._now = now
        self._histograms: dict[str, Histogram] = defaultdict(Histogram)
        self._busy: deque[tuple[float, dict[str, float]]] = deque()
        self._saves: deque[tuple[float, float]] = deque(maxlen=_SAVES)
        self._warned: dict[str, float] = {}

    def look(self) -> None:
        """Count what has ended since the last look. While nothing does this costs nothing."""
        fresh = self._timings.take()
        if fresh:
            self._count(fresh)
        if fresh or self._busy:
            self.bottleneck = self._narrowest()

    @property
    def save_p95_ms(self) -> float | None:
        """Of the last saves; None while there were too few within ten minutes."""
        since = self._now() - _RECENT
        recent = sorted(seconds for at, seconds in tuple(self._saves) if at >= since)
        return 1000 * recent[int(0.95 * (len(recent) - 1))] if len(recent) >= _ENOUGH else None

    def _count(self, fresh: Iterable[Timed]) -> None:
        now, busy = self._now(), defaultdict[str, float](float)
        for timed in fresh:
            self._histograms[timed.stage].add(timed.seconds)
            if timed.stage == SAVE:
                self._saves.append((now, timed.seconds))
                continue
            busy[timed.stage] += timed.seconds
            if timed.seconds > self._limit():
                self._warn(timed, now)
        self._busy.append((now, busy))
        self.summaries = {stage: self._histograms[stage].summary() for stage in sorted(self._histograms)}

    def _warn(self, timed: Timed, now: float) -> None:
        if now - self._warned.get(timed.stage, -_REPEAT) < _REPEAT:
            return
        self._warned[timed.stage] = now
        _LOG.warning(
            "slow operation",
            operation=timed.stage,
            subject=timed.subject,
            seconds=round(timed.seconds, 2),
            limit_s=self._limit(),
        )

    def _narrowest(self) -> Bottleneck | None:
        since = self._now() - WINDOW
        while self._busy and self._busy[0][0] <= since:
            self._busy.popleft()
        seconds: dict[str, float] = defaultdict(float)
        for _, busy in self._busy:
            for stage, spent in busy.items():
                seconds[stage] += spent
        shares = {stage: min(1.0, spent / WINDOW / self._threads(stage)) for stage, spent in seconds.items()}
        stage = max(sorted(shares), key=lambda stage: shares[stage], default="")
        if not stage or shares[stage] < _BUSY:
            return None
        return Bottleneck(stage, shares[stage], _ADVICE.get(stage, _TOOL))
