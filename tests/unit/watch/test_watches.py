"""The table of watches without a reader: guards of roots, and watches whose directory was moved."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("needs inotify", allow_module_level=True)

from dev_assistant.watch.inotify_calls import events
from dev_assistant.watch.watches import Watches


@pytest.fixture
def watches() -> Iterator[Watches]:
    watches = Watches()
    yield watches
    watches.close()


def guarded(watches: Watches) -> set[str | None]:
    """The parents that the waiting events are about."""
    return {watches.guarded(watch) for watch, _, _ in events(watches.kernel.read(1 << 16))}


def test_the_parent_of_a_root_is_guarded_and_that_of_a_covered_directory_is_not(
    watches: Watches, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    (root / "below").mkdir(parents=True)
    for path in (root, root / "below"):
        watches.cover(str(path))
    (root / "below").rmdir()
    assert guarded(watches) == {None}
    root.rmdir()
    assert guarded(watches) == {None, str(tmp_path)}


def test_a_guard_that_is_covered_hears_everything_and_is_no_guard(watches: Watches, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    watches.cover(str(tmp_path / "root"))
    watches.cover(str(tmp_path))
    (tmp_path / "a.py").touch()
    found = list(events(watches.kernel.read(1 << 16)))
    assert {watches.path(watch) for watch, _, _ in found} == {str(tmp_path)}
    assert watches.guarded(found[0][0]) is None


def test_a_guard_goes_with_the_last_root(watches: Watches, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    watches.cover(str(tmp_path / "a"))
    watches.cover(str(tmp_path / "b"))
    watches.uncover(str(tmp_path / "a"))
    watches.kernel.read(1 << 16)
    (tmp_path / "a").rmdir()
    assert guarded(watches) == {str(tmp_path)}
    watches.uncover(str(tmp_path / "b"))
    watches.kernel.read(1 << 16)
    (tmp_path / "c").rmdir()
    assert watches.kernel.read(1 << 16) == b""


def test_sweeping_gives_up_what_was_moved_or_replaced(watches: Watches, tmp_path: Path) -> None:
    for name in ("stays", "moved", "replaced"):
        (tmp_path / name).mkdir()
        watches.cover(str(tmp_path / name))
    (tmp_path / "moved").rename(tmp_path / "elsewhere")
    (tmp_path / "replaced").rename(tmp_path / "former")
    (tmp_path / "replaced").mkdir()
    watches.sweep()
    assert len(watches) == 1
    watches.kernel.read(1 << 16)
    for name in ("elsewhere", "former", "replaced"):
        (tmp_path / name / "a.py").touch()
    assert watches.kernel.read(1 << 16) == b""
    (tmp_path / "stays" / "a.py").touch()
    (tmp_path / "stays").rename(tmp_path / "left")
    paths = {
        watches.path(watch) or watches.guarded(watch) for watch, _, _ in events(watches.kernel.read(1 << 16))
    }
    assert paths == {str(tmp_path / "stays"), str(tmp_path)}


def test_a_directory_that_was_moved_is_known_by_its_watch(watches: Watches, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    watches.cover(str(tmp_path / "a"))
    (tmp_path / "a").rename(tmp_path / "b")
    assert watches.cover(str(tmp_path / "b"))
    assert len(watches) == 1
    assert watches.confirm(str(tmp_path / "b"))
    assert not watches.confirm(str(tmp_path / "a"))


def test_what_stands_at_above_or_in_a_covered_directory_concerns_it(watches: Watches, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    watches.cover(str(tmp_path / "root"))
    concerned = ["", "root", "root/new"]
    assert all(watches.concerns(str(tmp_path / path).rstrip("/")) for path in concerned)
    assert not any(watches.concerns(str(tmp_path / path)) for path in ["other", "root/new/deeper"])
