"""Ways to get from a save to a verdict, each a process whose output is read line by line.

A save adds an undefined name that no other save has: the line with that name (or, for dev-assistant, with
the digest of the new bytes) proves that the answer is about these bytes and not about the ones before.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

import subject
from corpus import Workspace
from subject import BIN, RUFF, Daemon

GRACE_SECONDS = 5.0
REST_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
BARE = Path(__file__).with_name("bare_pipe.py")

# Both scripts do without a process beside ruff, so that the watcher is measured and not its glue.
# watchfiles passes its changes as JSON: [["modified", "/path"]].
ON_WATCHFILES = r"""
path=${WATCHFILES_CHANGES##*, \"}
path=${path%%\"*}
[ ! -f "$path" ] || exec "$RUFF" check --output-format concise -- "$path"
"""
ON_INOTIFYWAIT = r"""
inotifywait -mrq -e close_write,moved_to --include '\.py$' --format '%w%f' "$TREE" |
while IFS= read -r path; do "$RUFF" check --output-format concise -- "$path"; done
"""


@dataclass(frozen=True, slots=True)
class Save:
    """One write of a file: ``closing`` is the monotonic time just before its close."""

    token: str
    digest: str
    closing: float


class Peer:
    """A process and the lines it prints. Lines are stamped by the reading thread as they arrive.

    ``family`` are all processes that this way needs, without the one that only prints for us.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        *,
        proof: Callable[[Save], str],
        family: Callable[[], list[psutil.Process]] | None = None,
    ) -> None:
        self._process = process
        self._proof = proof
        self._family = family or (lambda: _below(process.pid))
        self._lines: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def begin(self, *, timeout: float) -> None:
        """Wait for the first line: what happens from now on will be told. Raises TimeoutError."""
        try:
            self._lines.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError("nothing is told") from None

    def answer(self, save: Save, *, timeout: float) -> float | None:
        """Seconds from the close to the line that proves the verdict; None when it does not come in time."""
        return self.answers([save], timeout=timeout).get(save.token)

    def answers(self, saves: Sequence[Save], *, timeout: float) -> dict[str, float]:
        """Seconds from the close of each save to its proof, by token; those without are left out."""
        waited = {self._proof(save).encode(): save for save in saves}
        found: dict[str, float] = {}
        deadline = time.monotonic() + timeout
        while waited and (left := deadline - time.monotonic()) > 0:
            try:
                at, line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            for proof in [proof for proof in waited if proof in line]:
                save = waited.pop(proof)
                found[save.token] = at - save.closing
        return found

    def rest(self) -> None:
        """Wait until it has finished what it does after its answer: that must not slow down the next one."""
        deadline, used = time.monotonic() + PATIENCE_SECONDS, -1.0
        while used != (now := subject.processor_seconds(self._family())) and time.monotonic() < deadline:
            used = now
            time.sleep(REST_SECONDS)

    def memory_mb(self) -> float:
        return subject.memory_mb(self._family())

    def stop(self) -> None:
        """End the process group; every peer leads its own."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)
        self._reader.join(GRACE_SECONDS)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put((time.monotonic(), line))


def save(path: Path, *, number: int) -> Save:
    """Rewrite a file in place, as most programs do, with one more line at its end."""
    token = f"save_{number:06d}"
    content = path.read_bytes() + f"\n{token}\n".encode()
    with open(path, "wb", buffering=0) as file:
        file.write(content)
        closing = time.monotonic()
    return Save(token, hashlib.blake2b(content, digest_size=16).hexdigest(), closing)


@contextlib.contextmanager
def following(daemon: Daemon) -> Iterator[Peer]:
    """A daemon that has judged something already, observed by ``events --json``."""
    command = (*daemon.command, "events", "--json", "--since-start")
    with _peer(command, environ=daemon.environ, proof=lambda save: save.digest, family=daemon.family) as peer:
        peer.begin(timeout=PATIENCE_SECONDS)
        yield peer


@contextlib.contextmanager
def dev_assistant(workspace: Workspace, *, home: Path) -> Iterator[Peer]:
    """A daemon of its own."""
    with subject.running(workspace.file, home=home) as daemon:
        daemon.settle()
        with following(daemon) as peer:
            yield peer


@contextlib.contextmanager
def watchfiles(workspace: Workspace, *, home: Path) -> Iterator[Peer]:
    """The watchfiles command with its defaults, running ruff on the file that changed."""
    script = home / "on_change.sh"
    script.write_text(ON_WATCHFILES)
    options = ("--target-type", "command", "--filter", "python", "--verbosity", "warning")
    command = (str(BIN / "watchfiles"), *options, f"sh {script}", str(workspace.root))
    with _peer(command, environ=_with_ruff(workspace), proof=_token) as peer:
        yield peer


@contextlib.contextmanager
def inotifywait(workspace: Workspace, *, home: Path) -> Iterator[Peer]:
    """inotifywait piped into a shell loop that runs ruff on each file."""
    del home
    with _peer(("sh", "-c", ON_INOTIFYWAIT), environ=_with_ruff(workspace), proof=_token) as peer:
        yield peer


@contextlib.contextmanager
def ruff_watch(workspace: Workspace, *, home: Path) -> Iterator[Peer]:
    """``ruff check --watch`` on the whole tree, with its cache."""
    del home
    command = (RUFF, "check", "--watch", "--output-format", "concise", str(workspace.root))
    with _peer(command, environ=_with_ruff(workspace), proof=_token) as peer:
        yield peer


@contextlib.contextmanager
def bare_pipe(workspace: Workspace, *, home: Path) -> Iterator[Peer]:
    """The limit: nothing but inotify and a living ``ruff server``."""
    del home
    command = (sys.executable, str(BARE), RUFF, str(workspace.root))
    with _peer(command, environ=_with_ruff(workspace), proof=_token) as peer:
        yield peer


PEERS = {
    "dev-assistant": dev_assistant,
    "bare inotify + ruff server": bare_pipe,
    "inotifywait | ruff": inotifywait,
    "watchfiles + ruff": watchfiles,
    "ruff --watch": ruff_watch,
}


def missing(name: str) -> str | None:
    """Why a peer cannot take part on this machine."""
    if name.startswith("inotifywait") and shutil.which("inotifywait") is None:
        return "inotifywait is not installed (package inotify-tools)"
    if name.startswith("bare") and sys.platform != "linux":
        return "there is no inotify on this system"
    return None


def _below(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


@contextlib.contextmanager
def _peer(
    command: Sequence[str],
    *,
    environ: dict[str, str],
    proof: Callable[[Save], str],
    family: Callable[[], list[psutil.Process]] | None = None,
) -> Iterator[Peer]:
    process = subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    peer = Peer(process, proof=proof, family=family)
    try:
        yield peer
    finally:
        peer.stop()


def _token(save: Save) -> str:
    return save.token


def _with_ruff(workspace: Workspace) -> dict[str, str]:
    return {**os.environ, "RUFF": RUFF, "TREE": str(workspace.root), "PYTHONUNBUFFERED": "1"}
