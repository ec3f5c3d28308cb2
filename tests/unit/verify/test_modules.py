from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.verify.modules import Modules, TopLevel, dotted_imports
from unit.verify.judging import directories, write


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"import a.b\n", {"a.b"}),
        (b"import a.b as c, d.e.f  # g.h\n", {"a.b", "d.e.f"}),
        (b"from a.b import (c, d)\n", {"a.b"}),
        (b"import a\nfrom b import c\nfrom . import d\n", set()),
        (b"from .x.y import z\n", set()),
        (b"if x: import \\\n  a.b\n", {"a.b"}),
        (b"from \\\r\n a.b import c\r\n", {"a.b"}),
        (b"x = 1; from a.b import c\n", {"a.b"}),
        ("import módulo.x\n".encode(), {"módulo.x"}),
        (b"\tfrom\ta.b\timport c", {"a.b"}),
        (b"# from a.b to c.d\nimport e.f\n", {"e.f"}),
        (b"import a.b; import c.d\nx = 1\nimport e.f", {"a.b", "c.d", "e.f"}),
    ],
)
def test_dotted_absolute_imports(source, names):
    assert dotted_imports(source) == names


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4).map(".".join), max_size=4))
def test_no_dotted_import_is_overlooked(names):
    source = "".join(f"import {name}\nfrom {name} import x\n" for name in names)
    assert dotted_imports(source.encode()) == set(names)


def _modules(root):
    return Modules([str(root), str(root / "src")], directories(root))


def test_the_same_modules_have_the_same_total_however_they_came(tmp_path):
    write(tmp_path, {"src/pk/a.py": "", "src/pk/b.pyi": "", "t/x.py": ""})
    modules, roots = _modules(tmp_path), [str(tmp_path), str(tmp_path / "src")]
    before = modules.total(roots)
    write(tmp_path, {"src/pk/new/c.py": ""})
    assert modules.refresh(str(tmp_path / "src/pk/new/c.py"))
    assert modules.total(roots) != before
    assert modules.total(roots) == _modules(tmp_path).total(roots)
    (tmp_path / "src/pk/new/c.py").unlink()
    (tmp_path / "src/pk/new").rmdir()
    assert modules.refresh(str(tmp_path / "src/pk/new/c.py"))
    assert modules.total(roots) == before


def test_a_change_of_what_is_known_is_no_news(tmp_path):
    write(tmp_path, {"a.py": ""})
    modules = _modules(tmp_path)
    write(tmp_path, {"a.py": "changed", "a.txt": "", "a.pyi": ""})
    assert not modules.refresh(str(tmp_path / "a.py"))
    assert not modules.refresh(str(tmp_path / "a.txt"))
    assert not modules.refresh(str(tmp_path / "a.pyi"))


def test_a_directory_is_a_module_even_without_python_in_it(tmp_path):
    modules = _modules(tmp_path)
    write(tmp_path, {"data/x.txt": ""})
    assert modules.refresh(str(tmp_path / "data/x.txt"))
    assert not modules.refresh(str(tmp_path / "data"))


def test_files_outside_the_roots_are_nothing_to_it(tmp_path):
    root = write(tmp_path / "p", {"a.py": ""})
    modules = _modules(root)
    write(tmp_path, {"b.py": ""})
    assert not modules.refresh(str(tmp_path / "b.py"))


def test_names_that_cannot_be_imported_do_not_count(tmp_path):
    write(tmp_path, {"a.py": "", "RUNS/x.py": "", "no-name/x.py": "", "pk/__init__.py": ""})
    roots = [str(tmp_path)]
    total = Modules(roots, directories(tmp_path)).total(roots)
    write(tmp_path, {"RUNS/y.py": "", "no-name/y.py": ""})
    assert Modules(roots, directories(tmp_path)).total(roots) == total


def test_settling_corrects_what_no_event_told(tmp_path):
    modules, roots = _modules(tmp_path), [str(tmp_path)]
    assert modules.settle(roots, {"pk.new"})
    write(tmp_path, {"pk/new.py": ""})
    assert not modules.settle(roots, {"pk.new"})
    assert modules.settle(roots, {"pk.new"})


def test_top_level_names_are_files_and_directories_that_can_be_imported(tmp_path):
    write(tmp_path, {"a.py": "", "b.pyi": "", "api/x.txt": "", "c.txt": "", "no-name.py": "", "RUNS/x": ""})
    (tmp_path / "dir.py").mkdir()
    os.symlink(tmp_path / "a.py", tmp_path / "linked.py")
    assert TopLevel().names([str(tmp_path), str(tmp_path / "gone")]) == {"a", "b", "api", "linked"}


def test_a_change_of_a_directory_is_one_of_all_that_is_in_it(tmp_path):
    write(tmp_path, {"a.py": ""})
    modules = _modules(tmp_path)
    built = modules.generation
    assert modules.changed(str(tmp_path / "a.py")) == 0
    write(tmp_path, {"pk/__init__.py": "", "pk/no-name.py": ""})
    assert modules.refresh(str(tmp_path / "pk/__init__.py"))
    assert modules.changed(str(tmp_path / "pk/__init__.py")) == modules.generation == built + 1
    assert modules.changed(str(tmp_path / "pk/no-name.py")) == modules.generation
    assert modules.changed(str(tmp_path / "a.py")) == 0


def test_a_directory_that_ends_after_its_files_is_missed_with_the_next_look(tmp_path):
    write(tmp_path, {"pk/__init__.py": ""})
    modules, roots = _modules(tmp_path), [str(tmp_path)]
    before = modules.total(roots)
    write(tmp_path, {"pk/new/deep/c.py": ""})
    file = tmp_path / "pk/new/deep/c.py"
    modules.refresh(str(file))
    file.unlink()
    modules.refresh(str(file))
    file.parent.rmdir()
    file.parent.parent.rmdir()
    assert modules.refresh(str(file))
    assert modules.total(roots) == before
