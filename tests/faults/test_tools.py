"""ruff that is missing, hangs, crashes, talks nonsense or is replaced: never clean, and told."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from faults.venv import Bench
from system.daemon_process import Document, until

pytestmark = pytest.mark.linux

CHECK = 'if [ "$1" = check ]; then'
FRAME = "printf 'Content-Length: %d\\r\\n\\r\\n'"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Bench]:
    place = Bench(tmp_path)
    with place.lifetime():
        place.project("app")
        for number in range(6):
            place.write(f"app/m{number}.py", "import os\n" if number % 2 else "N = 1\n")
        yield place


def states(place: Bench) -> dict[str, int]:
    (project,) = place.status()["projects"]
    return {state: project[state] for state in ("fresh", "failed") if project[state]}


def told(place: Bench) -> str:
    """The banner of the status and the dashboard's."""
    reasons = place.status()["degraded"]
    page = (place.root / "RUNS" / "stats" / "workspace_dashboard.md").read_text()
    assert bool(reasons) == ("Degraded" in page), (reasons, page)
    return "; ".join(reasons)


def but_one(faults: Iterable[str], fast: str) -> list[object]:
    """Names of faults; all but one take their time in the sweep."""
    return [name if name == fast else pytest.param(name, marks=pytest.mark.sweep) for name in faults]


def settings(place: Bench, **values: object) -> None:
    document = json.loads((place.root / "workspace.json").read_text())
    place.configure({**document, "settings": values})


def judged(place: Bench) -> list[Document]:
    return [file for file in place.check()["files"] if file["path"].endswith(".py")]


def assert_recovers(place: Bench) -> None:
    """An honest ruff is noticed without being asked for, and everything is as if nothing had been."""
    place.install()
    until(lambda: states(place) == {"fresh": 6})
    assert place.status()["degraded"] == []
    place.agree()


def test_a_ruff_that_vanishes_fails_everything_and_is_noticed_when_it_is_back(place: Bench) -> None:
    place.start()
    assert states(place) == {"fresh": 6}

    place.ruff.unlink()
    until(lambda: states(place) == {"failed": 6})

    assert place.run("check").returncode == 3
    assert "nothing is judged in 1 projects: ruff is not installed" in told(place)
    before = len(place.verified("app"))
    assert_recovers(place)
    assert len(place.verified("app")) == before  # the cache knows every verdict still


BROKEN = {
    "not executable": None,
    "crashing": "kill -ABRT $$",
    "status 134": "exit 134",
    "half a finding": 'printf \'{"name": "unused-imp\'; exit 1',
    "a long line": "exec head -c 100000000 /dev/zero",
    "a gigabyte": "exec yes 'no finding at all'",
    "nonsense on stderr": "head -c 3000000 /dev/urandom >&2; printf '\\000\\377' >&2; exit 2",
    "silent": "exit 0",
}


@pytest.mark.parametrize(
    "fault",
    [
        "half a finding",
        *(pytest.param(f, marks=pytest.mark.sweep) for f in sorted(BROKEN) if "half" not in f),
    ],
)
def test_a_broken_ruff_judges_nothing_is_told_and_not_started_for_ever(place: Bench, fault: str) -> None:
    place.start()
    body = BROKEN[fault]
    place.install(body or "")
    if body is None:
        place.ruff.chmod(0o644)

    place.write("app/m0.py", "import re\n")
    until(lambda: states(place) == {"failed": 6})
    place.settle(status=[3])

    assert {file["state"] for file in judged(place)} == {"failed"}
    assert told(place)
    assert place.runs() < 40
    assert_recovers(place)


@pytest.mark.sweep
def test_a_ruff_that_hangs_and_ignores_sigterm_leaves_no_process(place: Bench) -> None:
    settings(place, verification_timeout_sec=1.0)
    place.install(f"{CHECK} trap '' TERM; sleep 1000 & sleep 1000; fi")

    place.start()

    assert states(place) == {"failed": 6}
    assert "did not answer within" in judged(place)[0]["reason"]
    assert_recovers(place)


def test_a_daemon_that_is_stopped_takes_a_hanging_ruff_along(place: Bench) -> None:
    place.start()
    place.install(f"{CHECK} case \"$*\" in *json-lines*) trap '' TERM; sleep 1000 & sleep 1000;; esac; fi")
    hanging = place.base / "runs"
    place.write("app/m0.ipynb", json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    until(lambda: "m0.ipynb" in hanging.read_text())

    assert place.run("stop").returncode == 0
    place.assert_nothing_runs()


@pytest.mark.sweep
def test_a_file_that_breaks_ruff_fails_alone_and_is_parked(place: Bench) -> None:
    settings(place, audit_interval_sec=10)
    place.install('case "$*" in *m3.py*) kill -ABRT $$;; esac')
    place.start()

    until(lambda: place.status()["projects"][0]["parked"] == ["m3.py"])

    assert states(place) == {"fresh": 5, "failed": 1}
    assert told(place) == ""
    place.agree()
    (why,) = place.document("why", "app/m3.py")["projects"]
    assert why["reason"].endswith("(parked until it changes)")
    page = place.root / "RUNS/stats/workspace_dashboard.md"
    assert "parked: `m3.py`" in page.read_text()
    place.write("app/m3.py", "N = 4\n")
    place.install()
    place.settle()
    place.agree()


def test_an_upgrade_judges_everything_again_and_files_nothing_under_another_version(place: Bench) -> None:
    place.start()
    assert len(place.verified("app")) == 6

    place.install('if [ "$1" = --version ]; then echo "ruff 99.1.0"; exit; fi')
    until(lambda: len(place.verified("app")) == 12)

    place.settle()
    lines = place.evidence("app")
    assert [line["verifiers"][0]["version"] for line in lines[6:]] == ["99.1.0"] * 6
    place.agree()
    place.install()
    until(lambda: len(place.evidence("app")) > 12)
    place.settle()
    assert len(place.verified("app")) == 12  # what the first one said is known still


SERVERS = {
    "dies": "exit 3",
    "hangs": "sleep 1000",
    "garbage": "head -c 100000 /dev/urandom; sleep 1000",
    "a frame without an end": f"{FRAME % 99_999_999}; sleep 1000",
    "deep": f"{FRAME % 200_000}; head -c 200000 /dev/zero | tr '\\0' '['; sleep 1000",
    "another's answer": f"""{FRAME % 36}; printf '{{"jsonrpc":"2.0","id":77,"result":{{}}}}'; sleep 1000""",
}


@pytest.mark.parametrize("fault", but_one(SERVERS, "deep"))
def test_a_server_that_fails_is_replaced_by_a_run(place: Bench, fault: str) -> None:
    place.start()
    place.install(f'if [ "$1" = server ]; then {SERVERS[fault]}; fi')
    place.settle()

    place.write("app/m0.py", "import re\n")
    place.settle()

    assert states(place) == {"fresh": 6}
    place.agree()


def test_a_command_whose_tool_is_missing_says_how_to_get_it(place: Bench) -> None:
    results = place.root / "results.json"
    assert place.run("batch-verify", "--output", str(results)).returncode == 1
    place.ruff.unlink()
    for rule, package in (("S101", "ruff"), ("MD001", '"dev-assistant[markdown]"')):
        done = place.run("explain", rule)
        assert done.returncode == 2
        assert f"-m pip install {package}\n" in done.stderr
    done = place.run("merge", str(results), "-o", "rdjsonl=-")
    assert done.returncode == 1
    assert len([line for line in done.stdout.splitlines() if '"F401"' in line]) == 3
    assert "no suggestions: ruff is not installed" in done.stderr


def test_a_check_of_what_is_staged_that_is_ended_leaves_no_copy(place: Bench) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *command], cwd=place.root, check=True, env=place.environ, timeout=60)
    place.write("app/m0.py", "N = 2\n")
    subprocess.run([*git, "add", "-A"], cwd=place.root, check=True, env=place.environ, timeout=60)
    place.install("touch " + str(place.root.parent / "asked") + "; sleep 1000")
    check = subprocess.Popen(place.command("check", "--staged"), cwd=place.root, env=place.environ)
    until((place.root.parent / "asked").exists)
    copies = list(place.root.parent.rglob("dev-assistant/revisions/*"))
    assert len(copies) == 1
    check.terminate()
    assert check.wait(60) == 128 + signal.SIGTERM
    assert not copies[0].exists()
