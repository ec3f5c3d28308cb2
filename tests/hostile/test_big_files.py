"""Big files: what they cost the daemon in memory, and what commands print of 100,000 findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hostile import corpus
from system.daemon_process import Desk, desk

pytestmark = [pytest.mark.linux, pytest.mark.sweep]

Recorder = Callable[[str, object], None]
FINDINGS = 100_000
MEGABYTE = 1 << 20
UNREAD_MB = 32
"""What files over the limit may add to a daemon's peak: they are never read."""

FULL_MB = 400
"""What 100,000 findings in one file may add: 4 kB each, taken from ruff, saved, and told in one document."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        place.project("app", verification_timeout_sec=120)
        place.write("app/small.py", "import os\n")
        yield place


def peak_mb(place: Desk) -> int:
    status = Path(f"/proc/{place.status()['pid']}/status").read_text()
    match = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    assert match is not None
    return int(match[1]) // 1024


def test_files_over_the_limit_are_never_read(place: Desk, record_property: Recorder) -> None:
    place.start()
    place.agree()
    before = peak_mb(place)
    for name, line in {"lines": b"x = 1\n", "line": b"x" * 1_000}.items():
        with (place.base / name).open("wb") as file:
            file.writelines(line * (MEGABYTE // len(line)) for _ in range(100))
        (place.base / name).rename(place.root / "app" / f"{name}.py")
    states = {file["path"]: (file["state"], file["reason"]) for file in place.agree()["files"]}
    assert states["lines.py"] == states["line.py"] == ("skipped", "larger than 5,000,000 bytes (max_file_mb)")
    grown = peak_mb(place) - before
    record_property("peak_mb_over_the_limit", grown)
    assert grown < UNREAD_MB


def test_many_findings_in_one_file(place: Desk, record_property: Recorder) -> None:
    place.start()
    place.agree()
    before = peak_mb(place)
    (place.root / "app" / "many.py").write_bytes(corpus.FINDING * FINDINGS)
    summary = place.check()["summary"]
    assert summary["findings"] > FINDINGS, summary
    grown = peak_mb(place) - before
    record_property("peak_mb_of_many_findings", grown)
    assert grown < FULL_MB
    place.assert_chains()
    bounded = [
        *(("status",), ("dashboard",), ("dashboard", "--project", "app"), ("why", "app/many.py")),
        *(("evidence", "show", "app/many.py"), ("evidence", "verify"), ("logs", "-n", "1000"), ("doctor",)),
        *(("status", "--json"), ("why", "app/many.py", "--json")),
    ]
    sizes = {command: len(place.run(*command).stdout) for command in bounded}
    assert max(sizes.values()) < 200_000, sizes
    for page in [*place.root.glob("RUNS/stats/*"), *place.root.glob("app/RUNS/stats/*")]:
        assert page.stat().st_size < 200_000, page
    assert place.run("check").stdout.count("\n") > FINDINGS
    place.run("stop")
    place.start()
    assert place.check("--no-cache")["summary"] == place.check()["summary"] == summary
