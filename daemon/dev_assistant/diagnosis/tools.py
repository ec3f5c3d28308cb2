"""Python, the tools that judge, and git."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem
from dev_assistant.errors import ToolError
from dev_assistant.ports import Verifier
from dev_assistant.verify.registry import verifiers

_PROOF_SECONDS = 5.0


def python(_case: Case) -> Iterator[Diagnosis]:
    """The interpreter that the daemon runs in."""
    versions = f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    yield fine("python", "runs the daemon", where=sys.executable, value=versions)


def judges(_case: Case) -> Iterator[Diagnosis]:
    """Each tool has to find the fault in a line that has one."""
    for verifier in verifiers(timeout_seconds=_PROOF_SECONDS):
        yield _proved(verifier)


def _proved(verifier: Verifier) -> Diagnosis:
    name = verifier.name
    try:
        version = verifier.version()
        verifier.prove()
    except ToolError as error:
        advice = f"{sys.executable} -m pip install --force-reinstall {name}"
        return problem(name, f"nothing can be judged: {error}", where=sys.prefix, advice=advice)
    finally:
        verifier.close()
    return fine(name, "found the fault in a line that has one", where=sys.prefix, value=version)


def git(case: Case) -> Iterator[Diagnosis]:
    """Whether it is there. It is not run: a repository decides what its git does."""
    found = shutil.which("git", path=case.environ.get("PATH"))
    what = "is there" if found else "is not installed, and not needed"
    yield fine("git", f"{what}; repositories are read without running it", where=found or "")
