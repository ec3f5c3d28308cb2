"""User and mount namespaces of a test's own: limits and file systems that it may break without root."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from system.daemon_process import PATIENCE, Desk, desk

_SETTINGS = Path("/proc/sys/user")


class Namespace:
    """Lives as long as the process that holds it. ``seen`` is how the test sees a path that is inside."""

    def __init__(self, holder: subprocess.Popen[bytes]) -> None:
        self._holder = holder

    def enter(self, *command: str) -> list[str]:
        """The arguments that run ``command`` inside."""
        target = str(self._holder.pid)
        return ["nsenter", "-t", target, "-U", "-m", "--preserve-credentials", "--", *command]

    def run(self, *command: str) -> None:
        subprocess.run(self.enter(*command), check=True, timeout=PATIENCE)

    def limit(self, name: str, value: int) -> None:
        """Set a limit of this user namespace alone, e.g. ``max_inotify_watches``."""
        self.run("sh", "-c", f"echo {value} > {_SETTINGS / name}")

    def tmpfs(self, path: Path, options: str) -> None:
        """Mount a file system in memory, e.g. of ``size=1m``."""
        self.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path))

    def remount(self, path: Path, options: str) -> None:
        self.run("mount", "-o", f"remount,{options}", str(path))

    def seen(self, path: Path) -> Path:
        return Path(f"/proc/{self._holder.pid}/root{path}")


class Inside(Desk):
    """A desk whose commands, and so its daemon, run in the namespace."""

    def __init__(self, base: Path, namespace: Namespace) -> None:
        super().__init__(base)
        self.namespace = namespace

    def command(self, *arguments: str) -> list[str]:
        return self.namespace.enter(
            "sh", "-c", 'cd "$0" && exec "$@"', str(self.base / "work"), *super().command(*arguments)
        )

    def move_into(self, options: str) -> None:
        """Give the desk a file system of its own; its files are seen through the namespace from then on."""
        self.namespace.tmpfs(self.root, options)
        self.root = self.namespace.seen(self.root)


@contextlib.contextmanager
def namespace() -> Iterator[Namespace]:
    """Skips the test where none can be made."""
    command = ["unshare", "-Urm", "sh", "-c", "echo ready && exec cat"]
    if sys.platform != "linux":
        pytest.skip("needs namespaces")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        try:
            if holder.stdout.readline() != b"ready\n":
                pytest.skip("no user namespace can be made here: unshare -Urm fails")
            yield Namespace(holder)
        finally:
            holder.stdin.close()
            holder.wait(PATIENCE)


@contextlib.contextmanager
def inside(base: Path, *, make: type[Inside] = Inside) -> Iterator[Inside]:
    """A desk in a namespace, and the proof that its daemon leaves no process behind."""
    with namespace() as space, desk(base, make=lambda base: make(base, space)) as place:
        assert isinstance(place, Inside)
        yield place


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
