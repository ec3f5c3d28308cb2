from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from dev_assistant.cli import COMMANDS, main


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_with_help_and_arguments(name: str) -> None:
    module = importlib.import_module(f"dev_assistant.commands.{name.replace('-', '_')}")
    assert module.HELP
    assert callable(module.configure) and callable(module.run)


@pytest.mark.parametrize("name", [name for name, text in COMMANDS.items() if text])
def test_every_command_explains_itself_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"dev-assistant {name}" in capsys.readouterr().out.split("examples:")[1]


def test_a_misspelt_command_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statsu"]) == 2
    assert "did you mean 'status'?" in capsys.readouterr().err


def test_without_a_command_the_help_is_shown_and_it_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("dev-assistant ")


@pytest.mark.parametrize("place", ["before", "after"])
def test_global_options_stand_before_or_after_the_command(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--workspace", str(tmp_path), "--json"]
    arguments = [*options, "status"] if place == "before" else ["status", *options]
    assert main(arguments) == 4
    assert json.loads(capsys.readouterr().out)["state"] == "stopped"


def test_an_error_names_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wait"]) == 4
    assert "→ dev-assistant start" in capsys.readouterr().err


def test_a_broken_workspace_is_told_in_both_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "workspace.json").write_text("{")
    assert main(["check", "--no-cache", "--json"]) == 2
    out, err = capsys.readouterr()
    assert "workspace.json:1" in json.loads(out)["error"]
    assert "workspace.json:1" in err
