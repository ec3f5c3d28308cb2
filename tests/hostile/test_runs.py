"""A repository may bring a RUNS/ of its own: with links that lead out, and with FIFOs where files belong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hostile import corpus, verdicts
from hostile.sandbox import Sandbox, sandbox

pytestmark = pytest.mark.linux

_DIRECTORIES = (".cache", "evidence", "stats", "logs", ".cookies")
_FILES = (
    ".cache/verification.db",
    ".cache/verification.db-wal",
    ".cache/verification.db-shm",
    "stats/trends.json",
    "stats/team_dashboard.md",
    "stats/workspace_dashboard.md",
    "stats/team_stats.json",
    f"evidence/{datetime.now(UTC).date()}.jsonl",
    "evidence/anchor.json",
    "logs/daemon.log",
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Sandbox]:
    with sandbox(tmp_path / "s") as made:
        yield made


def plant(place: Sandbox, make: Callable[[Path], None], paths: tuple[str, ...]) -> None:
    """Projects, each with one thing in its RUNS/, and a workspace whose own has all that can be there."""
    names = []
    for number, path in enumerate(paths):
        root = place.root / f"p{number}"
        root.mkdir()
        (root / "x.py").write_bytes(corpus.FINDING)
        for owner in (root, place.root):
            (owner / "RUNS" / path).parent.mkdir(parents=True, exist_ok=True)
            if owner == root or "logs" not in path:  # a daemon that cannot log does not start
                make(owner / "RUNS" / path)
        names.append(root.name)
    document = {"projects": [{"name": name, "path": name} for name in names]}
    (place.root / "workspace.json").write_text(json.dumps(document))


def live(place: Sandbox) -> list[str]:
    """A daemon's life over it; what was wrong."""
    commands = (
        ("start",),
        ("wait",),
        ("check", "--json"),
        ("status", "--json"),
        ("dashboard",),
        ("dashboard", "--project", "p3"),
        ("logs",),
        ("stop",),
        ("check", "--no-cache"),
        ("clean",),
        ("clean", "--all"),
    )
    return [wrong for command in commands for wrong in verdicts.of_answer(place.run(*command))]


@pytest.mark.parametrize("paths", [_DIRECTORIES, _FILES], ids=["directories", "files"])
def test_links_are_not_followed(paths: tuple[str, ...], place: Sandbox) -> None:
    def link(path: Path) -> None:
        target = place.outside / path.name
        target.mkdir() if paths is _DIRECTORIES and not target.exists() else target.touch()
        path.symlink_to(target)

    plant(place, link, paths)
    before = verdicts.snapshot(place.outside)
    assert live(place) + verdicts.of_journal(place) == []
    assert verdicts.differences(before, verdicts.snapshot(place.outside)) == []


def test_nothing_waits_for_a_fifo(place: Sandbox) -> None:
    plant(place, os.mkfifo, _FILES)
    assert live(place) + verdicts.of_journal(place) == []
