from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dev_assistant.errors import UserError
from dev_assistant.model import FileRecord, FileState, RelPath
from dev_assistant.report.tally import tally
from dev_assistant.report.views import MemoryView, ProjectView, QueueView, WatchView, WorkspaceView
from dev_assistant.service.publisher import ArtefactPublisher

NAMES = ("app", "lib", "web")


def project(root: Path) -> ProjectView:
    root.mkdir()
    files = {RelPath("a.py"): FileRecord(FileState.FRESH)}
    return ProjectView(root.name, str(root), "watching", (), files, tally(files), 0, 0)


@pytest.fixture
def view(tmp_path: Path) -> WorkspaceView:
    return WorkspaceView(
        name="demo",
        root=str(tmp_path),
        state="idle",
        degraded=(),
        pid=1,
        uptime_s=1.0,
        projects=tuple(project(tmp_path / name) for name in NAMES),
        queue=QueueView(0, 0, None),
        watch=WatchView("inotify", 1, 0, 0, (), None),
        memory=MemoryView(1.0, 0.0, 1024),
        version="1.0",
    )


def written(root: Path) -> dict[str, bytes]:
    """Every artefact below ``root`` by its path."""
    found = root.rglob("RUNS/stats/*")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def owners(root: Path) -> set[str]:
    return {path.split("RUNS/")[0].rstrip("/") for path in written(root)}


def with_file(view: ProjectView, state: FileState) -> ProjectView:
    files = {**view.files, RelPath("b.py"): FileRecord(state)}
    return replace(view, files=files, tally=tally(files))


def test_a_workspace_and_each_of_its_projects_are_written(tmp_path: Path, view: WorkspaceView) -> None:
    ArtefactPublisher(wall=lambda: 0.0)(view)

    assert owners(tmp_path) == {"", *NAMES}


def test_one_project_that_refuses_is_told_and_hides_no_other(tmp_path: Path, view: WorkspaceView) -> None:
    (tmp_path / "lib" / "RUNS").write_text("in the way")

    with pytest.raises((OSError, UserError), match="RUNS"):
        ArtefactPublisher(wall=lambda: 0.0)(view)

    assert owners(tmp_path) == {"", "app", "web"}


def test_what_refused_is_written_once_it_can_be(tmp_path: Path, view: WorkspaceView) -> None:
    publish = ArtefactPublisher(wall=lambda: 0.0)
    obstacle = tmp_path / "lib" / "RUNS"
    obstacle.write_text("in the way")
    with pytest.raises((OSError, UserError), match="RUNS"):
        publish(view)
    obstacle.unlink()

    publish(view)

    assert owners(tmp_path) == {"", *NAMES}


def test_the_same_view_is_not_written_again_though_time_passes(tmp_path: Path, view: WorkspaceView) -> None:
    times = iter([0.0, 86_400.0])
    publish = ArtefactPublisher(wall=lambda: next(times))
    publish(view)
    before = written(tmp_path)

    publish(replace(view, uptime_s=99.0, memory=MemoryView(1.0, 1.0, 1024)))

    assert written(tmp_path) == before


def test_a_project_that_changed_is_written_with_its_workspace_and_alone(
    tmp_path: Path, view: WorkspaceView
) -> None:
    times = iter([0.0, 86_400.0])
    publish = ArtefactPublisher(wall=lambda: next(times))
    publish(view)
    before = written(tmp_path)
    app, *others = view.projects

    publish(replace(view, projects=(with_file(app, FileState.FRESH), *others)))

    after = written(tmp_path)
    assert {path.split("RUNS/")[0] for path in after if after[path] != before[path]} == {"", "app/"}
    assert json.loads(after["app/RUNS/stats/team_stats.json"]) != json.loads(
        before["app/RUNS/stats/team_stats.json"]
    )


def test_a_root_that_is_gone_is_not_made_again(tmp_path: Path, view: WorkspaceView) -> None:
    (tmp_path / "lib").rmdir()

    ArtefactPublisher(wall=lambda: 0.0)(view)

    assert not (tmp_path / "lib").exists()
    assert owners(tmp_path) == {"", "app", "web"}


def test_a_project_in_the_root_of_the_workspace_has_both_kinds(tmp_path: Path, view: WorkspaceView) -> None:
    whole = replace(view.projects[0], root=str(tmp_path))

    ArtefactPublisher(wall=lambda: 0.0)(replace(view, projects=(whole,)))

    assert {"RUNS/stats/team_stats.json", "RUNS/stats/workspace_stats.json"} <= set(written(tmp_path))


def test_what_a_killed_daemon_left_half_written_is_dropped(tmp_path: Path, view: WorkspaceView) -> None:
    ArtefactPublisher(wall=lambda: 0.0)(view)
    before = set(written(tmp_path))
    (tmp_path / "app/RUNS/stats/.team_stats.json.1.tmp").write_text("{")
    ArtefactPublisher(wall=lambda: 0.0)(view)
    assert set(written(tmp_path)) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"parked": (RelPath("a.py"),)},
        {"uncovered": (("/x", "limit"),)},
        {"missed_by_events": 1},
    ],
    ids=lambda changed: str(*changed),
)
def test_what_a_page_says_beside_the_files_is_written_when_it_differs(
    tmp_path: Path, view: WorkspaceView, changed: dict[str, object]
) -> None:
    publish = ArtefactPublisher(wall=lambda: 0.0)
    publish(view)
    before = written(tmp_path)

    publish(replace(view, projects=(replace(view.projects[0], **changed), *view.projects[1:])))

    after = written(tmp_path)
    assert "app/RUNS/stats/team_dashboard.md" in {path for path in after if after[path] != before[path]}


@pytest.mark.parametrize("changed", [{"uncovered": (("/x", "limit"),)}, {"overflows": 1}], ids=str)
def test_what_is_not_watched_is_written_when_it_differs(
    tmp_path: Path, view: WorkspaceView, changed: dict[str, object]
) -> None:
    publish = ArtefactPublisher(wall=lambda: 0.0)
    publish(view)
    before = written(tmp_path)["RUNS/stats/workspace_dashboard.md"]

    publish(replace(view, watch=replace(view.watch, **changed)))

    assert written(tmp_path)["RUNS/stats/workspace_dashboard.md"] != before
