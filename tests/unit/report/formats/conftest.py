"""A result of two projects with everything in it that a format has to tell, and one of hostile names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from dev_assistant.model import FileState, Finding, Severity
from dev_assistant.report.documents import CheckDocument, check_document
from dev_assistant.report.merge import FileResult, result, results_of

SCHEMAS = Path(__file__).parents[3] / "data" / "schemas"
SETTLED = {"settled": True}
_LETTERS = "a\u00e9.:/\\%&,;|`*[](){}<>\"' \n\r\t\0\x1b\x7f\x9b\u202e\ufffe\udcff\U0001f642"
HOSTILE = st.text(_LETTERS, min_size=1, max_size=20) | st.sampled_from(
    ["::error::x", "</file>", "]]>", "a:b"]
)

PATHS = HOSTILE.filter(lambda path: path.rpartition("/")[2] not in {"", ".", ".."})
"""Of files, whatever they are called."""

Maker = Callable[..., Finding]


def file(
    path: str,
    findings: list[Finding],
    *,
    project: str = "web",
    state: FileState = FileState.FRESH,
    reason: str = "",
    related: list[Finding] | None = None,
) -> FileResult:
    return result(
        findings,
        project=project,
        path=path,
        state=state,
        verified_at=None,
        reason=reason,
        related=related or [],
    )


def document_of(*files: FileResult, **meta: object) -> CheckDocument:
    roots = {"api": "services/api", "web": "."}
    return check_document(results_of(roots, files), meta={**SETTLED, **meta})


@pytest.fixture(scope="session")
def full(finding: Maker) -> CheckDocument:
    advice = finding("DA109", line=9, message="copy of b.py", severity=Severity.INFO)
    return document_of(
        file("a.py", [finding(line=3, column=5, message="`os` unused", fixable=True)]),
        file("b.py", [finding("DA101", line=2, severity=Severity.INFO)], related=[advice]),
        file("src/broken.py", [finding("E999", severity=Severity.ERROR)], project="api"),
        file("src/hung.py", [], project="api", state=FileState.FAILED, reason="timeout"),
        file("src/late.py", [], project="api", state=FileState.PENDING),
        file("logo.min.js", [], state=FileState.SKIPPED, reason="generated"),
        file("clean.py", []),
        missing=["/w/gone"],
    )


@pytest.fixture(scope="session")
def clean() -> CheckDocument:
    return document_of(file("a.py", []), file("b.js", [], state=FileState.SKIPPED, reason="generated"))


@pytest.fixture(scope="session")
def nothing() -> CheckDocument:
    return document_of()


@pytest.fixture(scope="session")
def named(finding: Maker) -> Callable[[str, str], CheckDocument]:
    """A finding and a failure of the given path and message."""

    def make(path: str, message: str) -> CheckDocument:
        return document_of(
            file(path, [finding(message=message)]),
            file(path, [], project="api", state=FileState.FAILED, reason=message),
        )

    return make


@pytest.fixture(scope="session")
def many(finding: Maker) -> CheckDocument:
    """3,000 findings, of which the last one is the gravest."""
    return crowd(finding, 3_000)


def crowd(finding: Maker, size: int) -> CheckDocument:
    """So many findings, a hundred in each file, of which the last one is the gravest."""
    files = [file(f"m{n}.py", [finding(line=line) for line in range(1, 101)]) for n in range(size // 100 - 1)]
    last = [finding(line=line) for line in range(1, 100)]
    grave = finding("E999", line=100, severity=Severity.ERROR)
    return document_of(*files, file("z.py", [*last, grave]))
