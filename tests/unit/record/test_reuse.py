from __future__ import annotations

from pathlib import Path

from dev_assistant.record.evidence import JsonlEvidenceLog
from dev_assistant.record.reuse import Reuse, reuse
from fakes.record import evidence


def test_no_evidence_tells_nothing(tmp_path: Path) -> None:
    assert reuse(tmp_path / "evidence") == Reuse(0, 0)


def test_hits_and_misses_are_counted_by_file(tmp_path: Path) -> None:
    log = JsonlEvidenceLog(tmp_path / "evidence", project="p", head=lambda: None, save_head=lambda _: None)
    log.append([evidence("a.py"), evidence("b.py")])
    log.append([evidence(f"{name}.py", cached=True) for name in "abcde"] + [evidence("f.py", cached=True)])
    log.close()
    (day,) = (tmp_path / "evidence").glob("*.jsonl")
    with day.open("a") as file:
        file.write("no evidence line\n")

    assert reuse(tmp_path / "evidence") == Reuse(hits=6, misses=2)
