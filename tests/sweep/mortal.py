"""A desk whose daemon dies: started with failpoints or killed, brought back, and held against the oracle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from dev_assistant import failpoints
from dev_assistant.files import digest_of
from dev_assistant.places import Runtime
from dev_assistant.record.chain import verify_chain
from dev_assistant.record.reader import VerdictReader
from dev_assistant.serve.client import NoDaemon, RefusedError, SilentError, call
from system.daemon_process import PATIENCE, Desk, Document

LASTING = {"lock", "control.sock", "stderr", "status.json"}
"""What may stand in the runtime directory while a daemon runs."""


class MortalDesk(Desk):
    """``daemon`` is the process last started with ``launch``; it is ours to reap."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.daemon: subprocess.Popen[bytes] | None = None

    @property
    def runtime(self) -> Runtime:
        """Where the daemon is reached; of a directory that does not exist, before the first one ran."""
        base = Path(self.environ["XDG_RUNTIME_DIR"]) / "dev-assistant"
        return Runtime(next(iter(base.glob("*")), base / "none"))

    def launch(self, points: str = "") -> bool:
        """Start the daemon itself, without ``start`` in between; False when it died before it was ready."""
        with open(self.spawn(points), "rb") as pipe:
            return b'"ready"' in pipe.readline()

    def spawn(self, points: str = "") -> int:
        """Start the daemon with these failpoints; the descriptor on which it says that it is ready."""
        reading, writing = os.pipe()
        options = ["daemon-run", "--root", str(self.root), "--workspace", str(self.root / "workspace.json")]
        self.daemon = subprocess.Popen(
            [sys.executable, "-I", "-m", "dev_assistant", *options, "--ready-fd", str(writing)],
            cwd="/",
            env=self.environ | ({failpoints.VARIABLE: points} if points else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(writing,),
            start_new_session=True,
        )
        os.close(writing)
        return reading

    def ask(self, method: str, **params: object) -> Document | None:
        """The daemon's answer; None when there is nobody who could answer."""
        with suppress(NoDaemon, SilentError, RefusedError):
            answer: Document = call(self.runtime, method, params, timeout=PATIENCE)
            return answer
        return None

    def settled(self) -> bool:
        answer = self.ask("wait", timeout=PATIENCE)
        return answer is not None and bool(answer["settled"])

    def bury(self) -> int:
        """Wait for the daemon's end; its exit status."""
        assert self.daemon is not None
        return self.daemon.wait(PATIENCE)

    def end(self) -> int:
        """Ask the daemon to stop, and wait for its end; its exit status."""
        self.ask("stop")
        return self.bury()

    def revive(self) -> None:
        """Start it again after a death; whatever it had begun to run is gone by then."""
        self.assert_nothing_runs()
        assert self.launch(), "it does not start any more"
        assert self.settled()

    def judge(self) -> Document:
        """The oracle, beside a daemon that has settled. The body on which everything agrees."""
        body = self.agree()
        assert not (degraded := self.status()["degraded"]), degraded
        for name, root in self.projects.items():
            head = VerdictReader(root / "RUNS/.cache/verification.db", secret=self.secret).head()
            assert verify_chain(root / "RUNS/evidence", head=head) == []
            assert not (missing := unproved(body, self.evidence(name), root)), missing
        for root in (self.root, *self.projects.values()):
            assert_whole(root / "RUNS")
        assert not (left := {path.name for path in self.runtime.directory.iterdir()} - LASTING), left
        return body


@contextmanager
def mortal_desk(base: Path) -> Iterator[MortalDesk]:
    """A desk of two projects, not started; nothing of it runs afterwards."""
    base.mkdir()
    place = MortalDesk(base)
    try:
        yield place
        place.assert_nothing_runs()
    finally:
        for process in place.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()


def unproved(body: Document, evidence: Sequence[Document], root: Path) -> list[str]:
    """The paths whose verdict on their present bytes no line of evidence tells of."""
    told = {(line["path"], line["digest"]) for line in evidence}
    told |= {(hit["path"], hit["digest"]) for line in evidence for hit in line.get("paths", ())}
    judged = [file for file in body["files"] if file["project"] == root.name and file["state"] == "fresh"]
    paths = [file["path"] for file in judged]
    return [path for path in paths if (path, digest_of((root / path).read_bytes())) not in told]


def assert_whole(runs: Path) -> None:
    """No artefact is torn or empty, and nothing is left of a work that was not ended."""
    assert (runs / ".gitignore").read_text() == "*\n"
    assert (runs / "CACHEDIR.TAG").read_text().startswith("Signature: ")
    for path in runs.rglob("*"):
        assert not path.name.endswith(".tmp"), path
        assert path.parent.name != ".cookies", path
        if path.suffix == ".json":
            json.loads(path.read_text())
        if path.suffix == ".md":
            assert "Generated" in path.read_text(), path
