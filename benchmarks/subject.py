"""A dev-assistant of its own for a benchmark: own home and runtime directory, ended with the benchmark.

It is driven through the command line alone, so that what is timed is what a person gets.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

BIN = Path(sys.executable).parent
COMMAND = str(BIN / "dev-assistant")
RUFF = str(BIN / "ruff")
RUFF_ALONE = {"DEV_ASSISTANT_DEEP": "off"} | {
    f"DEV_ASSISTANT_ENABLE_{kind}": "false"
    for kind in ("SCRIPTS", "STYLES", "MARKUP", "DATA", "DOCUMENTS", "TEXT")
}
"""What peers do: Python by ruff, nothing else."""

_DONE = frozenset({0, 1, 3})
"""Whatever was found, no tool can judge every corpus whole."""


class Unanswered(Exception):  # noqa: N818  the command has told why
    """A command of the daemon's that did not do what it is for."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running daemon; ``process`` is told apart from a later one with the same pid by its start time."""

    command: tuple[str, ...]
    environ: dict[str, str]
    process: psutil.Process

    def run(self, *arguments: str, timeout: float = 60.0) -> subprocess.CompletedProcess[bytes]:
        """Run a sub-command to its end, whatever its status."""
        return _run((*self.command, *arguments), environ=self.environ, timeout=timeout)

    def settle(self, *, timeout: float = 1800.0) -> None:
        """Wait until every file is judged."""
        done = self.run("wait", "--timeout", f"{timeout:g}", timeout=timeout + 10)
        if done.returncode not in _DONE:
            raise Unanswered(f"dev-assistant wait: {done.stderr.decode()}")

    def status(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return document

    def again(self) -> Daemon:
        """Start the daemon after its end; the new one."""
        return _started(self.command, self.environ)

    def end(self) -> None:
        """Stop it; it and its children are gone then."""
        _end(self)

    def family(self) -> list[psutil.Process]:
        """The daemon and everything below it."""
        return [self.process, *self.process.children(recursive=True)]


@contextlib.contextmanager
def running(workspace: Path, *, home: Path, program: str = COMMAND) -> Iterator[Daemon]:
    """Start a daemon for the workspace file; it and its children are gone when the block ends."""
    daemon = _started((program, "--workspace", str(workspace)), surroundings(home))
    try:
        yield daemon
    finally:
        _end(daemon)


def surroundings(home: Path) -> dict[str, str]:
    """An environment in which nothing of the user's counts, and ruff alone judges."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DEV_ASSISTANT_", "XDG_"))}
    runtime = home / "run"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    places = {"HOME": home, "XDG_RUNTIME_DIR": runtime, "XDG_STATE_HOME": home / "state"}
    places |= {"XDG_CONFIG_HOME": home / "config", "XDG_CACHE_HOME": home / "cache"}
    return kept | {key: str(path) for key, path in places.items()} | RUFF_ALONE


def end_with_us() -> None:
    """A benchmark that is told to end does so in order: what it started is ended first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def memory_mb(family: list[psutil.Process]) -> float:
    """Resident memory of all that still live."""
    total = 0
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total / 1e6


def processor_seconds(family: list[psutil.Process]) -> float:
    """Of all that still live."""
    total = 0.0
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            used = process.cpu_times()
            total += used.user + used.system
    return total


def _started(command: tuple[str, ...], environ: dict[str, str]) -> Daemon:
    started = _run((*command, "start"), environ=environ, timeout=300)
    if started.returncode != 0:
        raise Unanswered(f"dev-assistant start: {started.stderr.decode()}")
    status = json.loads(_run((*command, "status", "--json"), environ=environ, timeout=60).stdout)
    return Daemon(command, environ, psutil.Process(status["pid"]))


def _end(daemon: Daemon) -> None:
    family = daemon.family() if daemon.process.is_running() else []
    with contextlib.suppress(subprocess.TimeoutExpired):
        daemon.run("stop", timeout=30)
    for process in psutil.wait_procs(family, timeout=5)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _run(
    command: tuple[str, ...], *, environ: dict[str, str], timeout: float
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
    )
