"""Hostile workspace files: each is told with its place, in bounded time, whichever command reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev_assistant.service.configuration import load
from hostile import corpus, verdicts
from hostile.commands import without_daemon
from hostile.sandbox import Sandbox, sandbox

pytestmark = pytest.mark.linux

Recorder = Callable[[str, object], None]
_OF_A_PROJECT = {"watched", "long_watched", "huge_number", "many_keys", "many_lists"}
"""Mistakes in the settings of one project: it is judged by those that hold, and the mistakes are shown."""

_REFUSED = {name for name, (_, told) in corpus.WORKSPACES.items() if told} - _OF_A_PROJECT


def plant(root: Path, name: str) -> None:
    (root / "plain").mkdir(parents=True)
    (root / "plain" / "x.py").write_bytes(corpus.FINDING)
    (root / "workspace.json").write_bytes(corpus.WORKSPACES[name][0])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Sandbox]:
    with sandbox(tmp_path / "s") as made:
        yield made


@pytest.mark.parametrize("name", [name for name in corpus.WORKSPACES if name != "many"])
def test_each_is_told_with_its_place_and_nothing_outside_is_watched(name: str, tmp_path: Path) -> None:
    plant(tmp_path, name)
    configuration = load(None, cwd=tmp_path, environ={"HOME": "/nonexistent"}, overrides={})
    problems = [str(problem) for problem in configuration.all_problems]
    told = corpus.WORKSPACES[name][1]
    assert bool(problems) == bool(told)
    assert any(told in problem for problem in problems) or not told, problems[:5]
    assert all(problem.startswith(f"{tmp_path}/workspace.json") for problem in problems)
    assert len(problems) <= 1_001
    assert max(map(len, [*problems, *configuration.warnings]), default=0) < 1_000
    for project in (entry.project for entry in configuration.projects):
        for path in (project.root, *project.watch_paths):
            assert path.startswith(f"{tmp_path}/") or (name, path) == ("nested", str(tmp_path))


@pytest.mark.sweep
@pytest.mark.parametrize("name", corpus.WORKSPACES)
def test_every_command_tells_of_it(name: str, place: Sandbox, record_property: Recorder) -> None:
    plant(place.root, name)
    before = verdicts.snapshot(place.root, place.outside)
    wrong: list[str] = []
    commands = [*without_daemon(), ("start",), ("stop",)]
    for number, command in enumerate(commands):
        answer = place.run(*command, terminal=bool(number % 2))
        wrong += verdicts.of_answer(answer)
        wrong += [f"{answer.name}: {len(answer.stdout)} bytes"] * (len(answer.stdout) > 1 << 20)
        if name in _REFUSED and command[0] in {"check", "start"}:
            shown = (answer.stdout + answer.stderr).replace(b"\n", b"")
            wrong += [f"{answer.name}: {answer.status}"] * (answer.status != 2)
            wrong += [f"{answer.name}: {shown[-200:]!r}"] * ("→ dev-assistant".encode() not in shown)
    wrong += verdicts.of_journal(place)
    wrong += verdicts.differences(before, verdicts.snapshot(place.root, place.outside))
    record_property("inputs", 1)
    record_property("commands", len(commands))
    record_property("violations", len(wrong))
    assert wrong == []
