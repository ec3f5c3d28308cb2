"""What to do next, derived by rules from the data and by nothing else.

Ordered by what it buys: first that the figures can be trusted, then danger, then the cheapest findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from dev_assistant.model import FileState
from dev_assistant.report.markdown import code, file_code, plural
from dev_assistant.report.stats import top_rules
from dev_assistant.report.tally import Rule, RuleCount, total
from dev_assistant.report.views import ProjectView, WatchView
from dev_assistant.report.worst import riskiest_file, worst_files

_MOST = 8
_EACH = 3
_LOW_SCORE = 5.0
_RUFF_CODE = re.compile("[A-Z]+[0-9]+")


def recommendations(
    projects: Sequence[ProjectView], *, watch: WatchView | None = None, config_errors: Sequence[str] = ()
) -> list[str]:
    """At most eight sentences in Markdown, the most useful first; none when there is nothing to do."""
    return list(islice(_all(projects, watch, config_errors), _MOST))


def _all(
    projects: Sequence[ProjectView], watch: WatchView | None, config_errors: Sequence[str]
) -> Iterator[str]:
    yield from _configuration([*config_errors, *(e for project in projects for e in project.config_errors)])
    yield from _missing(projects)
    yield from _tools(projects)
    yield from _failed(projects)
    yield from _parked(projects)
    if watch is not None:
        yield from _watching(watch)
    yield from _waiting(projects)
    yield from _security(projects)
    yield from _frequent(projects)
    yield from _lowest(projects)


def _configuration(errors: Iterable[str]) -> Iterator[str]:
    for error in islice(errors, _EACH):
        yield f"Correct the configuration: {code(error)}. Until then the last good configuration is kept."


def _missing(projects: Iterable[ProjectView]) -> Iterator[str]:
    for project in projects:
        if project.state == "missing":
            yield (
                f"Create the directory {file_code(project.root)} of {code(project.name)}, "
                "or correct its path in `workspace.json`."
            )


def _tools(projects: Iterable[ProjectView]) -> Iterator[str]:
    broken: dict[str, list[str]] = {}
    for project in projects:
        if project.state == "error":
            broken.setdefault(project.reasons[0], []).append(project.name)
    for reason, names in islice(sorted(broken.items()), _EACH):
        where = code(names[0]) if len(names) == 1 else plural(len(names), "project")
        yield f"Nothing of {where} can be judged: {code(reason)}. `dev-assistant doctor` tries the tool."


def _parked(projects: Iterable[ProjectView]) -> Iterator[str]:
    parked = [(project.name, path) for project in projects for path in project.parked]
    for name, path in sorted(parked)[:1]:
        others = f" and {plural(len(parked) - 1, 'other file')}" if len(parked) > 1 else ""
        yield f"Change or exclude {file_code(path)} of {code(name)}{others}: it breaks what judges it."


def _failed(projects: Iterable[ProjectView]) -> Iterator[str]:
    causes = [
        (-files, project.name, reason)
        for project in projects
        for (state, reason), files in project.tally.reasons.items()
        if state is FileState.FAILED and not (project.state == "error" and reason in project.reasons)
    ]
    for files, name, reason in sorted(causes)[:_EACH]:
        yield f"{plural(-files, 'file')} of {code(name)} could not be verified: {code(reason)}."


def _watching(watch: WatchView) -> Iterator[str]:
    by_reason: dict[str, int] = {}
    for _, reason in watch.uncovered:
        by_reason[reason] = by_reason.get(reason, 0) + 1
    for reason, count in sorted(by_reason.items(), key=lambda item: (-item[1], item[0]))[:_EACH]:
        places = plural(count, "directory", "directories")
        noticed = "late" if watch.polled else "by the audit alone"
        yield f"Changes in {places} without a watch are noticed {noticed}: {code(reason)}."
    if watch.overflows and watch.backend == "inotify":
        yield "Events were lost; a survey made it good. If it recurs, raise `fs.inotify.max_queued_events`."


def _waiting(projects: Iterable[ProjectView]) -> Iterator[str]:
    tally = total(project.tally for project in projects)
    if tally.stale or tally.pending:
        waiting = plural(tally.stale + tally.pending, "file")
        yield f"{waiting} not verified yet: `dev-assistant wait` returns when all are."


def _security(projects: Sequence[ProjectView]) -> Iterator[str]:
    tally = total(project.tally for project in projects)
    if tally.counts.security:
        riskiest = riskiest_file(projects)
        where = f", above all in {file_code(riskiest[1])} of {code(riskiest[0].name)}" if riskiest else ""
        yield f"Look at the {plural(tally.counts.security, 'security finding')} first{where}."


def _frequent(projects: Iterable[ProjectView]) -> Iterator[str]:
    counted = [
        (project.name, rule, count)
        for project in projects
        for rule, count in top_rules(project.tally, limit=_EACH)
    ]
    counted.sort(key=lambda item: (-item[2].findings, item[0], item[1]))
    for name, rule, count in counted[:_EACH]:
        yield _fix(name, rule, count)


def _fix(project: str, rule: Rule, count: RuleCount) -> str:
    files = plural(count.files, "file")
    what = f"Fix the {count.findings:,} {code(rule.code)} in {files} of {code(project)}"
    if rule.verifier == "ruff" and _RUFF_CODE.fullmatch(rule.code):
        return f"{what}; what ruff can mend by itself: `ruff check --select {rule.code} --fix`."
    return f"{what}."


def _lowest(projects: Sequence[ProjectView]) -> Iterator[str]:
    for file in worst_files(projects, limit=1):
        if file.score < _LOW_SCORE:
            yield (
                f"Start with {file_code(file.path)} of {code(file.project.name)}: "
                f"its score of {file.score:.2f} is the lowest."
            )
