"""Commands in processes of their own that do not import the program first, which takes most of their time.

A server that has imported everything, and done nothing with it, forks for each command: what is forked knows
of no other command, so it is as fresh as what is started. That commands start as people start them is shown
by ``test_lifecycle_commands`` and the hostile sandbox.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev_assistant.cli import COMMANDS, main

_CONTEXT = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
_CONTEXT.set_forkserver_preload(
    ["dev_assistant.once", *(f"dev_assistant.commands.{name.replace('-', '_')}" for name in COMMANDS)]
)


def run(
    arguments: Sequence[str], *, cwd: Path, environ: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """What ``subprocess.run`` would give for the command. Raises TimeoutExpired."""
    with tempfile.TemporaryDirectory() as directory:
        shown, told = Path(directory, "stdout"), Path(directory, "stderr")
        process = _CONTEXT.Process(target=_become, args=(list(arguments), cwd, dict(environ), (shown, told)))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), timeout, shown.read_text(), told.read_text())
        status = process.exitcode
        process.close()
        return subprocess.CompletedProcess(list(arguments), status, shown.read_text(), told.read_text())


def _become(arguments: list[str], cwd: Path, environ: dict[str, str], outputs: tuple[Path, Path]) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, path in enumerate(outputs, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    sys.exit(main(arguments))
