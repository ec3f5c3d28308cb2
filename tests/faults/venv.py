"""An environment of its own for a daemon, so that another ruff can stand beside its interpreter."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import psutil

from dev_assistant.process import tool
from system.daemon_process import Desk

_REAL = tool("ruff")


class Bench(Desk):
    """A desk whose interpreter lives in a virtual environment below ``base``; ``ruff`` is what stands in it.

    What is installed there sees everything that is installed here.
    """

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.bin = base / "venv" / "bin"
        self.bin.mkdir(parents=True)
        self.ruff = self.bin / "ruff"
        self.real = _REAL
        self.log = base / "runs"
        (self.bin / "python").symlink_to(os.path.realpath(sys.executable))
        (base / "venv" / "pyvenv.cfg").write_text(
            f"home = {os.path.dirname(os.path.realpath(sys.executable))}\n"
        )
        packages = base / "venv" / os.path.relpath(sysconfig.get_path("purelib"), sys.prefix)
        packages.mkdir(parents=True)
        (packages / "here.pth").write_text(
            "\n".join(path for path in sys.path if "site-packages" in path) + "\n"
        )
        (packages / "ours.pth").write_text(f"{Path(__file__).parents[2] / 'daemon'}\n")
        self.install()

    def command(self, *arguments: str) -> list[str]:
        return [str(self.bin / "python"), "-m", "dev_assistant", *arguments]

    def install(self, before: str = "") -> None:
        """A ruff that first does what the shell lines say, and else what the real one does.

        Every run adds a line to ``log``.
        """
        fresh = self.bin / "ruff.new"
        fresh.write_text(f"#!/bin/sh\necho \"$*\" >> '{self.log}'\n{before}\nexec '{_REAL}' \"$@\"\n")
        fresh.chmod(0o755)
        os.replace(fresh, self.ruff)

    @contextlib.contextmanager
    def lifetime(self) -> Iterator[None]:
        """In the end the daemon is stopped, and nothing that it has started is left."""
        try:
            yield
            self.run("stop")
            self.assert_nothing_runs()
        finally:
            for process in self.processes():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()

    def runs(self) -> int:
        """How often ruff was started."""
        return len(self.log.read_text(errors="replace").splitlines()) if self.log.exists() else 0
