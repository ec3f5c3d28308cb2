from __future__ import annotations

import os
from typing import Any

from dev_assistant.diagnosis.case import Attendance
from dev_assistant.diagnosis.records import cache, evidence, log
from dev_assistant.places import Runs
from dev_assistant.record.chain import GENESIS, hash_of
from dev_assistant.record.lines import encode_line, line_of
from dev_assistant.record.store import SqliteVerdictStore
from fakes import record


def chain(ward: Any, length: int) -> list[bytes]:
    """Evidence of so many lines, the last of which the cache knows as its head."""
    ward.runs.prepare()
    lines: list[bytes] = []
    prev = GENESIS
    for number in range(length):
        made = line_of([record.evidence(f"{number}.py")], project="app", place=f"x.{number}", prev=prev)
        lines.append(encode_line(made))
        prev = hash_of(lines[-1])
    ward.runs.evidence.mkdir()
    store = SqliteVerdictStore(ward.runs.database)
    store.save({}, {}, head=prev)
    store.close()
    write(ward, lines)
    return lines


def write(ward: Any, lines: list[bytes], rest: bytes = b"") -> None:
    day = ward.runs.evidence / "2026-01-01.jsonl"
    day.write_bytes(b"".join(line + b"\n" for line in lines) + rest)


def test_nothing_was_kept_yet(ward: Any, only: Any) -> None:
    case = ward.case()
    assert only(cache(case), "ok").value == "0.0 MB for 1 project"
    assert only(evidence(case), "ok").value == "0 lines looked at"
    assert only(log(case), "ok").value == "0.0 MB"


def test_what_is_kept_is_whole(ward: Any, only: Any) -> None:
    chain(ward, 3)
    assert only(cache(ward.case()), "ok")
    assert only(evidence(ward.case()), "ok").value == "3 lines looked at"


def test_a_changed_line_breaks_the_chain(ward: Any, only: Any) -> None:
    lines = chain(ward, 3)
    write(ward, [lines[0], lines[1].replace(b"1.py", b"2.py"), lines[2]])
    found = only(evidence(ward.case()), "problem")
    assert found.where == f"{ward.runs.evidence}/2026-01-01.jsonl:3"
    assert found.advice == "dev-assistant evidence verify app"


def test_a_cut_tail_is_missed(ward: Any, only: Any) -> None:
    lines = chain(ward, 3)
    write(ward, lines[:2])
    assert hash_of(lines[2]) in only(evidence(ward.case()), "problem").what
    (ward.runs.evidence / "2026-01-01.jsonl").unlink()
    assert "is missing" in only(evidence(ward.case()), "problem").what


def test_a_torn_line_is_mended_by_itself(ward: Any, only: Any) -> None:
    lines = chain(ward, 2)
    write(ward, lines, rest=b'{"schema"')
    assert only(evidence(ward.case()), "warning").value == "torn"
    assert only(evidence(ward.case(attendance=Attendance(lives=True))), "ok")


def test_a_damaged_database(ward: Any, only: Any) -> None:
    ward.runs.database.parent.mkdir(parents=True)
    ward.runs.database.write_bytes(b"not a database" * 1000)
    found = only(cache(ward.case()), "warning")
    assert (found.what, found.where) == ("is damaged", str(ward.runs.database))


def test_databases_that_were_moved_aside(ward: Any, only: Any) -> None:
    ward.runs.database.parent.mkdir(parents=True)
    for number in (3, 4):
        ward.runs.database.with_name(f"verification.db.corrupt-{number}").touch()
    found = only(cache(ward.case()), "warning")
    assert found.where.endswith(".corrupt-4")
    assert found.value == "2 kept"


def test_a_database_over_its_limit(ward: Any, only: Any) -> None:
    ward.configure({"projects": [{"name": "app", "path": "./app", "cache_disk_max_mb": 1}]})
    chain(ward, 1)
    os.truncate(ward.runs.database, 2_000_000)
    found = only(cache(ward.case()), "warning")
    assert found.value == "2.0 MB, cache_disk_max_mb is 1"


def test_a_crash_and_a_log_that_is_too_large(ward: Any) -> None:
    logs = Runs(ward.root).log.parent
    logs.mkdir(parents=True)
    (logs / "crash.last.txt").write_text("Fatal Python error")
    (logs / "threads.txt").touch()
    os.truncate(logs / "threads.txt", 100_000_000)
    first, second = log(ward.case())
    assert (first.level, first.where) == ("warning", str(logs / "crash.last.txt"))
    assert (second.level, second.value) == ("warning", "100.0 MB")
