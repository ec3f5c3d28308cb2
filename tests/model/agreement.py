"""Everything that tells what is known, compared with the oracle: memory, cache, documents and evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dev_assistant.places import Runs
from dev_assistant.record.chain import verify_chain
from dev_assistant.record.reader import VerdictReader
from dev_assistant.report.canonical import encode
from dev_assistant.report.tally import reason_of
from dev_assistant.service.snapshot import ProjectSnapshot
from model.engine import fresh_body
from model.oracle import Expected, Oracle

if TYPE_CHECKING:
    from model.machine import Machine

Files = dict[str, dict[str, Expected]]


def assert_agrees(machine: Machine, *, whole: bool) -> None:
    """``whole``: no fault is left, so that whatever the oracle knows has to be known."""
    engine = machine.engine
    expected = Oracle(str(machine.base), release=machine.tool.release, good=machine.good).projects()
    known = {str(one.project.name): _known(one) for one in engine.projects}
    _assert_accounted(engine.projects)
    if not whole:
        _assert_proved(known, expected)
        return
    differing = _differences(known, expected)
    assert not differing, differing
    assert bool(engine.coordinator.snapshot.problems) is (machine.tree["workspace.json"] in machine.good)
    _assert_artefacts(engine.projects, expected, machine.base)
    if not machine.good and machine.checks % 3 == 0:  # it costs as much as all else together
        body = engine.body()
        fresh = fresh_body(
            machine.base, release=machine.tool.release, clock=machine.clock, seed=machine.checks
        )
        assert encode(body) == encode(fresh)


def _known(project: ProjectSnapshot) -> dict[str, Expected]:
    return {
        str(path): Expected(record.state.value, reason_of(record), record.counts.total)
        for path, record in project.files.items()
    }


def _differences(known: Files, expected: Files) -> list[str]:
    """Projects and files that differ; the model knows a missing project only as one without files."""
    lines = []
    for name in sorted(known.keys() | expected.keys()):
        here, there = known.get(name), expected.get(name)
        if here is None or there is None:
            lines.append(f"{name}: {'not known' if here is None else 'not expected'}")
            continue
        paths = sorted(path for path in here.keys() | there.keys() if here.get(path) != there.get(path))
        lines += [f"{name}/{path}: {here.get(path)}, expected {there.get(path)}" for path in paths]
    return lines


def _assert_proved(known: Files, expected: Files) -> None:
    """I2: what is fresh is so."""
    for name, files in known.items():
        for path, one in files.items():
            if one.state == "fresh" and name in expected:
                assert expected[name].get(path) == one, (name, path, one, expected[name].get(path))


def _assert_accounted(projects: tuple[ProjectSnapshot, ...]) -> None:
    """I17: every file is in exactly one state, and the totals are those of the files."""
    for project in projects:
        tally = project.files.tally
        assert tally.accounted
        states = [record.state.value for record in project.files.values()]
        assert tally.files == len(states)
        for state in ("fresh", "stale", "pending", "failed", "skipped"):
            assert getattr(tally, state) == states.count(state)


def _assert_artefacts(projects: tuple[ProjectSnapshot, ...], expected: Files, root: Path) -> None:
    """I4: documents are whole and say what is so; the cache remembers it, and the evidence is unbroken."""
    everything = [one for files in expected.values() for one in files.values()]
    if everything:
        document = _document(root, "workspace_stats.json")
        _assert_totals(document["workspace"], everything)
        assert (Runs(root).stats / "workspace_dashboard.md").read_text().endswith("\n")
    for project in projects:
        owner = Path(project.project.root)
        if owner.is_dir() and project.files:
            _assert_totals(_document(owner, "team_stats.json"), list(expected[project.project.name].values()))
            _assert_remembered(project, owner)
            _assert_chained(owner)


def _document(owner: Path, name: str) -> Any:
    return json.loads((Runs(owner).stats / name).read_text())


def _assert_totals(row: dict[str, Any], files: list[Expected]) -> None:
    assert row["total_files"] == len(files), (row, files)
    for state in ("fresh", "stale", "pending", "failed", "skipped"):
        assert row[state] == sum(one.state == state for one in files), (row, files)
    assert row["total_violations"] == sum(one.findings for one in files)


def _assert_remembered(project: ProjectSnapshot, owner: Path) -> None:
    reader = VerdictReader(Runs(owner).database)
    try:
        assert reader.load() == dict(project.files)
    finally:
        reader.close()


def _assert_chained(owner: Path) -> None:
    """Evidence that went with a root that was removed is told of; nothing else may be missing."""
    breaks = verify_chain(Runs(owner).evidence)
    assert all(one.what.startswith("tells of a gap") for one in breaks), breaks
