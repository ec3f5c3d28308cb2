"""What a fresh look at the tree has to say, found out by the plainest means and nothing of the daemon's.

It knows the language of the model alone: those settings, ignore patterns and types that its rules write.
"""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from dev_assistant.model import Checked, Failed
from model.judge import CONFIG, EXCLUDED, Surroundings, excludes, is_regular, judge, modules, regular

TYPES = (".py", ".js", ".toml", ".json")
_JUDGES = {".js": "oxlint", ".toml": "data", ".json": "data"}
"""Who would judge what the one verifier of the model does not."""

BUILT_IN = ("node_modules", "__pycache__", ".git")


class Expected(NamedTuple):
    """One file: its state, why it is in it, and how many findings it has."""

    state: str
    reason: str
    findings: int


class Declared(NamedTuple):
    """A project as its files declare it."""

    root: str
    watch: tuple[str, ...]
    ruff: bool
    ignore: tuple[str, ...]


class Oracle:
    """``top`` is the workspace; ``good`` are the texts in force of files that are broken now."""

    def __init__(self, top: str, *, release: str, good: Mapping[str, str]) -> None:
        self._top = top
        self._release = release
        self._good = good

    def projects(self) -> dict[str, dict[str, Expected]]:
        """Every file of every enabled project."""
        entries = json.loads(self._text(f"{self._top}/workspace.json"))["projects"]
        declared = {entry["name"]: self._declared(entry) for entry in entries}
        self._own = {f"{root}/RUNS" for root in (self._top, *(d.root for d in declared.values() if d))}
        self._own |= {os.path.realpath(f"{self._top}/{entry['path']}") + "/RUNS" for entry in entries}
        return {name: self._files(one) for name, one in declared.items() if one is not None}

    def _text(self, path: str) -> str:
        if path in self._good:
            return self._good[path]
        return (regular(path) or b"").decode()

    def _declared(self, entry: Mapping[str, object]) -> Declared | None:
        root = os.path.realpath(f"{self._top}/{entry['path']}")
        ours = tomllib.loads(self._text(f"{root}/pyproject.toml")).get("tool", {}).get("dev-assistant", {})
        if not ours.get("enabled", True):
            return None
        watch = ours.get("watch_paths", entry.get("watch_dirs", ["."]))
        tops = tuple(dict.fromkeys(os.path.realpath(os.path.join(root, path)) for path in watch))
        return Declared(root, tops, ours.get("enable_ruff", True), tuple(ours.get("ignore", ())))

    def _files(self, project: Declared) -> dict[str, Expected]:
        found: dict[str, Expected] = {}
        for top in project.watch:
            rules = self._rules_above(top)
            self._walk(project, top, rules, found)
        return found

    def _rules_above(self, top: str) -> list[tuple[str, str]]:
        """Patterns with the directory that they hold in, of the repository around a watch path."""
        rules: list[tuple[str, str]] = []
        directory = self._top
        for name in os.path.relpath(top, self._top).split("/"):
            rules = rules + self._patterns(directory)
            if _ignored(rules, f"{directory}/{name}", is_dir=True):
                return []
            directory = f"{directory}/{name}"
        return rules

    def _patterns(self, directory: str) -> list[tuple[str, str]]:
        text = (regular(f"{directory}/.gitignore") or b"").decode()
        return [(directory, line) for line in text.splitlines() if line]

    def _walk(
        self, project: Declared, directory: str, rules: list[tuple[str, str]], found: dict[str, Expected]
    ) -> None:
        try:
            names = os.listdir(directory)
        except OSError:
            return
        if os.path.islink(directory):
            return
        rules = rules + self._patterns(directory)
        forced = [(project.root, line) for line in project.ignore]
        for name in names:
            path = f"{directory}/{name}"
            is_dir = os.path.isdir(path) and not os.path.islink(path)
            if path in self._own or name in BUILT_IN:
                continue
            if _ignored(forced, path, is_dir=is_dir) or _ignored(rules, path, is_dir=is_dir):
                continue
            if is_dir:
                self._walk(project, path, rules, found)
            elif name.endswith(TYPES) and not name.startswith("."):
                found[os.path.relpath(path, project.root)] = self._judged(project, path)

    def _judged(self, project: Declared, path: str) -> Expected:
        name = os.path.basename(path)
        if not name.endswith(".py"):
            return Expected(
                "skipped", f"not included by {_JUDGES[os.path.splitext(name)[1]]}'s configuration", 0
            )
        if not project.ruff:
            return Expected("skipped", "enable_ruff is false", 0)
        around = self._around(project.root, os.path.dirname(path))
        if excludes(around.config, name):
            return Expected("skipped", EXCLUDED, 0)
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            return Expected("skipped", "symbolic link", 0)
        if not stat.S_ISREG(status.st_mode):
            return Expected("skipped", "not a regular file", 0)
        with open(path, "rb") as file:
            data = file.read()
        verdict = judge(data, around, executable=bool(status.st_mode & 0o111), release=self._release)
        if isinstance(verdict, Failed):
            return Expected("failed", verdict.reason, 0)
        assert isinstance(verdict, Checked)
        return Expected("fresh", "", len(verdict.findings))

    def _around(self, root: str, directory: str) -> Surroundings:
        """As ``git rev-parse`` would look: upwards, one directory after another."""
        config, packaged, up = None, [], directory
        while True:
            config = regular(f"{up}/{CONFIG}") if config is None else config
            if up.startswith(root + "/"):
                packaged.append(is_regular(f"{up}/__init__.py"))
            if up == self._top:
                return Surroundings(config or b"", tuple(packaged), modules(root))
            up = os.path.dirname(up)


def _ignored(rules: list[tuple[str, str]], path: str, *, is_dir: bool) -> bool:
    """The last match decides among ``*``, ``name``, ``name/`` and ``/name``, each perhaps with a ``!``."""
    ignored = False
    for directory, line in rules:
        pattern = line.removeprefix("!")
        wanted = pattern.strip("/")
        here = path == f"{directory}/{wanted}"
        anywhere = path.startswith(directory + "/") and wanted in ("*", os.path.basename(path))
        if (here if pattern.startswith("/") else anywhere) and (is_dir or not pattern.endswith("/")):
            ignored = not line.startswith("!")
    return ignored
