"""A workspace with a daemon of its own, driven as people drive it: through the command line.

Its home is nobody else's: that is how all its processes are found, also those that lost their parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import psutil

from dev_assistant.files import digest_of
from dev_assistant.process import tool
from dev_assistant.record.chain import verify_chain
from dev_assistant.record.secret import UserSecret
from system import prepared

PATIENCE = 60.0
Document = dict[str, Any]
Place = tuple[str, int, int, int, int, str]
"""Rule, line, column, last line, last column and message of a finding."""


RUFF_ALONE: Mapping[str, str] = {"deep": "off"} | dict.fromkeys(
    (f"enable_{kind}" for kind in ("scripts", "styles", "markup", "data", "documents", "text")), "false"
)


class Desk:
    """A workspace in ``root``; ``projects`` are the roots of those that were written with ``project``.

    They lie in ``tree``: the root, unless tests take turns with one daemon.
    ``settings`` come from the environment: unless a test is about other verifiers, there is ruff alone.
    """

    settings: ClassVar[Mapping[str, str]] = RUFF_ALONE

    def __init__(self, base: Path) -> None:
        self.base = base
        self.root = base / "work"
        self._turns = 0
        self._begins = False
        self.projects: dict[str, Path] = {}
        run = base / "home" / "run"
        run.mkdir(mode=0o700, parents=True)
        self.root.mkdir()
        self.environ = {
            **os.environ,
            "HOME": str(base / "home"),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_STATE_HOME": str(base / "home" / "state"),
            "COLUMNS": "100",
            **{f"DEV_ASSISTANT_{name.upper()}": value for name, value in self.settings.items()},
        }

    @property
    def secret(self) -> UserSecret:
        """The secret of the caches of this home."""
        return UserSecret(self.base / "home" / "state" / "dev-assistant" / "cache.key", environ={})

    # What is on disk

    def turn(self) -> None:
        """Begin another tree under the same daemon: the first project of it will be the only one."""
        self._turns += 1
        self._begins = True
        self.projects = {}

    @property
    def tree(self) -> Path:
        """Where projects are written."""
        return self.root / f"t{self._turns}" if self._turns else self.root

    def write(self, path: str, text: str = "") -> Path:
        """Write a file of the tree in place, with its directories."""
        target = self.tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def project(self, name: str, ruff: str = 'lint.select = ["E", "F"]\n', **entry: object) -> Path:
        """Make a project with this ``[tool.ruff]``, and name it in workspace.json."""
        self.write(f"{name}/pyproject.toml", f"[tool.ruff]\n{ruff}")
        self.projects[name] = self.tree / name
        return self.enter(name, **entry)

    def enter(self, name: str, **entry: object) -> Path:
        """Name a directory in workspace.json, replacing the file at once."""
        file = self.root / "workspace.json"
        entries = json.loads(file.read_text())["projects"] if file.exists() and not self._begins else []
        self._begins = False
        self.configure({"projects": [*entries, self.entry(name, **entry)]})
        return self.tree / name

    def entry(self, name: str, **entry: object) -> Document:
        """What workspace.json says of a project."""
        return {"name": name, "path": os.path.relpath(self.tree / name, self.root), **entry}

    def configure(self, document: object) -> None:
        """Write workspace.json as ``document``."""
        new = self.root / "workspace.new"
        new.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))
        os.replace(new, self.root / "workspace.json")

    # Commands

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "dev_assistant", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command in a process of its own, until it ends."""
        if type(self).command is Desk.command and "LD_PRELOAD" not in self.environ:
            return prepared.run(arguments, cwd=self.root, environ=self.environ, timeout=PATIENCE)
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def document(self, *arguments: str, status: Iterable[int] = (0,)) -> Document:
        done = self.run(*arguments, "--json")
        assert done.returncode in status, (done.returncode, done.stderr, done.stdout[-1000:])
        document: Document = json.loads(done.stdout)
        return document

    def start(self, *arguments: str) -> Document:
        """Start the daemon and wait until everything is judged, as far as it can be."""
        started = self.document("start", *arguments)
        self.settle(status=(0, 3))
        return started

    def settle(self, *, status: Iterable[int] = (0,)) -> None:
        assert self.document("wait", status=status)["settled"]

    def status(self) -> Document:
        return self.document("status")

    def check(self, *arguments: str) -> Document:
        """The body of the check document, whatever was found."""
        document = self.document("check", *arguments, status=(0, 1, 2, 3, 5))
        del document["meta"]
        return document

    # What must agree

    def agree(self) -> Document:
        """What the daemon knows is what a fresh process without a cache finds, and so say all artefacts.

        Returns that body.
        """
        live = self.check()
        fresh = self.check("--no-cache")
        assert live == fresh, differences(live, fresh)
        self._assert_totals(live)
        return live

    def _assert_totals(self, body: Document) -> None:
        stats = self.root / "RUNS" / "stats"
        document = json.loads((stats / "workspace_stats.json").read_text())
        for row, summary in ((document["workspace"], body["summary"]), *_pairs(document, body)):
            for state in ("fresh", "stale", "pending", "failed", "skipped"):
                assert row[state] == summary[state], state
            assert (row["total_files"], row["total_violations"]) == (summary["files"], summary["findings"])
        files, findings = totals((stats / "workspace_dashboard.md").read_text())
        assert (files, findings) == (body["summary"]["files"], body["summary"]["findings"])
        assert files == len(body["files"])
        assert findings == sum(len(file["findings"]) for file in body["files"])

    # What was done

    def evidence(self, project: str) -> list[Document]:
        """The lines of the project's evidence, oldest first; not one that is just being written."""
        files = sorted((self.tree / project / "RUNS" / "evidence").glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().split("\n")[:-1]]

    def verified(self, project: str) -> list[str]:
        """The paths for which a tool has run, in the order of their verdicts."""
        return [line["path"] for line in self.evidence(project) if not line["cached"]]

    def assert_chains(self) -> None:
        for root in self.projects.values():
            assert verify_chain(root / "RUNS" / "evidence") == []

    @contextlib.contextmanager
    def events(self, probe: str) -> Iterator[Events]:
        """Follow the verdicts; ``probe`` is a Python file that may be rewritten to see the stream begin."""
        process = subprocess.Popen(
            self.command("events", "--json"), cwd=self.root, env=self.environ, stdout=subprocess.PIPE
        )
        events = Events(process)
        try:
            events.begin(self.tree / probe)
            yield events
        finally:
            process.terminate()
            process.wait(PATIENCE)
            events.end()

    # Processes

    def processes(self, *words: str) -> list[psutil.Process]:
        """What lives in this desk's home, the daemon and its tools, with all these words in the command line.

        Who ends meanwhile is left out.
        """
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                mine = process.environ().get("HOME") == self.environ["HOME"]
                if mine and set(words) <= set(process.cmdline()):
                    found.append(process)
        return found

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """When all threads of the daemon stand still: until one has seen the signal, the others go on."""
        daemon = psutil.Process(self.status()["pid"])
        daemon.suspend()
        try:
            until(lambda: _states(daemon.pid) == {"T"})
            yield
        finally:
            daemon.resume()

    def assert_nothing_runs(self) -> None:
        """All processes end. One that has and was not reaped yet does not count: that is up to the system."""
        deadline = time.monotonic() + PATIENCE
        while alive := self.processes():
            assert time.monotonic() < deadline, alive
            psutil.wait_procs(alive, timeout=0.05)


class Events:
    """What the stream has said, read by a thread of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._lines: queue.Queue[Document] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def begin(self, probe: Path) -> None:
        """Until the stream tells of a write: from then on it tells of all."""
        deadline = time.monotonic() + PATIENCE
        for number in range(1_000_000):
            digest = write(probe, f"# probe {number}\n")
            if self.find(lambda event, wanted=digest: event["digest"] == wanted, timeout=1.0):  # type: ignore[misc]
                return
            assert time.monotonic() < deadline, "the stream of events is silent"

    def find(self, wanted: Callable[[Document], bool], *, timeout: float = PATIENCE) -> Document | None:
        """The next event that is ``wanted``; those before it are dropped. None when time is up."""
        deadline = time.monotonic() + timeout
        with contextlib.suppress(queue.Empty):
            while not wanted(event := self._lines.get(timeout=max(0.0, deadline - time.monotonic()))):
                continue
            return event
        return None

    def of(self, digest: str) -> Document:
        """The next event about these bytes."""
        event = self.find(lambda event: event["digest"] == digest)
        assert event is not None, "no verdict was told"
        return event

    def before(self, probe: Path) -> list[Document]:
        """All events up to now: ``probe`` is written, and the stream read until it tells of that."""
        digest = write(probe, "# so far\n")
        found: list[Document] = []
        last = self.find(lambda event: bool(found.append(event)) or event["digest"] == digest)  # type: ignore[func-returns-value]
        assert last is not None, "the stream of events is silent"
        return found[:-1]

    def during(self, seconds: float) -> list[Document]:
        """All events that come within this time."""
        found: list[Document] = []
        self.find(lambda event: bool(found.append(event)), timeout=seconds)  # type: ignore[func-returns-value]
        return found

    def end(self) -> None:
        self._thread.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextlib.contextmanager
def desk(base: Path, *, make: Callable[[Path], Desk] = Desk) -> Iterator[Desk]:
    """A desk, and the proof that its daemon leaves no process behind."""
    place = make(base)
    try:
        yield place
        place.run("stop")
        place.assert_nothing_runs()
    finally:
        for process in place.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def write(path: Path, text: str) -> str:
    """Write in place; the digest of the bytes."""
    path.write_text(text)
    return digest_of(text.encode())


def until(condition: Callable[[], bool], *, patience: float = PATIENCE) -> None:
    """Ask until it holds, and leave the processor to others between two questions."""
    deadline = time.monotonic() + patience
    nobody = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never came to hold"
        nobody.wait(0.02)


def _states(pid: int) -> set[str]:
    """Of all the process's threads, as the kernel tells them: proc_pid_stat(5)."""
    stats = Path(f"/proc/{pid}/task").glob("*/stat")
    return {stat.read_text().rpartition(") ")[2][0] for stat in stats}


def totals(dashboard: str) -> tuple[int, int]:
    """Files and findings in the first table of a dashboard."""
    rows = [line.strip("| ").split(" | ") for line in dashboard.splitlines() if line.startswith("|")]
    row = dict(zip(rows[0], rows[2], strict=True))
    return int(row["Files"].replace(",", "")), int(row["Findings"].replace(",", ""))


def differences(live: Document, fresh: Document) -> list[str]:
    """The files, or else the totals, in which the daemon's document differs from a fresh one."""
    known, right = (
        {(file["project"], file["path"]): file for file in each["files"]} for each in (live, fresh)
    )
    paths = sorted(known.keys() | right.keys())
    files = [f"{path}: {_row(known.get(path))}, fresh: {_row(right.get(path))}" for path in paths]
    changed = [line for line, path in zip(files, paths, strict=True) if known.get(path) != right.get(path)]
    return changed or [str((live["summary"], live["projects"])), str((fresh["summary"], fresh["projects"]))]


def _row(file: Document | None) -> str:
    if file is None:
        return "not listed"
    return f"{file['state']} {[finding['rule'] for finding in file['findings']]} {file['reason']}"


def found(body: Document, project: str) -> dict[str, list[Place]]:
    """The findings of every module of a project that is fresh, sorted, by path."""
    return {
        file["path"]: sorted(
            (f["rule"], f["line"], f["column"], f["end_line"], f["end_column"], f["message"])
            for f in file["findings"]
        )
        for file in body["files"]
        if file["project"] == project and file["state"] == "fresh" and file["path"].endswith(".py")
    }


def ruff(root: Path) -> dict[str, list[Place]]:
    """What plain ruff finds in a project: every module that it looks at, by path."""
    listed = _ruff(root, "--show-files").splitlines()
    places: dict[str, list[Place]] = {
        os.path.relpath(name, root): [] for name in listed if name.endswith("py")
    }
    for finding in json.loads(_ruff(root, "--no-cache", "--output-format", "json")):
        start, end = finding["location"], finding["end_location"]
        place = (start["row"], start["column"], end["row"], end["column"], finding["message"])
        places[os.path.relpath(finding["filename"], root)].append(
            (finding["code"] or "invalid-syntax", *place)
        )
    return {path: sorted(findings) for path, findings in places.items()}


def _ruff(root: Path, *options: str) -> str:
    command = [tool("ruff"), "check", *options, "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def _pairs(document: Document, body: Document) -> list[tuple[Document, Document]]:
    rows = {row["name"]: row for row in document["projects"]}
    assert sorted(rows) == [row["name"] for row in body["projects"]]
    return [(rows[row["name"]], row) for row in body["projects"]]
