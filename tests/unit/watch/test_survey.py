"""What a walk lists, in which order it covers, and what it leaves out."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from dev_assistant.watch.ignore import IgnoreRules
from dev_assistant.watch.survey import Listing, survey


def listings(top: Path, cover: Callable[[str], bool] = lambda _: True) -> dict[str, Listing]:
    found = list(survey(str(top), IgnoreRules(str(top), root=str(top)).start(), cover=cover))
    by_directory = {os.path.relpath(listing.directory, top): listing for listing in found}
    assert list(by_directory) == [os.path.relpath(listing.directory, top) for listing in found]
    return by_directory


def names(listing: Listing) -> list[str]:
    return [name for name, _ in listing.files]


def test_lists_depth_first_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/x.py", "a/c/y.py", "a/z.py", "top.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1\n")
    found = listings(tmp_path)
    assert list(found) == [".", "a", "a/c", "b"]
    assert found["."].directories == ("a", "b")
    assert [names(listing) for listing in found.values()] == [["top.py"], ["z.py"], ["y.py"], ["x.py"]]
    assert found["b"].files[0][1].size == 2


def test_covers_a_directory_before_it_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    def write(directory: str) -> bool:
        (Path(directory) / "made_while_covering.py").touch()
        return True

    assert [names(listing) for listing in listings(tmp_path, write).values()] == [
        ["made_while_covering.py"]
    ] * 2


def test_rules_are_read_after_covering(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()

    def write(directory: str) -> bool:
        (Path(directory) / ".gitignore").write_text("a.py\n")
        return True

    assert names(listings(tmp_path, write)["."]) == [".gitignore"]


def test_ignored_directories_are_neither_covered_nor_entered(tmp_path: Path) -> None:
    for name in ("node_modules/x", "src", "build/y"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("/build\n")
    covered: list[str] = []

    def cover(directory: str) -> bool:
        covered.append(os.path.relpath(directory, tmp_path))
        return True

    assert list(listings(tmp_path, cover)) == covered == [".", "src"]


def test_links_and_devices_are_listed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken.py").symlink_to("missing")
    os.mkfifo(tmp_path / "pipe.py")
    listing = listings(tmp_path)["."]
    kinds = {name: stat.S_IFMT(status.mode) for name, status in listing.files}
    assert kinds == {"broken.py": stat.S_IFLNK, "loop": stat.S_IFLNK, "pipe.py": stat.S_IFIFO}
    assert listing.directories == ("real",)


def test_a_missing_top_is_a_listing_with_an_error(tmp_path: Path) -> None:
    (listing,) = listings(tmp_path / "missing").values()
    assert listing.error == "No such file or directory"
    assert listing.files == listing.directories == ()


def test_a_directory_that_vanishes_does_not_end_the_walk(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()

    def cover(directory: str) -> bool:
        if directory.endswith("a"):
            (tmp_path / "b").rmdir()
        return True

    found = listings(tmp_path, cover)
    assert [listing.error is None for listing in found.values()] == [True, True, False, True]


def test_a_top_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert listings(tmp_path / "link")["."].error is not None


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.py")
    (tmp_path / name).touch()
    assert names(listings(tmp_path)["."]) == [name]
