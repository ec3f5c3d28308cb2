from __future__ import annotations

import os

import pytest

from dev_assistant.verify.ruff_config import NAMES, Finder, candidates, stamp
from unit.verify.judging import write


def _governing(root, directory: str = "") -> str | None:
    found = Finder().governing(str(root / directory))
    return found and os.path.relpath(found, root)


def test_the_nearest_file_governs(tmp_path):
    write(tmp_path, {"ruff.toml": "", "a/pyproject.toml": "[tool.ruff]\n", "a/b/x.py": "", "c/x.py": ""})
    assert _governing(tmp_path, "a/b") == "a/pyproject.toml"
    assert _governing(tmp_path, "c") == "ruff.toml"


def test_within_a_directory_ruff_has_an_order_of_preference(tmp_path):
    for name in reversed(NAMES):
        write(tmp_path, {name: "[tool.ruff]\n" if name == "pyproject.toml" else ""})
        assert _governing(tmp_path) == name


@pytest.mark.parametrize("text", ["[tool.other]\n", "tool = 3\n", "[project]\nname = 'x'\n"])
def test_a_pyproject_without_a_table_for_ruff_does_not_count(tmp_path, text):
    write(tmp_path, {"ruff.toml": "", "a/pyproject.toml": text})
    assert _governing(tmp_path, "a") == "ruff.toml"


def test_a_pyproject_that_does_not_parse_is_left_for_ruff_to_refuse(tmp_path):
    write(tmp_path, {"a/pyproject.toml": "[tool.x"})
    assert _governing(tmp_path, "a") == "a/pyproject.toml"


def test_a_fifo_of_that_name_is_no_configuration_and_is_not_opened(tmp_path):
    write(tmp_path, {"ruff.toml": ""})
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / "pyproject.toml")
    assert _governing(tmp_path, "a") == "ruff.toml"
    assert stamp(str(tmp_path / "a" / "pyproject.toml")) is None


def test_a_chain_lists_every_file_with_the_patterns_that_are_relative_to_it(tmp_path, monkeypatch):
    monkeypatch.setenv("BASE", "base")
    write(
        tmp_path,
        {
            "p/pyproject.toml": '[tool.ruff]\nextend = "../$BASE/a.toml"\nextend-exclude = ["x/*"]\n',
            "base/a.toml": 'extend = "b.toml"\nexclude = ["y/*"]\nlint.exclude = ["z"]\n',
            "base/b.toml": 'include = ["*.py"]\nextend = "gone.toml"\n',
        },
    )
    finder = Finder()
    chain = finder.chain(str(tmp_path / "p/pyproject.toml"))
    assert [os.path.relpath(file.path, tmp_path) for file in chain] == [
        "p/pyproject.toml",
        "base/a.toml",
        "base/b.toml",
    ]
    assert [file.exclude for file in chain] == [("x/*",), ("y/*",), ()]
    assert chain[1].lint_exclude == ("z",)
    assert chain[2].include == ("*.py",)
    assert finder.seen[str(tmp_path / "base/gone.toml")] is None


def test_a_circle_of_extensions_ends(tmp_path):
    write(tmp_path, {"ruff.toml": 'extend = "ruff.toml"\n'})
    assert len(Finder().chain(str(tmp_path / "ruff.toml"))) == 1


def test_a_stamp_changes_with_the_file(tmp_path):
    path = tmp_path / "ruff.toml"
    path.write_text("a")
    before = stamp(str(path))
    path.write_text("ab")
    assert stamp(str(path)) != before


def test_candidates_reach_up_to_the_root_and_to_the_users_own(monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")
    assert list(candidates("/a/b", above=False)) == [f"/a/b/{name}" for name in NAMES]
    places = ("/a/b/", "/a/", "/", "/config/ruff/")
    assert list(candidates("/a/b", above=True)) == [place + name for place in places for name in NAMES]
