"""A branch is left and taken up again: everything is judged by its bytes, and nothing twice."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk, found, ruff

pytestmark = pytest.mark.linux

FILES = 60
RULES = {"bytes": '["E", "F"]', "surroundings": '["E", "F", "I", "INP"]'}
HASTE = {"bytes": 0, "surroundings": 4}
"""So many files may be judged once more: the first ones of a checkout that is over before its events are read
are judged at once, while not every module that came with them is known.
"""


@pytest.fixture(params=RULES)
def rules(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(tmp_path: Path, rules: str) -> Iterator[Desk]:
    """A repository with a branch that changes 20 modules, adds 20, deletes 20 and moves the package's end."""
    with desk(tmp_path) as place:
        app = place.project("app", f"lint.select = {RULES[rules]}\n")
        for number in range(FILES):
            place.write(f"app/pkg/part{number % 3}/m{number}.py", f"import os\n\nN = {number}\n")
        git(app, "init", "-q", "-b", "main")
        commit(app)
        git(app, "checkout", "-q", "-b", "feature")
        for number in range(20):
            place.write(f"app/pkg/part{number % 3}/m{number}.py", f"N = {number}\n")
            place.write(f"app/pkg/new/deep/n{number}.py", f"import re\n\nN = {number}\n")
            (app / f"pkg/part{(number + 20) % 3}/m{number + 20}.py").unlink()
        commit(app)
        git(app, "checkout", "-q", "main")
        place.start()
        yield place


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, timeout=60, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")


def test_checkout_and_back(place: Desk, rules: str) -> None:
    app = place.projects["app"]
    main = place.agree()
    git(app, "checkout", "-q", "feature")
    feature = place.agree()
    assert found(feature, "app") == ruff(app)
    assert len(feature["files"]) == len(main["files"])
    assert feature != main
    verified = place.verified("app")
    for branch, body in (("main", main), ("feature", feature), ("main", main)):
        git(app, "checkout", "-q", branch)
        assert place.agree() == body
    assert len(place.verified("app")) - len(verified) <= HASTE[rules]
    assert place.status()["watch"]["missed_by_events"] == 0
    place.assert_chains()


def test_going_back_is_told_as_cached(place: Desk) -> None:
    app = place.projects["app"]
    git(app, "checkout", "-q", "feature")
    place.settle()
    with place.events("app/pkg/part2/m59.py") as events:
        git(app, "checkout", "-q", "-f", "main")
        place.settle()
        told = events.before(app / "pkg/part2/m59.py")
    assert {event["path"] for event in told} >= {"pkg/part0/m0.py", "pkg/part2/m20.py"}
    assert [event["path"] for event in told if not event["cached"]] == []


def test_going_back_after_a_restart_costs_nothing_either(place: Desk, rules: str) -> None:
    app = place.projects["app"]
    git(app, "checkout", "-q", "feature")
    place.settle()
    verified = place.verified("app")
    place.run("stop")
    git(app, "checkout", "-q", "main")
    place.start()
    place.agree()
    git(app, "checkout", "-q", "feature")
    place.agree()
    assert len(place.verified("app")) - len(verified) <= HASTE[rules]


def test_a_branch_kept_in_a_stash_and_a_rebase(place: Desk) -> None:
    app = place.projects["app"]
    place.write("app/pkg/part0/m0.py", "import sys\n")
    place.settle()
    git(app, "stash")
    place.agree()
    git(app, "stash", "pop")
    place.agree()
    git(app, "checkout", "-q", "-f", "feature")
    place.write("app/pkg/other.py", "import sys\n")
    commit(app)
    git(app, "rebase", "-q", "main")
    body = place.agree()
    assert found(body, "app") == ruff(app)
