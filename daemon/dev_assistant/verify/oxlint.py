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
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from dev_assistant.analysis import left_out
from dev_assistant.errors import ToolError
from dev_assistant.model import Category, Failed, Finding, Severity, Skipped, Verdict
from dev_assistant.verify.bisection import parts
from dev_assistant.verify.categories import SYNTAX
from dev_assistant.verify.content import Source, one_line
from dev_assistant.verify.findings import Position, checked
from dev_assistant.verify.native import Call, ending, said
from dev_assistant.verify.positions import positions

CONFIGURATION: Final = Path(__file__).with_name("oxlint.json")
"""Correctness, and what finds mistakes, risks, size and unfinished work beyond it.

Of the category ``suspicious``, over 149 files of the npm packages preact, htmx.org and bootstrap, 4,996 of
5,013 findings are matters of style (4,800 of them ``no-underscore-dangle``): the few of its rules that find
mistakes are written out. ``a && b()`` is no mistake.
Assigning a variable to itself is how Svelte is told of a change: eslint-plugin-svelte allows it, too.
The limit of complexity is ESLint's own, those of parameters and nesting are ruff's for Python.
"""
_PROOF: Final = Path(__file__).with_name("oxlint_proof.js")
_FAULT: Final = "eslint/no-debugger"
_CODE = re.compile(r"([\w-]+)\(([\w-]+)\)")

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


class Oxlint:
    """How oxlint is asked, and what it says."""

    name = "oxlint"
    extra = "js"
    suffixes = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"})

    def __init__(self) -> None:
        self.options: Sequence[bytes] = (CONFIGURATION.read_bytes(),)

    def unfit(self, source: Source) -> Skipped | Failed | None:
        """What is generated, and what oxlint would call clean without having looked at it."""
        if reason := left_out.generated(source.path, source.data):
            return Skipped(reason)
        try:
            source.path.encode()
            source.data.decode()
        except UnicodeEncodeError:
            return Failed("oxlint reads no path that is not UTF-8")
        except UnicodeDecodeError:
            return Failed("not valid UTF-8")
        return None

    def parts(self, texts: Mapping[str, bytes]) -> Iterable[Sequence[str]]:
        """Their absolute paths are its arguments."""
        return parts(texts)

    def judge(self, call: Call, texts: Mapping[str, bytes]) -> dict[str, Verdict]:
        """The bytes are those that stand under the absolute paths."""
        found: dict[str, list[_Diagnostic]] = {path: [] for path in texts}
        for diagnostic in _ask(call, list(texts)):
            path = os.path.join("/", diagnostic.filename)
            if path not in found:
                raise ToolError(f"oxlint reported on {path}, which was not asked for")
            found[path].append(diagnostic)
        return {path: _verdict(texts[path], told) for path, told in found.items()}

    def finds_the_fault(self, call: Call) -> bool:
        """A line with ``debugger`` in it."""
        return [_rule(found) for found in _ask(call, [str(_PROOF)])] == [_FAULT]


def _ask(call: Call, paths: Sequence[str]) -> list[_Diagnostic]:
    """What oxlint says of files. Raises ToolError when it did not look at all of them."""
    options = ("--disable-nested-config", "--no-ignore", "--format=json", f"--config={CONFIGURATION}", "--")
    done = call.run([*options, *paths])
    if done.status not in {0, 1}:
        raise ending("oxlint", done)
    try:
        output = _DECODER.decode(done.stdout)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ToolError(f"oxlint printed what is no report: {said(done.stdout)}") from None
    if output.number_of_files != len(paths):
        raise ToolError(f"oxlint looked at {output.number_of_files} of {len(paths)} files")
    return output.diagnostics


def _verdict(data: bytes, diagnostics: Sequence[_Diagnostic]) -> Verdict:
    """Its findings; what cannot be parsed because of a template's marks is no script yet."""
    for diagnostic in diagnostics:
        if diagnostic.code is None:
            place = len(data[: _span(diagnostic).offset].decode("utf-8", "replace"))
            if left_out.in_template(data.decode(), place):
                return Skipped(left_out.TEMPLATE)
            break  # what follows the first one may come of it
    return checked(_findings(data, diagnostics))


def _span(diagnostic: _Diagnostic) -> _Span:
    return diagnostic.labels[0].span if diagnostic.labels else _Span(0, 0)


def _findings(data: bytes, diagnostics: Sequence[_Diagnostic]) -> list[Finding]:
    spans = [_span(diagnostic) for diagnostic in diagnostics]
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
