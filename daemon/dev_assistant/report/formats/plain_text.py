"""A line or some lines for each finding: ``concise`` for other programs' eyes, ``full`` for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dev_assistant.analysis.catalogue import RULES
from dev_assistant.escape import visible
from dev_assistant.model import FileState
from dev_assistant.report.documents import CheckDocument, FileRow
from dev_assistant.report.formats.contents import Listed, Places, doubts, findings


def concise(document: CheckDocument) -> bytes:
    """``PATH:LINE:COLUMN: RULE message``, then what is not proved, then the totals."""
    lines = [_line(each) for each in findings(document)]
    return _bytes([*lines, *_doubts(document), _totals(document)])


def full(document: CheckDocument) -> bytes:
    """By file with its score: category, severity, id, and the way out where the rule is ours."""
    places = Places(document)
    found: dict[tuple[str, str], list[Listed]] = {}
    for each in findings(document):
        found.setdefault((each.project, each.path), []).append(each)
    lines: list[str] = []
    for file in document.files:
        listed = found.get((file.project, places.of(file.project, file.path)), [])
        if listed or file.state is FileState.SKIPPED:
            lines += _block(file, listed)
    return _bytes([*lines, *_doubts(document), _totals(document)])


def _line(each: Listed) -> str:
    finding = each.finding
    mark = " [*]" if finding.fixable else ""
    place = f"{visible(each.path)}:{finding.line}:{finding.column}"
    return f"{place}: {visible(finding.rule)}{mark} {visible(finding.message)}"


def _block(file: FileRow, listed: Iterable[Listed]) -> Iterator[str]:
    name = f"{visible(file.project)}: {visible(file.path)}"
    score = f"score {file.score:.2f}" if file.score is not None else f"{file.state}: {visible(file.reason)}"
    yield f"{name} ({score})"
    for each in listed:
        finding = each.finding
        yield f"  {_line(each)}"
        yield f"      {finding.severity} {finding.category} {visible(finding.id)}"
        if finding.rule in RULES:
            yield f"      {RULES[finding.rule].hint}"
    yield ""


def _doubts(document: CheckDocument) -> Iterator[str]:
    for doubt in doubts(document):
        yield f"{visible(doubt.path or doubt.project) or 'dev-assistant'}: {visible(doubt.reason)}"


def _totals(document: CheckDocument) -> str:
    totals = document.summary
    states = {state: getattr(totals, state.value) for state in FileState}
    told = ", ".join(f"{number} {state.value}" for state, number in states.items() if number)
    score = "-" if totals.score is None else f"{totals.score:.2f}"
    return f"{totals.findings} findings in {totals.files} files ({told or 'none'}); score {score}"


def _bytes(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
