from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from dev_assistant.commands.outputs import Output, files_of, outputs, takes_stdout, tell_doubts, write_outputs
from dev_assistant.errors import UserError
from dev_assistant.report.documents import CheckDocument, check_document, read_document
from dev_assistant.report.merge import Results


@pytest.fixture
def document() -> CheckDocument:
    return check_document(Results(), meta={"settled": True}, schema="results")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["sarif"], "takes FORMAT=FILE"),
        (["sarif="], "takes FORMAT=FILE"),
        (["sarfi=x"], "no format 'sarfi'"),
        (["json=a.json", "sarif=./a.json"], "written twice"),
        (["json=-", "sarif=-"], "stdout is to be written twice"),
        (["json=sub/a.json"], "is no directory"),
        (["json=."], "is a directory"),
    ],
)
def test_mistakes_are_told_before_any_work(tmp_path, monkeypatch, written, told):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=told):
        outputs(written)


def test_a_near_format_is_named():
    with pytest.raises(UserError) as caught:
        outputs(["sarfi=x"])
    assert "did you mean 'sarif'?" in caught.value.hint


def test_stdout_belongs_to_one_alone():
    assert takes_stdout(outputs(["json=-"]))
    with pytest.raises(UserError, match="stdout"):
        outputs(["concise=-"], as_json=True)


def test_each_is_written_as_a_whole(tmp_path, document, capsysbinary):
    chosen = [Output("json", str(tmp_path / "r.json")), Output("concise", "-")]
    write_outputs(document, chosen, root=None)

    assert read_document((tmp_path / "r.json").read_bytes(), source="r").summary.files == 0
    assert b"0 findings in 0 files" in capsysbinary.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert files_of(chosen) == {os.path.realpath(tmp_path / "r.json")}


def test_a_link_stays_and_a_pipe_is_not_replaced(tmp_path, document):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to("real/r.json")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_outputs(document, [Output("json", str(link)), Output("concise", str(pipe))], root=None)

    assert link.is_symlink()
    assert (tmp_path / "real" / "r.json").is_file()
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert b"0 findings" in os.read(reader, 1 << 16)
    os.close(reader)


def test_github_gets_its_step_summary_as_far_as_there_is_room(tmp_path, monkeypatch, document):
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    chosen = [Output("github", str(tmp_path / "out"))]
    summary.write_text("before\n")
    write_outputs(document, chosen, root=None)
    assert summary.read_text().startswith("before\n# dev-assistant\n")

    summary.write_bytes(b"x" * (1 << 20))
    write_outputs(document, chosen, root=None)
    assert summary.read_bytes().endswith(b"no room for it.\n")


def test_a_summary_that_cannot_be_written_is_told(tmp_path, monkeypatch, document, capsys):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(Path(tmp_path, "none", "summary.md")))
    write_outputs(document, [Output("github", str(tmp_path / "out"))], root=None)
    assert "no step summary" in capsys.readouterr().err


def test_doubts_go_to_stderr(document, capsys):
    tell_doubts(document)
    assert capsys.readouterr().err == "dev-assistant: nothing matched, so nothing was judged\n"
