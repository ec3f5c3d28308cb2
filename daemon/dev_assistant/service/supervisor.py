"""Looks after the threads and the memory of the daemon, and says when something is stuck.

Called by the main thread, which does nothing else: it holds no lock that another thread waits for, so it goes
on whatever the others do. A thread that ended is put in place again where nothing of what it had is lost;
else, or when that happens again and again, the daemon ends with the reason: better none than half of one.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Protocol

from dev_assistant.beats import Beats, Overdue
from dev_assistant.logs import get_logger
from dev_assistant.machine import Memory, memory, release_memory
from dev_assistant.service.daemon import Daemon
from dev_assistant.service.memory import Governor, Reaction
from dev_assistant.service.messages import Relieve
from dev_assistant.service.stuck import advice
from dev_assistant.service.vitals import Vitals

PULSE = 2.0
"""Seconds between two looks."""

_DEATHS = 5
_DEATHS_WITHIN = 60.0
"""So many ends of one thread within this time are a defect that a new thread does not mend."""

_RELIEF_SECONDS = 2.0
_LOG = get_logger("daemon")


class Revivable(Protocol):
    """A part whose thread can be started again."""

    def revive(self) -> list[str]:
        """Start threads that ended although nobody stopped them; their names."""


class Supervisor:
    """Owned by the main thread. ``restarting`` is set when the daemon is to be run anew in place.

    Reports that are ``outdated`` are written anew.
    """

    def __init__(
        self,
        daemon: Daemon,
        *,
        parts: Sequence[Revivable],
        beats: Beats,
        governor: Governor,
        vitals: Vitals,
        outdated: Callable[[], bool] = lambda: False,
        sample: Callable[[], Memory] = memory,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.restarting = False
        self._daemon = daemon
        self._parts = parts
        self._beats = beats
        self._governor = governor
        self._vitals = vitals
        self._outdated = outdated
        self._sample = sample
        self._now = now
        self._deaths: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_DEATHS))
        self._stuck: dict[tuple[str, float], Overdue] = {}

    def look(self) -> None:
        """Once every ``PULSE`` seconds."""
        for part in self._parts:
            self._revive(part)
        if self._daemon.scribe.lost:
            self._daemon.fail("scribe: the thread that writes cache and evidence has ended")
        self._tell_stuck()
        self._report()
        self._weigh()

    def _revive(self, part: Revivable) -> None:
        try:
            names = part.revive()
        except (RuntimeError, OSError, MemoryError) as error:  # no thread or descriptor to be had: try again
            _LOG.error("a thread that has ended cannot be started again", error=repr(error))
            return
        for name in names:
            deaths = self._deaths[name]
            deaths.append(self._now())
            _LOG.error("a thread ended unexpectedly and was started again", thread=name)
            if len(deaths) == _DEATHS and deaths[-1] - deaths[0] < _DEATHS_WITHIN:
                self._daemon.fail(f"{name} ended {_DEATHS} times within {_DEATHS_WITHIN:.0f} s")

    def _tell_stuck(self) -> None:
        """Each of them once, and once more when it goes on."""
        late = {(each.thread, each.since): each for each in self._beats.overdue()}
        for key in late.keys() - self._stuck.keys():
            _LOG.error("stuck", **_told(late[key]), advice=advice(late[key]))
        if late.keys() != self._stuck.keys():
            self._daemon.scribe.report()
        for key in self._stuck.keys() - late.keys():
            _LOG.warning("goes on after it was stuck", **_told(self._stuck[key]))
        self._stuck = late

    def _report(self) -> None:
        """What is watched and written may change while no file does: the dashboards have to say it, too."""
        if self._outdated():
            self._daemon.scribe.report()

    def _weigh(self) -> None:
        used = self._sample()
        self._vitals.look(used)
        reaction = self._governor.weigh(used.mb)
        if reaction is None:
            return
        self._carry_out(reaction)
        left = self._sample()
        if not self.restarting:
            self._governor.eased(left.mb)
        self._vitals.leaks.disturbed()
        _LOG.warning(
            f"memory is over its limit: {reaction.value}",
            limit_mb=self._governor.limit,
            before_mb=round(used.mb),
            daemon_mb=round(used.own),
            tools_mb=round(used.children),
            after_mb=round(left.mb),
        )

    def _carry_out(self, reaction: Reaction) -> None:
        match reaction:
            case Reaction.CACHES:
                relieved = threading.Event()
                self._daemon.coordinator.post(Relieve(relieved.set))
                relieved.wait(_RELIEF_SECONDS)
                release_memory()
            case Reaction.TOOLS:
                for verifier in self._daemon.verifiers:
                    verifier.close()  # the next file that is to be judged starts a new one
                release_memory()
            case Reaction.RESTART:
                self.restarting = True


def _told(overdue: Overdue) -> dict[str, object]:
    return {
        "thread": overdue.thread,
        "operation": overdue.operation,
        "subject": overdue.subject,
        "age_s": round(overdue.age, 1),
    }


def log_deaths() -> None:
    """Whatever ends a thread of this process is logged with its traceback, SystemExit too."""

    def told(args: threading.ExceptHookArgs) -> None:
        name = "unknown" if args.thread is None else args.thread.name
        error = args.exc_value or args.exc_type()
        _LOG.error("a thread ended unexpectedly", thread=name, exc_info=error)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        _LOG.error("an error could not be raised", where=repr(args.object), exc_info=args.exc_value)

    threading.excepthook = told
    sys.unraisablehook = unraisable
