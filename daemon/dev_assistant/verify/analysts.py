"""Living processes that run our own analyses: one that hangs, eats memory or dies takes nothing with it.

Python at work in a thread of the daemon would hold up the reader of events; here it holds up itself.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from typing import Final

import msgspec

from dev_assistant import process
from dev_assistant.analysis.worker import METHOD, Answer, Request, Task
from dev_assistant.errors import ToolError
from dev_assistant.verify import lsp

_COMMAND: Final = (sys.executable, "-I", "-m", "dev_assistant.analysis.worker")
_MOST_TASKS: Final = 5_000
"""After so many files a process is replaced: what its libraries never give back is gone then."""


_ANSWERS = msgspec.json.Decoder(tuple[Answer, ...])


class _Analyst:
    """One process. Used by one thread at a time; ``stop`` by any."""

    def __init__(self, children: process.Children) -> None:
        """Raises ToolError when it cannot be started."""
        self._server = lsp.Server(_COMMAND, cwd="/", notified=_ignore, children=children)
        self._tasks = 0
        self._seen: set[tuple[str, bytes]] = set()

    @property
    def fit(self) -> bool:
        return self._tasks < _MOST_TASKS and self._server.alive

    def saw(self, request: Request) -> bool:
        """Whether it has analysed the first of these files before, and so knows most of what is in it."""
        return bool(request.tasks) and (request.analysis, request.tasks[0].path) in self._seen

    def ask(self, request: Request, *, timeout: float) -> tuple[Answer, ...]:
        self._seen.update((request.analysis, task.path) for task in request.tasks)
        self._tasks += len(request.tasks)
        answer = self._server.call(METHOD, request, deadline=time.monotonic() + timeout)
        return _ANSWERS.decode(answer)

    def stop(self) -> None:
        self._server.stop()


class Analysts:
    """As many processes as there are threads that ask at once, started when they do. Thread-safe.

    A file goes to the process that saw it last, unless that is busy: only there its definitions are known.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Analyst] = []
        self._children = process.Children()

    def ask(self, analysis: str, tasks: Sequence[Task], *, timeout: float) -> tuple[Answer, ...]:
        """An answer for each task, in order, within ``timeout`` seconds.

        Raises ToolError when the process dies, takes longer or talks nonsense, and when the analysis lacks a
        library; the process is gone then.
        """
        request = Request(analysis, tuple(tasks))
        analyst = self._take(request)
        try:
            answers = analyst.ask(request, timeout=timeout)
        except (ToolError, msgspec.MsgspecError) as error:
            analyst.stop()
            raise ToolError(f"analysis of {analysis}: {error}") from error
        self._give_back(analyst)
        if len(answers) != len(tasks):
            raise ToolError(f"analysis of {analysis}: {len(answers)} answers for {len(tasks)} files")
        return answers

    def close(self) -> None:
        """End all processes; what is asked later begins anew."""
        with self._lock:
            idle, self._idle = self._idle, []
            ending, self._children = self._children, process.Children()
        ending.end()
        for analyst in idle:
            analyst.stop()

    def _take(self, request: Request) -> _Analyst:
        with self._lock:
            idle = self._idle
            unfit = [analyst for analyst in idle if not analyst.fit]
            fit = [analyst for analyst in idle if analyst.fit]
            fit.sort(key=lambda analyst: analyst.saw(request))  # stable: else the one that was busy last
            taken = fit.pop() if fit else None
            self._idle = fit
            children = self._children
        for analyst in unfit:
            analyst.stop()
        return taken or _Analyst(children)

    def _give_back(self, analyst: _Analyst) -> None:
        with self._lock:
            self._idle.append(analyst)


def _ignore(method: str, params: bytes) -> None:
    """A worker notifies of nothing."""
