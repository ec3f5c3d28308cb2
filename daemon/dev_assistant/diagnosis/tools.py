"""Python, the tools that judge, and git."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem, warning
from dev_assistant.errors import ToolError
from dev_assistant.ports import Verifier
from dev_assistant.verify.registry import verifiers, wanted
from dev_assistant.watch.git_objects import program

_PROOF_SECONDS = 5.0
_NEEDED = "ruff"  # without it no Python is judged at all


def python(_case: Case) -> Iterator[Diagnosis]:
    """The interpreter that the daemon runs in."""
    versions = f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    yield fine("python", "runs the daemon", where=sys.executable, value=versions)


def judges(case: Case) -> Iterator[Diagnosis]:
    """Each tool that some project wants has to find the fault in a line that has one."""
    for verifier in verifiers(timeout_seconds=_PROOF_SECONDS):
        if any(wanted(verifier.name, entry.settings) for entry in case.projects):
            yield _proved(verifier)


def _proved(verifier: Verifier) -> Diagnosis:
    name = verifier.name
    told = problem if name == _NEEDED else warning
    try:
        version = verifier.version()
        verifier.prove()
    except ToolError as error:
        advice = f"{sys.executable} -m pip install --force-reinstall 'dev-assistant[all]'"
        return told(name, f"files of its kind fail: {error}", where=sys.prefix, advice=advice)
    finally:
        verifier.close()
    return fine(name, "proved that it works", where=sys.prefix, value=version)


def git(_case: Case) -> Iterator[Diagnosis]:
    """Whether it is there: it is optional, and never looked for in PATH, which may name a watched tree."""
    use = "counts lines changed since HEAD, by commands that run nothing of a repository"
    try:
        yield fine("git", use, where=program())
    except ToolError as error:
        yield fine("git", f"is not needed, but {use}: now changes do not count", value=str(error))
