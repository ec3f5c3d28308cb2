from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.model import ProjectName
from dev_assistant.service.territory import Place, Territory, relative
from dev_assistant.watch.ignore import DirectoryRules, IgnoreRules

ONE, TWO = ProjectName("one"), ProjectName("two")


@pytest.fixture
def rules(tmp_path: Path) -> DirectoryRules:
    (tmp_path / ".gitignore").write_text("*.log\n")
    return IgnoreRules(str(tmp_path), root=str(tmp_path)).start()


def test_a_directory_can_belong_to_several_projects(rules: DirectoryRules) -> None:
    territory = Territory()
    territory.add("/w/lib", Place(ONE, "lib/", rules))
    territory.add("/w/lib", Place(TWO, "../lib/", rules))
    assert [place.path("x.py") for place in territory.at("/w/lib")] == ["lib/x.py", "../lib/x.py"]
    assert territory.leave(ONE, "/w") == []
    assert [place.project for place in territory.at("/w/lib")] == [TWO]
    assert territory.leave(TWO, "/w") == ["/w/lib"]
    assert territory.at("/w/lib") == ()


def test_walking_again_replaces_the_place(rules: DirectoryRules) -> None:
    territory = Territory()
    territory.add("/w", Place(ONE, "", rules))
    territory.add("/w", Place(ONE, "", rules))
    assert len(territory.at("/w")) == 1


def test_leaving_a_directory_spares_its_namesakes(rules: DirectoryRules) -> None:
    territory = Territory()
    for directory in ("/w/a", "/w/a/b", "/w/ab"):
        territory.add(directory, Place(ONE, "x/", rules))
    assert sorted(territory.leave(ONE, "/w/a")) == ["/w/a", "/w/a/b"]
    assert territory.of(ONE) == ["/w/ab"]


def test_only_files_in_walked_directories_that_are_not_ignored_are_held(rules: DirectoryRules) -> None:
    territory = Territory()
    territory.add("/w", Place(ONE, "", rules))
    assert territory.holds(ONE, "/w", "a.py")
    assert not territory.holds(ONE, "/w", "a.log")
    assert not territory.holds(ONE, "/elsewhere", "a.py")
    assert not territory.holds(TWO, "/w", "a.py")


def test_prefixes_are_relative_to_the_root() -> None:
    assert relative("/w/p", "/w/p") == ""
    assert relative("/w/p", "/w/p/src/x") == "src/x/"
    assert relative("/w/p", "/w/common/lib") == "../common/lib/"
