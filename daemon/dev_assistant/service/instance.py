"""One daemon for a workspace: the lock that it holds for life, and what it says of itself in it.

Only the lock proves that a daemon lives; the kernel releases it with the process, however that ends. What
the file says is a hint, and a process is signalled only when its start time proves that it is the one
meant. The descriptor must not reach a child that is forked without exec: it would hold the lock as well.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from dev_assistant import failpoints
from dev_assistant.machine import started
from dev_assistant.places import Runtime

_OPEN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_LIMIT = 1 << 16


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that wrote the lock file. ``since`` is wall-clock seconds, for display.

    ``started`` and ``boot`` tell it from a later process with the same pid. ``options`` are the arguments of
    ``daemon-run``, so that ``restart`` starts the same again.
    """

    pid: int
    started: str
    boot: str
    host: str
    since: float
    version: str
    workspace: str
    options: tuple[str, ...]


class Instance:
    """The held lock. Owned by the daemon's main thread."""

    def __init__(self, runtime: Runtime, descriptor: int, owner: Owner) -> None:
        self._runtime = runtime
        self._descriptor = descriptor
        self.owner = owner

    @classmethod
    def acquire(
        cls,
        runtime: Runtime,
        *,
        workspace: Path,
        version: str,
        options: tuple[str, ...] = (),
        inherited: int | None = None,
        serving: bool = True,
    ) -> Instance | None:
        """Become the workspace's daemon; None when there is one. Raises OSError without a lock file.

        Not ``serving``: only keep daemons out; the file then names nobody, whom ``stop`` could end.
        ``inherited`` is the descriptor with the lock, from the program that this process ran before.
        """
        descriptor = _locked(runtime.lock) if inherited is None else _kept(runtime.lock, inherited)
        if descriptor is None:
            return None
        me = Owner(
            pid=os.getpid(),
            started=started(os.getpid()) or "",
            boot=_boot(),
            host=socket.gethostname(),
            since=time.time(),
            version=version,
            workspace=str(workspace),
            options=options,
        )
        os.ftruncate(descriptor, 0)
        if serving:
            failpoints.hit("lock.write")
            os.pwrite(descriptor, json.dumps(asdict(me)).encode(), 0)
        return cls(runtime, descriptor, me)

    def intact(self) -> bool:
        """False when the lock file was removed: another daemon may start, so this one has to end."""
        return _same(self._runtime.lock, self._descriptor)

    def bequeath(self) -> int:
        """The descriptor with the lock, which the program that this process runs next may inherit."""
        os.set_inheritable(self._descriptor, True)
        return self._descriptor

    def release(self) -> None:
        """The last thing a daemon does; the file stays, as removing it would let two daemons in."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def _locked(path: Path) -> int | None:
    """A descriptor with the exclusive lock of the file that ``path`` names; None when a daemon has it."""
    while True:
        failpoints.hit("lock.open")
        descriptor = os.open(path, _OPEN, 0o600)
        try:
            if not _take(descriptor):
                os.close(descriptor)
                return None
            if _same(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # somebody removed the file between open and lock


def _kept(path: Path, descriptor: int) -> int | None:
    """The inherited lock; None when it is not the one of ``path``, or somebody else has that."""
    os.set_inheritable(descriptor, False)
    if _same(path, descriptor) and _take(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _take(descriptor: int) -> bool:
    """Only a daemon locks exclusively. A shared lock is a probe that is gone in a moment, so try again."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            time.sleep(0.001 * (1 + os.getpid() % 5))  # those that race wait differently long
        else:
            return True


def _same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def read_owner(runtime: Runtime) -> Owner | None:
    """What the lock file says, whether or not that process still lives; None when it says nothing."""
    try:
        descriptor = os.open(runtime.lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return owner_from(json.loads(os.read(descriptor, _LIMIT)))
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)


def owner_from(document: object) -> Owner | None:
    """An owner from its JSON; None when that is not one."""
    if not isinstance(document, dict) or not isinstance(document.get("pid"), int):
        return None
    try:
        return Owner(**{**document, "options": tuple(document["options"])})
    except (KeyError, TypeError):
        return None


def send(owner: Owner, number: signal.Signals) -> bool:
    """Signal the process that wrote ``owner``; False when it is gone, whatever has its pid by now."""
    if owner.boot != _boot():
        return False
    with contextlib.suppress(ProcessLookupError), _handle(owner.pid) as handle:
        if owner.started and started(owner.pid) == owner.started:
            failpoints.hit("signal.send")
            _signal(owner.pid, handle, number)
            return True
    return False


@contextlib.contextmanager
def _handle(pid: int) -> Iterator[int | None]:
    """A descriptor that stands for this process and for no later one; None where there are none."""
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    handle = os.pidfd_open(pid)
    try:
        yield handle
    finally:
        os.close(handle)


def _signal(pid: int, handle: int | None, number: signal.Signals) -> None:
    if handle is None:
        os.kill(pid, number)
    else:
        signal.pidfd_send_signal(handle, number)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
