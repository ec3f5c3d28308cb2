"""A branch is left and taken up again: everything is judged by its bytes, and nothing twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from system.daemon_process import Desk, desk, found, ruff
from system.repository import commit, git

pytestmark = pytest.mark.linux

FILES = 60
RULES = {"bytes": '["E", "F"]', "surroundings": '["E", "F", "I", "INP"]'}
HASTE = {"bytes": 0, "surroundings": 4}
"""So many files may be judged once more: the first events of a checkout are passed on at once, and while not
every module is known that came with those files, their surroundings are others.
"""
STRICT = pytest.mark.parametrize("rules", ["bytes", pytest.param("surroundings", marks=pytest.mark.sweep)])
ROUND_ABOUT = pytest.mark.parametrize(
    "rules", [pytest.param("bytes", marks=pytest.mark.sweep), "surroundings"]
)


@pytest.fixture(params=RULES)
def rules(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One daemon for all repositories."""
    with desk(tmp_path_factory.mktemp("git")) as place:
        yield place


@pytest.fixture
def place(running: Desk, rules: str) -> Desk:
    """A repository with a branch that changes 20 modules, adds 20, deletes 20 and moves the package's end."""
    running.turn()
    app = running.project("app", f"lint.select = {RULES[rules]}\n")
    for number in range(FILES):
        running.write(f"app/pkg/part{number % 3}/m{number}.py", f"import os\n\nN = {number}\n")
    git(app, "init", "-q", "-b", "main")
    commit(app)
    git(app, "checkout", "-q", "-b", "feature")
    for number in range(20):
        running.write(f"app/pkg/part{number % 3}/m{number}.py", f"N = {number}\n")
        running.write(f"app/pkg/new/deep/n{number}.py", f"import re\n\nN = {number}\n")
        (app / f"pkg/part{(number + 20) % 3}/m{number + 20}.py").unlink()
    commit(app)
    git(app, "checkout", "-q", "main")
    running.start()
    return running


def checkout(place: Desk, rules: str, branch: str) -> None:
    """Where surroundings count, the daemon sleeps meanwhile: a slow one would see more than two states."""
    with place.suspended() if rules == "surroundings" else contextlib.nullcontext():
        git(place.projects["app"], "checkout", "-q", branch)


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
        checkout(place, rules, branch)
        assert place.agree() == body
    assert len(place.verified("app")) - len(verified) <= HASTE[rules]
    assert place.status()["watch"]["missed_by_events"] == 0
    place.assert_chains()


@STRICT
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


@STRICT
def test_going_back_after_a_restart_costs_nothing_either(place: Desk, rules: str) -> None:
    app = place.projects["app"]
    git(app, "checkout", "-q", "feature")
    place.settle()
    verified = place.verified("app")
    place.run("stop")
    git(app, "checkout", "-q", "main")
    place.start()
    place.agree()
    checkout(place, rules, "feature")
    place.agree()
    assert len(place.verified("app")) - len(verified) <= HASTE[rules]


@ROUND_ABOUT
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
