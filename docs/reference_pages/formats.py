"""The files and JSON documents, from the types that they are written from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from dev_assistant.logs.lines import LEVELS
from dev_assistant.model import Digest, FileRecord, FileState, ProjectName, RelPath
from dev_assistant.record.chain import GENESIS, Anchor
from dev_assistant.record.database import APPLICATION_ID, SCHEMA, SCHEMA_VERSION
from dev_assistant.record.lines import EvidenceLine
from dev_assistant.report.authors import AuthorsDocument
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.gate_document import GateDocument
from dev_assistant.report.stats import ProblemFilesDocument, TeamStatsDocument, WorkspaceStatsDocument
from dev_assistant.report.status import StatusDocument
from dev_assistant.report.trends import DAYS, TrendsDocument
from dev_assistant.service.ending import Ending
from dev_assistant.service.feed import Event
from reference_pages.markdown import block, code, document, listed, slug, table
from reference_pages.shapes import parts, section, title


class Form(NamedTuple):
    """``names`` are those in ``"schema"``, ``where`` is Markdown."""

    heading: str
    names: tuple[str, ...]
    where: str
    shape: type[msgspec.Struct]


FORMS = (
    Form("Status", ("status",), "printed by `status --json`", StatusDocument),
    Form(
        "Check and results",
        ("check", "results"),
        "printed by `check --json`, written by `batch-verify` and `merge`; the body is the same for the same "
        "tree and configuration",
        CheckDocument,
    ),
    Form("Gate", ("gate",), "printed by `gate --json`", GateDocument),
    Form("Team stats", ("team-stats",), "`PROJECT/RUNS/stats/team_stats.json`", TeamStatsDocument),
    Form(
        "Workspace stats",
        ("workspace-stats",),
        "`WORKSPACE/RUNS/stats/workspace_stats.json`",
        WorkspaceStatsDocument,
    ),
    Form(
        "Problem files", ("problem-files",), "`PROJECT/RUNS/stats/problem_files.json`", ProblemFilesDocument
    ),
    Form("Authors", ("authors",), "`authors.json` beside them, by `team-stats --authors`", AuthorsDocument),
    Form(
        "Trends",
        ("trends",),
        f"`RUNS/stats/trends.json` of each project and of the workspace; {DAYS} days",
        TrendsDocument,
    ),
    Form(
        "Evidence",
        ("evidence",),
        "each line of `PROJECT/RUNS/evidence/YYYY-MM-DD.jsonl` (days in UTC)",
        EvidenceLine,
    ),
    Form("Anchor", ("anchor",), "`PROJECT/RUNS/evidence/anchor.json`, once old days are gone", Anchor),
)
"""Every document with a ``schema`` that somebody else may read (a test compares)."""

_INTRO = """\
Every document says what it is in `"schema"`: `dev-assistant/NAME@1`. What is volatile (times, durations,
host, workers) stands in `"meta"` where a body can be reproduced, which then is the same bytes for the
same tree, configuration and tools. Files are replaced whole; evidence is only ever appended to.

Paths are relative to the project, with `/`; `../` leads to watch paths outside of it; bytes that are not
UTF-8 are written as `\\xNN`. Lines and columns count from 1, columns in characters. A file is `fresh`,
`stale`, `pending`, `failed` or `skipped`, and `passed` is null unless it is fresh. New fields may be
added to a document, none is renamed. Commands that are not named here print small documents of their own
with `--json`."""

_CHAIN = f"""\
`prev` is the hash of the line before, across all days: BLAKE2b with 16 bytes, in hexadecimal, over the
bytes without the line feed; the very first line has {code(GENESIS)}. `dev-assistant evidence verify`
checks it, and [so can you](../evidence.md#check-it-yourself)."""

_LOG = f"""\
`WORKSPACE/RUNS/logs/daemon.log`, and `.1` to `.5` before it: one JSON object a line with `time` (UTC),
`level` ({listed(LEVELS)}), `component`, `event`, and further fields of the event;
`exception` is a traceback. `dev-assistant logs --json` prints the same lines."""

_ALERT = """\
What `alert_command` gets on its standard input: `schema` (`dev-assistant/alert@1`), `name`, `state`
(`raised` or `over`), `message` and `workspace`, all strings without control characters."""

_ENDING = f"""\
`status.json` in the runtime directory (`dev-assistant/ending@1`): how the last daemon ended. Fields:
{listed(Ending._fields)}; `at` is in seconds since 1970."""

_DATABASE = f"""\
`PROJECT/RUNS/.cache/verification.db`, SQLite in WAL mode, `application_id` {APPLICATION_ID:#x},
`user_version` {SCHEMA_VERSION}:"""

_DATABASE_NOTE = """\
`files` holds what is known of each path, `verdicts` what was found under a key (a digest of everything
that decides a verdict), `meta` the hash of the newest line of evidence, so that a cut tail shows. Values
are sealed with the user's own secret ([0011](../decisions/0011-a-cache-is-bound-to-its-user.md)), and may
change from version to version: what is for others stands in the documents above. Deleting the file costs
time only."""


def page() -> str:
    return document("Formats", _INTRO, _contents(), *_documents(), *_others())


def _contents() -> str:
    rows = [[f"[{form.heading}](#{slug(form.heading)})", _schemas(form), form.where] for form in FORMS]
    return table(["document", "schema", "where"], rows)


def _schemas(form: Form) -> str:
    return listed(f"dev-assistant/{name}@1" for name in form.names)


def _documents() -> Iterator[str]:
    told: set[type] = set()
    for form in FORMS:
        whole, *others = parts(form.shape)
        yield f"## {form.heading}"
        yield f"{form.where[0].upper()}{form.where[1:]}."
        yield from section(whole)
        if form.shape is EvidenceLine:
            yield _CHAIN
        for part in others:
            if part not in told:
                yield f"### {title(part)}"
                yield from section(part)
        told.update(others)


def _others() -> Iterator[str]:
    yield "## Events"
    yield "Printed by `events --json`, one object a line for each verdict as it is accepted."
    yield table(["field", "for example"], [[code(name), code(value)] for name, value in _event()])
    yield "## Log"
    yield _LOG
    yield "## Alerts"
    yield _ALERT
    yield "## Ending"
    yield _ENDING
    yield "## Cache"
    yield _DATABASE
    yield block("\n".join(f"{statement};" for statement in SCHEMA))
    yield _DATABASE_NOTE


def _event() -> Iterator[tuple[str, str]]:
    """An example with every field, as the daemon makes it."""
    event = Event(
        time=1_767_225_600.0,
        project=ProjectName("shared"),
        path=RelPath("utils/clock.py"),
        digest=Digest(GENESIS),
        record=FileRecord(FileState.FRESH),
        cached=False,
        latency=0.0117,
        awaiting=("deep",),
    )
    for name, value in event.document().items():
        yield name, msgspec.json.encode(value).decode()
