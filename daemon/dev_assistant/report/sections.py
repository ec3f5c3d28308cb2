"""The parts that the pages of a project and of a workspace share, each a list of Markdown lines.

What is not known comes before what is found: a short list of findings may be short because little was judged.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence

from dev_assistant.model import FileState
from dev_assistant.report.markdown import (
    NOTHING,
    chart,
    code,
    file_code,
    link,
    number,
    plural,
    spark,
    table,
)
from dev_assistant.report.rating import rating, reasons
from dev_assistant.report.stats import top_rules
from dev_assistant.report.tally import BUCKETS, Tally
from dev_assistant.report.trends import Point
from dev_assistant.report.views import ProjectView, WatchView, WorkspaceView
from dev_assistant.report.worst import Critical, Worst, critical_files, worst_files

_WORST = 10
_CRITICAL = 15
_RULES = 10
_CAUSES = 12
_UNCOVERED = 5
_PARKED = 5
_REMARKS = 15
_RULES_OF_FILE = 3
_SHOWN_STATES = (FileState.FAILED, FileState.STALE, FileState.PENDING, FileState.SKIPPED)


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A section; none when it would be empty."""
    return [f"## {title}", "", *lines] if lines else []


def workspace_remarks(view: WorkspaceView) -> list[str]:
    named = [(project.name, remark) for project in view.projects for remark in _doubts(project)]
    remarks = [
        *(f"Configuration error, the last good configuration is kept: {code(e)}" for e in view.config_errors),
        *(f"Alert: {code(alert.message)}" for alert in view.vitals.alerts),
        *(f"Degraded: {code(reason)}" for reason in view.degraded),
        *(
            f"Stuck: {code(each.thread)}, {each.operation} {code(each.subject or 'something')}: {each.advice}"
            for each in view.stuck
        ),
        *_watch_remarks(view.watch),
        *(f"{code(name)}: {remark}" for name, remark in sorted(named)),
    ]
    return _bullets(remarks)


def project_remarks(project: ProjectView) -> list[str]:
    missed = _missed(project.missed_by_events)
    return _bullets([*_doubts(project), *_gaps(project.uncovered), *missed])


def _doubts(project: ProjectView) -> list[str]:
    errors = [
        f"configuration error, the last good configuration is kept: {code(e)}" for e in project.config_errors
    ]
    return [*errors, *(f"{project.state}: {code(reason)}" for reason in project.reasons), *_parked(project)]


def _parked(project: ProjectView) -> list[str]:
    paths = sorted(project.parked)
    told = [
        f"parked: {file_code(path)} broke its tool twice, and is left alone until that changes"
        for path in paths[:_PARKED]
    ]
    return told + _more_inline(len(paths) - _PARKED, "parked file")


def _watch_remarks(watch: WatchView) -> list[str]:
    remarks = [*_gaps(watch.uncovered), *_missed(watch.missed_by_events)]
    if watch.overflows:
        remarks.append(f"Lost events, made good by a survey: {plural(watch.overflows, 'overflow')}")
    return remarks


def _gaps(uncovered: Sequence[tuple[str, str]]) -> list[str]:
    """What is not watched, by the topmost directories; what is done instead stands in the reasons above."""
    found = subtrees(uncovered)
    shown = [f"No watch on {code(top)}{_below(below)}: {code(why)}" for top, below, why in found[:_UNCOVERED]]
    return shown + _more_inline(len(found) - _UNCOVERED, "directory", "directories")


def subtrees(uncovered: Iterable[tuple[str, str]]) -> list[tuple[str, int, str]]:
    """Topmost directories, how many more there are below each, and the reason; sorted by path."""
    found: list[tuple[str, int, str]] = []
    last: dict[str, int] = {}
    for path, reason in sorted(uncovered, key=lambda gap: gap[0].rstrip("/") + "/"):
        at = last.get(reason)
        if at is not None and path.startswith(found[at][0].rstrip("/") + "/"):
            found[at] = (found[at][0], found[at][1] + 1, reason)
        else:
            last[reason] = len(found)
            found.append((path, 0, reason))
    return found


def _below(directories: int) -> str:
    return f" and {plural(directories, 'directory', 'directories')} below it" if directories else ""


def _missed(changes: int) -> list[str]:
    return [f"Missed by events and found by the audit: {plural(changes, 'change')}"] if changes else []


def _bullets(remarks: Sequence[str]) -> list[str]:
    most = _REMARKS
    lines = [f"- {remark}" for remark in (*remarks[:most], *_more_inline(len(remarks) - most, "remark"))]
    return [*lines, ""] if lines else []


def causes(projects: Sequence[ProjectView], base: str) -> list[str]:
    """Why files are not fresh, with one file of each as an example; skipped ones are many and alike."""
    found = sorted(
        (_SHOWN_STATES.index(state), -files, project.name, reason, project)
        for project in projects
        for (state, reason), files in project.tally.reasons.items()
    )
    if not found:
        return ["Every discovered file is fresh."]
    rows = [
        [
            _SHOWN_STATES[rank].value,
            code(project.name),
            code(reason),
            _example(project, (_SHOWN_STATES[rank], reason), base),
            f"{-files:,}",
        ]
        for rank, files, _, reason, project in found[:_CAUSES]
    ]
    lines = table(("State", "Project", "Reason", "For example", "Files"), rows, left=4)
    return lines + more(len(found) - _CAUSES, "reason")


def _example(project: ProjectView, cause: tuple[FileState, str], base: str) -> str:
    path = project.leaders.unknown.get(cause)
    return NOTHING if path is None else link(path, to=f"{back_to(base, project.root)}/{path}")


def worst(projects: Sequence[ProjectView], base: str) -> list[str]:
    rows = [_worst_row(file, base) for file in worst_files(projects, limit=_WORST)]
    header = ("File", "Project", "Rules", "Rating", "Findings", "Security", "Score")
    return table(header, rows, left=4) if rows else []


def _worst_row(file: Worst, base: str) -> list[str]:
    rules = [f"{code(rule)} ({findings})" for rule, findings in file.rules[:_RULES_OF_FILE]]
    return [
        link(file.path, to=f"{back_to(base, file.project.root)}/{file.path}"),
        code(file.project.name),
        ", ".join([*rules, *(["…"] if len(file.rules) > _RULES_OF_FILE else [])]),
        ", ".join(reasons(file.counts, file.counts.costs)),
        f"{file.counts.total:,}",
        f"{file.counts.security:,}",
        f"{file.score:.2f}",
    ]


def critical(projects: Sequence[ProjectView], base: str) -> list[str]:
    """The critical files that need a person most, and how many there are."""
    rows = [_critical_row(file, base) for file in critical_files(projects, limit=_CRITICAL)]
    if not rows:
        return []
    every = sum(project.critical for project in projects)
    header = ("File", "Project", "Why", "State", "Criticality", "Findings", "Score")
    count = f"{plural(every, 'file')} in all, those that need somebody most first."
    return [count, "", *table(header, rows, left=4), *more(every - len(rows), "critical file")]


def _critical_row(file: Critical, base: str) -> list[str]:
    return [
        link(file.path, to=f"{back_to(base, file.project.root)}/{file.path}"),
        code(file.project.name),
        ", ".join(code(reason) for reason in file.rank.reasons),
        file.record.state.value,
        number(file.rank.score),
        f"{file.record.counts.total:,}",
        number(file.score),
    ]


def figures(tally: Tally, trends: Sequence[Point]) -> list[list[str]]:
    return [
        section("Top rules", _rules(tally)),
        section("Scores", _scores(tally)),
        section("Trend", _trend(trends)),
    ]


def _rules(tally: Tally) -> list[str]:
    rows = [
        [code(rule.code), code(rule.verifier), f"{count.findings:,}", f"{count.files:,}"]
        for rule, count in top_rules(tally, limit=_RULES)
    ]
    lines = table(("Rule", "Verifier", "Findings", "Files"), rows, left=2) if rows else []
    return lines + more(len(tally.rules) - _RULES, "rule")


def _scores(tally: Tally) -> list[str]:
    if not tally.fresh:
        return []
    return [*rating(tally), "", *_distribution(tally)]


def _distribution(tally: Tally) -> list[str]:
    labels = [*(f"{low} to {low + 1}" for low in range(BUCKETS - 1)), "10"]
    return chart(reversed(list(zip(labels, tally.distribution, strict=True))))


def _trend(trends: Sequence[Point]) -> list[str]:
    """Lines over the days from the first point to the last; a day without a daemon is a dot."""
    if not trends:
        return []
    days = {point.date: point for point in trends}
    first, last = min(days), max(days)
    points = [days.get(first + dt.timedelta(days=day)) for day in range((last - first).days + 1)]
    series: tuple[tuple[str, Sequence[float | None]], ...] = (
        ("score", [point.score if point else None for point in points]),
        ("findings", [point.findings if point else None for point in points]),
        ("files", [point.files if point else None for point in points]),
    )
    return ["```text", f"{first} to {last}", *(_trend_line(name, values) for name, values in series), "```"]


def _trend_line(name: str, values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    ends = f"{_figure(known[0])} -> {_figure(known[-1])}" if known else "unknown"
    return f"{name:<8}  {spark(values)}  {ends}"


def _figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def more(hidden: int, noun: str) -> list[str]:
    return ["", *_more_inline(hidden, noun)] if hidden > 0 else []


def _more_inline(hidden: int, noun: str, many: str = "") -> list[str]:
    return [f"… and {plural(hidden, f'more {noun}', f'more {many}' if many else '')}"] if hidden > 0 else []


def back_to(base: str, root: str) -> str:
    """From ``base``/RUNS/stats, where the page is, to ``root``; both are absolute."""
    relative = os.path.relpath(root, base).replace(os.sep, "/")
    return "../.." if relative == "." else f"../../{relative}"
