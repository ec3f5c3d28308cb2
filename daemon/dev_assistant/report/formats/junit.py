"""JUnit's report: a suite for each project, a case for each file.

What nobody could judge is an error and never a success; what keeps the run as a whole from being a proof is
a case of its own, so that a report without files is not green.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from dev_assistant.model import FileState, Severity
from dev_assistant.report.documents import CheckDocument, FileRow, FindingRow
from dev_assistant.report.formats.contents import TOOL, Doubt, doubts
from dev_assistant.report.formats.markup import document as xml
from dev_assistant.report.formats.markup import element


def junit(document: CheckDocument) -> bytes:
    """Failures for findings; advice stands in the output of a case that passes."""
    suites = [_suite(TOOL, [_case_of_run(doubts(document))])]
    for project in document.projects:
        files = [file for file in document.files if file.project == project.name]
        suites.append(_suite(project.name, [_case(file) for file in files]))
    totals = {name: str(sum(int(suite.get(name, 0)) for suite in suites)) for name in ("tests", *_KINDS)}
    root = element("testsuites", {"name": TOOL, **{name: totals[name] for name in _OF_ALL}})
    root.extend(suites)
    return xml(root)


_KINDS = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_OF_ALL = ("tests", "failures", "errors")


def _suite(name: str, cases: list[ET.Element]) -> ET.Element:
    counts = {kind: str(sum(case.find(tag) is not None for case in cases)) for kind, tag in _KINDS.items()}
    suite = element("testsuite", {"name": name, "tests": str(len(cases)), **counts})
    suite.extend(cases)
    return suite


def _case_of_run(found: Iterable[Doubt]) -> ET.Element:
    case = element("testcase", {"classname": TOOL, "name": "the result is complete"})
    reasons = [doubt.reason for doubt in found if not doubt.path]
    case.extend(element("error", {"type": "incomplete", "message": reason}) for reason in reasons)
    return case


def _case(file: FileRow) -> ET.Element:
    case = element("testcase", {"classname": file.project, "name": file.path})
    failing = [finding for finding in file.findings if finding.severity is not Severity.INFO]
    advice = [finding for finding in file.findings if finding.severity is Severity.INFO]
    if file.state is FileState.SKIPPED:
        case.append(element("skipped", {"message": file.reason}))
    elif file.state is not FileState.FRESH:
        case.append(element("error", {"type": file.state.value, "message": file.reason or "not judged"}))
    if failing:
        message = f"{len(failing)} finding{'' if len(failing) == 1 else 's'}"
        rules = " ".join(sorted({finding.rule for finding in failing}))
        case.append(element("failure", {"type": rules, "message": message}, _lines(failing)))
    if advice:
        case.append(element("system-out", {}, _lines(advice)))
    return case


def _lines(findings: Iterable[FindingRow]) -> str:
    return "\n".join(
        f"{each.line}:{each.column} {each.rule} {' '.join(each.message.splitlines())} ({each.id})"
        for each in findings
    )
