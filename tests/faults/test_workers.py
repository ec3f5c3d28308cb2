"""Tools that are killed, answer too late, or leave processes behind that hide from them."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.venv import Bench
from system.daemon_process import until

pytestmark = pytest.mark.linux

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
RUN = 'if [ "$1" = check ]; then case "$*" in *json-lines*notes.ipynb*)'

LATE = """
import subprocess, sys, threading, time
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def ask():
    while data := sys.stdin.buffer.read1(65536):
        server.stdin.write(data)
        server.stdin.flush()
    server.stdin.close()
threading.Thread(target=ask, daemon=True).start()
for said in iter(lambda: server.stdout.read1(65536), b""):
    if b'"diagnostic' in said or b'"items"' in said:
        time.sleep(2.5)
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()
"""
"""A server that takes its time for every report, longer than anybody waits for it."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Bench]:
    place = Bench(tmp_path)
    with place.lifetime():
        place.project("app")
        for number in range(4):
            place.write(f"app/m{number}.py", "import os\n" if number % 2 else "N = 1\n")
        yield place


def hang(place: Bench, body: str) -> None:
    """A batch over one notebook in which ruff does what ``body`` says, until it is told to go on."""
    place.install(f"{RUN} {body};; esac; fi")
    place.write("app/notes.ipynb", json.dumps(NOTEBOOK))
    until(lambda: "notes.ipynb" in place.log.read_text())


@pytest.mark.sweep
def test_a_server_that_is_killed_is_replaced(place: Bench) -> None:
    place.start()
    place.write("app/m0.py", "import re\n")
    place.settle()
    (server,) = place.processes("server")
    server.kill()
    place.write("app/m1.py", "import os\nimport re\n")
    place.settle()
    place.write("app/m2.py", "import os\nimport re\n")
    place.settle()
    assert [each.pid for each in place.processes("server")] != [server.pid]
    assert place.status()["projects"][0]["failed"] == 0
    place.agree()


def test_a_run_that_is_killed_is_made_again_without_being_asked_for(place: Bench) -> None:
    place.start()
    hang(place, "sleep 1000")
    until(lambda: place.processes("sleep") != [])  # until then the fork that becomes it looks like the run
    (run,) = place.processes("check")
    place.install()
    os.killpg(run.pid, signal.SIGKILL)
    until(lambda: place.status()["projects"][0]["fresh"] == 5)
    place.settle()
    place.agree()


@pytest.mark.sweep
def test_an_answer_that_comes_too_late_is_nobody_elses(place: Bench) -> None:
    document = json.loads((place.root / "workspace.json").read_text())
    place.configure({**document, "settings": {"verification_timeout_sec": 1.0}})
    late = place.base / "late.py"
    late.write_text(LATE)
    place.start()
    place.install(f'if [ "$1" = server ]; then exec {sys.executable} {late} {place.real} "$@"; fi')
    place.settle()
    for number in range(3):
        place.write("app/m0.py", f"import re\nA{number} = 1\n")
        place.write("app/m1.py", f"B{number} = 1\n")
        place.settle()
        place.agree()
    assert "server" in place.log.read_text()


def test_what_hides_from_its_group_ends_with_the_daemon(place: Bench) -> None:
    place.start()
    hang(place, "setsid sleep 1000 & (setsid sleep 1000 &) ; sleep 1000")
    until(lambda: len(place.processes("sleep")) == 3)
    assert place.run("stop").returncode == 0
    place.assert_nothing_runs()
