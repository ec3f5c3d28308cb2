"""The evidence line: how an accepted verdict is told in JSON.

A line says what was judged (digest, size), by what (verifiers with version and configuration), and how
it ended. A batch of cache hits judged by the same verifiers is one line: ``path``, ``digest``, ``size``,
``verdict`` and ``score`` are null there, and ``paths`` tells them apart; ``counts`` is the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from dev_assistant.escape import path_text
from dev_assistant.model import Counts, Digest, FileRecord, FileState
from dev_assistant.ports import Evidence
from dev_assistant.record.encoding import encode

SCHEMA: Literal["dev-assistant/evidence@1"] = "dev-assistant/evidence@1"
REPAIR = "repair"
"""The trigger of a line that tells of the log itself."""
_CHUNK = 1_000  # paths in one line

_encoder = msgspec.json.Encoder()


class ToolLine(msgspec.Struct, frozen=True, gc=False):
    """A verifier, its version, a digest of the configuration; ``outcome`` is the verdict's tag."""

    name: str
    version: str
    config: Digest
    outcome: str | None


class PathLine(msgspec.Struct, frozen=True, gc=False):
    """One file of a batch."""

    path: str
    digest: Digest
    verdict: str


class Repair(msgspec.Struct, frozen=True, gc=False):
    """What was found wrong with the log and mended: ``torn_bytes`` of an unfinished line were cut off;
    ``missing`` is the hash of a line that had been written and is not there.
    """

    torn_bytes: int = 0
    missing: str | None = None


class EvidenceLine(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One line. ``id`` names the day's file and the byte at which the line starts.

    ``prev`` is the hash of the line before. ``time`` is ISO 8601 in UTC with milliseconds.
    ``duration_ms`` of a batch is the sum.
    """

    schema: Literal["dev-assistant/evidence@1"]
    id: str
    time: str
    project: str
    path: str | None
    trigger: str
    digest: Digest | None
    size: int | None
    verifiers: tuple[ToolLine, ...]
    verdict: str | None
    counts: Counts
    score: float | None
    duration_ms: float
    cached: bool
    prev: str
    reason: str | msgspec.UnsetType = msgspec.UNSET
    paths: tuple[PathLine, ...] | msgspec.UnsetType = msgspec.UNSET
    repair: Repair | msgspec.UnsetType = msgspec.UNSET


_decoder = msgspec.json.Decoder(EvidenceLine)


def encode_line(line: EvidenceLine) -> bytes:
    """The line's bytes, without the line feed."""
    return encode(_encoder, line)


def decode_line(data: bytes) -> EvidenceLine:
    """Raises ValueError."""
    try:
        return _decoder.decode(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def grouped(entries: Sequence[Evidence]) -> Iterator[Sequence[Evidence]]:
    """What makes one line each: cache hits of the same trigger and verifiers together, all else alone."""
    groups: dict[object, list[Evidence]] = {}
    for number, entry in enumerate(entries):
        kin = (entry.trigger, entry.tools) if entry.cached else number
        groups.setdefault(kin, []).append(entry)
    for group in groups.values():
        for start in range(0, len(group), _CHUNK):
            yield group[start : start + _CHUNK]


def line_of(group: Sequence[Evidence], *, project: str, place: str, prev: str) -> EvidenceLine:
    """The line for one verdict, or for a batch of cache hits."""
    if len(group) == 1:
        return _single(group[0], project=project, place=place, prev=prev)
    return _batch(group, project=project, place=place, prev=prev)


def repair_line(repair: Repair, *, time: float, project: str, place: str, prev: str) -> EvidenceLine:
    """The line that tells of a repair, ``time`` in wall-clock seconds."""
    return EvidenceLine(
        schema=SCHEMA,
        id=place,
        time=_iso(time),
        project=project,
        path=None,
        trigger=REPAIR,
        digest=None,
        size=None,
        verifiers=(),
        verdict=None,
        counts=Counts(),
        score=None,
        duration_ms=0,
        cached=False,
        prev=prev,
        repair=repair,
    )


def _single(entry: Evidence, *, project: str, place: str, prev: str) -> EvidenceLine:
    record = entry.record
    counts = record.counts
    reason = record.reason or next((p.summary.reason for p in record.parts if p.summary.reason), "")
    return EvidenceLine(
        schema=SCHEMA,
        id=place,
        time=_iso(entry.time),
        project=project,
        path=path_text(entry.path),
        trigger=entry.trigger,
        digest=entry.digest,
        size=entry.size,
        verifiers=_tools(entry, {part.verifier: part.summary.outcome for part in record.parts}),
        verdict=_verdict(record),
        counts=counts,
        score=counts.score if record.state is FileState.FRESH else None,
        duration_ms=round(entry.duration_ms, 3),
        cached=entry.cached,
        prev=prev,
        reason=reason or msgspec.UNSET,
    )


def _batch(group: Sequence[Evidence], *, project: str, place: str, prev: str) -> EvidenceLine:
    first = group[0]
    return EvidenceLine(
        schema=SCHEMA,
        id=place,
        time=_iso(first.time),
        project=project,
        path=None,
        trigger=first.trigger,
        digest=None,
        size=None,
        verifiers=_tools(first, {}),
        verdict=None,
        counts=sum((entry.record.counts for entry in group), Counts()),
        score=None,
        duration_ms=round(sum(entry.duration_ms for entry in group), 3),
        cached=True,
        prev=prev,
        paths=tuple(PathLine(path_text(e.path), e.digest, _verdict(e.record)) for e in group),
    )


def _tools(entry: Evidence, outcomes: dict[str, str]) -> tuple[ToolLine, ...]:
    return tuple(ToolLine(name, version, basis, outcomes.get(name)) for name, version, basis in entry.tools)


def _verdict(record: FileRecord) -> str:
    """``passed`` or ``findings`` when fresh, else the state: what failed is never told as passed."""
    if record.state is FileState.FRESH:
        return "passed" if record.passed else "findings"
    return record.state.value


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
