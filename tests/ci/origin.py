"""The repository that pipelines run for: two projects with old findings in a baseline, and changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from system import prepared

OLD = "import os\nimport sys\n"


class Origin:
    """Branch ``main``, and by each change a branch of its name, and ``NAME-merged``: main with it merged."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self.environ = environ
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        projects = [{"name": name, "path": f"./{name}"} for name in ("one", "two")]
        self._write("workspace.json", json.dumps({"projects": projects}))
        self._write(".gitignore", "RUNS/\n")
        for path in ("one/a.py", "one/b.py", "two/c.py", "two/pkg/d.py"):
            self._write(path, OLD)
        prepared.run(["baseline", "create"], cwd=root, environ=environ, timeout=60)
        self._commit("main")

    def change(self, name: str, files: Mapping[str, str]) -> None:
        """A branch with these files changed, which has also moved one with old findings."""
        self.git("switch", "-q", "-c", name, "main")
        self.git("mv", "two/c.py", "two/moved.py")
        for path, text in files.items():
            self._write(path, text)
        self._commit(name)
        self.git("switch", "-q", "-c", f"{name}-merged", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", name)

    def clone(self, branch: str, *arguments: str) -> Path:
        """A checkout of ``branch`` in a directory of its own."""
        place = Path(tempfile.mkdtemp(dir=self.root.parent), "work")
        self.git("clone", "-q", *arguments, "-b", branch, f"file://{self.root}", str(place))
        return place

    def git(self, *arguments: str) -> None:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        subprocess.run(command, cwd=self.root, env=self.environ, check=True, timeout=60, capture_output=True)

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def _commit(self, message: str) -> None:
        shutil.rmtree(self.root / "RUNS", ignore_errors=True)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
