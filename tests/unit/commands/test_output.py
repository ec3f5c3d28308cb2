from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from dev_assistant.commands.output import (
    coloured,
    root_of,
    seconds,
    write_encoded,
    write_json,
    write_json_line,
)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_where_there_is_no_terminal(environ: dict[str, str], expected: bool) -> None:
    assert coloured(environ) is expected


def test_json_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    write_json_line({"path": "a\x1b\u202e\udcff"})
    write_json({"n": [1]})

    line, rest = capsys.readouterr().out.split("\n", 1)
    assert line == r'{"path":"a\u001b\u202e\udcff"}'
    assert json.loads(rest) == {"n": [1]}


def test_what_is_json_already_cannot_either(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_encoded('{"a":"x\u202e\U0001f600é"}'.encode())

    assert capsysbinary.readouterr().out == rb'{"a":"x\u202e\ud83d\ude00\u00e9"}' + b"\n"


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", ""])
def test_a_time_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=f"{text}'?$"):
        seconds(text)


def test_a_time_may_have_a_fraction() -> None:
    assert seconds("0.5") == 0.5


def test_without_a_workspace_the_current_directory_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")

    assert root_of(argparse.Namespace(workspace=None)) == tmp_path.resolve()
