"""What we say of a tree is what ``ruff check`` says of it, whichever way a file is judged."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

import dev_assistant
from dev_assistant.model import Checked, Failed, Moved, RelPath, Urgency
from dev_assistant.ports import Excluded, Included, Reach
from dev_assistant.verify.ruff import RuffVerifier
from unit.verify.judging import directories, job, judge, listed, paths, project, ruff, write

SOURCES = sorted(Path(dev_assistant.__file__).parent.rglob("*.py"))


@pytest.fixture(name="verifier")
def _verifier():
    verifier = RuffVerifier(timeout_seconds=30.0)
    yield verifier
    verifier.close()


def _ways(verifier, root: Path, *, outside: tuple[Path, ...] = ()) -> dict:
    """Verdicts by the batch and by the living server, which have to be the same."""
    tree = project(root, *outside)
    scope = verifier.scope(tree, directories(root, *outside))
    claimed = [path for path in paths(root) if isinstance(scope.claims(path), Included)]
    for extra in outside:
        claimed += [os.path.relpath(extra / path, root) for path in paths(extra)]
    batch = judge(verifier, tree, scope, claimed)
    served = judge(verifier, tree, scope, claimed, Urgency.INTERACTIVE, at_once=4)
    assert batch == served
    return batch


def _told_by_ruff(root: Path) -> dict[str, list]:
    shown = ruff(root, "--no-fix", "--no-respect-gitignore", "--output-format=json-lines", ".")
    assert shown.returncode in {0, 1}, shown.stderr
    told: dict[str, list] = {}
    for line in shown.stdout.splitlines():
        found = json.loads(line)
        start, end = found["location"], found["end_location"]
        where = (start["row"], start["column"], end["row"], end["column"])
        item = (found["code"] or found["name"], *where, found["message"], found["fix"] is not None)
        told.setdefault(os.path.relpath(found["filename"], root), []).append(item)
    return {path: sorted(items) for path, items in told.items()}


def _told_by_us(verdicts: dict) -> dict[str, list]:
    return {
        path: sorted(
            (f.rule, f.line, f.column, f.end_line, f.end_column, f.message, f.fixable)
            for f in verdict.findings
        )
        for path, verdict in verdicts.items()
        if isinstance(verdict, Checked) and verdict.findings
    }


def _mutated(text: str, dice: random.Random) -> str:
    """A file as it is while somebody types: lines are missing, others make no sense, ends differ."""
    lines = text.splitlines()
    del lines[dice.randrange(len(lines)) :: 3]
    lines.insert(
        dice.randrange(len(lines) + 1),
        dice.choice(["def f(:", "x = '𝄞é' ;", "\tif x:", "import zz", ")", ""]),
    )
    return dice.choice(["\n", "\r\n"]).join(lines) + dice.choice(["", "\n"])


RULES = {
    "defaults": "",
    "all": 'lint.select = ["ALL"]\n',
    "preview": 'preview = true\nlint.select = ["ALL"]\n',
    "ours": 'lint.select = ["S", "C90", "PLR", "FIX", "TD", "I", "INP", "EXE"]\n',
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_same_findings_on_sources_whole_and_broken(tmp_path, verifier, rules):
    dice = random.Random(7)
    tree: dict[str, str] = {"ruff.toml": rules}
    for source in SOURCES[:40]:
        text = source.read_text()
        tree[f"pkg/{source.parent.name}/{source.name}"] = text
        if text:
            tree[f"tests/{source.stem}_{dice.random()}.py"] = _mutated(text, dice)
    write(tmp_path, tree)
    verdicts = _ways(verifier, tmp_path)
    told = _told_by_us(verdicts)
    assert told
    assert told == _told_by_ruff(tmp_path)
    assert not [verdict for verdict in verdicts.values() if isinstance(verdict, Failed)]


def test_same_findings_under_nested_configurations(tmp_path, verifier):
    write(
        tmp_path,
        {
            "shared/base.toml": 'lint.select = ["F", "W"]\nexclude = ["gen/*.py", "old"]\n',
            "repo/pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.9"\n'
            '[tool.ruff]\nextend = "../shared/base.toml"\nextend-exclude = ["q?.py"]\nsrc = ["lib"]\n'
            '[tool.ruff.lint]\nextend-select = ["I", "UP"]\nper-file-ignores = {"tests/*" = ["F401"]}\n',
            "repo/a.py": "import zz\nimport os\nfrom own import y\nx = 1 ",
            "repo/lib/own.py": "",
            "repo/tests/test_a.py": "import os\nx: 'int' = 1 ",
            "repo/gen/g.py": "import os\n",
            "repo/old/o.py": "import os\n",
            "repo/qq.py": "import os\n",
            "repo/plugin/ruff.toml": 'line-length = 20\nlint.select = ["E501"]\n',
            "repo/plugin/long.py": "x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\nimport os\n",
            "repo/preview/.ruff.toml": 'extend = "../pyproject.toml"\npreview = true\n'
            'lint.select = ["ALL"]\n',
            "repo/preview/p.py": "import os, sys\ndef f(a, b): return a == None\n",
            "repo/stubs/s.pyi": "import os\ndef f(x = 1000000000000000000000000000000000000000): ...\n",
        },
    )
    verdicts = _ways(verifier, tmp_path / "repo")
    assert _told_by_us(verdicts) == _told_by_ruff(tmp_path / "repo")
    assert "plugin/long.py" in _told_by_us(verdicts)
    assert "gen/g.py" in verdicts, (
        "gen/*.py is relative to the file that says so, not to the one that extends it"
    )
    assert "old/o.py" not in verdicts


def test_same_findings_in_odd_files_of_odd_names(tmp_path, verifier):
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "id": "a",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": "import os",
            }
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    write(
        tmp_path,
        {
            "pyproject.toml": "[project]\nname = 3\n[tool.ruff.lint]\n"
            'select = ["F", "W", "I", "RUF200", "E"]\n',
            "-rf.py": "import os\n",
            "@file.py": "import os\n",
            "a{b}.py": "import os\n",
            "q?#%41.py": "import os\n",
            "new\nline.py": "import os\n",
            "bom.py": b"\xef\xbb\xbfimport os\nimport sys \n",
            "crlf.py": b"import os\r\nx = 1 \r\n",
            "cr.py": b"import os\rx = 1 \r",
            "wide.py": "x = '𝄞é'; import os\n",
            "nul.py": b"x = 1\n\x00y\n",
            "empty.py": "",
            "deep.py": "x = (\n",
            "n.ipynb": json.dumps(notebook),
            "broken.ipynb": "{",
            "README.md": "```python\nimport os\n```\n",
        },
    )
    verdicts = _ways(verifier, tmp_path)
    told = _told_by_us(verdicts)
    real = _told_by_ruff(tmp_path)
    assert told.pop("n.ipynb")[0][5].startswith("cell 1: ")
    assert real.pop("n.ipynb")
    assert told == real
    assert "README.md" not in verdicts


def test_a_name_that_is_not_utf8_is_judged_and_told_apart(tmp_path, verifier):
    write(tmp_path, {"ruff.toml": 'lint.select = ["F401"]\n'})
    for name, text in (
        (b"n\xff.py", b"import os\n"),
        (b"n\xfe.py", b"x = 1\n"),
        (b"n\xfd.py", b"import os, re\n"),
    ):
        (tmp_path / os.fsdecode(name)).write_bytes(text)
    verdicts = _ways(verifier, tmp_path)
    counts = {os.fsencode(path): len(verdict.findings) for path, verdict in verdicts.items()}
    assert counts == {b"n\xff.py": 1, b"n\xfe.py": 0, b"n\xfd.py": 2}


@pytest.mark.parametrize("select", ['["F"]', '["E", "F"]'])
def test_bytes_that_are_not_utf8_fail_and_are_never_clean(tmp_path, verifier, select):
    latin = b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"
    write(tmp_path, {"ruff.toml": f"lint.select = {select}\n", "latin.py": latin, "good.py": "x = 1\n"})
    verdicts = _ways(verifier, tmp_path)
    assert verdicts["latin.py"] == Failed("stream did not contain valid UTF-8")
    assert verdicts["good.py"] == Checked()


def test_a_file_that_kills_ruff_fails_alone(tmp_path, verifier):
    deep = "x = " + "-" * 200_000 + "1\n"  # overflows the stack, however large the environment left it
    good = {f"m{number}.py": "import os\n" for number in range(3)}
    write(tmp_path, {"ruff.toml": 'lint.select = ["F"]\n', "killer.py": deep, **good})
    tree = project(tmp_path)
    scope = verifier.scope(tree, directories(tmp_path))
    for urgency, at_once in ((Urgency.BULK, 256), (Urgency.INTERACTIVE, 8)):
        verdicts = judge(verifier, tree, scope, ["killer.py", *good], urgency, at_once=at_once)
        failed = verdicts.pop("killer.py")
        assert isinstance(failed, Failed)
        assert "signal 6" in failed.reason
        assert {len(verdict.findings) for verdict in verdicts.values()} == {1}


@pytest.mark.parametrize("name", ["venv", "dist", "node_modules"])
def test_directories_above_the_project_are_not_held_against_it(tmp_path, verifier, name):
    root = write(tmp_path / name / "site-packages", {"a.py": "import os\n", "dist/b.py": "import os\n"})
    verdicts = _ways(verifier, root)
    assert list(verdicts) == ["a.py"]
    assert len(verdicts["a.py"].findings) == 1


def test_watch_paths_outside_the_project_have_their_own_configuration_or_the_projects(tmp_path, verifier):
    write(
        tmp_path,
        {
            "repo/ruff.toml": 'lint.select = ["F401"]\n',
            "repo/a.py": "import os\n",
            "common/c.py": "import os\nx = 1 \n",
            "other/ruff.toml": 'lint.select = ["W291"]\n',
            "other/d.py": "import os\nx = 1 \n",
        },
    )
    outside = (tmp_path / "common", tmp_path / "other")
    verdicts = _ways(verifier, tmp_path / "repo", outside=(outside[0],))
    assert [f.rule for f in verdicts["../common/c.py"].findings] == ["F401"]
    tree = project(tmp_path / "repo", *outside)
    scope = verifier.scope(tree, directories(tmp_path / "repo", *outside))
    for urgency in Urgency:
        verdicts = judge(verifier, tree, scope, ["../other/d.py"], urgency)
        assert [f.rule for f in verdicts["../other/d.py"].findings] == ["W291"]


def test_sources_are_never_rewritten_and_no_cache_is_left(tmp_path, verifier):
    options = "fix = true\nfix-only = true\nunsafe-fixes = true\nshow-fixes = true\nforce-exclude = true\n"
    write(
        tmp_path,
        {"ruff.toml": options + 'output-format = "github"\nlint.select = ["F"]\n', "a.py": "import os\n"},
    )
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir())
    verdicts = _ways(verifier, tmp_path)
    report = verifier.verify_file(tmp_path / "a.py")
    assert [f.rule for f in verdicts["a.py"].findings] == ["F401"]
    assert [found.code for found in report.violations] == ["F401"]
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir()) == before


def test_an_implicit_namespace_is_found_however_the_files_are_grouped(tmp_path, verifier):
    nested = {"foo/__init__.py": "", "foo/bar/baz/__init__.py": "x = 1\n", "foo/bar/baz/m.py": ""}
    write(tmp_path, {"ruff.toml": 'preview = true\nlint.select = ["INP"]\n', **nested})
    tree = project(tmp_path)
    scope = verifier.scope(tree, directories(tmp_path))
    for at_once, urgency in ((1, Urgency.BULK), (9, Urgency.BULK), (1, Urgency.INTERACTIVE)):
        verdicts = judge(verifier, tree, scope, nested, urgency, at_once=at_once)
        assert _told_by_us(verdicts) == _told_by_ruff(tmp_path)
        assert "foo/bar/baz/__init__.py" in _told_by_us(verdicts)


EXCLUDES = [
    'exclude = ["b", "c/*.py"]',
    'extend-exclude = ["**/d/*.py", "a/?.py"]',
    'exclude = ["{a,c}/**/d", "[xy].py"]',
    'lint.exclude = ["c", "x.py", "a/b/*"]',
    'include = ["a/*.py", "*.pyi"]',
    'extend-include = ["*.txt"]\nforce-exclude = true',
    'exclude = ["./a/b/", "c/../x.py"]',
]


@pytest.mark.parametrize("option", EXCLUDES)
def test_we_claim_what_ruff_would_list(tmp_path, verifier, option):
    names = ("x.py", "y.pyi", "z.txt", "dd.ipynb", "dist/x.py", "venv/x.py", "site-packages/y.py")
    tree = {
        f"{parent}{name}": "" for parent in ("", "a/", "a/b/", "a/b/c/d/", "c/", "c/d/") for name in names
    }
    nested = {"c/d/ruff.toml": 'exclude = ["x.py"]\n', "dist/ruff.toml": "exclude = []\n"}
    write(tmp_path, tree | nested | {"ruff.toml": option + "\n", ".gitignore": "x.py\n"})
    scope = verifier.scope(project(tmp_path), directories(tmp_path))
    claims = {path: scope.claims(path) for path in paths(tmp_path)}
    lint_excluded = {
        path
        for path, claim in claims.items()
        if isinstance(claim, Excluded) and "lint.exclude" in claim.reason
    }
    claimed = {path for path, claim in claims.items() if isinstance(claim, Included)}
    real = {path for path in listed(tmp_path) if not path.endswith(".toml")}
    assert claimed | lint_excluded == real
    for path in lint_excluded:
        (tmp_path / path).write_text("import os\n(")
    assert not _told_by_ruff(tmp_path).keys() & lint_excluded


def test_a_change_while_it_was_judged_gives_no_verdict(tmp_path, verifier):
    write(tmp_path, {"ruff.toml": 'lint.select = ["F"]\n', "a.py": "import os\n"})
    tree = project(tmp_path)
    scope = verifier.scope(tree, directories(tmp_path))
    for urgency in Urgency:
        asked = job(scope, "a.py", urgency)
        write(tmp_path, {"a.py": f"import sys  # {urgency}\n"})
        assert [result.verdict for result in verifier.verify(tree, scope, [asked])] == [Moved()]
        asked = job(scope, "a.py", urgency)
        write(tmp_path, {"ruff.toml": f'lint.select = ["E", "F"]  # {urgency}\n'})
        assert [result.verdict for result in verifier.verify(tree, scope, [asked])] == [Moved()]
        scope = verifier.scope(tree, directories(tmp_path))


def test_modules_outside_the_watch_paths_are_learned_by_one_look(tmp_path, verifier):
    tree = {"ruff.toml": 'src = ["lib", "."]\nlint.select = ["I"]\n', "lib/far/near.py": ""}
    write(tmp_path, tree | {"app/__init__.py": "", "app/use.py": "import pytest\nimport far.near\n"})
    watched = project(tmp_path / "app")
    scope = verifier.scope(watched, directories(tmp_path / "app"))
    first, second = (verifier.verify(watched, scope, [job(scope, "use.py")])[0].verdict for _ in range(2))
    assert first == Moved()
    assert [found.rule for found in second.findings] == ["I001"]


@pytest.mark.parametrize("urgency", list(Urgency))
def test_an_import_is_sorted_anew_when_its_module_comes_and_goes(tmp_path, verifier, urgency):
    source = "import pytest\n\nimport pk.new\n"
    write(tmp_path, {"ruff.toml": 'lint.select = ["I"]\n', "pk/__init__.py": "", "tests/test_new.py": source})
    tree = project(tmp_path)
    scope = verifier.scope(tree, directories(tmp_path))
    told = []
    for change in ("none", "comes", "goes"):
        if change == "comes":
            write(tmp_path, {"pk/new.py": ""})
        elif change == "goes":
            (tmp_path / "pk/new.py").unlink()
        assert (scope.reach(RelPath("pk/new.py")) is Reach.PROJECT) == (change != "none")
        verdicts = judge(verifier, tree, scope, ["tests/test_new.py"], urgency)
        assert _told_by_us(verdicts) == _told_by_ruff(tmp_path)
        told.append(len(verdicts["tests/test_new.py"].findings))
    assert told == [1, 0, 1]


class _Follower:
    """The daemon in small: claims, reach, a cache by key, and what is shown of each file."""

    def __init__(self, verifier, root: Path) -> None:
        self.verifier, self.root, self.tree = verifier, root, project(root)
        self.scope = verifier.scope(self.tree, directories(root))
        self.cache: dict[tuple, object] = {}
        self.shown: dict[str, object] = {}

    def follow(self, changed: list[str], urgency: Urgency) -> None:
        for path in changed:
            self.scope.claims(RelPath(path))
        todo = {path for path in changed for path in self._reached(path)}
        for _ in range(4):
            todo = self._settle(sorted(todo), urgency)
        assert not todo

    def _reached(self, path: str) -> list[str]:
        match self.scope.reach(RelPath(path)):
            case Reach.CONFIGURATION:
                self.scope = self.verifier.scope(self.tree, directories(self.root))
                return [path, *paths(self.root)]
            case Reach.PROJECT:
                return [path, *paths(self.root)]
            case Reach.SUBTREE:
                return [path, *(p for p in paths(self.root) if p.startswith(os.path.dirname(path)))]
        return [path]

    def _settle(self, todo: list[str], urgency: Urgency) -> set[str]:
        jobs = []
        for path in todo:
            self.shown.pop(path, None)
            if (self.root / path).is_file() and isinstance(self.scope.claims(RelPath(path)), Included):
                asked = job(self.scope, path, urgency)
                known = self.cache.get((path, asked.digest, asked.basis))
                if known is None:
                    jobs.append(asked)
                else:
                    self.shown[path] = known
        moved = set()
        for result in self.verifier.verify(self.tree, self.scope, jobs):
            asked = result.job
            if isinstance(result.verdict, Moved):
                moved.add(asked.path)
            else:
                self.cache[asked.path, asked.digest, asked.basis] = self.shown[asked.path] = result.verdict
        return moved


NAMES = ["pk/__init__.py", "pk/a.py", "pk/sub/__init__.py", "pk/sub/m.py", "src/q/r.py", "src/q/__init__.py"]
NAMES += ["other/b.py", "tests/test_x.py", "tests/__init__.py", "top.py", "top/z.py"]
LINES = [
    "import pytest",
    "import pk.a",
    "from pk.sub import m",
    "import pk.sub.m",
    "import q.r",
    "import top",
]
LINES += ["import other.b as b", "from . import a", "import top.z", "import src.q.r", "import os", "x = 1 "]
CONFIGURATIONS = [
    'lint.select = ["I", "F401", "INP"]\n',
    'preview = true\nlint.select = ["I", "F401", "INP", "TID"]\n',
    'lint.select = ["I", "W"]\nsrc = ["src", "other"]\nexclude = ["other"]\n',
    "",
]


@pytest.mark.parametrize("seed", range(4))
def test_after_any_change_what_is_shown_is_what_a_fresh_check_says(tmp_path, verifier, seed):
    dice = random.Random(seed)
    write(tmp_path, {"ruff.toml": CONFIGURATIONS[seed]})
    follower = _Follower(verifier, tmp_path)
    for _ in range(20):
        changed = dice.sample(NAMES, dice.choice([1, 1, 1, 4]))
        for path in changed:
            (tmp_path / path).unlink(missing_ok=True)
            if dice.random() < 0.65:
                write(tmp_path, {path: "\n".join(dice.sample(LINES, dice.randrange(4))) + "\n"})
        if dice.random() < 0.1:
            changed.append("ruff.toml")
            write(tmp_path, {"ruff.toml": dice.choice(CONFIGURATIONS)})
        follower.follow(changed, dice.choice(list(Urgency)))
        assert _told_by_us(follower.shown) == _told_by_ruff(tmp_path)
