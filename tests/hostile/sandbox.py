"""A workspace whose every command, daemon included, runs in an interpreter that keeps a journal of its acts.

The interpreter is a virtual environment of the test: a link to Python, a link to ruff, the packages of the
real one, and a ``.pth`` that installs ``auditing`` before anything else. What counts as a violation stands in
``verdicts``.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

import dev_assistant

PATIENCE = 60.0
SOURCE = Path(dev_assistant.__file__).parent.parent
_ENTRY = "import sys\nfrom dev_assistant.__main__ import main\nsys.exit(main())\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command left; ``status`` is None when it did not end in time."""

    arguments: tuple[str, ...]
    terminal: bool
    status: int | None
    stdout: bytes
    stderr: bytes

    @property
    def name(self) -> str:
        return " ".join(self.arguments) + (" (terminal)" if self.terminal else "")


class Sandbox:
    """``root`` is the workspace; ``outside`` is beside it and must never change."""

    def __init__(self, base: Path) -> None:
        self.base = Path(os.path.realpath(base))
        self.root = self.base / "work"
        self.home = self.base / "home"
        self.outside = self.base / "outside"
        self.journal = self.base / "journal"
        self.canary = self.base / "canary"
        for directory in (self.root, self.outside, self.home / "run", self.home / ".local" / "state"):
            directory.mkdir(mode=0o700, parents=True)
        (self.outside / "precious.txt").write_text("precious\n")
        self.journal.touch()
        self.python = _guarded_interpreter(self.base / "venv", journal=self.journal, tree=self.root)
        self.environ = {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "TMPDIR": str(self.home / "run"),
            "PATH": f".:bin:{self.root}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLUMNS": "100",
        }

    def run(self, *arguments: str, terminal: bool = False, timeout: float = PATIENCE) -> Answer:
        """One command in the root, on a pipe or on a terminal."""
        command = [str(self.python), str(self.python.with_name("dev-assistant")), *arguments]
        run = _on_terminal if terminal else _on_pipes
        status, stdout, stderr = run(command, self.root, self.environ, timeout)
        return Answer(arguments, terminal, status, stdout, stderr)

    def journaled(self) -> list[tuple[int, str, str]]:
        """(pid, what, path) of everything that was noted so far."""
        lines = self.journal.read_bytes().split(b"\n")[:-1]  # the last one may be in the making
        return [(pid, what, path) for pid, what, path in map(json.loads, lines)]

    def processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("HOME") == str(self.home):
                    found.append(process)
        return found


@contextlib.contextmanager
def sandbox(base: Path) -> Iterator[Sandbox]:
    """A sandbox; what still runs in it at the end is killed, and the tree removed."""
    place = Sandbox(base)
    try:
        yield place
    finally:
        for process in place.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        shutil.rmtree(place.base, ignore_errors=True)


def _guarded_interpreter(venv: Path, *, journal: Path, tree: Path) -> Path:
    packages = venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True)
    (venv / "bin").mkdir()
    python = venv / "bin" / "python"
    python.symlink_to(os.path.realpath(sys.executable))
    (venv / "bin" / "ruff").symlink_to(Path(sys.executable).with_name("ruff"))
    (venv / "bin" / "dev-assistant").write_text(_ENTRY)
    (venv / "pyvenv.cfg").write_text(f"home = {os.path.dirname(os.path.realpath(sys.executable))}\n")
    shutil.copy(Path(__file__).with_name("auditing.py"), packages / "auditing.py")
    (packages / "auditing.json").write_text(json.dumps({"journal": str(journal), "tree": f"{tree}/"}))
    real = sysconfig.get_paths()["purelib"]
    (packages / "auditing.pth").write_text(f"import auditing; auditing.install()\n{real}\n{SOURCE}\n")
    return python


def _on_pipes(
    command: Sequence[str], cwd: Path, environ: dict[str, str], timeout: float
) -> tuple[int | None, bytes, bytes]:
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        try:
            stdout, stderr = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            stdout, stderr = child.communicate()
            return None, stdout, stderr
    return child.returncode, stdout, stderr


def _on_terminal(
    command: Sequence[str], cwd: Path, environ: dict[str, str], timeout: float
) -> tuple[int | None, bytes, bytes]:
    main, other = pty.openpty()
    child = subprocess.Popen(
        command, cwd=cwd, env=environ, stdin=other, stdout=other, stderr=other, start_new_session=True
    )
    os.close(other)
    try:
        shown = _read_terminal(main, time.monotonic() + timeout)
        if shown is None:
            os.killpg(child.pid, signal.SIGKILL)
        status = child.wait(timeout=timeout)
    finally:
        os.close(main)
    return (None if shown is None else status), (shown or b"").replace(b"\r\n", b"\n"), b""


def _read_terminal(descriptor: int, deadline: float) -> bytes | None:
    shown = b""
    while True:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        try:
            chunk = os.read(descriptor, 1 << 16)
        except OSError:  # the other side is closed: Linux tells of it like this
            return shown
        if not chunk:
            return shown
        shown += chunk
