from __future__ import annotations

from pathlib import Path

from dev_assistant.beats import Beats
from dev_assistant.service.stacks import Stacks


def test_stacks_name_threads_and_what_they_are_at(tmp_path: Path) -> None:
    beats = Beats()
    stacks = Stacks(tmp_path, beats=beats)
    with beats.at("judging", "app: a.py"):
        text = stacks.write()
    assert "judging app: a.py, for " in text
    assert "test_stacks_name_threads" in text
    assert stacks.file.read_text() == text
    assert stacks.file.stat().st_mode & 0o077 == 0


def test_a_directory_that_refuses_costs_the_file_only(tmp_path: Path) -> None:
    assert "Thread " in Stacks(tmp_path / "none", beats=Beats()).write()
