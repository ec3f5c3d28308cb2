"""What is examined: a workspace with its configuration, and the daemon that runs for it, if one does.

It is gathered once; every check reads it, and none changes it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev_assistant.errors import UserError
from dev_assistant.places import Runs, Runtime, runtime_of
from dev_assistant.serve.client import NoDaemon, RefusedError, SilentError, call, held, workspace_root
from dev_assistant.service.configuration import Configuration, ConfiguredProject, load
from dev_assistant.service.instance import Owner, read_owner

_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who answers for the workspace. Without a ``runtime`` directory there is none, for ``trouble``.

    ``lives`` says that the lock is held, by ``owner`` as far as the file tells; ``status`` is its answer, and
    ``trouble`` why there is none.
    """

    runtime: Runtime | None = None
    lives: bool = False
    owner: Owner | None = None
    status: Mapping[str, Any] | None = None
    trouble: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One workspace. ``proc`` is where the kernel tells of itself; ``wall`` is wall-clock seconds."""

    root: Path
    configuration: Configuration
    attendance: Attendance = field(default_factory=Attendance)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    proc: Path = Path("/proc")
    wall: Callable[[], float] = time.time

    @property
    def projects(self) -> tuple[ConfiguredProject, ...]:
        """Those that are watched."""
        return tuple(entry for entry in self.configuration.projects if entry.settings.enabled)

    @property
    def runs(self) -> tuple[Runs, ...]:
        """Every RUNS/ that the daemon writes to, the workspace's first; they need not exist yet."""
        roots = (str(self.root), *(entry.project.root for entry in self.projects))
        return tuple(Runs(Path(root)) for root in dict.fromkeys(roots) if os.path.isdir(root))

    @property
    def tops(self) -> tuple[str, ...]:
        """Every directory that is watched with all below it."""
        paths = (path for entry in self.projects for path in entry.project.watch_paths)
        return tuple(path for path in dict.fromkeys(paths) if os.path.isdir(path))


def open_case(workspace: Path | None, *, cwd: Path, environ: Mapping[str, str]) -> Case:
    """Read the configuration and ask the daemon. Raises UserError when ``workspace`` does not exist."""
    root = workspace_root(workspace, cwd)
    configuration = load(workspace, cwd=cwd, environ=environ, overrides={})
    return Case(root, configuration, attend(root), environ)


def attend(root: Path) -> Attendance:
    """Whether a daemon answers for the workspace in ``root``, within seconds."""
    try:
        runtime = runtime_of(root)
    except UserError as error:
        return Attendance(trouble=str(error), hint=error.hint)
    except OSError as error:
        return Attendance(trouble=f"{error.filename or 'the runtime directory'}: {error.strerror}")
    try:
        return _asked(runtime)
    except OSError as error:
        trouble = f"{error.filename or runtime.lock}: {error.strerror or error}"
        return Attendance(runtime, trouble=trouble, hint=f"remove {runtime.directory}")


def _asked(runtime: Runtime) -> Attendance:
    try:
        status = call(runtime, "status", timeout=_ANSWER_S)
    except NoDaemon:
        return Attendance(runtime)
    except (SilentError, RefusedError) as error:
        return Attendance(runtime, held(runtime), read_owner(runtime), trouble=str(error), hint=error.hint)
    if not isinstance(status, Mapping):
        return Attendance(runtime, True, read_owner(runtime), trouble="it answers with nonsense")
    return Attendance(runtime, True, read_owner(runtime), status)


def by_device(paths: Iterable[Path]) -> list[Path]:
    """The first path on each file system; what cannot be looked at is left out."""
    found: dict[int, Path] = {}
    for path in paths:
        with contextlib.suppress(OSError):
            found.setdefault(os.stat(path).st_dev, path)
    return list(found.values())
