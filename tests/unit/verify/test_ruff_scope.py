from __future__ import annotations

import os

from dev_assistant import process
from dev_assistant.model import Project, RelPath
from dev_assistant.ports import Excluded, Included, Reach
from dev_assistant.verify.ruff_scope import RuffScope, build
from unit.verify.judging import directories, project, write


def _scope(root, *outside, watched: tuple[str, ...] = ()) -> RuffScope:
    tree = project(root, *outside)
    if watched:
        tree = Project(tree.name, tree.root, watched)
    return build(tree, directories(root, *outside), ruff=lambda: process.tool("ruff"), timeout=30.0)


def _basis(scope: RuffScope, path: str) -> str:
    claim = scope.claims(RelPath(path))
    assert isinstance(claim, Included)
    return claim.basis


def test_what_is_claimed_left_out_and_not_ours(tmp_path):
    write(
        tmp_path,
        {"ruff.toml": 'extend-exclude = ["gen"]\ninclude = ["*.py"]\n', "a.py": "", "gen/x/b.py": ""},
    )
    scope = _scope(tmp_path)
    assert isinstance(scope.claims(RelPath("a.py")), Included)
    assert scope.claims(RelPath("gen/x/b.py")) == Excluded("excluded by `gen` in exclude of ruff.toml")
    assert scope.claims(RelPath("s.pyi")) == Excluded(f"not in `include` of {tmp_path}/ruff.toml")
    assert scope.claims(RelPath("README.md")) is None
    assert scope.claims(RelPath("x.txt")) is None


def test_a_broken_configuration_is_told_with_its_place_and_touches_only_its_own(tmp_path):
    write(tmp_path, {"bad/ruff.toml": "\nline-length = 'x'\n", "bad/a.py": "", "good/a.py": ""})
    scope = _scope(tmp_path)
    assert scope.view().place(f"{tmp_path}/bad").group.problem.startswith("bad/ruff.toml:2: invalid type")
    assert scope.view().place(f"{tmp_path}/good").group.problem == ""
    assert isinstance(scope.claims(RelPath("bad/a.py")), Included)


def test_what_a_configuration_extends_is_never_quoted(tmp_path):
    write(tmp_path, {"secret": "root:x:0:0:secret\n", "p/ruff.toml": 'extend = "../secret"\n', "p/a.py": ""})
    problem = _scope(tmp_path / "p").view().place(f"{tmp_path}/p").group.problem
    assert problem
    assert "root:x" not in problem


def test_reach_of_configuration(tmp_path):
    write(tmp_path, {"base/any.toml": "", "p/ruff.toml": 'extend = "../base/any.toml"\n', "p/a.py": ""})
    scope = _scope(tmp_path / "p")
    for path in ("ruff.toml", "sub/new/.ruff.toml", "pyproject.toml", "../base/any.toml"):
        assert scope.configures(RelPath(path))
        assert scope.reach(RelPath(path)) is Reach.CONFIGURATION
    assert not scope.configures(RelPath("other.toml"))
    assert scope.reach(RelPath("other.toml")) is Reach.ITSELF


def test_reach_of_a_package(tmp_path):
    write(tmp_path, {"ruff.toml": 'lint.select = ["F821"]\n', "pk/__init__.py": "", "pk/a.py": ""})
    scope = _scope(tmp_path)
    assert scope.reach(RelPath("pk/a.py")) is Reach.ITSELF
    assert scope.reach(RelPath("pk/__init__.py")) is Reach.ITSELF
    before = _basis(scope, "pk/a.py")
    (tmp_path / "pk/__init__.py").unlink()
    assert scope.reach(RelPath("pk/__init__.py")) is Reach.SUBTREE
    assert scope.reach(RelPath("pk/__init__.py")) is Reach.SUBTREE, "until it is claimed again"
    assert _basis(scope, "pk/a.py") != before
    scope.claims(RelPath("pk/__init__.py"))
    assert scope.reach(RelPath("pk/__init__.py")) is Reach.ITSELF
    write(tmp_path, {"pk/__init__.py": ""})
    assert _basis(scope, "pk/__init__.py")
    assert _basis(scope, "pk/a.py") == before, "a claim on the file itself is enough"
    assert scope.reach(RelPath("pk/__init__.py")) is Reach.SUBTREE


def test_modules_reach_nothing_where_no_rule_asks_for_them(tmp_path):
    write(tmp_path, {"ruff.toml": 'lint.select = ["F821"]\n'})
    scope = _scope(tmp_path)
    write(tmp_path, {"new.py": "", "pk/m.py": ""})
    assert {scope.reach(RelPath(path)) for path in ("new.py", "pk/m.py", "pk")} == {Reach.ITSELF}


def test_reach_of_a_module_when_imports_are_sorted(tmp_path):
    write(tmp_path, {"ruff.toml": 'lint.select = ["I"]\n', "pk/a.py": "", "t.py": ""})
    scope = _scope(tmp_path)
    before = _basis(scope, "t.py")
    assert scope.reach(RelPath("pk/a.py")) is Reach.ITSELF
    write(tmp_path, {"pk/new.py": ""})
    assert _basis(scope, "pk/new.py")
    assert [scope.reach(RelPath("pk/new.py")) for _ in range(2)] == [Reach.PROJECT] * 2
    assert _basis(scope, "t.py") != before
    assert _basis(scope, "pk/new.py")
    assert scope.reach(RelPath("pk/new.py")) is Reach.ITSELF
    (tmp_path / "pk/new.py").unlink()
    assert scope.reach(RelPath("pk/new.py")) is Reach.PROJECT
    assert _basis(scope, "t.py") == before


def test_of_many_new_modules_one_reaches_the_project(tmp_path):
    write(tmp_path, {"ruff.toml": 'lint.select = ["I"]\nexclude = ["gen"]\n', "t.py": ""})
    scope = _scope(tmp_path)
    new = [f"pk/m{number}.py" for number in range(5)]
    write(tmp_path, dict.fromkeys([*new, "gen/g.py"], ""))
    assert scope.reach(RelPath("pk")) is Reach.PROJECT
    assert isinstance(scope.claims(RelPath("gen/g.py")), Excluded)
    assert scope.reach(RelPath("gen/g.py")) is Reach.PROJECT
    for path in new:
        assert _basis(scope, path)
    assert [scope.reach(RelPath(path)) for path in new] == [Reach.PROJECT, *[Reach.ITSELF] * 4]
    write(tmp_path, {"pk/last.py": ""})
    assert _basis(scope, "pk/last.py")
    assert scope.reach(RelPath("pk/last.py")) is Reach.PROJECT


def test_what_a_worker_noticed_first_still_reaches_the_project(tmp_path):
    write(tmp_path, {"ruff.toml": 'lint.select = ["I"]\n', "t.py": "", "pk/a.py": ""})
    scope = _scope(tmp_path)
    write(tmp_path, {"pk/new.py": ""})
    assert not scope.settle(scope.view().place(str(tmp_path)), {"pk.new"})
    assert _basis(scope, "pk/new.py")
    assert scope.reach(RelPath("pk/new.py")) is Reach.PROJECT


def test_a_source_root_that_appears_is_a_change_of_configuration(tmp_path):
    write(tmp_path, {"ruff.toml": 'src = ["lib/*"]\n', "a.py": ""})
    scope = _scope(tmp_path)
    write(tmp_path, {"lib/one/m.py": ""})
    assert scope.reach(RelPath("lib/one/m.py")) is Reach.CONFIGURATION
    assert _scope(tmp_path).reach(RelPath("lib/one/m.py")) is Reach.ITSELF


def test_the_digest_is_that_of_the_configuration(tmp_path):
    write(tmp_path, {"ruff.toml": "", "a.py": ""})
    before = _scope(tmp_path).digest
    write(tmp_path, {"b.py": "", "pyproject.toml": "[project]\nname = 'x'\n"})
    assert _scope(tmp_path).digest == before
    write(tmp_path, {"sub/ruff.toml": "line-length = 50\n"})
    assert _scope(tmp_path).digest != before


def test_requires_python_and_extended_files_are_part_of_the_basis(tmp_path):
    write(tmp_path, {"base.toml": "", "ruff.toml": 'extend = "base.toml"\n', "a.py": ""})
    seen = {_basis(_scope(tmp_path), "a.py")}
    write(tmp_path, {"pyproject.toml": "[project]\nname='x'\nversion='1'\nrequires-python = '>=3.12'\n"})
    seen.add(_basis(_scope(tmp_path), "a.py"))
    write(tmp_path, {"base.toml": "line-length = 60\n"})
    seen.add(_basis(_scope(tmp_path), "a.py"))
    assert len(seen) == 3


def test_the_users_own_configuration_counts_where_there_is_no_other(tmp_path, monkeypatch):
    root = write(tmp_path / "p", {"a.py": ""})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    before = _scope(root)
    write(tmp_path, {"config/ruff/ruff.toml": "line-length = 33\n"})
    assert not before.current([])
    after = _scope(root)
    assert _basis(before, "a.py") != _basis(after, "a.py")
    assert str(tmp_path / "config/ruff/ruff.toml") in after.outside()


def test_configuration_outside_the_watch_paths_is_named(tmp_path):
    write(tmp_path, {"base.toml": "", "p/ruff.toml": 'extend = "../base.toml"\n', "p/src/a.py": ""})
    root = tmp_path / "p"
    scope = _scope(root, watched=(f"{root}/src",))
    mine = {f"{root}/{name}" for name in (".ruff.toml", "pyproject.toml", "ruff.toml")}
    assert set(scope.outside()) == {f"{tmp_path}/base.toml", *mine, process.tool("ruff")}
    assert len(scope.outside()) == len(set(scope.outside()))
    assert _scope(root).outside() == (f"{tmp_path}/base.toml", process.tool("ruff"))


def test_above_a_project_without_configuration_one_could_appear(tmp_path):
    root = write(tmp_path / "p", {"a.py": ""})
    assert {f"{tmp_path}/ruff.toml", f"{tmp_path}/pyproject.toml"} <= set(_scope(root).outside())
    assert "/ruff.toml" not in _scope(root).outside()


def test_current_notices_changes_and_new_files_on_the_way_down(tmp_path):
    write(tmp_path, {"ruff.toml": "", "a/b/x.py": ""})
    scope = _scope(tmp_path)
    place = scope.view().place(f"{tmp_path}/a/b")
    assert scope.current([place])
    write(tmp_path, {"a/ruff.toml": ""})
    assert not scope.current([place])
    (tmp_path / "a/ruff.toml").unlink()
    assert scope.current([place])
    write(tmp_path, {"ruff.toml": "line-length = 9\n"})
    assert not scope.current([])


def test_a_configuration_that_appeared_is_not_guessed(tmp_path):
    write(tmp_path, {"ruff.toml": "", "a.py": ""})
    scope = _scope(tmp_path)
    write(tmp_path, {"new/ruff.toml": "", "new/a.py": ""})
    assert "not read yet" in scope.view().place(f"{tmp_path}/new").group.problem


def test_paths_outside_the_project_are_resolved_from_its_root(tmp_path):
    write(tmp_path, {"p/a.py": "", "common/lib/b.py": "", "common/venv/c.py": ""})
    scope = _scope(tmp_path / "p", tmp_path / "common")
    assert scope.absolute(RelPath("../common/lib/b.py")) == f"{tmp_path}/common/lib/b.py"
    assert isinstance(scope.claims(RelPath("../common/lib/b.py")), Included)
    assert isinstance(scope.claims(RelPath("../common/venv/c.py")), Excluded)
    assert scope.folders == (f"{tmp_path}/common", f"{tmp_path}/p")


def test_a_missing_ruff_breaks_every_claim_but_does_not_raise(tmp_path):
    write(tmp_path, {"a.py": ""})
    scope = build(project(tmp_path), [str(tmp_path)], ruff=lambda: str(tmp_path / "no-ruff"), timeout=1.0)
    assert isinstance(scope.claims(RelPath("a.py")), Included)
    assert "cannot be started" in scope.view().place(str(tmp_path)).group.problem
    assert os.listdir(tmp_path) == ["a.py"]
