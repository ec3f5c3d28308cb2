from __future__ import annotations

import json
from pathlib import Path

import pytest

from dev_assistant.errors import UserError
from dev_assistant.model import FileRecord, FileState, RelPath
from dev_assistant.report.tally import tally
from dev_assistant.report.views import MemoryView, ProjectView, QueueView, WatchView, WorkspaceView
from dev_assistant.service.configuration import ConfiguredProject, load
from dev_assistant.service.publication import project_publication, workspace_publication, write_report
from dev_assistant.service.publisher import ArtefactPublisher


@pytest.fixture
def root(tmp_path: Path) -> Path:
    names = ("app", "lib")
    entries = [{"name": name, "path": name} for name in names]
    (tmp_path / "workspace.json").write_text(json.dumps({"projects": entries}))
    files = {RelPath("a b.py"): FileRecord(FileState.FAILED, reason="crash")}
    for name in names:
        (tmp_path / name).mkdir()
    projects = tuple(
        ProjectView(name, str(tmp_path / name), "watching", (), files, tally(files), 0, 0) for name in names
    )
    watch, memory = WatchView("inotify", 1, 0, 0, (), None), MemoryView(1.0, 0.0, None)
    view = WorkspaceView(
        "demo", str(tmp_path), "idle", (), 1, 1.0, projects, QueueView(0, 0, None), watch, memory, "1.0"
    )
    ArtefactPublisher(wall=lambda: 1_700_049_600.0)(view)
    return tmp_path


def entries(root: Path) -> tuple[ConfiguredProject, ...]:
    return load(root, cwd=root, environ={}, overrides={}).projects


def test_the_files_go_into_runs(root: Path) -> None:
    written = write_report(workspace_publication(root, entries(root)), None)

    directory = root / "RUNS" / "report"
    assert written == {
        "html": directory / "index.html",
        "markdown": directory / "dashboard.md",
        "badge_json": directory / "badge.json",
        "badge_svg": directory / "badge.svg",
    }
    assert sorted(path.name for path in directory.iterdir()) == sorted(path.name for path in written.values())
    assert written["markdown"].read_bytes() == (root / "RUNS/stats/workspace_dashboard.md").read_bytes()
    assert json.loads(written["badge_json"].read_bytes())["color"] == "lightgrey"
    assert "2 failed" in written["html"].read_text()


def test_of_one_project(root: Path) -> None:
    publication = project_publication(entries(root)[0])
    assert write_report(publication, None)["html"] == root / "app" / "RUNS" / "report" / "index.html"
    assert [figures.row.name for figures in publication.picture.projects] == ["app"]


def test_elsewhere_links_lead_to_the_same_files(root: Path) -> None:
    written = write_report(project_publication(entries(root)[0]), root / "public" / "new page")

    (line,) = {word for word in written["markdown"].read_text().split() if "a%20b.py" in word}
    target = line.partition("](")[2].partition(")")[0].replace("%20", " ")
    assert (written["markdown"].parent / target).resolve() == root / "app" / "a b.py"


@pytest.mark.parametrize("name", ["index.html", "dashboard.md"])
def test_what_somebody_else_wrote_is_not_replaced(root: Path, name: str) -> None:
    own = root / "app" / name
    own.write_text("<h1>ours</h1>")
    with pytest.raises(UserError, match=f"{name} was not written by report") as caught:
        write_report(workspace_publication(root, entries(root)), root / "app")
    assert "another directory" in caught.value.hint
    assert own.read_text() == "<h1>ours</h1>"


def test_what_report_wrote_is_replaced(root: Path) -> None:
    publication = workspace_publication(root, entries(root))
    written = write_report(publication, root / "public")
    written["markdown"].write_text("old")
    assert write_report(publication, root / "public") == written
    assert written["markdown"].read_text() != "old"


def test_twice_is_the_same(root: Path) -> None:
    publication = workspace_publication(root, entries(root))
    first = {kind: path.read_bytes() for kind, path in write_report(publication, root / "one").items()}
    again = workspace_publication(root, entries(root))
    assert {kind: path.read_bytes() for kind, path in write_report(again, root / "two").items()} == first


def test_nothing_published_is_told(root: Path, tmp_path: Path) -> None:
    (root / "app/RUNS/stats/team_stats.json").unlink()
    with pytest.raises(UserError, match="there are no statistics"):
        project_publication(entries(root)[0])
    (root / "RUNS/stats/workspace_stats.json").unlink()
    with pytest.raises(UserError, match="does not exist"):
        workspace_publication(root, entries(root))


def test_a_project_without_files_of_its_own_has_its_row(root: Path) -> None:
    (root / "app/RUNS/stats/team_stats.json").unlink()
    picture = workspace_publication(root, entries(root)).picture
    assert [(each.row.name, each.row.failed) for each in picture.projects] == [("app", 1), ("lib", 1)]


def test_a_link_in_the_place_of_ours_is_refused(root: Path) -> None:
    stats = root / "RUNS/stats/workspace_stats.json"
    stats.rename(root / "other.json")
    stats.symlink_to(root / "other.json")
    with pytest.raises(UserError, match="symbolic link"):
        workspace_publication(root, entries(root))
    (root / "RUNS" / "report").symlink_to(root / "app")
    stats.unlink()
    (root / "other.json").rename(stats)
    with pytest.raises(OSError, match="symbolic link"):
        write_report(workspace_publication(root, entries(root)), None)
