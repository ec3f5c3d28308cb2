from __future__ import annotations

import pytest

from dev_assistant.verify.ruff_config import Finder
from dev_assistant.verify.ruff_group import Group, broken, group
from dev_assistant.verify.ruff_settings import parse
from unit.verify.judging import ruff, write


def _group(root, options: str, *, base=None) -> Group:
    write(root, {"ruff.toml": options})
    config = str(root / "ruff.toml")
    shown = ruff(root, "--show-settings", "--", config)
    return group(config, parse(shown.stdout.decode()), Finder().chain(config), base=str(base or root))


def test_a_bare_name_is_excluded_at_any_depth_and_a_path_only_where_it_points(tmp_path):
    found = _group(tmp_path, 'exclude = ["old", "a/gen"]\n')
    assert found.excludes(f"{tmp_path}/x/old", "old") == "excluded by `old` in exclude of ruff.toml"
    assert found.excludes(f"{tmp_path}/a/gen", "gen") == "excluded by `a/gen` in exclude of ruff.toml"
    assert found.excludes(f"{tmp_path}/b/a/gen", "gen") is None


def test_defaults_are_named_as_such(tmp_path):
    found = _group(tmp_path, "")
    reason = found.excludes(f"{tmp_path}/node_modules", "node_modules")
    assert reason == "excluded by `node_modules` in exclude of ruff.toml"


def test_lint_exclude_is_held_against_files_alone(tmp_path):
    found = _group(tmp_path, 'lint.exclude = ["m.py", "t"]\n')
    assert "lint.exclude" in (found.excludes_file(f"{tmp_path}/t/m.py", "m.py") or "")
    assert found.excludes(f"{tmp_path}/m.py", "m.py") is None
    assert found.excludes(f"{tmp_path}/t", "t") is None


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("", {"a.py", "a.pyi", "a.ipynb"}),
        ("preview = true", {"a.py", "a.pyi", "a.ipynb", "a.pyw"}),
        ('lint.select = ["RUF200"]', {"a.py", "a.pyi", "a.ipynb", "pyproject.toml"}),
        ('extend-include = ["*.txt", "sub/*.x"]', {"a.py", "a.pyi", "a.ipynb", "a.txt", "sub/b.x"}),
        ('include = ["*.pyi"]', {"a.pyi"}),
    ],
)
def test_kinds_of_file(tmp_path, options, names):
    found = _group(tmp_path, options)
    every = (
        "a.py",
        "a.pyi",
        "a.pyw",
        "a.ipynb",
        "pyproject.toml",
        "x.toml",
        "a.md",
        "a.txt",
        "sub/b.x",
        "b.x",
    )
    claimed = {path for path in every if found.kind(f"{tmp_path}/{path}", path.rpartition("/")[2])}
    assert claimed - {"pyproject.toml"} == names - {"pyproject.toml"}
    assert ("pyproject.toml" in claimed) == ("RUF200" in found.settings.rules)


def test_the_digest_follows_what_decides_a_verdict(tmp_path):
    here, there = tmp_path / "a", tmp_path / "b"
    one = _group(here, 'lint.select = ["F"]\n').digest
    assert _group(there, 'lint.select = ["F"]\n').digest == one, "the place of the project does not matter"
    assert _group(here, 'lint.select = ["F"]\noutput-format = "github"\n').digest == one
    assert _group(here, 'lint.select = ["E"]\n').digest != one
    assert _group(there / "sub", 'lint.select = ["F"]\n', base=there).digest != one, "the place in it does"


def test_which_rules_look_beside_the_file(tmp_path):
    none = _group(tmp_path, 'lint.select = ["E"]\n')
    assert not none.asks_first_party("__init__.py")
    imports = _group(tmp_path, 'lint.select = ["F401"]\n')
    assert imports.asks_first_party("__init__.py")
    assert not imports.asks_first_party("a.py")
    assert _group(tmp_path, 'lint.select = ["I"]\n').asks_first_party("a.py")
    assert not _group(tmp_path, 'lint.select = ["INP"]\n').nested_roots
    assert _group(tmp_path, 'preview = true\nlint.select = ["INP"]\n').nested_roots


def test_a_broken_configuration_claims_python_and_knows_why():
    found = broken("/p/ruff.toml", "ruff.toml:1: nonsense")
    assert found.kind("/p/a.py", "a.py")
    assert not found.kind("/p/pyproject.toml", "pyproject.toml")
    assert found.problem == "ruff.toml:1: nonsense"
    assert found.digest != broken("/p/ruff.toml", "ruff.toml:2: nonsense").digest
