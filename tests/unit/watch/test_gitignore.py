"""git itself is the oracle: whatever ``git check-ignore`` says of a small tree, the walk has to say too."""

import itertools
import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dev_assistant.watch.gitignore import NO_RULES, Origin, Says, parse
from dev_assistant.watch.ignore import DirectoryRules, IgnoreRules

NAMES = ("a", "b", "ab", "ba", "a b", "a]", "é")
# Left out, for POSIX or git's own documentation say otherwise than git does: a slash inside of brackets, and
# "a**/", which git takes for "a" and "**/".
_UNDOCUMENTED = re.compile(rb"[^/!\n]\*\*|\[[!^]?\]?(\\.|[^\]])*/")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", top], check=True)
    for first, second in itertools.product(NAMES, repeat=2):
        (top / f"{first}.d" / f"{second}.d").mkdir(parents=True)
        (top / f"{first}.d" / second).touch()
        (top / f"{first}.d" / f"{second}.d" / first).touch()
    for name in NAMES:
        (top / name).touch()
    return top


def paths_below(top: Path) -> list[str]:
    found = []
    for directory, directories, files in os.walk(top):
        directories[:] = [name for name in directories if name != ".git"]
        found += [os.path.relpath(os.path.join(directory, name), top) for name in directories + files]
    return sorted(name for name in found if not name.endswith(".gitignore"))


def ignored_by_git(top: Path) -> set[str]:
    paths = b"\0".join(map(os.fsencode, paths_below(top)))
    command = ["git", "-C", top, "check-ignore", "--no-index", "--stdin", "-z"]
    answer = subprocess.run(command, input=paths, stdout=subprocess.PIPE, check=False)
    assert answer.returncode in {0, 1}
    return {os.fsdecode(path) for path in answer.stdout.split(b"\0") if path}


def ignored_by_us(top: Path) -> set[str]:
    ignored: set[str] = set()

    def walk(directory: Path, rules: DirectoryRules) -> None:
        for entry in sorted(directory.iterdir()):
            relative = os.path.relpath(entry, top)
            if entry.name in {".git", ".gitignore"}:
                continue
            if rules.ignores(entry.name, is_dir=entry.is_dir()):
                ignored.update(
                    path for path in paths_below(top) if path == relative or path.startswith(f"{relative}/")
                )
            elif entry.is_dir():
                walk(entry, rules.enter(entry.name))

    walk(top, IgnoreRules(str(top), root=str(top)).start())
    return ignored


SEGMENT = st.one_of(
    st.sampled_from(
        ["*", "**", "a", "b.d", "a*", "*b", "?", "??", "*.d", "ab", "[ab]*", "[!a]", "a\\ b", "é", "?.d"]
    ),
    st.text("ab.*?[]!^-\\ d", min_size=1, max_size=5),
    st.text("ab-][!^:\\alphdigt", max_size=6).map(lambda inside: f"[{inside}]"),
)
LINE = st.builds(
    lambda negation, start, segments, end: (negation + start + "/".join(segments) + end).encode(),
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(SEGMENT, min_size=1, max_size=3),
    st.sampled_from(["", "", "/", "/**", " ", "\r"]),
).filter(lambda line: not (b"/" in line and _UNDOCUMENTED.search(line)))
FILE = st.lists(LINE, min_size=1, max_size=5).map(b"\n".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outer=FILE, inner=FILE)
@example(outer=b"a.d\n!/a.d", inner=b"")
@example(outer=b"a.d/*\n!a.d/b.d\n", inner=b"!a\n/b.d/b\n")
@example(outer=b"[[:alpha:]]\n[]-]\n[^a]b", inner=b"[z-a]\na[\n\\")
@example(outer=b"\xef\xbb\xbfab\n#a\n\\#a\na\\ b   \n", inner=b"??")
@example(outer=b"*/**\n!b.d", inner=b"**/**/a")
def test_ignores_what_git_ignores(repository: Path, outer: bytes, inner: bytes) -> None:
    (repository / ".gitignore").write_bytes(outer)
    (repository / "a.d" / ".gitignore").write_bytes(inner)
    assert ignored_by_us(repository) == ignored_by_git(repository)


def test_lines_that_match_nothing_are_left_out() -> None:
    assert parse(b"# a\n\n!\n/\n[a\na\\\n", origin=Origin.GIT) == ()


def test_the_last_line_wins_unless_a_setting_says_otherwise() -> None:
    standing = NO_RULES.under(parse(b"a", origin=Origin.SETTINGS)).under(
        parse(b"b\n!b\n!a", origin=Origin.GIT)
    )
    a = standing.strongest("a", is_dir=False)
    b = standing.strongest("b", is_dir=False)
    assert a is not None
    assert b is not None
    assert (a.says, b.says) == (Says.IGNORE, Says.KEEP)


def test_directories_share_the_rules_that_do_not_move() -> None:
    standing = NO_RULES.under(parse(b"*.pyc\n/build\n**/x/y\n", origin=Origin.GIT))
    inside = standing.inside("src")
    assert inside is not standing
    assert inside.inside("deeper") is inside
    assert inside.inside("x") is not inside
