"""The gate's answer as a document, and as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from dev_assistant.escape import visible
from dev_assistant.report.comparison import Comparison, Located
from dev_assistant.report.documents import ProjectFindingRow
from dev_assistant.report.gate import Condition, GateVerdict, verdict_of
from dev_assistant.report.markdown import plural

GATE = "dev-assistant/gate@1"
_SHOWN = 200
"""New findings that a terminal shows; the document has all."""

_SIGNS = {"at least": "≥", "at most": "≤"}
_COLOURS = {GateVerdict.PASSED: "\x1b[32m", GateVerdict.FAILED: "\x1b[31m", GateVerdict.UNKNOWN: "\x1b[33m"}
_RESET = "\x1b[0m"


class Move(msgspec.Struct, frozen=True):
    """A file that was recognised under another name."""

    project: str
    path: str
    from_project: str
    from_path: str


class GateDocument(msgspec.Struct, frozen=True):
    """``base`` is what ``new`` counts against; the rest is a function of tree, base and configuration."""

    schema: str
    meta: Mapping[str, object]
    verdict: GateVerdict
    base: str
    conditions: tuple[Condition, ...]
    new: tuple[ProjectFindingRow, ...]
    fixed: int
    kept: int
    moved: tuple[Move, ...]


def gate_document(
    rows: Sequence[Condition], comparison: Comparison, *, base: str, meta: Mapping[str, object]
) -> GateDocument:
    return GateDocument(
        schema=GATE,
        meta=meta,
        verdict=verdict_of(rows),
        base=base,
        conditions=tuple(rows),
        new=tuple(map(new_row, comparison.new)),
        fixed=sum(lost.times for lost in comparison.fixed),
        kept=comparison.kept,
        moved=tuple(Move(*now, *before) for now, before in sorted(comparison.moved.items())),
    )


def new_row(located: Located) -> ProjectFindingRow:
    """A finding with the file that it is in."""
    project, path = located.key
    fields = msgspec.structs.asdict(located.finding) | {"project": project, "path": path}
    return ProjectFindingRow(**fields)


def render_gate(document: GateDocument, *, colour: bool) -> str:
    """A row for each condition, the new findings, and a line that sums up."""
    painted = _COLOURS if colour else dict.fromkeys(_COLOURS, "")
    end = _RESET if colour else ""
    header = ("project", "condition", "value", "threshold", "verdict")
    cells = [header, *map(_cells, document.conditions)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(header))]
    paints = ["", *(painted[row.verdict] for row in document.conditions)]
    lines = [
        f"{paint}{_aligned(row, widths)}{end if paint else ''}"
        for row, paint in zip(cells, paints, strict=True)
    ]
    lines += _reasons(document.conditions)
    lines += _new(document)
    lines.append(f"{painted[document.verdict]}{_sum(document)}{end if colour else ''}")
    return "\n".join(lines) + "\n"


def _cells(row: Condition) -> tuple[str, ...]:
    value = "-" if row.value is None else f"{row.value:g}"
    return (
        visible(row.project) or "(workspace)",
        row.condition,
        value,
        f"{_SIGNS[row.relation]} {row.threshold:g}",
        row.verdict,
    )


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _reasons(rows: Sequence[Condition]) -> Iterator[str]:
    for row in rows:
        if row.reason:
            yield f"{visible(row.project) or '(workspace)'}: {row.condition}: {visible(row.reason)}"


def _new(document: GateDocument) -> Iterator[str]:
    yield ""
    for row in document.new[:_SHOWN]:
        place = f"{visible(row.project)}: {visible(row.path)}:{row.line}:{row.column}"
        yield f"new: {place}: {visible(row.rule)} {visible(row.message)} ({row.severity}, {row.category})"
    if len(document.new) > _SHOWN:
        yield f"... and {len(document.new) - _SHOWN:,} new ones more (--json has all)"


def _sum(document: GateDocument) -> str:
    bad = sum(row.verdict is not GateVerdict.PASSED for row in document.conditions)
    counted = (
        f"{bad} of {plural(len(document.conditions), 'condition')} {'does' if bad == 1 else 'do'} not hold"
    )
    of = counted if bad else "all conditions hold"
    counts = f"{len(document.new):,} new, {document.fixed:,} fixed, {document.kept:,} kept"
    return f"gate {document.verdict}: {of}; {counts} against {visible(document.base)}"
