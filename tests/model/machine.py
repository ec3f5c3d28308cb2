"""The state machine: rules break the tree and the daemon; once it rests everything has to agree."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from model.agreement import assert_agrees
from model.engine import ACTIONS, Clock, Disk, Engine, PumpedSource
from model.judge import ModelVerifier
from model.tree import (
    BROKEN_SETTINGS,
    BROKEN_WORKSPACES,
    CODE,
    CODE_TEXTS,
    DECISIVE,
    DECISIVE_TEXTS,
    DIRECTORIES,
    MOVABLE,
    ROOTS,
    SETTINGS,
    STORED,
    WORKSPACES,
    Change,
    Tree,
)

YEAR_NS = 365 * 86_400 * 10**9
BACK_OFF = 31.0
"""Seconds after which the daemon has asked once more for a tool that was missing, however often before."""
_directories = st.sampled_from((*DIRECTORIES, "attic/a"))
_code = st.builds(lambda directory, name: f"{directory}/{name}", _directories, st.sampled_from(CODE))
_trees = st.sampled_from((*MOVABLE, *STORED))
_any = st.integers(0, 400)


def _decisive(directory: str, name: str, number: int) -> tuple[str, str]:
    texts = DECISIVE_TEXTS[name]
    return f"{directory}/{name}", texts[number % len(texts)]


_decisions = st.builds(
    _decisive, st.sampled_from((*DIRECTORIES, ".")), st.sampled_from(DECISIVE), st.integers(0, 7)
)


def _change(verb: str, *arguments: st.SearchStrategy[object], picks: int = 0) -> st.SearchStrategy[Change]:
    return st.builds(Change, st.just(verb), st.tuples(*arguments), st.tuples(*[_any] * picks))


_texts = st.sampled_from(CODE_TEXTS)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    _change("write", _code, _texts),
    _change("replace", _code, _texts),
    st.builds(Change, st.just("write"), _decisions),
    _change("write", _texts, picks=1),
    _change("truncate", st.integers(0, 5), picks=1),
    _change("disguise", picks=1),
    _change("rename", _code, picks=1),
    _change("swap", picks=2),
    _change("delete", picks=1),
    _change("chmod", st.sampled_from((0o644, 0o755)), picks=1),
    _change("link", _code, picks=1),
    _change("link", _directories, _code),
    _change("pipe", _code),
    _change("mkdir", st.one_of(_directories, _code)),
)
TREE_CHANGES: st.SearchStrategy[Change] = st.one_of(
    _change("remove", _trees),
    *(_change(verb, _trees, _trees) for verb in ("rename", "swap", "copy")),
)


class Machine(RuleBasedStateMachine):
    """``lossy``: an event was lost without a word, so that only a look at everything can find what it told.

    ``good`` are the texts of configuration files that are broken at present, as they were before. The clock
    goes on by itself, and wherever an action of the daemon is not named, none takes place.
    """

    counted: Callable[[str], None] = staticmethod(lambda name: None)

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="dev-assistant-model-")).resolve()
        self.clock, self.disk = Clock(), Disk()
        self.tree = Tree(self.base)
        self.tool = ModelVerifier(str(self.base))
        self.good: dict[str, str] = {}
        self.lossy = False
        self.checks = 0
        self.engine = self._begin()

    def _begin(self) -> Engine:
        self.lossy = False
        return Engine(self.base, tool=self.tool, clock=self.clock, disk=self.disk)

    def teardown(self) -> None:
        try:
            self.agree()
        finally:
            self.engine.kill()
            shutil.rmtree(self.base, ignore_errors=True)

    # What people do

    @rule(changes=st.lists(CHANGES, min_size=1, max_size=4))
    def change(self, changes: list[Change]) -> None:
        for one in changes:
            one(self.tree)

    @rule(change=CHANGES)
    def change_one(self, change: Change) -> None:
        change(self.tree)

    @rule(change=TREE_CHANGES)
    def change_tree(self, change: Change) -> None:
        self.repair()
        change(self.tree)

    @rule(change=CHANGES)
    def change_while_judging(self, change: Change) -> None:
        """Between what the tool reads and what it says; the last one that is set holds."""
        self.tool.after = self._once("after", change)

    @rule(change=CHANGES)
    def change_before_judging(self, change: Change) -> None:
        self.tool.before = self._once("before", change)

    @rule(change=st.one_of(CHANGES, TREE_CHANGES), after=st.integers(0, 5))
    def change_while_walking(self, change: Change, after: int) -> None:
        """Before some directory is covered."""
        self.repair()
        left = iter(range(after))

        def changed() -> None:
            if next(left, None) is None:
                self.source.at_cover = lambda: None
                change(self.tree)

        self.source.at_cover = changed

    def _once(self, hook: str, change: Change) -> Callable[[], None]:
        self.repair()

        def changed() -> None:
            setattr(self.tool, hook, lambda: None)
            change(self.tree)

        return changed

    @rule(project=st.sampled_from(ROOTS), text=st.sampled_from(SETTINGS))
    def configure(self, project: str, text: str) -> None:
        """While workspace.json is broken nobody can say which projects there are: all settings stay."""
        if self.tree["workspace.json"] in self.good:
            return
        self.good.pop(self.tree[f"{project}/pyproject.toml"], None)
        self.tree.settings(project, text)

    @rule(projects=st.sampled_from(WORKSPACES))
    def declare(self, projects: object) -> None:
        self.good.pop(self.tree["workspace.json"], None)
        self.tree.workspace(json.dumps({"projects": projects}))

    @rule(project=st.sampled_from(ROOTS), text=st.sampled_from(BROKEN_SETTINGS))
    def break_settings(self, project: str, text: str) -> None:
        path = Path(self.tree[f"{project}/pyproject.toml"])
        if not path.parent.is_dir() or str(path) in self.good:
            return
        self.agree()
        if path.is_file() and str(path) not in self.good:
            self.good[str(path)] = path.read_text()
            self.tree.settings(project, text)

    @rule(text=st.sampled_from(BROKEN_WORKSPACES))
    def break_workspace(self, text: str) -> None:
        path = Path(self.tree["workspace.json"])
        if not self.good:
            self.agree()
            self.good[str(path)] = path.read_text()
            self.tree.workspace(text)

    @rule()
    def repair(self) -> None:
        """Every broken configuration file says again what it said before."""
        for path, text in self.good.items():
            Path(path).write_text(text)
        self.good.clear()

    @rule(project=st.sampled_from(ROOTS))
    def remove_root(self, project: str) -> None:
        self.repair()
        self.tree.remove(project)

    @rule(project=st.sampled_from(ROOTS))
    def move_root(self, project: str) -> None:
        self.repair()
        self.tree.rename(project, f"attic/{project.replace('/', '-')}")

    @rule(project=st.sampled_from(ROOTS))
    def return_root(self, project: str) -> None:
        self.tree.rename(f"attic/{project.replace('/', '-')}", project)
        self.tree.write(f"{project}/one.py", "BAD\n")

    # What happens to the daemon

    @rule(actions=st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=15))
    def work(self, actions: list[str]) -> None:
        for action in actions:
            self.engine.act(action)

    @rule(how=st.sampled_from(("dropped", "doubled", "repeated", "out of order")))
    def mangle(self, how: str) -> None:
        told = self.source.pump(how)
        self.lossy = self.lossy or (told and how == "dropped")

    @rule()
    def overflow(self) -> None:
        self.source.overflow()

    @rule()
    def kill(self) -> None:
        self.repair()
        self.engine.kill()
        self.engine = self._begin()

    @rule(change=CHANGES)
    def restart(self, change: Change) -> None:
        self.repair()
        self.engine.stop()
        change(self.tree)
        self.engine = self._begin()

    @rule(release=st.sampled_from(("1.0", "2.0")))
    def upgrade(self, release: str) -> None:
        self.lossy = self.lossy or release != self.tool.release
        self.tool.release = release

    @rule(missing=st.booleans())
    def miss_tool(self, missing: bool) -> None:
        self.tool.missing = missing

    @rule(busy=st.booleans())
    def use_git(self, busy: bool) -> None:
        self.engine.busy = busy

    @rule(full=st.booleans())
    def fill_disk(self, full: bool) -> None:
        self.disk.full = full

    @rule(seconds=st.sampled_from((0.05, 1.0, 20.0, 301.0, 4000.0)))
    def let_time_pass(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(offset=st.sampled_from((-YEAR_NS, 0, YEAR_NS)))
    def jump_clock(self, offset: int) -> None:
        self.clock.offset = offset

    # What has to hold

    @rule()
    def prove(self) -> None:
        """Under whatever faults there are: once it rests, nothing is fresh that is not so (I2)."""
        if not self.engine.busy:
            self._rest()
            assert_agrees(self, whole=False)

    @rule()
    def agree(self) -> None:
        """With all faults lifted everything agrees, at the very step in which a barrier is reached."""
        self._lift()
        self._rest()
        assert_agrees(self, whole=True)
        self.checks += 1

    def _lift(self) -> None:
        if self.tool.missing:
            self.tool.missing = False
            self.clock.now += BACK_OFF
            self.engine.round()
        self.engine.busy = self.disk.full = False

    def _rest(self) -> None:
        """Changes that wait for the daemon's doing come while it settles, not behind the barrier."""
        self.engine.settle()
        self.tool.before = self.tool.after = self.source.at_cover = lambda: None
        self.engine.wait(survey=self.lossy)
        self.lossy = False

    @property
    def source(self) -> PumpedSource:
        assert isinstance(self.engine.source, PumpedSource)
        return self.engine.source
