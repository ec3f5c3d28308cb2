"""What git has stored is judged as a checkout of it would be, and the work tree has no say."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from dev_assistant.once import check_once, look_at
from dev_assistant.places import runtime_of
from dev_assistant.report.documents import CheckDocument
from dev_assistant.service.instance import Instance
from dev_assistant.service.revision import NoRevisionError, Stored
from system import prepared
from system.daemon_process import RUFF_ALONE as ONLY_RUFF

REPOSITORY = Path(__file__).resolve().parents[2]
RUFF_ALONE = {f"DEV_ASSISTANT_{name.upper()}": value for name, value in ONLY_RUFF.items()}
FORTY = "".join(f"def f{n}():\n    import os\n" for n in range(40))


def git(top: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, cwd=top, check=True, timeout=60, capture_output=True, text=True).stdout


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of two projects in one repository, with what decides about a file around it."""
    root = (tmp_path / "work").resolve()
    projects = [{"name": name, "path": f"./{name}"} for name in ("one", "two")]
    root.mkdir()
    git(root, "init", "-q")
    write(
        root,
        workspace_dot_json=json.dumps({"projects": projects}),
        ruff_dot_toml='lint.select = ["F", "I", "INP"]\n',
        _dot_gitignore="RUNS/\nignored.py\n",
        one__pkg__a_dot_py=FORTY,
        one__pkg__sorted_dot_py="import helper\nimport zlib\n\nprint(helper, zlib)\n",
        one__helper_dot_py="x = 1\n",
        two__pyproject_dot_toml='[tool.ruff]\nextend = "../ruff.toml"\nlint.ignore = ["INP"]\n',
        two__b_dot_py="import sys\n",
        two__data_dot_json="{,}\n",
    )
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")
    monkeypatch.chdir(root)
    return root


@contextmanager
def holding(root: Path) -> Iterator[None]:
    """As a daemon does."""
    instance = Instance.acquire(runtime_of(root), workspace=root, version="1")
    assert instance is not None
    try:
        yield
    finally:
        instance.release()


def change(root: Path) -> None:
    """Move the file of forty findings and add one, reformat another, change what decides, add untracked."""
    git(root, "mv", "one/pkg/a.py", "one/moved.py")
    (root / "one" / "moved.py").write_text("# a line\n" + FORTY + "\n\nimport json\n")
    (root / "two" / "b.py").write_text("# reformatted\n\nimport sys  # still\n")
    (root / "one" / "helper.py").unlink()
    (root / "one" / "pkg" / "__init__.py").touch()


def looked_at(stored: Stored, *, cached: bool = False) -> CheckDocument:
    with look_at(stored, workspace=None, cached=cached, timeout=60) as (_, document):
        return document


def test_a_revision_is_judged_as_a_checkout_of_it(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(work)
    check_once(workspace=None, watch_dirs=(), paths=(), cached=True, timeout=60)
    found = looked_at(Stored("HEAD"), cached=True)
    git(work, "worktree", "add", "-q", str(tmp_path / "other" / "work"), "HEAD")
    monkeypatch.chdir(tmp_path / "other" / "work")
    oracle = check_once(workspace=None, watch_dirs=(), paths=(), cached=False, timeout=60)
    assert oracle.summary.findings > 40
    assert replace(found, meta={}) == replace(oracle, meta={})


def kept(root: Path) -> int:
    """The verdicts in the caches of all projects."""
    count = 0
    for database in root.glob("*/RUNS/.cache/*.db"):
        with closing(sqlite3.connect(database)) as connection:
            count += connection.execute("SELECT count(*) FROM verdicts").fetchone()[0]
    return count


def test_what_is_learned_of_a_revision_is_kept(work: Path) -> None:
    """Once. The files of the work tree are neither in it nor forgotten by it."""
    change(work)
    here = check_once(workspace=None, watch_dirs=(), paths=(), cached=True, timeout=60)
    of_here = kept(work)
    there = looked_at(Stored("HEAD"), cached=True)
    of_both = kept(work)
    assert of_both > of_here
    assert replace(looked_at(Stored("HEAD"), cached=True), meta={}) == replace(there, meta={})
    assert replace(check_once(workspace=None, watch_dirs=(), paths=(), cached=True, timeout=60), meta={}) == (
        replace(here, meta={})
    )
    assert kept(work) == of_both


def test_only_projects_of_now_are_given_anything(work: Path) -> None:
    write(work, workspace_dot_json=json.dumps({"projects": [{"name": "one", "path": "./one"}]}))
    looked_at(Stored("HEAD"), cached=True)
    assert (work / "one" / "RUNS").is_dir()
    assert not (work / "two" / "RUNS").exists()


def test_what_nobody_walks_is_no_part_of_a_revision_and_still_counts_here(work: Path) -> None:
    """A module in an ignored directory is known by looking at who imports it, which needs no second time."""
    imports = "import app.made.api\nimport numpy\n\nimport app.core\n\nprint(app, numpy)\n"
    write(work, one__tests__test_x_dot_py=imports, one__app__core_dot_py="", _dot_gitignore="RUNS/\nmade/\n")
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "imports")
    write(work, one__app__made__api_dot_py="")

    def told(*, cached: bool) -> CheckDocument:
        found = check_once(workspace=None, watch_dirs=(), paths=(), cached=cached, timeout=60)
        return replace(found, meta={})

    fresh = told(cached=False)
    assert told(cached=True) == fresh
    looked_at(Stored("HEAD"), cached=True)
    assert told(cached=True) == fresh
    (row,) = [file for file in fresh.files if file.path == "tests/test_x.py"]
    assert "I001" in {finding.rule for finding in row.findings}


def test_findings_read_alike_wherever_the_tree_lies(work: Path) -> None:
    """Also those that name a file which lies beside its project."""
    entries = [{"name": "one", "path": "./one", "watch_dirs": [".", "../lib"]}]
    write(work, workspace_dot_json=json.dumps({"projects": entries}), lib__deep__b_dot_py="x = 1\n")
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "lib")
    there = looked_at(Stored("HEAD"))
    here = check_once(workspace=None, watch_dirs=(), paths=(), cached=False, timeout=60)
    assert replace(there, meta={}) == replace(here, meta={})
    told = [finding.message for file in here.files for finding in file.findings]
    assert any("`../lib/deep/b.py`" in message for message in told)


def test_while_somebody_else_writes_the_caches_they_are_only_read(work: Path) -> None:
    check_once(workspace=None, watch_dirs=(), paths=(), cached=True, timeout=60)
    before = kept(work)
    change(work)
    git(work, "add", "-A")
    with holding(work):
        staged = looked_at(Stored(None), cached=True)
    assert kept(work) == before
    assert replace(staged, meta={}) == replace(looked_at(Stored(None)), meta={})


def test_the_gate_since_a_revision_tells_exactly_the_new_finding(work: Path) -> None:
    change(work)
    (work / "one" / "pkg" / "__init__.py").unlink()
    (work / "one" / "helper.py").write_text("x = 1\n")
    done = run(work, "gate", "--since", "HEAD", "--json")
    answer = json.loads(done.stdout)
    assert [(row["path"], row["rule"]) for row in answer["new"]] == [("moved.py", "F401")]
    assert answer["moved"][0]["from_path"] == "pkg/a.py"
    assert done.returncode == 1


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return prepared.run(arguments, cwd=root, environ={**os.environ, **RUFF_ALONE}, timeout=60)


def test_paths_that_leave_the_copy_are_refused(work: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    entries = [{"name": "one", "path": "./one"}, {"name": "abs", "path": str(work / "two")}]
    write(work, workspace_dot_json=json.dumps({"projects": entries}))
    git(work, "commit", "-q", "-a", "-m", "absolute")
    with pytest.raises(NoRevisionError, match="is in no copy"):
        looked_at(Stored("HEAD"))
    with pytest.raises(NoRevisionError, match="does not have none here"):
        looked_at(Stored("none"))


def test_the_hook_judges_the_index_and_not_the_work_tree(work: Path) -> None:
    """The entry of .pre-commit-hooks.yaml, run as pre-commit runs it: in the root, without file names."""
    lines = (REPOSITORY / ".pre-commit-hooks.yaml").read_text().splitlines()
    (entry,) = [line.partition(":")[2] for line in lines if line.strip().startswith("entry:")]
    command, *arguments = shlex.split(entry)
    assert command == "dev-assistant"
    assert run(work, *arguments).returncode == 0, "nothing is staged"

    new = work / "two" / "new.py"
    new.write_text("import os\n")
    git(work, "add", "two/new.py")
    new.write_text("x = 1\n")
    before = git(work, "status", "--porcelain=v2")
    done = run(work, *arguments)
    assert (done.returncode, "new.py:1:8: F401" in done.stdout) == (1, True)
    assert "b.py" not in done.stdout, "it has a finding, and is not staged"
    told = [json.loads(line) for line in run(work, *arguments, "-o", "rdjsonl=-").stdout.splitlines()]
    assert [("F401" in line["code"]["value"], "suggestions" in line) for line in told] == [(True, False)]
    assert git(work, "status", "--porcelain=v2") == before
    assert new.read_text() == "x = 1\n"


def test_the_policy_of_a_revision_cannot_be_loosened_by_what_comes_after(work: Path) -> None:
    write(
        work,
        one__pyproject_dot_toml="[tool.dev-assistant]\ngate_max_new = {all = 1000}\n",
        two__pyproject_dot_toml="[tool.dev-assistant]\nenabled = false\n",
    )
    projects = [{"name": "one", "path": "./one"}]
    write(work, workspace_dot_json=json.dumps({"projects": projects}))
    assert run(work, "gate").returncode == 0
    done = run(work, "gate", "--policy-from", "HEAD", "--json")
    rows = {
        (row["project"], row["condition"]): row["verdict"] for row in json.loads(done.stdout)["conditions"]
    }
    assert rows["one", "new findings: warning"] == "failed"
    assert rows["two", "coverage in %"] == "unknown", "it was taken out of the workspace"
    assert done.returncode == 3


@pytest.mark.parametrize(
    "loosened",
    ["enable_ruff = false", 'ignore = ["evil.py"]', 'watch_paths = ["pkg"]', "max_file_mb = 0.00001"],
)
def test_a_change_of_what_is_judged_is_unknown_to_the_policy(work: Path, loosened: str) -> None:
    write(work, one__evil_dot_py="import os\n")
    assert run(work, "gate", "--since", "HEAD", "--policy-from", "HEAD").returncode == 1
    write(work, one__pyproject_dot_toml=f"[tool.dev-assistant]\n{loosened}\ngate_max_new = {{all = 1000}}\n")
    done = run(work, "gate", "--since", "HEAD", "--policy-from", "HEAD")
    assert done.returncode == 3
    assert f"not as in the policy: {loosened.partition(' ')[0]}" in done.stdout


def test_the_hook_is_about_the_repository_that_one_stands_in(tmp_path: Path) -> None:
    """Another one of the workspace may be in the middle of anything, or in no git at all."""
    root = (tmp_path / "many").resolve()
    projects = [{"name": name, "path": f"./{name}"} for name in ("mine", "yours", "loose")]
    write(root, workspace_dot_json=json.dumps({"projects": projects}), loose__c_dot_py="import os\n")
    for name in ("mine", "yours"):
        write(root, **{f"{name}__a_dot_py": "import os\n"})
        git(root / name, "init", "-q")
        git(root / name, "add", "-A")
    done = run(root / "mine", "check", "--staged", "--json")
    assert [(file["project"], file["path"]) for file in json.loads(done.stdout)["files"]] == [
        ("mine", "a.py")
    ]
    assert done.returncode == 1
    write(root, mine__a_dot_py="x = 1\n")
    git(root / "mine", "add", "-A")
    assert run(root / "mine", "check", "--staged").returncode == 0
    assert "is in no git working tree" in run(root, "check", "--staged").stderr
