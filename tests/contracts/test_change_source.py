"""What every change source promises, whatever it is built on. Nobody asks: it has to come by itself."""

import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev_assistant.ports import ChangeSource, CoverLost, Hint, HintKind, Hints, SourceEvent
from dev_assistant.watch.ignore import IgnoreRules
from dev_assistant.watch.nothing import NoSource
from dev_assistant.watch.observer import ObserverSource
from dev_assistant.watch.polling import PollingSource
from dev_assistant.watch.supplement import SupplementedSource
from dev_assistant.watch.survey import survey

# watchdog warns when its walk of a new directory meets the event for it; an error would end its thread.
pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")

PATIENCE = 20.0
WRITTEN = {HintKind.WHOLE, HintKind.TOUCHED}


def inotify() -> ChangeSource:
    from dev_assistant.watch.inotify import InotifySource  # noqa: PLC0415  exists on Linux only

    return InotifySource()


def without_watches() -> ChangeSource:
    """What a source is when its watches have run out: only the polling beside it sees anything."""
    return SupplementedSource(_Full(), interval=0.02, count=tuple)


class _Full(NoSource):
    def cover(self, directory: str) -> bool:
        return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="needs inotify")
SOURCES = [
    pytest.param(inotify, id="inotify", marks=linux),
    pytest.param(ObserverSource, id="watchdog"),
    pytest.param(lambda: PollingSource(interval=0.02), id="polling"),
    pytest.param(without_watches, id="supplement"),
]


class Ear:
    """Hears what a source posts; ``until`` waits for it."""

    def __init__(self, source: ChangeSource) -> None:
        self.source = source
        self.heard: list[SourceEvent] = []
        self._events: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
        source.start(self._events.put)

    def until(self, wanted: Callable[[SourceEvent], bool]) -> SourceEvent:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                event = self._events.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"waited in vain; heard {self.heard}")
            self.heard.append(event)
            if wanted(event):
                return event

    def until_hint(self, path: Path, kinds: set[HintKind]) -> Hint:
        found: list[Hint] = []

        def is_wanted(event: SourceEvent) -> bool:
            hints = event.hints if isinstance(event, Hints) else ()
            found.extend(hint for hint in hints if (hint.directory, hint.name) == os.path.split(path))
            return any(hint.kind in kinds for hint in found)

        self.until(is_wanted)
        return found[-1]

    def until_lost(self, directory: Path) -> None:
        self.until(lambda event: isinstance(event, CoverLost) and event.directory == str(directory))

    def paths(self) -> set[str]:
        return {
            os.path.join(hint.directory, hint.name)
            for event in self.heard
            if isinstance(event, Hints)
            for hint in event.hints
        }

    def survey(self, top: Path) -> dict[str, list[str]]:
        rules = IgnoreRules(str(top), root=str(top)).start()
        found = survey(str(top), rules, cover=self.source.cover)
        return {os.path.relpath(entry.directory, top): [name for name, _ in entry.files] for entry in found}


@pytest.fixture(params=SOURCES)
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    source: ChangeSource = request.param()
    ear = Ear(source)
    yield ear
    source.stop()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    path = tmp_path / "top"
    path.mkdir()
    return path


def test_a_save(ear: Ear, top: Path) -> None:
    (top / "old.py").write_text("1\n")
    assert ear.source.cover(str(top))
    before = time.monotonic()
    (top / "new.py").write_text("1\n")
    hint = ear.until_hint(top / "new.py", WRITTEN)
    (top / "old.py").write_text("22\n")
    ear.until_hint(top / "old.py", WRITTEN)
    assert before <= hint.at <= time.monotonic()


def test_an_atomic_save(ear: Ear, top: Path) -> None:
    (top / "a.py").write_text("1\n")
    ear.source.cover(str(top))
    (top / ".a.py.new").write_text("2\n")
    os.replace(top / ".a.py.new", top / "a.py")
    ear.until_hint(top / "a.py", WRITTEN)


def test_a_change_of_the_mode(ear: Ear, top: Path) -> None:
    (top / "a.py").write_text("1\n")
    ear.source.cover(str(top))
    (top / "a.py").chmod(0o755)
    ear.until_hint(top / "a.py", WRITTEN)


def test_a_deletion_and_a_move_away(ear: Ear, top: Path, tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (top / name).write_text("1\n")
    ear.source.cover(str(top))
    (top / "a.py").unlink()
    ear.until_hint(top / "a.py", {HintKind.GONE})
    (top / "b.py").rename(tmp_path / "b.py")
    ear.until_hint(top / "b.py", {HintKind.GONE})


def test_what_is_written_while_a_new_directory_is_unknown_is_found_by_its_survey(ear: Ear, top: Path) -> None:
    ear.source.cover(str(top))
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "b" / "x.py").write_text("1\n")
    ear.until_hint(top / "a", {HintKind.DIRECTORY})
    assert ear.survey(top / "a") == {".": [], "b": ["x.py"]}
    (top / "a" / "b" / "y.py").write_text("1\n")
    ear.until_hint(top / "a" / "b" / "y.py", WRITTEN)


def test_a_tree_that_is_moved_in(ear: Ear, top: Path, tmp_path: Path) -> None:
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "tree" / "deep" / "x.py").write_text("1\n")
    ear.source.cover(str(top))
    (tmp_path / "tree").rename(top / "tree")
    ear.until_hint(top / "tree", {HintKind.DIRECTORY})
    assert ear.survey(top / "tree") == {".": [], "deep": ["x.py"]}


def test_a_tree_that_is_moved_out_is_silent(ear: Ear, top: Path, tmp_path: Path) -> None:
    (top / "tree" / "deep").mkdir(parents=True)
    ear.survey(top)
    assert ear.source.health().directories == 3
    (top / "tree").rename(tmp_path / "tree")
    ear.until_hint(top / "tree", {HintKind.DIRECTORY_GONE})
    (tmp_path / "tree" / "deep" / "x.py").write_text("1\n")
    (top / "last.py").write_text("1\n")
    ear.until_hint(top / "last.py", WRITTEN)
    assert str(top / "tree" / "deep" / "x.py") not in ear.paths()
    assert ear.source.health().directories == 1


def test_a_tree_that_is_renamed_reports_under_its_new_name(ear: Ear, top: Path) -> None:
    (top / "a" / "deep").mkdir(parents=True)
    ear.survey(top)
    (top / "a").rename(top / "b")
    ear.until_hint(top / "b", {HintKind.DIRECTORY})
    ear.survey(top / "b")
    (top / "b" / "deep" / "x.py").write_text("1\n")
    ear.until_hint(top / "b" / "deep" / "x.py", WRITTEN)
    assert str(top / "a" / "deep" / "x.py") not in ear.paths()


def test_a_directory_in_anothers_place_is_covered_anew(ear: Ear, top: Path, tmp_path: Path) -> None:
    (top / "a").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.py").touch()
    ear.survey(top)
    shutil.rmtree(top / "a")
    (tmp_path / "other").rename(top / "a")
    ear.until_hint(top / "a", {HintKind.DIRECTORY})
    ear.survey(top / "a")
    (top / "a" / "y.py").write_text("1\n")
    ear.until_hint(top / "a" / "y.py", WRITTEN)


def test_a_root_that_is_deleted_is_told_and_can_be_covered_again(ear: Ear, top: Path) -> None:
    ear.source.cover(str(top))
    top.rmdir()
    ear.until_lost(top)
    assert not ear.source.cover(str(top))
    top.mkdir()
    assert ear.source.cover(str(top))
    (top / "a.py").write_text("1\n")
    ear.until_hint(top / "a.py", WRITTEN)


@linux
def test_a_root_that_is_deleted_is_told_while_a_process_stands_in_it(ear: Ear, top: Path) -> None:
    if isinstance(ear.source, ObserverSource):
        pytest.skip("watchdog on Linux does not guard the parent")
    ear.source.cover(str(top))
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=top, stdin=subprocess.PIPE) as standing:
        top.rmdir()
        ear.until_lost(top)
        top.mkdir()
        assert ear.source.cover(str(top))
        (top / "a.py").write_text("1\n")
        ear.until_hint(top / "a.py", WRITTEN)
        standing.communicate(b"\n")


def test_a_name_that_is_not_utf8(ear: Ear, top: Path) -> None:
    name = os.fsdecode(b"\xff\n.py")
    ear.source.cover(str(top))
    (top / name).write_text("1\n")
    ear.until_hint(top / name, WRITTEN)


def test_what_is_not_covered_is_not_reported(ear: Ear, top: Path) -> None:
    (top / "node_modules").mkdir()
    (top / "src").mkdir()
    ear.survey(top)
    (top / "node_modules" / "x.py").write_text("1\n")
    (top / "src" / "y.py").write_text("1\n")
    ear.until_hint(top / "src" / "y.py", WRITTEN)
    assert str(top / "node_modules" / "x.py") not in ear.paths()


def test_uncovered_directories_are_silent_with_all_below(ear: Ear, top: Path) -> None:
    for name in ("a/deep", "ab"):
        (top / name).mkdir(parents=True)
    ear.survey(top)
    ear.source.uncover(str(top / "a"))
    ear.source.uncover(str(top / "a"))
    assert ear.source.health().directories == 2
    for name in ("a/x.py", "a/deep/y.py", "ab/z.py"):
        (top / name).write_text("1\n")
    ear.until_hint(top / "ab" / "z.py", WRITTEN)
    assert not ear.paths() & {str(top / "a" / "x.py"), str(top / "a" / "deep" / "y.py")}


def test_covering_is_idempotent_and_a_missing_directory_is_refused(ear: Ear, top: Path) -> None:
    assert [ear.source.cover(str(top)) for _ in range(2)] == [True, True]
    assert not ear.source.cover(str(top / "missing"))
    health = ear.source.health()
    assert (health.directories, health.overflows, health.uncovered) == (1, 0, ())


def test_stopping_twice_and_without_a_start(ear: Ear) -> None:
    ear.source.stop()
    ear.source.stop()
