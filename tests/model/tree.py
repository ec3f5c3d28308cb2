"""The workspace that the rules change: few names, so that they meet again and again.

``app`` holds the project ``sub``; ``lib`` stands beside it; the attic is in no project, and takes trees
that are moved out.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOTS = ("app", "app/sub", "lib")
DIRECTORIES = ("app", "app/a", "app/a/b", "app/gen", "app/sub", "app/sub/a", "lib", "lib/a")
MOVABLE = tuple(directory for directory in DIRECTORIES if directory not in ("app", "lib"))
STORED = ("attic/a", "attic/gen")
CODE = ("one.py", "two.py", "__init__.py", "a.py", "gen.py", "x.js")
DECISIVE = (".gitignore", "lint.toml")
CODE_TEXTS = (
    "fine\n",
    "BAD\n",
    "MEH\n",
    "NEW\n",
    "BAD\nBAD\n",
    "import a\n",
    "import gen\n",
    "import one\n",
    "package\n",
    "#!run\n",
    "CRASH\n",
    "",
)
DECISIVE_TEXTS: Mapping[str, Sequence[str]] = {
    ".gitignore": ("", "gen/\n", "two.py\n", "a\n", "/one.py\n", "sub/\n", "*.none\n", "a\n!a\n"),
    "lint.toml": ("", "strict\n", "exclude two.py\n", "broken\n", "# nothing\n"),
}
SETTINGS = (
    "",
    "enabled = false",
    "enable_ruff = false",
    'watch_paths = ["a"]',
    'watch_paths = [".", "../lib/a"]',
    'ignore = ["gen/"]',
    "cache_enabled = false",
    "enable_evidence = false",
    "debounce_ms = 0",
    "cache_max_entries = 1",
)
BROKEN_SETTINGS = ("debounce_ms = 'soon'", "unknown_key = 1", "= = =")
WORKSPACES: Sequence[Sequence[Mapping[str, object]]] = (
    ({"name": "app", "path": "app"}, {"name": "sub", "path": "app/sub"}, {"name": "lib", "path": "lib"}),
    ({"name": "app", "path": "app"}, {"name": "lib", "path": "lib"}),
    ({"name": "sub", "path": "app/sub"},),
    ({"name": "app", "path": "app", "watch_dirs": ["a", "gen"]}, {"name": "sub", "path": "app/sub"}),
    ({"name": "app", "path": "lib"}, {"name": "lib", "path": "app"}),
)
BROKEN_WORKSPACES = ('{"projects": [', '{"projects": [{"name": "app"}]}', "[]")


class Tree:
    """Each change does nothing where the file system would refuse it; paths are relative to ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for directory in (*DIRECTORIES, "attic"):
            (root / directory).mkdir(parents=True, exist_ok=True)
        (root / ".git").mkdir()
        (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        self.write("app/one.py", "BAD\n")
        self.write("app/a/one.py", "package\nimport gen\n")
        self.write("app/sub/two.py", "MEH\n")
        self.write("lib/a/one.py", "import a\n")
        self.workspace(json.dumps({"projects": WORKSPACES[0]}))

    def __getitem__(self, path: str) -> str:
        return str(self.root / path)

    def files(self) -> list[str]:
        """Everything that can be edited, renamed and deleted, sorted."""
        found = []
        for top in ("app", "lib", "attic"):
            for directory, names, files in os.walk(self.root / top):
                names[:] = sorted(name for name in names if name != "RUNS")
                found += [os.path.join(directory, name) for name in files if name != "pyproject.toml"]
        return sorted(os.path.relpath(path, self.root) for path in found)

    def write(self, path: str, text: str) -> None:
        with _as_it_may_be():
            os.makedirs(os.path.dirname(self[path]), exist_ok=True)
            if not os.path.islink(self[path]) and _is_plain(self[path]):
                Path(self[path]).write_text(text)

    def truncate(self, path: str, size: int) -> None:
        with _as_it_may_be():
            if _is_plain(self[path]):
                os.truncate(self[path], size)

    def disguise(self, path: str) -> None:
        """Other bytes of the same size under the same mtime; only the time of the change tells."""
        with _as_it_may_be():
            if os.path.islink(self[path]) or not os.path.isfile(self[path]):
                return
            before = os.stat(self[path])
            data = Path(self[path]).read_bytes()
            Path(self[path]).write_bytes(data.swapcase())
            os.utime(self[path], ns=(before.st_atime_ns, before.st_mtime_ns))
            while os.stat(self[path]).st_ctime_ns == before.st_ctime_ns:
                os.utime(self[path], ns=(before.st_atime_ns, before.st_mtime_ns))

    def rename(self, path: str, target: str) -> None:
        with _as_it_may_be():
            os.rename(self[path], self[target])

    def replace(self, path: str, text: str) -> None:
        """As editors save: a new file beside it, then in its place."""
        with _as_it_may_be():
            Path(self[path] + "~").write_text(text)
            os.replace(self[path] + "~", self[path])

    def swap(self, one: str, two: str) -> None:
        with _as_it_may_be():
            os.rename(self[one], self["attic/.swap"])
            os.rename(self[two], self[one])
            os.rename(self["attic/.swap"], self[two])

    def delete(self, path: str) -> None:
        with _as_it_may_be():
            os.unlink(self[path])

    def chmod(self, path: str, mode: int) -> None:
        with _as_it_may_be():
            if not os.path.islink(self[path]):
                os.chmod(self[path], mode)

    def link(self, target: str, path: str) -> None:
        with _as_it_may_be():
            os.symlink(os.path.relpath(self[target], os.path.dirname(self[path])), self[path])

    def pipe(self, path: str) -> None:
        with _as_it_may_be():
            os.mkfifo(self[path])

    def mkdir(self, path: str) -> None:
        with _as_it_may_be():
            os.makedirs(self[path], exist_ok=True)

    def remove(self, path: str) -> None:
        shutil.rmtree(self[path], ignore_errors=True)

    def copy(self, path: str, target: str) -> None:
        """As ``cp -r``, without what the daemon wrote."""
        with _as_it_may_be():
            if not self[target].startswith(self[path] + "/"):
                shutil.copytree(
                    self[path],
                    self[target],
                    symlinks=True,
                    dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("RUNS"),
                    copy_function=_copy_plain,
                )

    def settings(self, project: str, text: str) -> None:
        with _as_it_may_be():
            Path(self[f"{project}/pyproject.toml"]).write_text(f"[tool.dev-assistant]\n{text}\n")

    def workspace(self, text: str) -> None:
        self.replace("workspace.json", text)


def _is_plain(path: str) -> bool:
    return os.path.isfile(path) or not os.path.lexists(path)


def _copy_plain(source: str, target: str) -> None:
    if os.path.isfile(source) and _is_plain(target) and not os.path.islink(target):
        shutil.copy2(source, target)


def _as_it_may_be() -> suppress:
    return suppress(OSError, shutil.Error)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the tree: ``picks`` choose files that are there then, which come before the arguments."""

    verb: str
    arguments: tuple[object, ...] = ()
    picks: tuple[int, ...] = ()

    def __call__(self, tree: Tree) -> None:
        files = tree.files() if self.picks else ["none is needed"]
        if files:
            chosen = [files[number % len(files)] for number in self.picks]
            getattr(tree, self.verb)(*chosen, *self.arguments)
