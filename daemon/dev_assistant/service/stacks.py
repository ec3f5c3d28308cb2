"""What every thread is at, as stacks in a file: asked for through the control socket, or by SIGUSR1.

The signal is answered below the interpreter, so also by a daemon whose threads all wait for one another.
Fatal signals leave their stacks in a file of their own.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import IO

from dev_assistant.beats import Beats, Doing
from dev_assistant.logs import get_logger

THREADS = "threads.txt"
CRASH = "crash.txt"
_LOG = get_logger("daemon")
_FULL = 4_000_000
_APPENDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


class Stacks:
    """The two files in ``directory``, from ``listen`` until the process ends. Owned by the main thread."""

    def __init__(self, directory: Path, *, beats: Beats) -> None:
        self.file = directory / THREADS
        self._crash = directory / CRASH
        self._beats = beats
        self._open: list[IO[str]] = []

    def listen(self) -> None:
        """From now on signals are answered. Where a file cannot be opened stderr takes its place."""
        self._put_aside()
        faulthandler.enable(file=self._appending(self._crash), all_threads=True)
        faulthandler.register(signal.SIGUSR1, file=self._appending(self.file), all_threads=True)

    def _put_aside(self) -> None:
        """A crash of the daemon before this one is told once, and kept."""
        try:
            if self._crash.stat().st_size:
                kept = self._crash.with_name("crash.last.txt")
                os.replace(self._crash, kept)
                _LOG.error("the daemon before this one was ended by a fatal signal", stacks=str(kept))
            if self.file.stat().st_size > _FULL:
                self.file.unlink()
        except OSError:  # there is none
            return

    def _appending(self, path: Path) -> IO[str]:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.fdopen(
                os.open(path, _APPENDING, 0o600), "w", encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            _LOG.warning("stacks go to stderr instead", path=str(path), error=str(error))
            return sys.__stderr__ or sys.stderr
        self._open.append(file)
        return file

    def write(self) -> str:
        """All stacks with the names and beats of their threads, also appended to the file."""
        text = self.text()
        with contextlib.suppress(OSError):  # whoever asked gets the text anyway
            descriptor = os.open(self.file, _APPENDING, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        return text

    def text(self) -> str:
        """All stacks, the deepest call last; beats say since when a thread is at what it does."""
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        doing, now = self._beats.read(), time.monotonic()
        lines = [f"Threads of process {os.getpid()} at {time.strftime('%Y-%m-%d %H:%M:%S%z')}", ""]
        for ident, frame in sorted(sys._current_frames().items()):
            name = names.get(ident, "unknown")
            lines.append(f"Thread {name}{_at(doing.get(name), now)}")
            lines += [line.rstrip() for line in traceback.format_stack(frame)]
            lines.append("")
        return "\n".join(lines) + "\n"


def _at(doing: Doing | None, now: float) -> str:
    if doing is None:
        return ""
    about = f" {doing.subject}" if doing.subject else ""
    return f": {doing.operation}{about}, for {now - doing.since:.1f} s"
