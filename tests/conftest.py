"""What holds in every test: a home of its own, no network, repeatable properties.

The home is set before any test module is imported, so that nothing read at import sees the real one.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_WORKER = os.environ.get("PYTEST_XDIST_WORKER")
_HOME = Path(os.environ["HOME"], _WORKER) if _WORKER else Path(tempfile.mkdtemp(prefix="dev-assistant-home-"))
"""A worker's lies in that of the process that started it, which removes both."""
_PLACES = {
    "HOME": "",
    "XDG_CONFIG_HOME": "config",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
    "XDG_RUNTIME_DIR": "run",
}
_LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


def _settle_in() -> None:
    for variable, name in _PLACES.items():
        place = _HOME / name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[variable] = str(place)
    for variable in [name for name in os.environ if name.startswith(("DEV_ASSISTANT_", "RUFF_", "GIT_"))]:
        del os.environ[variable]


def _no_network(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(_LOCAL):
        raise AssertionError(f"a test connects to {args[1]!r}")


_settle_in()
sys.addaudithook(_no_network)


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line with the sums of what tests said they did: ``record_property("kills", 200)``."""
    sums: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                sums.update({name: int(str(number)) for name, number in report.user_properties})
    if sums:
        line = ", ".join(f"{number:,} {name}" for name, number in sorted(sums.items()))
        terminalreporter.write_line(f"done: {line}")


@dataclass
class Clock:
    """A clock that stands still until it is told: ``clock()`` is the time, ``advance`` moves it."""

    time: float = 1000.0

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> float:
        self.time += seconds
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()
