from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dev_assistant.cli import main
from dev_assistant.commands.clean import VERIFIERS
from dev_assistant.verify.registry import verifiers

Clean = Callable[..., tuple[int, dict[str, object], str]]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was judged by ``check``, with statistics and logs of a daemon."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a.py").write_text("import os\n")
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    runs = tmp_path / "RUNS"
    for name in ("logs/daemon.log", "logs/daemon.log.1", "stats/kept.json"):
        (runs / name).parent.mkdir(exist_ok=True)
        (runs / name).write_text("x" * 1000)
    return runs


@pytest.fixture
def clean(runs: Path, capsys: pytest.CaptureFixture[str]) -> Clean:
    capsys.readouterr()

    def call(*arguments: str) -> tuple[int, dict[str, object], str]:
        status = main(["clean", *arguments, "--json"])
        out, err = capsys.readouterr()
        return status, json.loads(out) if out else {}, err

    return call


def test_every_verifier_is_a_kind() -> None:
    assert set(VERIFIERS) == {verifier.name for verifier in verifiers(timeout_seconds=1)}


def test_a_kind_is_a_place_and_what_is_in_it_is_told(runs: Path, clean: Clean) -> None:
    status, document, _ = clean("--kind", "logs", "--match", "*.log.*")
    assert (status, document["removed"]) == (0, [str(runs / "logs" / "daemon.log.1")])
    assert document["freed_bytes"] == 1000
    assert (runs / "logs" / "daemon.log").exists()
    clean("--kind", "statistics")
    assert not (runs / "stats").exists()


def test_a_verifier_is_a_kind_of_verdicts(runs: Path, clean: Clean) -> None:
    _, nothing, _ = clean("--kind", "deep", "--match", "no/such/*")
    assert nothing["removed"] == []
    _, planned, _ = clean("--kind", "ruff", "--dry-run")
    status, document, _ = clean("--kind", "ruff", "--match", "a.*")
    assert (status, document["removed"]) == (0, [str(runs / ".cache" / "verification.db")])
    assert planned["removed"] == document["removed"]
    assert main(["check"]) == 1  # made anew


def test_evidence_goes_as_a_whole_and_leaves_no_gap_behind(
    runs: Path, clean: Clean, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, error = clean("--kind", "evidence", "--match", "2026*")
    assert status == 2
    assert "chain" in error
    assert (runs / "evidence").exists()
    assert clean("--kind", "evidence")[0] == 0
    assert not (runs / "evidence").exists()
    (runs.parent / "a.py").write_text("x = 1\n")
    assert main(["check"]) == 0
    assert main(["evidence", "verify"]) == 0
    assert (runs / ".cache" / "verification.db").exists()


@pytest.mark.parametrize("arguments", [("--match", "x"), ("--kind", "all"), ("--kind", "logs", "--all")])
def test_what_makes_no_sense_is_refused(runs: Path, clean: Clean, arguments: tuple[str, ...]) -> None:
    try:
        status = clean(*arguments)[0]
    except SystemExit as stop:
        status = int(stop.code or 0)
    assert status == 2
    assert (runs / "logs" / "daemon.log").exists()


def test_links_are_not_followed(runs: Path, clean: Clean, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "daemon.log.9").touch()
    shutil.rmtree(runs / "stats")
    (runs / "stats").symlink_to(away)
    assert clean("--kind", "statistics", "--match", "*")[1]["removed"] == []
    assert (away / "daemon.log.9").exists()
