"""``-o FORMAT=FILE``: a result in the forms that platforms read, beside what is shown.

Formats and files are looked at before any work, so that no minute is lost to a typing mistake.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from dev_assistant.commands.targets import check_file, is_replaceable
from dev_assistant.errors import UserError
from dev_assistant.escape import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dev_assistant.report.documents import CheckDocument

STDOUT = "-"
SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
_SUMMARY_BYTES = 1 << 20
"""GitHub's limit for all summaries of a step."""


class Output(NamedTuple):
    """``target`` is a path, or ``-`` for stdout."""

    format: str
    target: str


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        *("-o", "--out"),
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="write the result also in this form; may be repeated, - is stdout",
    )


def outputs(written: Iterable[str], *, as_json: bool = False) -> list[Output]:
    """What ``-o`` asks for; with ``as_json`` stdout is taken already.

    Raises UserError for a format that there is not, and for files that cannot be written.
    """
    from dev_assistant.report.formats.registry import FORMATS  # noqa: PLC0415  100 ms that others need not pay

    found = [_output(text, FORMATS) for text in written]
    targets = [STDOUT] * as_json + [
        each.target if each.target == STDOUT else os.path.realpath(each.target) for each in found
    ]
    for target in targets:
        if targets.count(target) > 1:
            name = "stdout" if target == STDOUT else target
            raise UserError(f"{name} is to be written twice", hint="give each output a file of its own")
        if target != STDOUT:
            check_file(target)
    return found


def _output(text: str, formats: Iterable[str]) -> Output:
    name, equals, target = text.partition("=")
    if not equals or not target:
        raise UserError(f"-o takes FORMAT=FILE, not {text!r}", hint=f"formats: {', '.join(formats)}")
    if name not in formats:
        import difflib  # noqa: PLC0415  only for whoever mistyped

        near = difflib.get_close_matches(name, formats, 1)
        guess = f"did you mean {near[0]!r}? " if near else ""
        raise UserError(f"no format {name!r}", hint=f"{guess}formats: {', '.join(formats)}")
    return Output(name, target)


def takes_stdout(chosen: Sequence[Output]) -> bool:
    """Whether stdout is for one of them alone."""
    return any(each.target == STDOUT for each in chosen)


def files_of(chosen: Iterable[Output]) -> frozenset[str]:
    """Their absolute paths: what we write is no file of a project that lies there."""
    return frozenset(os.path.realpath(each.target) for each in chosen if each.target != STDOUT)


def write_outputs(document: CheckDocument, chosen: Iterable[Output], *, root: Path | None) -> None:
    """Each as a whole or not at all. Raises OSError.

    ``root`` is the workspace's, None where the files in it are not those of the document.
    """
    from dev_assistant.report.formats.registry import FORMATS, SUGGESTING  # noqa: PLC0415  as above

    for each in chosen:
        told = _with_suggestions(document, root) if root and each.format in SUGGESTING else document
        _write(each.target, FORMATS[each.format](told))
        if each.format == "github" and os.environ.get(SUMMARY_VARIABLE):
            _append_summary(os.environ[SUMMARY_VARIABLE], FORMATS["markdown"](document))


def _with_suggestions(document: CheckDocument, root: Path) -> CheckDocument:
    """Without ruff there are none: the findings hold all the same."""
    from dev_assistant.commands.suggestions import suggested  # noqa: PLC0415  as above
    from dev_assistant.errors import ToolError  # noqa: PLC0415  as above

    try:
        return suggested(document, root=root)
    except ToolError as error:
        sys.stderr.write(f"dev-assistant: no suggestions: {visible(str(error))}\n")
        return document


def _write(target: str, data: bytes) -> None:
    from dev_assistant.files import write_atomically  # noqa: PLC0415  as above

    path = Path(os.path.realpath(target))
    if target == STDOUT:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    elif is_replaceable(str(path)):
        write_atomically(path, data)
    else:
        path.write_bytes(data)


def _append_summary(path: str, page: bytes) -> None:
    """A summary that cannot be written is told; the result does not depend on it."""
    try:
        with open(path, "ab") as summary:
            if summary.tell() + len(page) > _SUMMARY_BYTES:
                page = b"The summary of dev-assistant is left out: the step has no room for it.\n"
            summary.write(page)
    except OSError as error:
        sys.stderr.write(f"dev-assistant: no step summary: {visible(str(error))}\n")


def tell_doubts(document: CheckDocument) -> None:
    """What keeps the result as a whole from being a proof: the status alone says too little."""
    from dev_assistant.report.formats.contents import doubts  # noqa: PLC0415  as above

    tell(doubt.reason for doubt in doubts(document) if not doubt.path)


def tell(reasons: Iterable[str]) -> None:
    """A line on stderr for each."""
    for reason in reasons:
        sys.stderr.write(f"dev-assistant: {visible(reason)}\n")
