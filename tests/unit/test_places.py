from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from dev_assistant.errors import UserError
from dev_assistant.places import Runs, runtime_of
from fakes.points import armed


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    base = tmp_path / "run"
    base.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(base))
    return base


def test_everything_of_a_project_is_below_runs(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    paths = (runs.database, runs.evidence, runs.stats, runs.log, runs.cookies)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        *(
            "RUNS/.cache/verification.db",
            "RUNS/evidence",
            "RUNS/stats",
            "RUNS/logs/daemon.log",
            "RUNS/.cookies",
        )
    ]


def test_runs_keeps_out_git_and_backups(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.prepare()
    (runs.root / ".gitignore").write_text("!kept\n")
    runs.prepare()
    assert (runs.root / ".gitignore").read_text() == "!kept\n"
    assert (
        (runs.root / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    )


def test_a_link_in_place_of_runs_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "RUNS").symlink_to(elsewhere)
    with pytest.raises(UserError, match="symbolic link") as refused:
        Runs(tmp_path).prepare()
    assert refused.value.hint
    assert not list(elsewhere.iterdir())


def test_a_link_inside_of_runs_is_not_written_through(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.root.mkdir()
    (runs.root / ".gitignore").symlink_to(tmp_path / "outside")
    runs.prepare()
    assert not (tmp_path / "outside").exists()


def test_a_workspace_has_a_private_directory_of_its_own(runtime: Path, tmp_path: Path) -> None:
    one, other = runtime_of(tmp_path / "one"), runtime_of(tmp_path / "other")
    assert one == runtime_of(tmp_path / "x" / ".." / "one")
    assert one != other
    assert one.directory.parent == runtime / "dev-assistant"
    for path in (one.directory, one.directory.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert {one.lock.parent, one.status.parent, one.socket.parent} == {one.directory}
    assert len({one.lock, one.status, one.socket}) == 3


def test_a_link_to_a_workspace_has_its_directory(runtime: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert runtime_of(tmp_path / "link") == runtime_of(tmp_path / "real")


def test_without_a_runtime_directory_the_state_directory_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert runtime_of(tmp_path).directory.is_relative_to(tmp_path / "state")


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_directory_that_others_can_write_is_refused(runtime: Path, tmp_path: Path, mode: int) -> None:
    directory = runtime_of(tmp_path).directory
    os.chmod(directory, mode)
    with pytest.raises(UserError, match="only you can write") as refused:
        runtime_of(tmp_path)
    assert str(directory) in refused.value.hint


@pytest.mark.parametrize("kind", ["file", "link", "dead link"])
def test_something_else_in_its_place_is_refused(runtime: Path, tmp_path: Path, kind: str) -> None:
    place = runtime / "dev-assistant"
    if kind == "file":
        place.write_text("")
    else:
        place.symlink_to(tmp_path if kind == "link" else "nowhere")
    with pytest.raises(UserError, match="not a directory"):
        runtime_of(tmp_path)


def test_a_mark_is_never_half_written(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    with armed("runs.link=error:EIO@1"), pytest.raises(OSError, match="Input/output"):
        runs.prepare()
    assert not (runs.root / ".gitignore").exists()
    runs.prepare()
    assert sorted(path.name for path in runs.root.iterdir()) == [".gitignore", "CACHEDIR.TAG"]
    assert (runs.root / ".gitignore").read_text() == "*\n"


def test_cookies_of_a_killed_daemon_are_forgotten(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.forget_cookies()
    runs.cookies.mkdir(parents=True)
    (runs.cookies / "left").touch()
    runs.forget_cookies()
    assert list(runs.cookies.iterdir()) == []


def test_cookies_are_not_looked_for_through_a_link(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/precious").touch()
    runs.root.mkdir()
    runs.cookies.symlink_to(tmp_path / "elsewhere")
    runs.forget_cookies()
    assert (tmp_path / "elsewhere/precious").exists()
