"""Evidence and cache: what it costs to write a verdict down, in batches and one by one."""

from __future__ import annotations

import itertools
import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from dev_assistant import model
from dev_assistant.files import digest_of
from dev_assistant.ports import Evidence
from dev_assistant.record.evidence import JsonlEvidenceLog
from dev_assistant.record.secret import UserSecret
from dev_assistant.record.store import SqliteVerdictStore
from figures import Goal, Row
from scenario import Field, Scenario, interleaved

BATCH = 256
LIMIT_MICROSECONDS = 150.0
Entry = tuple[model.RelPath, model.Digest, model.Verdict, model.FileRecord, Evidence]


def run(field: Field) -> list[Row]:
    entries = [entry(number) for number in range(field.files)]
    places = (field.scratch / f"place{number}" for number in itertools.count())
    ways = {
        f"batches of {BATCH}": lambda: record(next(places), entries, BATCH),
        "one by one": lambda: record(next(places), entries[: field.files // 10], 1),
        f"bare SQLite and JSON lines, batches of {BATCH}": lambda: bare(next(places), entries, BATCH),
    }
    series = interleaved(ways, rounds=field.rounds(quick=5, full=15))
    goal = Goal("µs a verdict, p50", next(iter(series.values())).median, LIMIT_MICROSECONDS)
    return [
        each.row(name, "µs a verdict", throughput=1e6 / each.median, goals=() if number else (goal,))
        for number, (name, each) in enumerate(series.items())
    ]


def entry(number: int) -> Entry:
    """A file with two findings and all that is kept of it."""
    path, key = model.RelPath(f"package/module{number:06d}.py"), digest_of(b"key %d" % number)
    verdict = model.Checked(tuple(_finding(line) for line in (3, 14)))
    stat = model.Stat(size=10_000, mtime_ns=number, ctime_ns=number, inode=number, mode=0o100644)
    part = model.Part("ruff", key, model.summarize(verdict))
    content = digest_of(b"content %d" % number)
    record = model.FileRecord(model.FileState.FRESH, model.Fingerprint(stat, content), (part,))
    evidence = Evidence(
        time=time.time(),
        path=path,
        trigger="save",
        digest=content,
        size=10_000,
        record=record,
        tools=(("ruff", "0.0.0", key),),
        duration_ms=1.0,
        cached=False,
    )
    return path, key, verdict, record, evidence


def _finding(line: int) -> model.Finding:
    message = "`os` imported but unused"
    return model.Finding(
        "F401", model.Category.LINT, model.Severity.WARNING, line, 8, line, 10, message, True
    )


def record(place: Path, entries: Sequence[Entry], size: int) -> float:
    """Microseconds a verdict, written as the daemon's scribe does: the evidence, then the cache."""
    place.mkdir()
    store = SqliteVerdictStore(
        place / ".cache" / "verification.db", secret=UserSecret(place / "key", environ={})
    )
    log = JsonlEvidenceLog(place / "evidence", project="p", head=store.head, save_head=store.set_head)
    begun = time.monotonic()
    for batch in (entries[at : at + size] for at in range(0, len(entries), size)):
        log.append([each[4] for each in batch])
        store.save({each[0]: each[3] for each in batch}, {each[1]: each[2] for each in batch})
    log.close()
    store.close()
    return 1e6 * (time.monotonic() - begun) / len(entries)


def bare(place: Path, entries: Sequence[Entry], size: int) -> float:
    """Microseconds a verdict of a table with path, key and a JSON text, and a file of lines."""
    place.mkdir()
    connection = sqlite3.connect(place / "bare.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE v (p, k, t);")
    begun = time.monotonic()
    with open(place / "lines", "a") as lines:
        for batch in (entries[at : at + size] for at in range(0, len(entries), size)):
            rows = [(each[0], each[1], json.dumps([each[0], str(each[1]), 2])) for each in batch]
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO v VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
            lines.writelines(f"{row[2]}\n" for row in rows)
            lines.flush()
    connection.close()
    return 1e6 * (time.monotonic() - begun) / len(entries)


SCENARIO = Scenario(
    name="recording",
    title="Evidence and cache of a verdict",
    goal="≤ 150 µs per verdict in batches",
    run=run,
)
