"""A tool whose verdict is a pure function of the tree: bytes, executable bit, configuration and surroundings.

``judge`` is that function. How a project's surroundings are found out is written twice, here as a verifier
finds them and in the oracle: only what the two agree on can be a truth about the daemon.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from dev_assistant.errors import ToolError
from dev_assistant.files import Content, digest_of, read
from dev_assistant.model import (
    Category,
    Checked,
    Failed,
    Finding,
    Job,
    Moved,
    Project,
    RelPath,
    Result,
    Severity,
    Verdict,
)
from dev_assistant.ports import NOTHING_BESIDE, Excluded, Included, Reach, Scope, Unasked, all_asked

CONFIG = "lint.toml"
EXCLUDED = "excluded by lint.toml"
_IMPORT = re.compile(r"import (\w+)")


class Surroundings(NamedTuple):
    """What a verdict depends on beside the file: ``packaged`` for each directory from the root on,
    ``modules`` are the names at the top of the project.
    """

    config: bytes
    packaged: tuple[bool, ...]
    modules: frozenset[str]


def judge(data: bytes, around: Surroundings, *, executable: bool, release: str) -> Verdict:
    """What the tool says."""
    if b"broken" in around.config:
        return Failed("lint.toml is broken")
    if b"CRASH" in data:
        return Failed("the tool crashed")
    wanted = {"BAD"} | ({"MEH"} if b"strict" in around.config else set())
    wanted |= {"NEW"} if release != "1.0" else set()
    text = data.decode("utf-8", "replace")
    rules = [rule for line in text.splitlines() for rule in sorted(wanted) if rule in line]
    rules += ["OURS" for name in _IMPORT.findall(text) if name in around.modules]
    rules += ["EXE"] if text.startswith("#!") and not executable else []
    rules += ["INP"] if "package" in text and not all(around.packaged) else []
    return Checked(tuple(_finding(rule, number) for number, rule in enumerate(rules, 1)))


def excludes(config: bytes, name: str) -> bool:
    return b"exclude " + name.encode() in config


def _finding(rule: str, line: int) -> Finding:
    return Finding(rule, Category.LINT, Severity.WARNING, line, 1, line, 4, rule.lower(), False)


def regular(path: str) -> bytes | None:
    """The bytes of a regular file; None when it is anything else."""
    seen = read(path, limit=1_000_000)
    return seen.data if isinstance(seen, Content) else None


def is_regular(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


class ModelScope:
    """Configurations are as they were when it was built, packages and modules as they are when asked."""

    def __init__(self, project: Project, directories: Iterable[str], *, top: str) -> None:
        self._root = project.root
        self._watched = project.watch_paths
        self._top = top
        above = {
            up for path in (*directories, project.root, *project.watch_paths) for up in self.upwards(path)
        }
        read_ = {directory: regular(f"{directory}/{CONFIG}") for directory in sorted(above)}
        self._configs = read_
        self.digest = digest_of(repr(list(read_.items())).encode())

    def upwards(self, directory: str) -> list[str]:
        """The directory and those above it, up to the workspace."""
        found = [directory]
        while directory not in (self._top, "/"):
            directory = os.path.dirname(directory)
            found.append(directory)
        return found

    def absolute(self, path: RelPath) -> str:
        return os.path.normpath(f"{self._root}/{path}")

    def claims(self, path: RelPath) -> Included | Excluded | None:
        if not path.endswith(".py"):
            return None
        around = self.around(path)
        if excludes(around.config, os.path.basename(path)):
            return Excluded(EXCLUDED)
        return Included(digest_of(repr((around.config, around.packaged, sorted(around.modules))).encode()))

    def around(self, path: RelPath) -> Surroundings:
        directory = os.path.dirname(self.absolute(path))
        found = (self._configs.get(up) for up in self.upwards(directory))
        config = next((config for config in found if config is not None), b"")
        return Surroundings(config, self._packaged(directory), self._modules())

    def current(self, path: RelPath) -> bool:
        """Whether the configurations that may govern a path are on disk what they were."""
        ups = self.upwards(os.path.dirname(self.absolute(path)))
        return all(self._configs.get(up) == regular(f"{up}/{CONFIG}") for up in ups)

    def configures(self, path: RelPath) -> bool:
        return os.path.basename(path) == CONFIG

    def reach(self, path: RelPath) -> Reach:
        if self.configures(path):
            return Reach.CONFIGURATION
        if "/" not in path:
            return Reach.PROJECT
        return Reach.SUBTREE if os.path.basename(path) == "__init__.py" else Reach.ITSELF

    def outside(self) -> tuple[str, ...]:
        paths = (f"{directory}/{CONFIG}" for directory in self._configs)
        return tuple(path for path in paths if not path.startswith(tuple(f"{w}/" for w in self._watched)))

    def _packaged(self, directory: str) -> tuple[bool, ...]:
        if not directory.startswith(self._root + "/"):
            return ()
        ups = self.upwards(directory)
        return tuple(is_regular(f"{up}/__init__.py") for up in ups[: ups.index(self._root)])

    def _modules(self) -> frozenset[str]:
        return modules(self._root)


def modules(root: str) -> frozenset[str]:
    """The names that can be imported from a project's root."""
    try:
        with os.scandir(root) as entries:
            return frozenset(
                entry.name.removesuffix(".py")
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                or (entry.name.endswith(".py") and entry.is_file(follow_symlinks=False))
            ) - {"RUNS"}
    except OSError:
        return frozenset()


class ModelVerifier:
    """Implements ``Verifier`` for a workspace at ``top``. ``before`` is called before each job is judged;
    while ``missing`` the tool cannot be started.
    """

    name = "ruff"

    def __init__(self, top: str) -> None:
        self.top = top
        self.release = "1.0"
        self.missing = False
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def handles(self, path: RelPath) -> bool:
        return path.endswith((".py", ".pyi", ".pyw", ".ipynb"))

    def version(self) -> str:
        if self.missing:
            raise ToolError("the tool is not installed")
        return self.release

    def prove(self) -> None:
        if self.missing:
            raise ToolError("the tool is not installed")

    def scope(
        self,
        project: Project,
        directories: Iterable[str],
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,
        unasked: Unasked = all_asked,
    ) -> ModelScope:
        return ModelScope(project, directories, top=self.top)

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:
        assert isinstance(scope, ModelScope)
        return [Result(job, self._verify(scope, job), 1.0) for job in jobs]

    def _verify(self, scope: ModelScope, job: Job) -> Verdict | Moved:
        self.before()
        if self.missing:
            return Failed("the tool is not installed")
        seen = read(scope.absolute(job.path), limit=1_000_000)
        release, around = self.release, scope.around(job.path)
        self.after()
        same = scope.current(job.path) and scope.claims(job.path) == Included(job.basis)
        if not isinstance(seen, Content) or seen.fingerprint.digest != job.digest or not same:
            return Moved()
        again = read(scope.absolute(job.path), limit=1_000_000)
        if not isinstance(again, Content) or again.fingerprint.digest != job.digest:
            return Moved()
        executable = bool(seen.fingerprint.stat.mode & 0o111)
        return judge(seen.data, around, executable=executable, release=release)

    def close(self) -> None:
        """Nothing runs."""
