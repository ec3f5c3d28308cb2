"""How fast a workspace is judged on this machine, beside ruff: everything, once more, and a save.

All of it happens on a copy, by programs that are started as people start them. Ours judge with all that the
workspace has switched on; ruff looks at Python alone, so the two columns are beside one another, not equals.
"""

from __future__ import annotations

import contextlib
import json
import queue
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dev_assistant.diagnosis.replica import Replica, replicate
from dev_assistant.errors import ToolError, UserError
from dev_assistant.files import digest_of
from dev_assistant.places import runtime_of
from dev_assistant.process import Completed, run, tool
from dev_assistant.serve.client import stream

_COLD_ROUNDS, _WARM_ROUNDS, _SAVES = 2, 5, 15
_ANSWER_LIMIT = 1 << 30
_OURS = (sys.executable, "-I", "-m", "dev_assistant")
_CHECKED = frozenset({0, 1, 3, 5})
_STOP_SECONDS = 30.0

Way = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Milliseconds, round by round, of ours and of ruff's; ``cut`` when time ran out before the last one."""

    what: str
    ours: tuple[float, ...]
    beside: str
    theirs: tuple[float, ...]
    cut: bool

    @property
    def median(self) -> float | None:
        return statistics.median(self.ours) if self.ours else None

    @property
    def median_beside(self) -> float | None:
        return statistics.median(self.theirs) if self.theirs else None


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. ``left_out`` files lie outside of the workspace and were not copied."""

    files: int
    python_files: int
    left_out: int
    measurements: tuple[Measurement, ...]

    @property
    def complete(self) -> bool:
        return not any(each.cut for each in self.measurements)


@dataclass(frozen=True, slots=True)
class _Watch:
    """The time that is left until ``deadline``, by the monotonic clock."""

    deadline: float

    @property
    def left(self) -> float:
        return max(0.1, self.deadline - time.monotonic())

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.deadline


def measure(root: Path, *, workspace: Path | None, seconds: float) -> Trial:
    """Measure the workspace at ``root`` for at most about so many seconds. ``workspace`` as it was asked for.

    Raises UserError when it cannot be judged once in that time.
    """
    watch = _Watch(time.monotonic() + seconds)
    document = _first_look(root, workspace, watch)
    with TemporaryDirectory(prefix="dev-assistant-bench-") as directory:
        replica = replicate(root, document, root=Path(directory).resolve() / "copy", workspace=workspace)
        if not replica.python:
            raise UserError("no Python file is judged here", hint="dev-assistant check shows what is")
        found = (_cold(replica, watch), *_beside_a_daemon(replica, watch))
    return Trial(len(replica.files), len(replica.python), replica.left_out, found)


def _first_look(root: Path, workspace: Path | None, watch: _Watch) -> dict[str, Any]:
    """The check document of the original, for which nothing is written. It warms the file system's cache."""
    try:
        named = () if workspace is None else ("--workspace", str(workspace.absolute()))
        done = _ours(root, watch, "check", "--no-cache", "--json", *named)
    except ToolError as error:
        raise UserError(
            f"everything could not be judged once: {error}", hint="give it more time: --seconds"
        ) from error
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _cold(replica: Replica, watch: _Watch) -> Measurement:
    ways = (
        lambda: _timed(lambda: _ours(replica.root, watch, "check", "--no-cache", "--json")),
        lambda: _timed(lambda: _ruff(replica.root, watch, "--no-cache", ".")),
    )
    return _in_turn(
        "everything, without cache", "ruff check --no-cache", ways, _COLD_ROUNDS, watch, warm_up=0
    )


def _beside_a_daemon(replica: Replica, watch: _Watch) -> Iterator[Measurement]:
    with contextlib.suppress(ToolError), _daemon(replica.root, watch):
        ways = (
            lambda: _timed(lambda: _ours(replica.root, watch, "check", "--json")),
            lambda: _timed(lambda: _ruff(replica.root, watch, ".")),
        )
        yield _in_turn("everything, nothing changed", "ruff check", ways, _WARM_ROUNDS, watch)
        saves = _Saves(replica)
        pair = (lambda: saves.verdict(watch), lambda: saves.ruff(watch))
        yield _in_turn("a save to its verdict", "ruff check FILE", pair, _SAVES, watch)
        return
    yield Measurement("a daemon that has judged everything", (), "", (), cut=True)


@contextlib.contextmanager
def _daemon(root: Path, watch: _Watch) -> Iterator[None]:
    """A daemon on the copy that has judged everything. Raises ToolError when time runs out before."""
    _ours(root, watch, "start")
    try:
        _ours(root, watch, "wait", "--timeout", f"{watch.left:g}")
        yield
    finally:
        _ours(root, _Watch(time.monotonic() + _STOP_SECONDS), "stop")


class _Saves:
    """Saves file after file of the copy. A thread of its own hears of the verdicts until the daemon ends."""

    def __init__(self, replica: Replica) -> None:
        self._root = replica.root
        self._files = [replica.root / path for path in replica.python]
        self._number = 0
        self._verdicts: queue.SimpleQueue[tuple[float, str]] = queue.SimpleQueue()
        self._events = stream(runtime_of(replica.root), "events")
        threading.Thread(target=self._hear, name="verdicts", daemon=True).start()

    def verdict(self, watch: _Watch) -> float:
        """Milliseconds from a save to its verdict. Raises ToolError when time runs out."""
        self._number += 1
        path = self._file
        content = path.read_bytes() + b"\n# %d\n" % self._number
        path.write_bytes(content)
        begun, digest = time.monotonic(), digest_of(content)
        while not watch.over:
            with contextlib.suppress(queue.Empty):
                at, judged = self._verdicts.get(timeout=watch.left)
                if judged == digest:
                    return 1e3 * (at - begun)
        raise ToolError(f"no verdict on {path.name} in time")

    def ruff(self, watch: _Watch) -> float:
        """What ruff takes as a process for one file."""
        return _timed(lambda: _ruff(self._root, watch, "--no-cache", "--", str(self._file)))

    @property
    def _file(self) -> Path:
        """Another one for each number, spread over all."""
        return self._files[self._number * len(self._files) // (_SAVES + 1) % len(self._files)]

    def _hear(self) -> None:
        with contextlib.suppress(UserError):
            for event in self._events:
                self._verdicts.put((time.monotonic(), json.loads(event)["digest"]))


def _in_turn(
    what: str, beside: str, ways: tuple[Way, Way], rounds: int, watch: _Watch, *, warm_up: int = 1
) -> Measurement:
    """Both ways in turn, so that a slow moment of the machine hits both; ``warm_up`` rounds do not count."""
    samples: tuple[list[float], list[float]] = [], []
    try:
        for number in range(-warm_up, rounds):
            for way, kept in zip(ways, samples, strict=True):
                taken = way()
                if number >= 0:
                    kept.append(taken)
    except ToolError:
        return Measurement(what, tuple(samples[0]), beside, tuple(samples[1]), cut=True)
    return Measurement(what, tuple(samples[0]), beside, tuple(samples[1]), cut=watch.over)


def _timed(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return 1e3 * (time.monotonic() - begun)


def _ours(root: Path, watch: _Watch, *arguments: str) -> Completed:
    """Raises ToolError when it takes too long, and UserError when it cannot do what it is for."""
    done = run((*_OURS, *arguments), cwd=str(root), timeout=watch.left, limit=_ANSWER_LIMIT)
    if done.status not in _CHECKED:
        raise UserError(f"{arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done


def _ruff(root: Path, watch: _Watch, *arguments: str) -> Completed:
    command = (tool("ruff"), "check", "--no-fix", "--quiet", "--output-format", "concise", *arguments)
    return run(command, cwd=str(root), timeout=watch.left, limit=_ANSWER_LIMIT)
