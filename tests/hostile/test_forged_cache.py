"""A repository may bring a cache that calls its files clean: only what this user has made is believed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.model import Checked
from dev_assistant.places import CACHE_KEY, Runs
from dev_assistant.record.secret import UserSecret
from dev_assistant.record.store import SqliteVerdictStore
from system.daemon_process import Desk, desk

pytestmark = pytest.mark.linux


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        place.project("app")
        place.write("app/x.py", "import os\n")
        yield place


def forge(database: Path, *, maker: UserSecret, reader: UserSecret) -> None:
    """A database by ``maker`` with the rows of the one that is there, all verdicts without their findings."""
    with closing(SqliteVerdictStore(database, secret=reader)) as real:
        files = real.load()
        keys = [part.key for record in files.values() for part in record.parts]
        verdicts = {key: verdict for key, verdict in real.find(keys).items() if isinstance(verdict, Checked)}
    assert files and verdicts
    shutil.rmtree(database.parent)
    clean = {key: Checked(()) for key in verdicts}
    with closing(SqliteVerdictStore(database, secret=maker)) as forged:
        forged.save(files, clean)


def log(place: Desk) -> str:
    return (place.root / "RUNS" / "logs" / "daemon.log").read_text()


def asides(place: Desk) -> list[str]:
    return [path.name for path in Runs(place.root / "app").database.parent.glob("*.corrupt-?")]


def test_a_cache_that_somebody_else_made_gives_no_verdict(place: Desk, tmp_path: Path) -> None:
    place.start()
    place.run("stop")
    database = Runs(place.root / "app").database
    forge(database, maker=UserSecret(tmp_path / "their.key", environ={}), reader=place.secret)
    place.start()
    assert place.agree()["summary"]["findings"] == 1
    assert asides(place) == ["verification.db.corrupt-1"]
    assert log(place).count("the cache cannot be believed") == 1
    assert "made by somebody else" in log(place)


@pytest.mark.sweep
def test_only_this_users_secret_could_have_forged_it(place: Desk) -> None:
    """The forgery above is one: by the same hand it would have been believed."""
    place.start()
    place.run("stop")
    forge(Runs(place.root / "app").database, maker=place.secret, reader=place.secret)
    assert place.check()["summary"]["findings"] == 0


@pytest.mark.sweep
def test_a_project_that_was_moved_keeps_its_cache(place: Desk) -> None:
    place.check()
    os.rename(place.root / "app", place.root / "moved")
    place.configure({"projects": [{"name": "app", "path": "./moved"}]})
    place.check()
    place.projects["app"] = place.root / "moved"
    assert len(place.verified("moved")) == 1


def test_a_lost_secret_costs_time_alone(place: Desk) -> None:
    place.check()
    (place.base / "home" / "state" / "dev-assistant" / "cache.key").unlink()
    assert place.check()["summary"]["findings"] == 1
    assert (len(place.verified("app")), asides(place)) == (2, ["verification.db.corrupt-1"])
    place.check()
    assert len(place.verified("app")) == 2
    place.assert_chains()


@pytest.mark.sweep
def test_the_variable_carries_the_cache_to_another_home(place: Desk, tmp_path: Path) -> None:
    place.environ[CACHE_KEY] = "correct horse battery staple"
    place.check()
    place.environ["XDG_STATE_HOME"] = str(tmp_path / "another")
    place.check()
    assert len(place.verified("app")) == 1
    place.environ[CACHE_KEY] = "wrong horse battery staple"
    place.check()
    assert len(place.verified("app")) == 2
    assert not (tmp_path / "another").exists()


def test_a_variable_that_could_be_guessed_is_refused(place: Desk) -> None:
    place.environ[CACHE_KEY] = "hunter2"
    done = place.run("check")
    assert done.returncode == 2
    assert f"environment: {CACHE_KEY}: is too short" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


@pytest.mark.sweep
def test_where_no_secret_can_be_kept_the_cache_holds_for_the_run(place: Desk) -> None:
    (place.base / "home" / "state").write_text("in the way")
    place.start()
    place.write("app/x.py", "import sys\n")
    assert place.agree()["summary"]["findings"] == 1
    place.write("app/x.py", "import os\n")
    assert place.agree()["summary"]["findings"] == 1
    assert len(place.verified("app")) == 2
    assert log(place).count("caches hold for this run only") == 1
    place.run("stop")
    place.start()
    assert len(place.verified("app")) == 3


def test_who_only_reads_makes_no_secret(place: Desk) -> None:
    for command in (("check", "--no-cache"), ("evidence", "verify"), ("config", "show")):
        assert place.run(*command).returncode in {0, 1, 5}
    assert not (place.base / "home" / "state").exists()
