from __future__ import annotations

from typing import Any

from dev_assistant.diagnosis.case import open_case
from dev_assistant.diagnosis.configured import configuration


def test_a_good_configuration_is_counted(ward: Any, only: Any) -> None:
    found = only(configuration(ward.case()), "ok")
    assert (found.value, found.where) == ("1 project", str(ward.root / "workspace.json"))


def test_every_mistake_has_its_place_value_and_way_out(ward: Any) -> None:
    (ward.app / "pyproject.toml").write_text('[tool.dev-assistant]\ndebounce_ms = "x"\nenable_ruf = true\n')
    first, second = configuration(ward.case())
    assert (first.level, second.level) == ("problem", "problem")
    assert first.where == f"{ward.app}/pyproject.toml:2"
    assert "debounce_ms" in first.what
    assert "'enable_ruff'" in second.advice


def test_a_directory_that_is_missing_is_a_warning(ward: Any) -> None:
    ward.configure({"projects": [{"name": "app", "path": "./app", "watch_dirs": ["src"]}]})
    first, second = configuration(ward.case())
    assert (first.level, second.level) == ("warning", "ok")
    assert "src does not exist" in first.what


def test_without_a_workspace_file_the_project_alone_is_read(ward: Any, only: Any) -> None:
    (ward.root / "workspace.json").unlink()
    (ward.root / "pyproject.toml").touch()
    case = open_case(None, cwd=ward.root, environ=ward.environ)
    found = only(configuration(case), "ok")
    assert (found.value, found.where) == ("1 project", str(ward.root))
