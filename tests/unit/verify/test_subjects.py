from __future__ import annotations

import os

import pytest

from dev_assistant import process
from dev_assistant.model import Checked, Failed, Moved, RelPath
from dev_assistant.verify.ruff_scope import build
from dev_assistant.verify.subjects import NOT_UTF8, Turn
from unit.verify.judging import directories, job, project, write

IMPORTS = 'lint.select = ["I"]\n'
PLAIN = 'lint.select = ["E"]\n'


def _scope(root):
    return build(project(root), directories(root), ruff=lambda: process.tool("ruff"), timeout=30.0)


def _verdict(turn: Turn, subject) -> object:
    """What is handed out for a subject that was judged clean."""
    turn.verdicts[subject.job.path] = Checked()
    turn.settle([subject])
    return turn.verdicts[subject.job.path]


def test_the_text_is_the_decoded_bytes_of_the_job(tmp_path):
    write(tmp_path, {"ruff.toml": PLAIN, "a.py": b"x = '\xc3\xa9'\r\n"})
    scope = _scope(tmp_path)
    subject = Turn(scope, read=True).prepare(job(scope, "a.py"))
    assert subject.text == "x = 'é'\r\n"
    assert Turn(scope, read=False).prepare(job(scope, "a.py")).text is None


def _rewritten(root):
    write(root, {"a.py": "y = 22\n"})


def _same_size(root):
    stat = os.stat(root / "a.py")
    write(root, {"a.py": "y = 1\n"})
    os.utime(root / "a.py", ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _there_and_back(root):
    """ruff may have read what stood there in between."""
    text = (root / "a.py").read_text()
    write(root, {"a.py": "import os\n"})
    write(root, {"a.py": text})
    os.utime(root / "a.py", ns=(1, 1))  # a clock tick later, whatever this one is


def _gone(root):
    (root / "a.py").unlink()


def _linked(root):
    os.rename(root / "a.py", root / "b")
    os.symlink(root / "b", root / "a.py")


def _configured(root):
    write(root, {"ruff.toml": 'lint.select = ["W"]\n'})


def _packaged(root):
    write(root, {"__init__.py": ""})


@pytest.mark.parametrize(
    "change", [_rewritten, _same_size, _there_and_back, _gone, _linked, _configured, _packaged]
)
@pytest.mark.parametrize("read", [True, False])
def test_what_changed_after_it_was_prepared_is_moved(tmp_path, change, read):
    write(tmp_path, {"ruff.toml": PLAIN, "a.py": "x = 1\n"})
    scope = _scope(tmp_path)
    turn = Turn(scope, read=read)
    subject = turn.prepare(job(scope, "a.py"))
    change(tmp_path)
    assert _verdict(turn, subject) == Moved()


@pytest.mark.parametrize("change", [_rewritten, _same_size, _gone, _linked, _packaged])
def test_what_changed_before_is_moved_without_being_judged(tmp_path, change):
    write(tmp_path, {"ruff.toml": PLAIN, "a.py": "x = 1\n"})
    scope = _scope(tmp_path)
    asked = job(scope, "a.py")
    change(tmp_path)
    turn = Turn(scope, read=True)
    assert turn.prepare(asked) is None
    assert turn.verdicts == {"a.py": Moved()}


def test_what_did_not_change_stands(tmp_path):
    write(tmp_path, {"ruff.toml": PLAIN, "a.py": "x = 1\n"})
    scope = _scope(tmp_path)
    turn = Turn(scope, read=False)
    subject = turn.prepare(job(scope, "a.py"))
    assert _verdict(turn, subject) == Checked()
    assert _verdict(turn, subject) == Checked()


def test_bytes_that_are_not_utf8_fail(tmp_path):
    write(tmp_path, {"ruff.toml": PLAIN, "a.py": b"\xff"})
    scope = _scope(tmp_path)
    turn = Turn(scope, read=True)
    assert turn.prepare(job(scope, "a.py")) is None
    assert turn.verdicts == {"a.py": Failed(NOT_UTF8)}


def test_a_broken_configuration_fails_and_one_that_was_mended_is_moved(tmp_path):
    write(tmp_path, {"ruff.toml": "nonsense", "a.py": ""})
    scope = _scope(tmp_path)
    asked = job(scope, "a.py")
    turn = Turn(scope, read=False)
    assert turn.prepare(asked) is None
    assert isinstance(turn.verdicts[RelPath("a.py")], Failed)
    write(tmp_path, {"ruff.toml": ""})
    turn = Turn(scope, read=False)
    assert turn.prepare(asked) is None
    assert turn.verdicts == {"a.py": Moved()}


def test_a_file_of_a_package_that_imports_from_elsewhere_is_asked_for_again_with_a_wider_basis(tmp_path):
    tree = {"pk/__init__.py": "", "pk/a.py": "import other.m\n", "pk/b.py": "import pk.a\n", "other/m.py": ""}
    write(tmp_path, {"ruff.toml": IMPORTS, **tree})
    scope = _scope(tmp_path)
    turn = Turn(scope, read=False)
    narrow = job(scope, "pk/a.py")
    assert turn.prepare(job(scope, "pk/b.py")) is not None
    assert turn.prepare(narrow) is None
    assert turn.verdicts == {"pk/a.py": Moved()}
    wide = job(scope, "pk/a.py")
    assert wide.basis != narrow.basis
    assert Turn(scope, read=False).prepare(wide).imports == {"other.m"}


def _told(scope, path: str):
    """The job for a file once its basis says all of its imports."""
    turn = Turn(scope, read=False)
    assert turn.prepare(job(scope, path)) is None
    assert turn.verdicts == {path: Moved()}
    return job(scope, path)


def test_a_name_that_is_nowhere_stands_in_the_basis_of_who_imports_it(tmp_path):
    write(tmp_path, {"ruff.toml": IMPORTS, "t.py": "import a.gone\n", "u.py": "import a.b\n", "a/b.py": ""})
    scope = _scope(tmp_path)
    plain, nowhere = job(scope, "t.py").basis, _told(scope, "t.py").basis
    assert job(scope, "u.py").basis == plain
    assert Turn(scope, read=False).prepare(job(scope, "u.py")) is not None
    write(tmp_path, {"t.py": "import a.b\n"})
    assert _told(scope, "t.py").basis == plain != nowhere


@pytest.mark.parametrize("walked", [True, False])
def test_a_verdict_without_a_module_is_none_on_a_tree_that_has_it_where_nobody_walks(tmp_path, walked):
    """As an ignored directory is; whoever comes anew asks by the modules that are walked."""
    write(tmp_path, {"ruff.toml": IMPORTS, "t.py": "import a.made.m\n", "a/b.py": "", "a/made/c.py": ""})
    seen = [one for one in directories(tmp_path) if walked or not one.endswith("made")]

    def anew():
        return build(project(tmp_path), seen, ruff=lambda: process.tool("ruff"), timeout=30.0)

    before = _told(scope := anew(), "t.py").basis
    write(tmp_path, {"a/made/m.py": ""})
    assert job(scope, "t.py").basis != before, "it is looked for whenever the file is"
    fresh = anew()
    asked = [job(fresh, "t.py").basis]
    if not walked:
        asked.append(_told(fresh, "t.py").basis)
    assert before not in asked
    assert Turn(fresh, read=False).prepare(job(fresh, "t.py")) is not None


def test_modules_of_the_own_package_count_where_ruff_looks_for_them(tmp_path):
    option = "[lint.isort]\ndetect-same-package = false\n"
    tree = {"ruff.toml": IMPORTS + option, "pk/__init__.py": "", "pk/a.py": "import pk.new\n"}
    scope = _scope(write(tmp_path, tree))
    before = _told(scope, "pk/a.py").basis
    write(tmp_path, {"pk/new.py": ""})
    assert job(scope, "pk/a.py").basis != before


def test_a_module_that_appears_while_its_import_is_judged_is_noticed(tmp_path):
    write(tmp_path, {"ruff.toml": IMPORTS, "t.py": "import other.new\n", "other/m.py": ""})
    scope = _scope(tmp_path)
    asked = _told(scope, "t.py")
    turn = Turn(scope, read=False)
    subject = turn.prepare(asked)
    write(tmp_path, {"other/unrelated.py": ""})
    assert _verdict(turn, subject) == Checked()
    write(tmp_path, {"other/new.py": ""})
    assert _verdict(turn, subject) == Moved()
    assert job(scope, "t.py").basis != asked.basis


def test_the_package_around_a_gap(tmp_path):
    write(
        tmp_path,
        {"ruff.toml": PLAIN, "foo/__init__.py": "", "foo/bar/baz/__init__.py": "", "foo/q/__init__.py": ""},
    )
    turn = Turn(scope := _scope(tmp_path), read=False)
    place = scope.view().place
    assert turn.outer_package(place(f"{tmp_path}/foo/bar/baz")) == f"{tmp_path}/foo/__init__.py"
    assert turn.outer_package(place(f"{tmp_path}/foo/q")) is None
    assert turn.outer_package(place(f"{tmp_path}/foo")) is None
