"""The findings that a team has decided to live with, as a file that is kept with the sources.

Canonical: equal findings give equal bytes, one member a line, so that branches merge. Whatever stands in it
is data from a repository: it is checked when it is read, and nothing in it can make a finding disappear that
it does not name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from dev_assistant.analysis.likeness import Sketch
from dev_assistant.errors import UserError
from dev_assistant.files import Absent, Content, Unfit, Unreadable, read
from dev_assistant.report.canonical import encode
from dev_assistant.report.comparison import Comparison, Kind, Known
from dev_assistant.report.merge import Key

NAME = ".dev-assistant-baseline.json"
SCHEMA = "dev-assistant/baseline@1"
_LIMIT = 256 << 20
_Positive = Annotated[int, msgspec.Meta(ge=1)]


class MissingError(UserError):
    """There is nothing to compare with: nobody can say what is new."""

    status = 3


class _Row(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    rule: str
    message: str
    count: _Positive = 1


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    findings: tuple[_Row, ...]
    sketch: Sketch | None = None


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    tools: dict[str, str]
    projects: dict[str, dict[str, _File]]


class Baseline(msgspec.Struct, frozen=True):
    """What was known, what each of the files looked like, and the ``tools`` that found it, with versions."""

    known: Known
    sketches: Mapping[Key, Sketch]
    tools: Mapping[str, str]


EMPTY = Baseline({}, {}, {})


def encode_baseline(baseline: Baseline) -> bytes:
    """The one form of its file."""
    projects: dict[str, dict[str, _File]] = {}
    for (project, path), kinds in baseline.known.items():
        rows = tuple(_Row(kind.rule, kind.message, times) for kind, times in sorted(kinds.items()) if times)
        if rows:
            file = _File(rows, baseline.sketches.get((project, path)))
            projects.setdefault(project, {})[path] = file
    return encode(_Document(SCHEMA, dict(baseline.tools), projects), indent=2)


def decode_baseline(data: bytes, *, source: str) -> Baseline:
    """Raises UserError, naming ``source``, when it is no baseline."""
    hint = "write it anew: dev-assistant baseline create --force"
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{source} is not a baseline: {error}", hint=hint) from error
    if document.schema != SCHEMA:
        raise UserError(f"{source} is not a baseline: its schema is {document.schema!r}", hint=hint)
    found: dict[Key, Mapping[Kind, int]] = {}
    sketches: dict[Key, Sketch] = {}
    for project, files in document.projects.items():
        for path, file in files.items():
            found[project, path] = _counted(file)
            if file.sketch is not None:
                sketches[project, path] = file.sketch
    return Baseline(found, sketches, document.tools)


def read_baseline(path: Path) -> Baseline:
    """Raises MissingError when there is none, UserError when it cannot be used."""
    match read(str(path), limit=_LIMIT):
        case Content(data):
            return decode_baseline(data, source=str(path))
        case Absent():
            raise MissingError(f"there is no baseline {path}", hint="dev-assistant baseline create")
        case Unfit(reason) | Unreadable(reason):
            raise UserError(f"{path} cannot be read: {reason}")


def pruned(baseline: Baseline, comparison: Comparison) -> Baseline:
    """Without what is fixed; nothing new comes in, and moved files stand under their new names."""
    left = {key: Counter(kinds) for key, kinds in baseline.known.items()}
    for key, kind, times in comparison.fixed:
        left[key][kind] -= times
    now = {old: new for new, old in comparison.moved.items()}
    return Baseline(
        {now.get(key, key): kinds for key, kinds in left.items()},
        {now.get(key, key): sketch for key, sketch in baseline.sketches.items()},
        baseline.tools,
    )


def _counted(file: _File) -> Counter[Kind]:
    counted: Counter[Kind] = Counter()
    for row in file.findings:
        counted[Kind(row.rule, row.message)] += row.count
    return counted
