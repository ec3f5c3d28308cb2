"""A result as a Markdown page: how it stands, what is not proved, projects, rules, and the first findings.

Short enough for a step summary of GitHub Actions, which takes 1 MiB.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from dev_assistant.model import Severity
from dev_assistant.report.documents import CheckDocument, ProjectRow, SummaryRow
from dev_assistant.report.formats.contents import doubts, findings, gravest
from dev_assistant.report.markdown import code, file_code, number, plural, table

_FINDINGS: Final = 100
_DOUBTS: Final = 50
_RULES: Final = 20
_COLUMNS: Final = ("Files", "Fresh", "Failed", "Not judged", "Skipped", "Findings", "Score")


def markdown(document: CheckDocument) -> bytes:
    """Findings by gravity; how many are left out stands below them."""
    lines = ["# dev-assistant", "", _verdict(document), ""]
    for section in (_unproved(document), _projects(document), _rules(document), _found(document)):
        if body := list(section):
            lines += [*body, ""]
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _verdict(document: CheckDocument) -> str:
    totals = document.summary
    if doubts(document):
        mark = "⚠️ **Incomplete**"
    elif totals.passed is False:
        mark = "❌ **Findings**"
    else:
        mark = "✅ **Passed**"
    found = f"{plural(totals.findings, 'finding')} in {plural(totals.files, 'file')}"
    return f"{mark}: {found}, score {number(totals.score)}"


def _unproved(document: CheckDocument) -> Iterator[str]:
    unproved = doubts(document)
    if not unproved:
        return
    yield from ("## Not proved", "")
    for doubt in unproved[:_DOUBTS]:
        place = f"{file_code(doubt.path)}: " if doubt.path else ""
        yield f"- {place}{code(doubt.reason)}"
    yield from _more(len(unproved) - _DOUBTS)


def _projects(document: CheckDocument) -> Iterator[str]:
    rows = [[code(row.name), *_figures(row)] for row in document.projects]
    yield from ("## Projects", "")
    yield from table(("Project", *_COLUMNS), [*rows, ["all", *_figures(document.summary)]])


def _figures(row: ProjectRow | SummaryRow) -> list[str]:
    figures = (row.files, row.fresh, row.failed, row.stale + row.pending, row.skipped, row.findings)
    return [*(f"{figure:,}" for figure in figures), number(row.score)]


def _rules(document: CheckDocument) -> Iterator[str]:
    by_rule = Counter(each.finding.rule for each in findings(document))
    if not by_rule:
        return
    most = sorted(by_rule.items(), key=lambda item: (-item[1], item[0]))
    yield from ("## Rules", "")
    yield from table(("Rule", "Findings"), [[code(rule), f"{times:,}"] for rule, times in most[:_RULES]])
    yield from _more(len(most) - _RULES)


def _found(document: CheckDocument) -> Iterator[str]:
    listed = gravest(findings(document))
    if not listed:
        return
    yield from ("## Findings", "")
    rows = [
        [f"{file_code(each.path)}:{each.finding.line}", code(each.finding.rule), code(each.finding.message)]
        for each in listed[:_FINDINGS]
    ]
    yield from table(("Place", "Rule", "Message"), rows, left=3)
    advice = sum(each.finding.severity is Severity.INFO for each in listed)
    if advice:
        yield from ("", f"{plural(advice, 'finding')} of them no more than advice.")
    yield from _more(len(listed) - _FINDINGS)


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield from ("", f"… and {count:,} more.")
