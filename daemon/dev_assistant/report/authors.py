"""Who wrote the lines with findings: a document, and a section of the project's page.

It says where to ask, not who is good: what was committed under another name, or found by a rule that did not
exist yet, is in it like all else. Only made where somebody asks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from dev_assistant.model import Counts
from dev_assistant.report.canonical import encode, text
from dev_assistant.report.markdown import code, plural, table
from dev_assistant.report.sections import more, section

AUTHORS = "authors.json"
SCHEMA = "dev-assistant/authors@1"
_SHOWN = 20


class Share(NamedTuple):
    """Findings in the lines of one author, and the files that have any of them."""

    counts: Counts
    files: int


class Attribution(NamedTuple):
    """Findings by author; ``uncommitted`` are in lines that HEAD does not have, ``unknown`` by reason."""

    authors: Mapping[str, Share]
    uncommitted: Share
    unknown: Mapping[str, int]


class AuthorRow(msgspec.Struct, frozen=True):
    """One author, by the name that git shows."""

    author: str
    findings: int
    files: int
    counts: Counts


class AuthorsDocument(msgspec.Struct, frozen=True):
    """``authors.json``: the most findings first. ``unknown`` counts findings, by the reason."""

    schema: str
    meta: Mapping[str, object]
    project: str
    authors: tuple[AuthorRow, ...]
    uncommitted: Counts
    unknown: Mapping[str, int]


def authors_document(attribution: Attribution, *, project: str, now: float) -> bytes:
    """``authors.json``; ``now`` is wall-clock seconds."""
    time = dt.datetime.fromtimestamp(now, dt.UTC).isoformat(timespec="seconds")
    rows = (
        AuthorRow(text(name), share.counts.total, share.files, share.counts)
        for name, share in _sorted(attribution)
    )
    unknown = {text(reason): findings for reason, findings in attribution.unknown.items()}
    document = AuthorsDocument(
        SCHEMA,
        {"generated_at": time},
        text(project),
        tuple(rows),
        attribution.uncommitted.counts,
        unknown,
    )
    return encode(document, indent=2)


def authors_section(attribution: Attribution) -> list[str]:
    """The section as Markdown lines."""
    shares = _sorted(attribution)
    named = [(code(name), share) for name, share in shares[:_SHOWN]]
    if attribution.uncommitted.counts.total:
        named.append(("not committed yet", attribution.uncommitted))
    rows = [_row(name, share) for name, share in named]
    header = ("Author of the line", "Findings", "Security", "Files")
    lines = table(header, rows) if rows else []
    lines += more(len(shares) - _SHOWN, "author")
    return section("Whose lines", [*lines, *_told(attribution.unknown.items())])


def _sorted(attribution: Attribution) -> list[tuple[str, Share]]:
    return sorted(attribution.authors.items(), key=lambda item: (-item[1].counts.total, item[0]))


def _row(name: str, share: Share) -> list[str]:
    counts = share.counts
    return [name, f"{counts.total:,}", f"{counts.security:,}", f"{share.files:,}"]


def _told(unknown: Iterable[tuple[str, int]]) -> list[str]:
    told = [f"- Of {plural(count, 'finding')} nobody can say: {code(why)}" for why, count in sorted(unknown)]
    return ["", *told] if told else []
