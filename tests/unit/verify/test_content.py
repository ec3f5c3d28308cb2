from __future__ import annotations

import os

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.model import Checked, Digest, Failed, Moved, RelPath
from dev_assistant.ports import Included, Reach, Role
from dev_assistant.verify.content import (
    ContentScope,
    Source,
    judge,
    one_line,
    options_digest,
    split,
    suffix,
)
from unit.verify.judging import job, write

BASIS = Digest("b" * 32)


def _scope(root) -> ContentScope:
    return ContentScope(str(root), {".md": Role.JUDGES}, BASIS, 5.0)


def _clean(sources):
    return {source.path: Checked() for source in sources}


def test_a_scope_claims_by_suffix_and_nothing_decides_beside_its_digest(tmp_path):
    scope = _scope(tmp_path)
    assert scope.claims(RelPath("a/b.MD")) == Included(BASIS)
    assert [scope.claims(RelPath(path)) for path in ("a.py", ".md", "md", "x.md/y")] == [None] * 4
    assert not scope.configures(RelPath("a.md"))
    assert scope.reach(RelPath("a.md")) is Reach.ITSELF
    assert scope.outside() == ()


def test_paths_outside_the_root_are_absolute_too(tmp_path):
    scope = ContentScope("/w/p", {}, BASIS, 5.0)
    assert scope.absolute(RelPath("a/b")) == "/w/p/a/b"
    assert scope.absolute(RelPath("../q/b")) == "/w/q/b"


@pytest.mark.parametrize(("path", "expected"), [("a.tar.GZ", ".gz"), (".bashrc", ""), ("d.x/y", "")])
def test_suffix(path, expected):
    assert suffix(path) == expected


def test_each_option_counts_on_its_own():
    assert options_digest(b"a", b"b") != options_digest(b"ab")
    assert options_digest(b"a") == options_digest(b"a")


def test_the_bytes_that_are_judged_are_those_of_the_job(tmp_path):
    write(tmp_path, {"a.md": "one", "sub/b.md": "two"})
    scope = _scope(tmp_path)
    seen: dict[str, bytes] = {}

    def ask(sources):
        seen.update({source.path: source.data for source in sources})
        return _clean(sources)

    results = judge(scope, [job(scope, "a.md"), job(scope, "sub/b.md")], ask)
    assert [result.verdict for result in results] == [Checked(), Checked()]
    assert seen == {f"{tmp_path}/a.md": b"one", f"{tmp_path}/sub/b.md": b"two"}


def _rewritten(path):
    path.write_text("other")


def _same_size_and_time(path):
    before = os.stat(path)
    path.write_text("eno")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _linked(path):
    os.rename(path, f"{path}.old")
    os.symlink(f"{path}.old", path)


def _gone(path):
    path.unlink()


@pytest.mark.parametrize("change", [_rewritten, _same_size_and_time, _linked, _gone])
def test_what_changed_before_or_meanwhile_is_moved(tmp_path, change):
    path = write(tmp_path, {"a.md": "one"}) / "a.md"
    scope = _scope(tmp_path)

    def ask(sources):
        change(path)
        return _clean(sources)

    asked = job(scope, "a.md")
    assert [result.verdict for result in judge(scope, [asked], ask)] == [Moved()]
    assert [result.verdict for result in judge(scope, [asked], _clean)] == [Moved()]


def test_what_held_other_bytes_in_between_is_judged_again(tmp_path):
    write(tmp_path, {"a.md": "one"})
    scope = _scope(tmp_path)

    def ask(sources):
        write(tmp_path, {"a.md": "two"})
        verdicts = _clean(sources)
        write(tmp_path, {"a.md": "one"})
        os.utime(tmp_path / "a.md", ns=(1, 1))  # a clock tick later, whatever this one is
        return verdicts

    assert [result.verdict for result in judge(scope, [job(scope, "a.md")], ask)] == [Moved()]
    assert [result.verdict for result in judge(scope, [job(scope, "a.md")], _clean)] == [Checked()]


@pytest.mark.parametrize("error", [ToolError("gone"), OSError("gone")])
def test_a_tool_that_is_not_there_fails_every_file(tmp_path, error):
    write(tmp_path, {"a.md": "", "b.md": ""})
    scope = _scope(tmp_path)

    def ask(sources):
        raise error

    results = judge(scope, [job(scope, "a.md"), job(scope, "b.md")], ask)
    assert [result.verdict for result in results] == [Failed("gone"), Failed("gone")]


def test_what_the_tool_must_not_see_is_split_off(tmp_path):
    write(tmp_path, {"a.md": "", "b.md": ""})
    scope = _scope(tmp_path)
    sources = [Source(job(scope, name), name, b"") for name in ("a.md", "b.md")]
    fit, verdicts = split(sources, lambda source: Failed("no") if source.path == "a.md" else None)
    assert [source.path for source in fit] == ["b.md"]
    assert verdicts == {"a.md": Failed("no")}


def test_what_a_tool_says_is_one_short_line():
    assert one_line("a\n  b\x1b[0m") == "a b\\x1b[0m"
    assert len(one_line("x" * 1000)) == 200
