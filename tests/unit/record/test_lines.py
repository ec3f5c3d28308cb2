import json

import msgspec
import pytest

from dev_assistant.model import (
    Counts,
    Failed,
    FileRecord,
    FileState,
    Part,
    Skipped,
    Verdict,
    summarize,
)
from dev_assistant.ports import Evidence
from dev_assistant.record.lines import (
    EvidenceLine,
    Repair,
    decode_line,
    encode_line,
    grouped,
    line_of,
    repair_line,
)
from fakes.record import checked, digest, evidence, fresh

CONFIGURATION = digest("configuration")


def line(*entries: Evidence) -> EvidenceLine:
    return line_of(entries, project="demo", place="2026-09-21.7", prev="p")


def record(state: FileState, verdict: Verdict, reason: str = "") -> FileRecord:
    return FileRecord(state, None, (Part("ruff", digest("k"), summarize(verdict)),), reason)


def test_a_line_has_the_documented_form() -> None:
    told = json.loads(encode_line(line(evidence("src/a.py", record=fresh(digest("k"), checked(2))))))

    assert told == {
        "schema": "dev-assistant/evidence@1",
        "id": "2026-09-21.7",
        "time": "2026-09-21T14:13:20.250Z",
        "project": "demo",
        "path": "src/a.py",
        "trigger": "save",
        "digest": digest("src/a.py"),
        "size": 10,
        "verifiers": [{"name": "ruff", "version": "0.17.5", "config": CONFIGURATION, "outcome": "checked"}],
        "verdict": "findings",
        "counts": {"lint": 2, "design": 0, "security": 0, "unfinished": 0},
        "score": 9.6,
        "duration_ms": 1.25,
        "cached": False,
        "prev": "p",
    }


@pytest.mark.parametrize(
    ("known", "verdict", "score", "outcome"),
    [
        (record(FileState.FRESH, checked()), "passed", 10.0, "checked"),
        (record(FileState.FRESH, checked(1)), "findings", 9.8, "checked"),
        (record(FileState.FAILED, Failed("timed out")), "failed", None, "failed"),
        (record(FileState.SKIPPED, Skipped("generated")), "skipped", None, "skipped"),
        (FileRecord(FileState.FAILED, reason="unreadable"), "failed", None, None),
    ],
)
def test_only_what_is_fresh_passes_or_has_a_score(
    known: FileRecord, verdict: str, score: float | None, outcome: str | None
) -> None:
    told = line(evidence(record=known))

    assert (told.verdict, told.score, told.verifiers[0].outcome) == (verdict, score, outcome)


def test_the_reason_is_the_files_or_else_its_verifiers() -> None:
    assert line(evidence(record=record(FileState.FAILED, Failed("timed out")))).reason == "timed out"
    assert line(evidence(record=record(FileState.FAILED, Failed("b"), "a"))).reason == "a"
    assert line(evidence()).reason is msgspec.UNSET


def test_a_batch_names_every_path_with_its_digest() -> None:
    hits = [
        evidence("a.py", cached=True, record=fresh(digest("k"), checked(1))),
        evidence("\udcff.py", cached=True),
    ]
    told = json.loads(encode_line(line(*hits)))

    assert told["paths"] == [
        {"path": "a.py", "digest": digest("a.py"), "verdict": "findings"},
        {"path": "\\xff.py", "digest": digest("\udcff.py"), "verdict": "passed"},
    ]
    assert [told[name] for name in ("path", "digest", "size", "verdict", "score")] == [None] * 5
    assert (told["cached"], told["counts"]["lint"], told["duration_ms"]) == (True, 1, 2.5)
    assert told["verifiers"] == [
        {"name": "ruff", "version": "0.17.5", "config": CONFIGURATION, "outcome": None}
    ]


def test_only_hits_are_grouped_and_only_with_their_like() -> None:
    other = evidence("e.py", cached=True)._replace(tools=(("ruff", "0.18.0", CONFIGURATION),))
    entries = [
        evidence("a.py"),
        evidence("b.py", cached=True),
        evidence("c.py"),
        evidence("d.py", cached=True),
        other,
        evidence("f.py", cached=True, trigger="scan"),
    ]

    assert [[entry.path for entry in group] for group in grouped(entries)] == [
        ["a.py"],
        ["b.py", "d.py"],
        ["c.py"],
        ["e.py"],
        ["f.py"],
    ]


def test_a_large_batch_is_cut_into_lines_of_bounded_length() -> None:
    assert [len(group) for group in grouped([evidence(cached=True)] * 2_001)] == [1_000, 1_000, 1]


def test_a_repair_says_what_it_is_about() -> None:
    made = repair_line(Repair(torn_bytes=7, missing="h"), time=0.5, project="demo", place="x.0", prev="p")
    told = json.loads(encode_line(made))

    assert (told["trigger"], told["repair"]) == ("repair", {"torn_bytes": 7, "missing": "h"})
    assert (told["time"], told["verdict"], told["path"]) == ("1970-01-01T00:00:00.500Z", None, None)


def test_lines_come_back_as_they_were() -> None:
    hits = [evidence("a.py", cached=True), evidence("b.py", cached=True)]
    for made in (line(evidence()), line(*hits)):
        assert decode_line(encode_line(made)) == made
    assert line(evidence()).counts == Counts()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"\xff",
        b'{"schema":"\xff"}',
        b'{"x":' + b"[" * 100_000,
        encode_line(line(evidence())).replace(b"evidence@1", b"evidence@2"),
        encode_line(line(evidence())) + b"}",
    ],
    ids=["empty", "object", "null", "bytes", "text", "deep", "schema", "trailing"],
)
def test_what_is_not_an_evidence_line_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_line(data)
