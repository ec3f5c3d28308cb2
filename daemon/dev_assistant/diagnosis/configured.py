"""What is wrong with the configuration, as far as it can be told without running anything."""

from __future__ import annotations

from collections.abc import Iterator

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem, warning
from dev_assistant.errors import Problem
from dev_assistant.report.markdown import plural

_NAME = "configuration"


def configuration(case: Case) -> Iterator[Diagnosis]:
    """Every mistake, then every warning."""
    configured = case.configuration
    yield from map(_mistake, configured.all_problems)
    for text in configured.warnings:
        yield warning(_NAME, text, advice="make the directory, or correct what names it")
    if not configured.all_problems:
        where = str(configured.file or configured.root)
        yield fine(_NAME, "is read", where=where, value=plural(len(configured.projects), "project"))


def _mistake(found: Problem) -> Diagnosis:
    where = found.file if found.line is None else f"{found.file}:{found.line}"
    what = f"{found.key}: {found.message}" if found.key else found.message
    allowed = f"allowed: {found.allowed}" if found.allowed else "dev-assistant config validate"
    advice = f"did you mean {found.suggestion!r}? {allowed}" if found.suggestion else allowed
    return problem(_NAME, what, where=where, value=found.value or "", advice=advice)
