"""However a tree is changed, the daemon ends up knowing what a fresh look finds, and what ruff finds."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk, found, ruff

pytestmark = pytest.mark.linux

UNUSED = "import os\n"
CLEAN = "X = 1\n"
Change = Callable[[Path, Path], None]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One daemon for all changes: each is made in a project of its own, which is the only one then."""
    with desk(tmp_path_factory.mktemp("changes")) as place:
        yield place


@pytest.fixture
def place(running: Desk, change: Change) -> Desk:
    app = change.__name__
    running.projects = {app: running.root / app}
    running.write(f"{app}/pyproject.toml", '[tool.ruff]\nlint.select = ["E", "F", "I", "INP"]\n')
    for name in ("pkg/__init__.py", "pkg/clean.py", "pkg/sub/__init__.py", "pkg/sub/deep.py"):
        running.write(f"{app}/{name}", CLEAN)
    running.write(f"{app}/pkg/unused.py", UNUSED)
    running.write(f"{app}/bare/script.py", CLEAN)
    running.write(f"{app}/pkg/user.py", "import json\n\nimport pkg\n\n__all__ = ['json', 'pkg']\n")
    (running.projects[app] / "empty").mkdir()
    running.configure({"projects": [{"name": app, "path": app}]})
    running.start()
    return running


def save(app: Path, _: Path) -> None:
    (app / "pkg/clean.py").write_text(UNUSED)


def save_of_the_same_size(app: Path, _: Path) -> None:
    file = app / "pkg/unused.py"
    before = file.stat()
    file.write_text("A = 12345\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def truncation(app: Path, _: Path) -> None:
    with open(app / "pkg/clean.py", "r+b", buffering=0) as file:
        file.truncate(0)
        file.writelines((b"import os\n", b"import re\n"))


def left_open(app: Path, _: Path) -> None:
    descriptor = os.open(app / "pkg/clean.py", os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, b"import os\n")
    os.fsync(descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), descriptor)


def backup_and_rename(app: Path, _: Path) -> None:
    file, backup = app / "pkg/clean.py", app / "pkg/clean.py~"
    file.rename(backup)
    file.write_text(UNUSED)
    backup.unlink()


def replacement(app: Path, _: Path) -> None:
    new = app / "pkg/.clean.py.tmp"
    new.write_text(UNUSED)
    new.replace(app / "pkg/clean.py")


def fifty_replacements(app: Path, _: Path) -> None:
    for number in range(50):
        new = app / "pkg/clean.py.new"
        new.write_text(UNUSED + f"N = {number}\n" * (number % 3))
        new.replace(app / "pkg/clean.py")


def deletion(app: Path, _: Path) -> None:
    (app / "pkg/unused.py").unlink()


def renaming(app: Path, _: Path) -> None:
    (app / "pkg/unused.py").rename(app / "pkg/used.py")


def exchange(app: Path, _: Path) -> None:
    (app / "pkg/unused.py").rename(app / "pkg/other.py")
    (app / "pkg/clean.py").rename(app / "pkg/unused.py")
    (app / "pkg/other.py").rename(app / "pkg/clean.py")


def new_directories(app: Path, _: Path) -> None:
    subprocess.run(["sh", "-c", "mkdir -p a/b/c && echo 'import os' > a/b/c/new.py"], cwd=app, check=True)


def directories_filled_slowly(app: Path, _: Path) -> None:
    """Each file is written while its directory is being discovered."""
    for number in range(10):
        for depth in ("a", "a/b"):
            directory = app / f"new{number}" / depth
            directory.mkdir(parents=True)
            for file in range(15):
                (directory / f"m{file}.py").write_text(UNUSED)


def copied_tree(app: Path, _: Path) -> None:
    subprocess.run(["cp", "-r", "pkg", "copy"], cwd=app, check=True)


def tree_moved_in(app: Path, outside: Path) -> None:
    shutil.copytree(app / "pkg", outside / "pkg")
    (outside / "pkg").rename(app / "moved")
    (app / "moved/sub/deep.py").write_text(UNUSED)


def tree_moved_out(app: Path, outside: Path) -> None:
    (app / "pkg/sub").rename(outside / "sub")
    (outside / "sub/deep.py").write_text(UNUSED)


def tree_moved_out_and_replaced(app: Path, outside: Path) -> None:
    (app / "pkg").rename(outside / "pkg")
    (app / "pkg").mkdir()
    (app / "pkg/unused.py").write_text(CLEAN)
    (outside / "pkg/clean.py").write_text(UNUSED)


def tree_renamed(app: Path, _: Path) -> None:
    (app / "pkg").rename(app / "renamed")
    (app / "renamed/sub/deep.py").write_text(UNUSED)


def tree_deleted(app: Path, _: Path) -> None:
    shutil.rmtree(app / "pkg")


def file_becomes_directory(app: Path, _: Path) -> None:
    (app / "pkg/clean.py").unlink()
    (app / "pkg/clean.py").mkdir()
    (app / "pkg/clean.py/inner.py").write_text(UNUSED)


def directory_becomes_file(app: Path, _: Path) -> None:
    shutil.rmtree(app / "pkg/sub")
    (app / "pkg/sub").write_text(UNUSED)
    (app / "pkg/sub.py").write_text(UNUSED)


def package_loses_its_init(app: Path, _: Path) -> None:
    """INP001 is a matter of what stands beside a file."""
    (app / "pkg/sub/__init__.py").unlink()


def package_gains_its_init(app: Path, _: Path) -> None:
    (app / "bare/__init__.py").write_text("")


def module_is_shadowed(app: Path, _: Path) -> None:
    """I001 is a matter of what stands at the top."""
    (app / "json.py").write_text(CLEAN)


def module_becomes_first_party(app: Path, _: Path) -> None:
    (app / "json").mkdir()
    (app / "json/__init__.py").write_text("")
    (app / "pkg").rename(app / "elsewhere")


def gitignore_grows(app: Path, _: Path) -> None:
    """The project is no repository, so that plain ruff honours the file as we do only inside of one."""
    (app / ".git").mkdir()
    (app / "pkg/.gitignore").write_text("sub/\n")


CHANGES = [
    save,
    save_of_the_same_size,
    truncation,
    left_open,
    backup_and_rename,
    replacement,
    fifty_replacements,
    deletion,
    renaming,
    exchange,
    new_directories,
    directories_filled_slowly,
    copied_tree,
    tree_moved_in,
    tree_moved_out,
    tree_moved_out_and_replaced,
    tree_renamed,
    tree_deleted,
    file_becomes_directory,
    directory_becomes_file,
    package_loses_its_init,
    package_gains_its_init,
    module_is_shadowed,
    module_becomes_first_party,
    gitignore_grows,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_change(place: Desk, tmp_path: Path, change: Change) -> None:
    name = change.__name__
    app, outside = place.projects[name], tmp_path / "outside"
    outside.mkdir()
    before = ruff(app)

    change(app, outside)

    body = place.agree()
    assert found(body, name) == ruff(app) != before
    assert place.status()["watch"]["overflows"] == 0
    place.assert_chains()
