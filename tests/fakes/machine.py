"""A machine on paper: tasks with a processor part and a waiting part, on some cores, by some workers.

Those who want a processor share the cores evenly. Beyond the number of cores each of them costs all some of
their speed (``loss``), and a new worker has a process to start (``startup``); both make large sizes cost
something. Time goes from event to event; nobody waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from dev_assistant.schedule.sizing import LOOK, Reading, Sizing

_SLICES = 3
_TINY = 1e-9


class Task(NamedTuple):
    """Seconds of a processor, and of waiting for something else, in turns."""

    processor: float
    waiting: float


@dataclass(slots=True, eq=False)
class _Worker:
    parts: deque[tuple[bool, float]] = field(default_factory=deque)  # (on a processor, seconds that are left)

    def begin(self, task: Task) -> None:
        each = ((True, task.processor / _SLICES), (False, task.waiting / _SLICES))
        self.parts.extend([part for part in each if part[1] > 0] * _SLICES)

    def goes_on(self, seconds: float, speed: float) -> None:
        busy, left = self.parts[0]
        left -= seconds * (speed if busy else 1.0)
        if left <= _TINY:
            self.parts.popleft()
        else:
            self.parts[0] = busy, left


@dataclass(slots=True)
class Machine:
    """``done`` at ``now`` seconds; the readings are of the time since the last one."""

    cores: int
    loss: float = 0.02
    startup: float = 0.1
    now: float = 0.0
    done: int = 0
    workers: list[_Worker] = field(default_factory=list)
    waiting: deque[Task] = field(default_factory=deque)
    _idle: float = 0.0
    _crowded: float = 0.0

    def run(self, tasks: Iterable[Task], sizing: Sizing) -> list[int]:
        """Do all tasks; the sizes at each look."""
        self.waiting.extend(tasks)
        sizes = [self._fit(sizing.decision.workers)]
        look = self.now + LOOK
        while self.waiting or any(worker.parts for worker in self.workers):
            self._go(look)
            if self.now >= look - _TINY:
                look += LOOK
                sizes.append(self._fit(sizing.decide(self._reading(), now=self.now).workers))
        return sizes

    def _fit(self, size: int) -> int:
        while len(self.workers) < size:
            self.workers.append(_Worker(deque([(True, self.startup)])))
        surplus = len(self.workers) - size
        for worker in [worker for worker in self.workers if not worker.parts][:surplus]:
            self.workers.remove(worker)
        self._size = size
        return size

    _size: int = 0

    def _go(self, until: float) -> None:
        """To the next event, or to ``until``."""
        self._hand_out()
        active = [worker for worker in self.workers if worker.parts]
        wanting = sum(worker.parts[0][0] for worker in active)
        speed = self._speed(wanting)
        ends = [worker.parts[0][1] / (speed if worker.parts[0][0] else 1.0) for worker in active]
        seconds = min([until - self.now, *ends])
        self.now += seconds
        self._idle += seconds * max(0, self.cores - wanting)
        self._crowded += seconds * (wanting > self.cores)
        for worker in active:
            worker.goes_on(seconds, speed)
            self.done += not worker.parts

    def _hand_out(self) -> None:
        for worker in self.workers[:]:
            if worker.parts:
                continue
            if len(self.workers) > self._size:
                self.workers.remove(worker)
            elif self.waiting:
                worker.begin(self.waiting.popleft())

    def _speed(self, wanting: int) -> float:
        if wanting <= self.cores:
            return 1.0
        return self.cores / wanting * max(0.1, 1.0 - self.loss * (wanting - self.cores))

    def _reading(self) -> Reading:
        running = sum(bool(worker.parts) for worker in self.workers)
        reading = Reading(
            waiting=len(self.waiting),
            oldest_s=self.now if self.waiting else 0.0,
            running=running,
            idle_cores=self._idle / LOOK,
            crowding=self._crowded / LOOK,
        )
        self._idle = self._crowded = 0.0
        return reading
