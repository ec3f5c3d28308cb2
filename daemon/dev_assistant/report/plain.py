"""The status and check documents as text for a terminal.

Imports the standard library alone, because hooks wait for it; so it takes the documents as the dicts that
``json.loads`` makes of them, and a member that an older daemon does not send counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from dev_assistant.escape import visible
from dev_assistant.report.proof import unproved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Document = Mapping[str, Any]


_LISTED = 50
_GAPS = 10
_UNEXPLAINED = "dev-assistant doctor --threads, then dev-assistant restart"
_RESET = "\x1b[0m"
_BOLD, _RED, _GREEN, _YELLOW, _CYAN = (f"\x1b[{code}m" for code in (1, 31, 32, 33, 36))
_COLUMNS = ("files", "fresh", "stale", "pending", "failed", "skipped", "findings")
_OPEN_STATES = ("failed", "stale", "pending", "unknown")


def render_status(doc: Document, *, colour: bool) -> str:
    """What the daemon does, what is degraded, and a row for each project."""
    paint = _Paint(colour)
    return _joined(
        [
            _state_line(doc, paint),
            *_doubts(doc, paint),
            *_project_table(doc.get("projects", ()), paint),
            *_machinery(doc),
        ]
    )


def render_check(doc: Document, *, colour: bool) -> str:
    """Findings by project, then what is not fresh and why, then a line that sums up."""
    paint = _Paint(colour)
    files = doc.get("files", ())
    return _joined(
        [
            *_findings(files, paint),
            *_between(doc.get("project_findings", ()), files, paint),
            *_not_fresh(files, paint),
            _summary_line(doc, paint),
        ]
    )


def render_summary(doc: Document, *, colour: bool) -> str:
    """What is not fresh and why, a row for each project, then a line that sums up."""
    paint = _Paint(colour)
    files = doc.get("files", ())
    return _joined(
        [
            *_not_fresh(files, paint),
            *(_project_line(row) for row in doc.get("projects", ())),
            _summary_line(doc, paint),
        ]
    )


def _project_line(row: Document) -> str:
    found = _plural(row["findings"], "finding")
    return f"{_text(row['name'])}: {_plural(row['files'], 'file')}, {found}, score {_score(row)}"


class _Paint:
    """Colours, or none."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, text: str, code: str) -> str:
        return f"{code}{text}{_RESET}" if self.colour and text else text


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _state_line(doc: Document, paint: _Paint) -> str:
    state = _text(doc.get("state", "unknown"))
    colour = _GREEN if state == "idle" else _YELLOW
    facts = [
        f"pid {doc['pid']}" if "pid" in doc else "",
        f"up {_span(doc['uptime_s'])}" if "uptime_s" in doc else "",
    ]
    facts.append(f"{doc['memory_mb']:.0f} MB" if "memory_mb" in doc else "")
    told = ", ".join(fact for fact in facts if fact)
    name = _text(doc.get("name", "dev-assistant"))
    return f"{paint(name, _BOLD)}: {paint(state, colour)}{f' ({told})' if told else ''}"


def _doubts(doc: Document, paint: _Paint) -> Iterator[str]:
    for stuck in doc.get("stuck", ()):
        about = f" {_text(stuck['subject'])}" if stuck["subject"] else ""
        yield (
            f"{paint('stuck', _RED)}: {_text(stuck['thread'])} has been {_text(stuck['operation'])}{about} "
            f"for {_span(stuck['age_s'])}: {_text(stuck['advice'])}"
        )
    if doc.get("state") == "stuck" and not doc.get("stuck"):
        yield f"{paint('stuck', _RED)}: a file waits for too long, and no thread hangs: {_UNEXPLAINED}"
    for error in doc.get("config_errors", ()):
        yield f"{paint('configuration', _RED)}: {_text(error)} (the last good configuration is kept)"
    for alert in doc.get("alerts", ()):
        yield f"{paint('alert', _RED)}: {_text(alert['message'])}, for {_span(alert['since_s'])}"
    for reason in doc.get("degraded", ()):
        yield f"{paint('degraded', _YELLOW)}: {_text(reason)}"
    for project in doc.get("projects", ()):
        name = _text(project["name"])
        for error in project.get("config_errors", ()):
            place = f"{paint('configuration', _RED)}: {name}"
            yield f"{place}: {_text(error)} (the last good configuration is kept)"
        for reason in project.get("reasons", ()):
            yield f"{paint(_text(project['state']), _YELLOW)}: {name}: {_text(reason)}"
        yield from _parked(name, project.get("parked", ()), paint)
    yield from _gaps(doc.get("watch", {}).get("uncovered", ()), paint)


def _parked(name: str, paths: Sequence[str], paint: _Paint) -> Iterator[str]:
    label = f"{paint('parked', _YELLOW)}: {name}"
    for path in paths[:_GAPS]:
        yield f"{label}: {_text(path)} broke its tool twice, and is left alone until that changes"
    if len(paths) > _GAPS:
        yield f"{label}: and {len(paths) - _GAPS:,} files more (status --json lists all)"


def _gaps(gaps: Sequence[Document], paint: _Paint) -> Iterator[str]:
    label = paint("not watched", _YELLOW)
    for gap in gaps[:_GAPS]:
        yield f"{label}: {_text(gap['directory'])}: {_text(gap['reason'])}"
    if len(gaps) > _GAPS:
        yield f"{label}: and {len(gaps) - _GAPS:,} directories more (status --json lists all)"


def _project_table(projects: Sequence[Document], paint: _Paint) -> list[str]:
    if not projects:
        return []
    header = ["project", "state", *_COLUMNS, "score"]
    rows = [
        [_text(p["name"]), _text(p["state"]), *(str(p[c]) for c in _COLUMNS), _score(p)] for p in projects
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [_cells(row, widths) for row in rows]
    painted = [paint(line, _standing(project)) for line, project in zip(lines, projects, strict=True)]
    return ["", paint(_cells(header, widths), _BOLD), *painted, ""]


def _cells(row: Sequence[str], widths: Sequence[int]) -> str:
    words, figures = 2, range(2, len(row))
    shown = [row[i].ljust(widths[i]) for i in range(words)] + [row[i].rjust(widths[i]) for i in figures]
    return "  ".join(shown).rstrip()


def _standing(project: Document) -> str:
    """Green takes a proof; anything unknown is yellow, whatever was found."""
    passed = project.get("passed")
    if passed is None or project["state"] not in ("watching", "polling", "checked"):
        return _YELLOW
    return _GREEN if passed else _RED


def _machinery(doc: Document) -> Iterator[str]:
    if queue := doc.get("queue"):
        oldest = queue.get("oldest_s")
        age = "" if oldest is None else f", oldest {_span(oldest)}"
        yield f"queue: {queue['pending']} pending, {queue['running']} running{age}"
    if pool := doc.get("pool"):
        yield (
            f"workers: {pool['workers']} of {pool['min']} to {pool['max']}, "
            f"and {pool['for_saves']} for saves: {_text(pool['reason'])}"
        )
    if narrowest := doc.get("bottleneck"):
        share = f"{100 * narrowest['share']:.0f} % of the last minute"
        yield f"bottleneck: {_text(narrowest['stage'])}, {share}: {_text(narrowest['advice'])}"
    if cache := _cache(doc.get("cache", {})):
        yield f"cache: {cache}"
    yield from _memory(doc.get("memory", {}))
    if watch := doc.get("watch"):
        audit = watch.get("last_audit_s")
        audited = "" if audit is None else f", audited {_span(audit)} ago"
        yield (
            f"watch: {_text(watch['backend'])}, {watch['directories']} directories, "
            f"{watch['overflows']} overflows, {watch['missed_by_events']} missed by events{audited}"
        )


def _cache(cache: Document) -> str:
    """What it answered of what it was asked."""
    told = (
        f"{_text(name)} {100 * use['ratio']:.0f} %" for name, use in cache.items() if use["ratio"] is not None
    )
    return ", ".join(told)


def _memory(memory: Document) -> Iterator[str]:
    for reaction in memory.get("reactions", ()):
        yield f"memory: {_text(reaction['what'])} {_span(reaction['ago_s'])} ago{_eased(reaction)}"
    if memory.get("leak"):
        yield f"memory: {_text(memory['leak'])}; dev-assistant doctor --memory shows what is in it"
    if collected := memory.get("collected"):
        yield f"memory: a collection was forced {_span(collected['ago_s'])} ago{_eased(collected)}"


def _eased(reaction: Document) -> str:
    after = reaction.get("after_mb")
    left = "" if after is None else f", {after:.0f} MB after it"
    return f", at {reaction['before_mb']:.0f} MB{left}" if reaction["before_mb"] else ""


def _findings(files: Iterable[Document], paint: _Paint) -> Iterator[str]:
    found = [file for file in files if file["findings"]]
    for project, members in groupby(found, key=lambda file: file["project"]):
        yield paint(_text(project), _BOLD)
        for file in members:
            yield from (_finding(file, finding, paint) for finding in file["findings"])
        yield ""


def _between(found: Sequence[Document], files: Iterable[Document], paint: _Paint) -> Iterator[str]:
    """What files of a project have in common; the first ones, for copies come in twos and more."""
    analysed: dict[str, int] = {}
    for file in files:
        analysed[file["project"]] = analysed.get(file["project"], 0) + file["analysed"]
    for project, group in groupby(found, key=lambda finding: finding["project"]):
        members = list(group)
        yield paint(f"{_text(project)}, between files ({_plural(analysed[project], 'file')} analysed)", _BOLD)
        yield from (_finding(finding, finding, paint) for finding in members[:_GAPS])
        if len(members) > _GAPS:
            yield f"... and {len(members) - _GAPS:,} more (check --json lists all)"
        yield ""


def _finding(file: Document, finding: Document, paint: _Paint) -> str:
    place = f"{paint(_text(file['path']), _BOLD)}:{finding['line']}:{finding['column']}"
    fixable = f" [{paint('*', _CYAN)}]" if finding["fixable"] else ""
    return f"{place}: {paint(_text(finding['rule']), _RED)}{fixable} {_text(finding['message'])}"


def _not_fresh(files: Sequence[Document], paint: _Paint) -> list[str]:
    lines: list[str] = []
    for state in _OPEN_STATES:
        members = [file for file in files if file["state"] == state]
        lines += [_open_file(file, paint) for file in members[:_LISTED]]
        if len(members) > _LISTED:
            lines.append(f"... and {len(members) - _LISTED} more {state}")
    lines += _skipped(files, paint)
    return [*lines, ""] if lines else []


def _open_file(file: Document, paint: _Paint) -> str:
    reason = f": {_text(file['reason'])}" if file["reason"] else ""
    place = f"{_text(file['project'])}: {_text(file['path'])}"
    return f"{paint(_text(file['state']), _YELLOW)}: {place}{reason}"


def _skipped(files: Iterable[Document], paint: _Paint) -> list[str]:
    """By reason: skipped files are many and alike."""
    by_reason: dict[str, int] = {}
    for file in files:
        if file["state"] == "skipped":
            by_reason[file["reason"]] = by_reason.get(file["reason"], 0) + 1
    ordered = sorted(by_reason.items(), key=lambda item: (-item[1], item[0]))
    return [f"{paint('skipped', _CYAN)}: {_plural(n, 'file')}: {_text(why)}" for why, n in ordered]


def _summary_line(doc: Document, paint: _Paint) -> str:
    """What is no proof says so first: a script's reader sees this line, and not the exit status."""
    summary = doc.get("summary", {})
    unknown = [f"{summary[state]} {state}" for state in _OPEN_STATES if summary.get(state)]
    if unknown or unproved(doc.get("meta", {})):
        return paint(f"incomplete: {_figures(doc, unknown)}", _YELLOW)
    if not summary.get("files"):
        return paint("nothing matched", _YELLOW)
    if summary["passed"]:
        advice = f"; {summary['findings']:,} of advice" if summary["findings"] else ""
        passed = f"passed: {_plural(summary['fresh'], 'file')}{advice}"
        return paint(f"{passed}; score {_score(summary)}{_rating(summary)}", _GREEN)
    return paint(_figures(doc, unknown), _RED if summary["passed"] is False else _YELLOW)


def _figures(doc: Document, unknown: Sequence[str]) -> str:
    summary = doc.get("summary", {})
    if not summary.get("files"):
        return "nothing was judged"
    with_findings = sum(1 for file in doc.get("files", ()) if file["findings"])
    parts = [f"{_plural(summary['findings'], 'finding')} in {_plural(with_findings, 'file')}"]
    if unknown:
        parts.append(", ".join(unknown))
    if not summary["fresh"]:
        parts.append("nothing was judged")
    parts.append(f"score {_score(summary)}{_rating(summary)}")
    return "; ".join(parts)


def _score(row: Document) -> str:
    score = row.get("score")
    return "-" if score is None else f"{score:.2f}"


def _rating(summary: Document) -> str:
    """What takes how much from the score."""
    reasons = ", ".join(map(_text, summary.get("rating", ())))
    return f" ({reasons})" if reasons else ""


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _span(seconds: float) -> str:
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{seconds:.1f} s"


def _text(foreign: object) -> str:
    return visible(str(foreign))
