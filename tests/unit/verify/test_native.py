"""What is the same for every program of others; how each is asked and read is tested beside it."""

from __future__ import annotations

import pytest

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.model import Blame, Checked, Failed, RelPath, Skipped
from dev_assistant.ports import Included
from dev_assistant.verify.native import Batch, NativeVerifier, ending, said
from dev_assistant.verify.oxlint import Oxlint
from dev_assistant.verify.rumdl import Rumdl
from unit.verify.fakes import program
from unit.verify.judging import directories, job, judge_all, project, write

TOOLS = [Oxlint(), Rumdl()]


class Counting:
    """A tool whose program is never started: it breaks on ``bad``, and keeps what it was asked."""

    name, extra, suffixes, options = "counting", "none", frozenset({".c"}), (b"one",)

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.asked: list[list[str]] = []

    def unfit(self, source):
        return Skipped("odd") if source.data == b"odd" else None

    def parts(self, texts):
        return [list(texts)]

    def judge(self, call, texts):
        self.asked.append(list(texts))
        if b"bad" in texts.values():
            raise ToolError("broke")
        return dict.fromkeys(texts, Checked())

    def finds_the_fault(self, call):
        return self.works


def test_a_text_that_breaks_a_program_fails_alone():
    tool = Counting()
    verdicts = Batch(tool, "", 5.0).check({"a": b"", "b": b"", "c": b"bad", "d": b""})
    assert verdicts.pop("c") == Failed("broke", Blame.FILE)
    assert set(verdicts.values()) == {Checked()}
    assert tool.asked == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["d"]]


def test_a_program_that_finds_nothing_in_a_fault_is_to_blame():
    verdicts = Batch(Counting(works=False), "", 5.0).check({"a": b"", "b": b"bad"})
    reason = "counting does not work: it does not find a fault that is there"
    assert set(verdicts.values()) == {Failed(reason, Blame.TOOL)}


@pytest.mark.parametrize("tool", TOOLS)
def test_without_the_program_every_file_fails_and_says_how_to_get_it(tool, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    verifier = NativeVerifier(tool)
    for ask in (verifier.version, verifier.prove):
        with pytest.raises(ToolError, match=rf'{tool.name} is not .* "dev-assistant\[{tool.extra}\]"$'):
            ask()


@pytest.mark.parametrize("tool", TOOLS)
def test_the_real_one_works_and_has_a_version(tool, tmp_path):
    verifier = NativeVerifier(tool)
    verifier.prove()
    assert verifier.version().count(".") == 2
    scope = verifier.scope(project(tmp_path), [])
    assert all(isinstance(scope.claims(RelPath(f"a{suffix}")), Included) for suffix in tool.suffixes)
    assert scope.claims(RelPath("a.unknown")) is None
    blind = program(tmp_path, "import sys; sys.stdin.read()")
    with pytest.raises(ToolError):
        Batch(tool, blind, 30.0).prove()


def test_options_and_time_make_the_scope(tmp_path):
    verifier = NativeVerifier(Counting(), 7.0)
    scopes = [verifier.scope(project(tmp_path), [], timeout_seconds=seconds) for seconds in (None, 1.0)]
    assert [scope.timeout for scope in scopes] == [7.0, 1.0]
    assert len({scope.digest for scope in scopes}) == 1


def test_a_scope_of_somebody_else_is_refused(tmp_path):
    verifier = NativeVerifier(Counting())
    tree = project(write(tmp_path, {"a.c": ""}))
    mine = verifier.scope(tree, directories(tmp_path))
    (result,) = verifier.verify(tree, object(), [job(mine, "a.c")])
    assert result.verdict == Failed("the scope is not one of counting")


def test_what_it_must_not_see_is_not_given_to_it(tmp_path):
    tool = Rumdl()
    verdicts = judge_all(NativeVerifier(tool), write(tmp_path, {"a.md": b"a\0"}))
    assert verdicts == {"a.md": Skipped("not a text: it holds a NUL byte")}


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (process.Completed(-6, b"", b""), "x was killed by signal 6: without a word"),
        (process.Completed(2, b"out", b" err\n"), "x exited with 2: err"),
        (process.Completed(2, b"out\nput", b"\n"), "x exited with 2: out put"),
    ],
)
def test_how_a_run_ended(done, told):
    assert str(ending("x", done)) == told


def test_what_is_quoted_is_short_and_printable():
    assert said(b"\x1b[31m" + b"a" * 1000).startswith("\\x1b[31ma")
    assert len(said(b"a" * 1000)) <= 200
