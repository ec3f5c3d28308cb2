"""What ruff would write in place of what it found fault with: one replacement for each finding.

Verdicts know only that there is a fix. Whoever wants its text has ruff run once more, on the files as they
are now.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import Final, NamedTuple

import msgspec

from dev_assistant import process
from dev_assistant.files import Content, read
from dev_assistant.model import Checked, Finding
from dev_assistant.verify.bisection import parts
from dev_assistant.verify.content import ANY_SIZE
from dev_assistant.verify.findings import Position
from dev_assistant.verify.ruff_batch import Batch

_LINE_END: Final = re.compile("\r\n|\r|\n")
_MARK: Final = "\ufeff"
_ENDINGS: Final = (".py", ".pyi", ".pyw")
"""Not notebooks: the places in these are those of cells."""


class Replacement(NamedTuple):
    """``text`` in place of what is from one position to another, which is no part of it.

    Lines and columns count from 1, columns in bytes of UTF-8.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class _Edit(msgspec.Struct, frozen=True):
    location: Position
    end_location: Position
    content: str | None = None


class _Fix(msgspec.Struct, frozen=True):
    applicability: str
    edits: list[_Edit]


_DECODER: Final = msgspec.json.Decoder(_Fix)
_APPLICABLE: Final = ("safe", "unsafe")
"""Beside these there are fixes that ruff would not even apply when told to."""


def replacements(root: str, paths: Iterable[str], *, timeout: float) -> dict[str, dict[Finding, Replacement]]:
    """What mends the findings of each of ``paths`` (absolute) in the project at ``root``.

    ``timeout`` is for one file, in seconds. A file that changes meanwhile, or that ruff fails on, has none.
    Raises ToolError when there is no ruff.
    """
    found: dict[str, dict[Finding, Replacement]] = {}
    for part in parts(path for path in paths if path.endswith(_ENDINGS)):
        found.update(_of_part(process.tool("ruff"), root, part, timeout))
    return found


def _of_part(
    ruff: str, root: str, paths: Iterable[str], timeout: float
) -> dict[str, dict[Finding, Replacement]]:
    written: dict[str, dict[Finding, msgspec.Raw]] = defaultdict(dict)

    def take(path: str, finding: Finding, fix: msgspec.Raw) -> None:
        written[path][finding] = fix

    before = {path: source for path in paths if (source := _source(path))}
    verdicts = Batch(ruff, root, timeout, fixes=take).check(list(before))
    return {
        path: _placed(before[path], fixes)
        for path, fixes in written.items()
        if isinstance(verdicts[path], Checked) and _source(path) == before[path]
    }


def _source(path: str) -> str | None:
    """The text of a file; None where columns would count otherwise, or nothing can be read."""
    match read(path, limit=ANY_SIZE):
        case Content(data):
            try:
                text = data.decode()
            except UnicodeDecodeError:
                return None
            return None if text.startswith(_MARK) else text
        case _:
            return None


def _placed(source: str, fixes: dict[Finding, msgspec.Raw]) -> dict[Finding, Replacement]:
    starts = [0, *(end.end() for end in _LINE_END.finditer(source))]
    found = ((finding, _replacement(source, starts, fix)) for finding, fix in fixes.items())
    return {finding: replacement for finding, replacement in found if replacement is not None}


def _replacement(source: str, starts: list[int], written: msgspec.Raw) -> Replacement | None:
    """All edits of a fix as one; None for what ruff would not apply, or what is not in the source."""
    try:
        fix = _DECODER.decode(written)
        edits = [
            (_offset(starts, edit.location), _offset(starts, edit.end_location), edit.content or "")
            for edit in fix.edits
        ]
    except (msgspec.MsgspecError, IndexError):
        return None
    if not edits or fix.applicability not in _APPLICABLE:
        return None
    edits.sort(key=itemgetter(0, 1))  # of two at one place the first comes first
    first, last = edits[0], edits[-1]
    text, position = [], first[0]
    for start, end, content in edits:
        if start < position or end > len(source):
            return None
        text += [source[position:start], content]
        position = end
    return Replacement(*_place(source, starts, first[0]), *_place(source, starts, last[1]), "".join(text))


def _offset(starts: list[int], position: Position) -> int:
    return starts[position.row - 1] + position.column - 1


def _place(source: str, starts: list[int], offset: int) -> tuple[int, int]:
    line = bisect.bisect_right(starts, offset)
    return line, len(source[starts[line - 1] : offset].encode()) + 1
