from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dev_assistant.watch.ignore import IgnoreRules
from dev_assistant.watch.ignored import Ignored, ignored


def told(top: Path, path: str, *, patterns: tuple[str, ...] = ()) -> Ignored | None:
    rules = IgnoreRules(str(top), root=str(top), patterns=patterns, own={str(top / "RUNS")}).start()
    return ignored(rules, str(top / path), root=str(top), setting="w.json:3")


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("path", "at", "by"),
    [
        ("a.gen.py", "a.gen.py", "*.gen.py in .gitignore:2"),
        ("src/b.gen.py", "src/b.gen.py", "*.gen.py in .gitignore:2"),
        ("src/x.py", "src/x.py", "/x.py in src/.dev-assistantignore:1"),
        ("out/deep/y.py", "out", "out/ in .gitignore:3"),
        ("ign/y.py", "ign", "ign/ in the setting ignore (w.json:3)"),
        ("node_modules/y.js", "node_modules", "the built-in rule node_modules/"),
        (".git/y.py", ".git", "its name: a version control system keeps its own files there"),
        ("RUNS/y.py", "RUNS", "its place: dev-assistant writes there"),
        ("env/y.py", "env", "the pyvenv.cfg in it: it is a virtual environment"),
    ],
)
def test_the_rule_and_where_it_stands(tmp_path: Path, path: str, at: str, by: str) -> None:
    put(tmp_path / ".gitignore", "# ours\n*.gen.py\nout/\n!keep.gen.py\n")
    put(tmp_path / "src" / ".gitignore", "*.txt\n")
    put(tmp_path / "src" / ".dev-assistantignore", "/x.py\n")
    put(tmp_path / "env" / "pyvenv.cfg")
    assert told(tmp_path, path, patterns=("ign/",)) == Ignored(at, by)


@pytest.mark.parametrize("path", ["a.py", "keep.gen.py", "src/a.py", "."])
def test_what_is_looked_at(tmp_path: Path, path: str) -> None:
    put(tmp_path / ".gitignore", "*.gen.py\n!keep.gen.py\n")
    assert told(tmp_path, path) is None


def test_rules_above_the_watch_path_are_named_too(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    put(tmp_path / ".git" / "info" / "exclude", "excluded.py\n")
    put(tmp_path / ".gitignore", "\n/project/top.py\n")
    put(tmp_path / "project" / "a.py")
    assert told(tmp_path / "project", "top.py") == Ignored("top.py", "/project/top.py in ../.gitignore:2")
    excluded = Ignored("excluded.py", "excluded.py in ../.git/info/exclude:1")
    assert told(tmp_path / "project", "excluded.py") == excluded


def test_a_rule_that_is_not_utf_8_is_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"?\xff?.py\n")
    assert told(tmp_path, "a\udcffb.py") == Ignored(r"a\xffb.py", r"?\xff?.py in .gitignore:1")
