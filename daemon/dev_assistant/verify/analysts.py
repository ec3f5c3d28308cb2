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

    @property
    def fit(self) -> bool:
        return self._tasks < _MOST_TASKS and self._server.alive

    def ask(self, request: Request, *, timeout: float) -> tuple[Answer, ...]:
        self._tasks += len(request.tasks)
        answer = self._server.call(METHOD, request, deadline=time.monotonic() + timeout)
        return _ANSWERS.decode(answer)

    def stop(self) -> None:
        self._server.stop()


class Analysts:
    """As many processes as there are threads that ask at once, started when they do. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Analyst] = []
        self._children = process.Children()

    def ask(self, analysis: str, tasks: Sequence[Task], *, timeout: float) -> tuple[Answer, ...]:
        """An answer for each task, in order, within ``timeout`` seconds.

        Raises ToolError when the process dies, takes longer or talks nonsense, and when the analysis lacks a
        library; the process is gone then.
        """
        analyst = self._take()
        try:
            answers = analyst.ask(Request(analysis, tuple(tasks)), timeout=timeout)
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

    def _take(self) -> _Analyst:
        with self._lock:
            while self._idle:
                analyst = self._idle.pop()
                if analyst.fit:
                    return analyst
                analyst.stop()
            children = self._children
        return _Analyst(children)

    def _give_back(self, analyst: _Analyst) -> None:
        with self._lock:
            self._idle.append(analyst)


def _ignore(method: str, params: bytes) -> None:
    """A worker notifies of nothing."""
