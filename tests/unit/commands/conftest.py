"""A workspace with a control server in this process, for the commands that ask a daemon."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from dev_assistant.places import Runtime, runtime_of
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument
from dev_assistant.serve.server import ControlServer, Handler


class Workspace:
    """``run`` a command as the command line does; ``serve`` handlers as the daemon does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runtime: Runtime = runtime_of(root)
        self._stack = contextlib.ExitStack()

    def run(self, command: ModuleType, *arguments: str) -> int:
        parser = argparse.ArgumentParser()
        parser.add_argument("--workspace", type=Path)
        parser.add_argument("--json", action="store_true")
        command.configure(parser)
        status: int = command.run(parser.parse_args(["--workspace", str(self.root), *arguments]))
        return status

    def serve(self, **handlers: Handler) -> None:
        server = ControlServer(self.runtime.socket, handlers)
        server.start()
        self._stack.callback(server.stop)

    def serve_findings(self, judge: Callable[[], CheckDocument]) -> None:
        """What ``judge`` returns, in two parts as the daemon sends it."""

        def findings(_: object) -> Iterator[bytes]:
            document = judge()
            return iter((encode({"summary": document.summary, "meta": document.meta}), encode(document)))

        self.serve(findings=findings)

    def hold(self) -> Callable[[], None]:
        """Hold the lock until the returned function is called."""
        handle = self._stack.enter_context(self.runtime.lock.open("w"))
        fcntl.flock(handle, fcntl.LOCK_EX)
        return handle.close

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(tmp_path.resolve())
    with contextlib.closing(workspace):
        yield workspace
