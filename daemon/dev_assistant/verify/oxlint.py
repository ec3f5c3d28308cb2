"""oxlint as a verifier of JavaScript, TypeScript and JSX, also within Vue and Svelte.

Only regular files are named to it, by absolute paths after ``--``, from the root directory: of a directory it
follows every path and hangs on a FIFO, without any path it checks the working directory, and there it looks
for suppressions. ``CONFIGURATION`` alone decides; ``--disable-nested-config`` keeps out what a tree brings,
``--no-ignore`` the ignore files. A rule of ours is named as in its configuration, ``eslint/no-eval``, where
oxlint prints ``eslint(no-eval)``.

It reads text that is not UTF-8 as clean, as it does a path that is not, and leaves out ``*.min.*`` and
``*-min.*``: none of these is given to it, and it has to count as many files as it was given.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.model import (
    Category,
    Failed,
    Finding,
    Job,
    Project,
    RelPath,
    Result,
    Severity,
    Skipped,
    Verdict,
)
from dev_assistant.ports import NOTHING_BESIDE, Role, Scope
from dev_assistant.verify import content
from dev_assistant.verify.bisection import Answers, Bisection, parts, scaled
from dev_assistant.verify.categories import SYNTAX
from dev_assistant.verify.content import ContentScope, Source, one_line
from dev_assistant.verify.findings import Position, checked
from dev_assistant.verify.installed import Installed
from dev_assistant.verify.patience import Patience
from dev_assistant.verify.positions import positions

SUFFIXES: Final = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"})
CONFIGURATION: Final = Path(__file__).with_name("oxlint.json")
"""Correctness, and what finds mistakes, risks, size and unfinished work beyond it.

Of the category ``suspicious``, over 149 files of the npm packages preact, htmx.org and bootstrap, 4,996 of
5,013 findings are matters of style (4,800 of them ``no-underscore-dangle``): the few of its rules that find
mistakes are written out. ``a && b()`` is no mistake.
The limit of complexity is ESLint's own, those of parameters and nesting are ruff's for Python.
"""
_PROOF: Final = Path(__file__).with_name("oxlint_proof.js")
_FAULT: Final = "eslint/no-debugger"
_ROOT: Final = "/"
_OUTPUT_LIMIT: Final = 256 << 20
_AVERAGE_LINE: Final = 500  # bytes, over all lines: more than a person writes
_PROOF_SECONDS: Final = 5.0
_MINIFIED = re.compile(r"[.-]min\.[^/]*$")
_CODE = re.compile(r"([\w-]+)\(([\w-]+)\)")
_LONGEST_COMPLAINT: Final = 300

_SECURITY: Final = frozenset(
    {
        "no-eval",
        "no-implied-eval",
        "no-new-func",
        "no-script-url",
        "jsx-no-script-url",
        "jsx-no-target-blank",
        "no-danger",
        "no-danger-with-children",
    }
)
_DESIGN: Final = frozenset({"complexity", "max-depth", "max-params"})
_UNFINISHED: Final = frozenset({"no-warning-comments"})


class _Span(msgspec.Struct, frozen=True, gc=False):
    """Bytes from the beginning of the file."""

    offset: int
    length: int


class _Label(msgspec.Struct, frozen=True, gc=False):
    span: _Span


class _Diagnostic(msgspec.Struct, frozen=True, gc=False):
    """One finding; without a ``code`` it says that the file cannot be parsed.

    Rules are all configured as warnings, so that an error is the parser's own.
    """

    message: str
    filename: str
    severity: str
    code: str | None = None
    labels: tuple[_Label, ...] = ()


class _Output(msgspec.Struct, frozen=True, gc=False):
    diagnostics: list[_Diagnostic]
    number_of_files: int


_DECODER = msgspec.json.Decoder(_Output)


@dataclass(frozen=True, slots=True)
class Batch:
    """How oxlint is run: its path, the time for one file in seconds, patience with it, and its processes."""

    oxlint: str
    timeout: float
    patience: Patience = field(default_factory=Patience)
    children: process.Children = field(default_factory=process.Children)

    def check(self, texts: Mapping[str, bytes]) -> Answers:
        """A verdict on each file, by its absolute path; the bytes are those that stand there."""
        bisection = Bisection(lambda part: self._run(part, texts), self.prove, self.patience)
        verdicts: Answers = {}
        for part in parts(texts):
            verdicts.update(bisection.check(part))
        return verdicts

    def prove(self) -> None:
        """Raises ToolError unless oxlint finds the one fault in a file that has one."""
        path = str(_PROOF)
        timeout = min(self.timeout, _PROOF_SECONDS)
        diagnostics = _ask(self.oxlint, [path], timeout=timeout, children=self.children)
        if [_rule(found) for found in diagnostics] != [_FAULT]:
            raise ToolError("oxlint does not work: it does not find a fault that is there")

    def _run(self, paths: Sequence[str], texts: Mapping[str, bytes]) -> Answers:
        found: dict[str, list[_Diagnostic]] = {path: [] for path in paths}
        timeout = scaled(self.timeout, count=len(paths))
        for diagnostic in _ask(self.oxlint, paths, timeout=timeout, children=self.children):
            path = os.path.join(_ROOT, diagnostic.filename)
            if path not in found:
                raise ToolError(f"oxlint reported on {path}, which was not asked for")
            found[path].append(diagnostic)
        return {path: checked(_findings(texts[path], told)) for path, told in found.items()}


class OxlintVerifier:
    """Judges scripts with oxlint. Thread-safe. ``timeout_seconds`` is for one file."""

    name = "oxlint"

    def __init__(self, timeout_seconds: float = 10.0) -> None:
        self._timeout = timeout_seconds
        self._installed = Installed("oxlint", extra="js")
        self._children = process.Children()
        self._lock = threading.Lock()
        self._patience = Patience()

    def handles(self, path: RelPath) -> bool:
        """By the suffix."""
        return content.suffix(path) in SUFFIXES

    def version(self) -> str:
        """The version of the oxlint beside our interpreter. Raises ToolError."""
        return self._installed.version(self._children)

    def prove(self) -> None:
        """Raises ToolError unless oxlint finds the fault in a line that is known to have one."""
        Batch(self._installed.path(), self._timeout, children=self._children).prove()
        with self._lock:
            self._patience = Patience()

    def scope(
        self,
        project: Project,
        directories: Iterable[str],  # noqa: ARG002  nothing in them decides
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,  # noqa: ARG002
    ) -> ContentScope:
        """All scripts of the project, by the configuration of ours."""
        digest = content.options_digest(CONFIGURATION.read_bytes())
        timeout = self._timeout if timeout_seconds is None else timeout_seconds
        return ContentScope(project.root, dict.fromkeys(SUFFIXES, Role.JUDGES), digest, timeout)

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:  # noqa: ARG002
        """Judge jobs of one project; one result for each, in any order. Does not raise."""
        if not isinstance(scope, ContentScope):
            return [Result(job, Failed("the scope is not one of oxlint's"), 0.0) for job in jobs]
        return content.judge(scope, jobs, lambda sources: self._judge(sources, scope.timeout))

    def close(self) -> None:
        """End all runs, which then fail; what is asked later begins anew."""
        ending, self._children = self._children, process.Children()
        ending.end()

    def _judge(self, sources: Sequence[Source], timeout: float) -> dict[str, Verdict]:
        fit, verdicts = content.split(sources, _unfit)
        if fit:
            with self._lock:
                patience = self._patience
            batch = Batch(self._installed.path(), timeout, patience, self._children)
            verdicts.update(batch.check({source.path: source.data for source in fit}))
        return verdicts


def _unfit(source: Source) -> Skipped | Failed | None:
    """The verdict on what oxlint would call clean without having looked at it."""
    if _MINIFIED.search(source.path):
        return Skipped("minified: generated from other sources")
    if len(source.data) > _AVERAGE_LINE * (source.data.count(b"\n") + 1):
        return Skipped(f"minified: lines of more than {_AVERAGE_LINE} bytes on average")
    try:
        source.path.encode()
        source.data.decode()
    except UnicodeEncodeError:
        return Failed("oxlint reads no path that is not UTF-8")
    except UnicodeDecodeError:
        return Failed("not valid UTF-8")
    return None


def _ask(
    oxlint: str, paths: Sequence[str], *, timeout: float, children: process.Children
) -> list[_Diagnostic]:
    """What oxlint says of files. Raises ToolError when it did not look at all of them."""
    if not paths:
        return []
    options = ("--disable-nested-config", "--no-ignore", "--format=json", f"--config={CONFIGURATION}", "--")
    done = process.run(
        [oxlint, *options, *paths], cwd=_ROOT, timeout=timeout, limit=_OUTPUT_LIMIT, children=children
    )
    if done.status not in {0, 1}:
        raise ToolError(_ending(done))
    try:
        output = _DECODER.decode(done.stdout)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ToolError(f"oxlint printed what is no report: {_complaint(done)}") from None
    if output.number_of_files != len(paths):
        raise ToolError(f"oxlint looked at {output.number_of_files} of {len(paths)} files")
    return output.diagnostics


def _findings(data: bytes, diagnostics: Sequence[_Diagnostic]) -> list[Finding]:
    spans = [diagnostic.labels[0].span if diagnostic.labels else _Span(0, 0) for diagnostic in diagnostics]
    ends = [span.offset + span.length for span in spans]
    places = positions(data, [*(span.offset for span in spans), *ends])
    return [
        _finding(diagnostic, places[span.offset], places[end])
        for diagnostic, span, end in zip(diagnostics, spans, ends, strict=True)
    ]


def _finding(diagnostic: _Diagnostic, start: Position, end: Position) -> Finding:
    rule = _rule(diagnostic)
    severity = Severity.ERROR if diagnostic.severity == "error" else Severity.WARNING
    place = (start.row, start.column, end.row, end.column)
    return Finding(rule, category(rule), severity, *place, one_line(diagnostic.message), fixable=False)


def _rule(diagnostic: _Diagnostic) -> str:
    if diagnostic.code is None:
        return SYNTAX
    known = _CODE.fullmatch(diagnostic.code)
    return f"{known[1]}/{known[2]}" if known else one_line(diagnostic.code)


def category(rule: str) -> Category:
    """What a rule counts as in the quality score, by its name without the plugin's."""
    name = rule.rpartition("/")[2]
    if name in _SECURITY:
        return Category.SECURITY
    if name in _DESIGN:
        return Category.DESIGN
    return Category.UNFINISHED if name in _UNFINISHED else Category.LINT


def _ending(done: process.Completed) -> str:
    ended = f"was killed by signal {-done.status}" if done.status < 0 else f"exited with {done.status}"
    return f"oxlint {ended}: {_complaint(done)}"


def _complaint(done: process.Completed) -> str:
    """The first words on standard error, else of the output."""
    said = (done.stderr.strip() or done.stdout.strip())[:_LONGEST_COMPLAINT]
    return one_line(said.decode("utf-8", "replace")) or "without a word"
