"""Every command over every hostile tree, in processes that keep a journal of what they do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from hostile import corpus, verdicts
from hostile.commands import Command, beside_daemon, without_daemon
from hostile.sandbox import Answer, Sandbox, sandbox
from system.daemon_process import differences

pytestmark = pytest.mark.linux

Recorder = Callable[[str, object], None]
_PATIENT = 300.0  # seconds: beside other tests 100,000 findings take longer than the default
_QUICK_TREES = ("names", "special", "links", "programs", "repository")
_QUICK_CONFIGURATIONS = ("extend_device", "quadratic", "settings")
_NAMED = ("names/files/-rf.py", "names/files/" + os.fsdecode(corpus.NAMES["newline"]), "special/fifo/x.py")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Sandbox]:
    with sandbox(tmp_path / "s") as made:
        yield made


def build(place: Sandbox, trees: Sequence[str], configurations: Sequence[str]) -> None:
    """The trees and configurations as projects of one workspace, and beside them one that is plain."""
    (place.root / "plain").mkdir()
    (place.root / "plain" / "x.py").write_bytes(corpus.FINDING)
    for name in trees:
        (place.root / name).mkdir()
        corpus.BUILDERS[name](place.root / name, place.canary)
    for name in configurations:
        corpus.configured(place.root / f"conf_{name}", name)
    corpus.programs(place.root, place.canary)
    names = ["plain", *trees, *(f"conf_{name}" for name in configurations)]
    projects = [{"name": name, "path": name} for name in names]
    document = {"projects": projects, "settings": {"verification_timeout_sec": _PATIENT}}
    (place.root / "workspace.json").write_text(json.dumps(document))


class Session:
    """Runs commands over a built sandbox and gathers what is wrong."""

    def __init__(self, place: Sandbox) -> None:
        self.place = place
        self.wrong: list[str] = []
        self.commands = 0

    def run(self, command: Command, *, terminal: bool, as_json: bool) -> Answer:
        name, *rest = command
        arguments = (name, *(["--json"] if as_json else []), *rest)
        answer = self.place.run(*arguments, terminal=terminal)
        self.commands += 1
        self.wrong += verdicts.of_answer(answer)
        return answer

    def each(self, commands: Iterator[Command], *, thorough: bool) -> None:
        """Each on a terminal, on a pipe and for programs; or else on a terminal and for programs in turn."""
        for number, command in enumerate(commands):
            if thorough or number % 2:
                self.run(command, terminal=True, as_json=False)
            if thorough or not number % 2:
                self.run(command, terminal=False, as_json=True)
            if thorough:
                self.run(command, terminal=False, as_json=False)

    def document(self, *command: str) -> dict[str, Any]:
        answer = self.run(command, terminal=False, as_json=True)
        document: dict[str, Any] = json.loads(answer.stdout or b"{}")
        return document

    def lifetime(self, *, thorough: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """All commands, and what the daemon and a fresh process found. The daemon has ended then."""
        self.each(without_daemon(), thorough=thorough)
        self.document("start")
        self.document("wait")
        self.each(beside_daemon(*_NAMED), thorough=thorough)
        live, fresh = self.document("check"), self.document("check", "--no-cache")
        self.run(("restart",), terminal=True, as_json=False)
        self.document("wait")
        self.follow(terminal=True)
        return live, fresh

    def follow(self, *, terminal: bool) -> None:
        """The stream of events, which ``stop`` ends."""
        with ThreadPoolExecutor(1) as executor:
            seen = self._connections()
            stream = executor.submit(self.place.run, "events", "--since-start", terminal=terminal)
            while self._connections() == seen and not stream.done():
                wait([stream], timeout=0.05)
            self.document("stop")
            self.wrong += verdicts.of_answer(stream.result())
            self.commands += 1

    def _connections(self) -> int:
        return sum(what == "socket" for _, what, _ in self.place.journaled())


def examine(place: Sandbox, before: dict[bytes, object]) -> list[str]:
    """What is wrong with the world after the last command."""
    wrong = verdicts.of_journal(place)
    wrong += verdicts.differences(before, verdicts.snapshot(place.root, place.outside))
    wrong += [f"the canary sang: {place.canary}"] * place.canary.exists()
    wrong += [f"a crash report: {path}" for path in (place.home / "run").glob("dev-assistant-crash-*")]
    return wrong


def of_pages(place: Sandbox, projects: int) -> list[str]:
    """The dashboards are what we wrote, whatever names and messages are in them."""
    wrong: list[str] = []
    for page in sorted(place.root.glob("*/RUNS/stats/*.md")) + sorted(place.root.glob("RUNS/stats/*.md")):
        text = page.read_text()
        wrong += [f"{page}: {what}" for what in verdicts.of_page(text)]
        titles = [title.split()[0] for title in verdicts.headings(text)]
        wrong += [f"{page}: a heading {title!r}" for title in titles if title not in _TITLES]
    text = (place.root / "RUNS" / "stats" / "workspace_dashboard.md").read_text()
    if verdicts.rows(text, "Projects") != projects:
        wrong.append(f"{verdicts.rows(text, 'Projects')} rows for {projects} projects")
    return wrong


_TITLES = {
    "Workspace",
    "Project",
    "Projects",
    "What",
    "Worst",
    "Critical",
    "Between",
    "Top",
    "Scores",
    "Trend",
}
"""The first words of the headings that our pages have."""


def run_all(
    place: Sandbox, trees: Sequence[str], configurations: Sequence[str], *, thorough: bool
) -> Session:
    build(place, trees, configurations)
    before = verdicts.snapshot(place.root, place.outside)
    session = Session(place)
    live, fresh = session.lifetime(thorough=thorough)
    for document in (live, fresh):
        document.pop("meta", None)
    session.wrong += [] if live == fresh else [each[:2_000] for each in differences(live, fresh)]
    session.wrong += of_pages(place, 1 + len(trees) + len(configurations))
    session.run(("clean", "--all"), terminal=True, as_json=False)
    session.wrong += examine(place, before)
    return session


def test_no_command_is_led_astray_by_a_tree(place: Sandbox, record_property: Recorder) -> None:
    session = run_all(place, _QUICK_TREES, _QUICK_CONFIGURATIONS, thorough=False)
    record_property("inputs", corpus.count(_QUICK_TREES, _QUICK_CONFIGURATIONS))
    record_property("commands", session.commands)
    record_property("violations", len(session.wrong))
    assert session.wrong == []


@pytest.mark.sweep
@pytest.mark.parametrize("name", [*corpus.TREES, *corpus.ENDLESS])
def test_each_tree_alone(name: str, place: Sandbox, record_property: Recorder) -> None:
    session = run_all(place, [name], [], thorough=True)
    record_property("inputs", corpus.count([name], []))
    record_property("commands", session.commands)
    record_property("violations", len(session.wrong))
    assert session.wrong == []


@pytest.mark.sweep
@pytest.mark.parametrize("name", corpus.CONFIGURATIONS)
def test_each_configuration_alone(name: str, place: Sandbox, record_property: Recorder) -> None:
    session = run_all(place, [], [name], thorough=True)
    record_property("inputs", 1)
    record_property("commands", session.commands)
    record_property("violations", len(session.wrong))
    assert session.wrong == []
