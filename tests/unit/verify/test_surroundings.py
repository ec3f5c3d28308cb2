from __future__ import annotations

from types import MappingProxyType

import pytest

from dev_assistant.verify.modules import Modules
from dev_assistant.verify.ruff_group import Group
from dev_assistant.verify.surroundings import View
from unit.verify.judging import directories, write


def _view(root, wide=MappingProxyType({}), **options) -> View:
    group = Group(None, b"config", src=(str(root), str(root / "src")), **options)
    modules = Modules(group.src, directories(root))
    return View({str(root)}, lambda _: group, modules, wide)


def _basis(root, path: str, **options) -> str:
    view = _view(root, **options)
    directory, _, name = f"{root}/{path}".rpartition("/")
    return view.basis(view.place(directory), f"{root}/{path}", name)


def test_packages_are_followed_to_the_outermost_without_a_gap(tmp_path):
    root = write(tmp_path / "p", {"a/b/c/__init__.py": "", "a/__init__.py": "", "d/e/x.py": ""})
    view = _view(root)
    assert view.place(f"{root}/a").package == "a"
    assert view.place(f"{root}/a/b").package is None
    assert view.place(f"{root}/a/b/c").package == "c"
    assert view.place(f"{root}/a/b/c").packages == "101"
    assert view.place(f"{root}/d/e").package is None


def test_a_project_may_itself_lie_within_a_package(tmp_path):
    write(tmp_path, {"top/__init__.py": "", "top/p/__init__.py": "", "top/p/q/__init__.py": ""})
    view = _view(tmp_path / "top" / "p")
    assert view.place(str(tmp_path / "top/p")).package == "top"
    assert view.place(str(tmp_path / "top/p/q")).package == "top"


@pytest.mark.parametrize(
    ("options", "new", "matters"),
    [
        ({}, "pk/a.py", False),
        ({}, "pk/sub/__init__.py", True),
        ({}, "pk/__init__.py", True),
        ({"first_party": True}, "top.py", True),
        ({"first_party": True}, "top.txt", False),
        ({"first_party": True}, "pk/sub/new.py", True),
        ({"first_party_init": True}, "top.py", False),
    ],
)
def test_a_basis_changes_with_what_its_rules_look_at(tmp_path, options, new, matters):
    write(tmp_path, {"pk/sub/x.py": ""})
    before = _basis(tmp_path, "pk/sub/x.py", **options)
    assert _basis(tmp_path, "pk/sub/x.py", **options) == before
    write(tmp_path, {new: ""})
    assert (_basis(tmp_path, "pk/sub/x.py", **options) != before) == matters


def test_files_of_a_package_do_not_depend_on_modules_unless_they_import_from_elsewhere(tmp_path):
    write(tmp_path, {"pk/__init__.py": "", "pk/x.py": "", "other/y.py": ""})
    x = f"{tmp_path}/pk/x.py"
    narrow, wide = (
        _basis(tmp_path, "pk/x.py", first_party=True),
        _basis(tmp_path, "pk/x.py", wide={x: frozenset()}, first_party=True),
    )
    write(tmp_path, {"other/z.py": ""})
    assert _basis(tmp_path, "pk/x.py", first_party=True) == narrow
    assert _basis(tmp_path, "pk/x.py", wide={x: frozenset()}, first_party=True) != wide


def test_foreign_imports_are_those_that_ruff_looks_up(tmp_path):
    write(tmp_path, {"pk/__init__.py": "", "src/other/a.py": "", "tool.py": ""})
    view = _view(tmp_path, first_party=True)
    place = view.place(str(tmp_path / "pk"))
    names = {"pk.sub", "other.a", "os.path", "src.other", "tool.x", "missing.a"}
    assert view.foreign(place, names) == {"other.a", "src.other", "tool.x"}
