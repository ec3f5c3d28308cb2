"""A workspace with one project, and what is found out about it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from dev_assistant.diagnosis.case import Case, attend, open_case
from dev_assistant.diagnosis.outcome import Diagnosis, Level
from dev_assistant.places import Runs, Runtime, runtime_of
from dev_assistant.serve.server import ControlServer, Handler


class Ward:
    """``root`` is a workspace with the project ``app``; ``proc`` is a /proc of the test's own making."""

    def __init__(self, base: Path) -> None:
        self.root = base / "work"
        self.app = self.root / "app"
        self.app.mkdir(parents=True)
        self.runs = Runs(self.app)
        self.proc = base / "proc"
        self.environ: Mapping[str, str] = {"HOME": str(base), "PATH": os.environ["PATH"]}
        self.stack = contextlib.ExitStack()
        self.configure({"projects": [{"name": "app", "path": "./app"}]})

    def configure(self, document: object) -> None:
        (self.root / "workspace.json").write_text(json.dumps(document))

    @property
    def runtime(self) -> Runtime:
        return runtime_of(self.root)

    def case(self, **changed: object) -> Case:
        opened = open_case(self.root, cwd=self.root, environ=self.environ)
        known = {
            "root": opened.root,
            "configuration": opened.configuration,
            "attendance": attend(opened.root),
            "environ": opened.environ,
        }
        return Case(**{**known, **changed})  # type: ignore[arg-type]

    def kernel(self, **settings: int) -> Path:
        """A /proc with these settings of inotify."""
        for name, value in settings.items():
            where = "user" if name.startswith("max_inotify") else "fs/inotify"
            file = self.proc / "sys" / where / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{value}\n")
        return self.proc

    def hold(self) -> None:
        """The lock is held, as by a daemon."""
        handle = self.stack.enter_context(self.runtime.lock.open("w"))
        fcntl.flock(handle, fcntl.LOCK_EX)

    def serve(self, **handlers: Handler) -> None:
        self.hold()
        server = ControlServer(self.runtime.socket, handlers)
        server.start()
        self.stack.callback(server.stop)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    ward = Ward(tmp_path.resolve())
    with ward.stack:
        yield ward


@pytest.fixture(scope="session")
def only() -> Callable[..., Diagnosis]:
    def only(found: Iterable[Diagnosis], level: str) -> Diagnosis:
        """The one finding there is; it is of this level, and above ok it says what to do."""
        (one,) = found
        assert one.level is Level(level), one
        assert bool(one.advice) == (one.level is not Level.OK), one
        return one

    return only
