from __future__ import annotations

import ast
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import dev_assistant
from dev_assistant.model import Priority
from dev_assistant.schedule.pool import WorkerPool


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import dev_assistant; print(*set(sys.modules) - before)"
    command = [sys.executable, "-I", "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert [name for name in loaded if name.startswith("dev_assistant")] == ["dev_assistant"]
    assert not {"msgspec", "structlog", "importlib.metadata"} & set(loaded)


@pytest.mark.parametrize("name", dev_assistant.__all__)
def test_every_public_name_can_be_used(name: str) -> None:
    assert getattr(dev_assistant, name)
    assert name in dir(dev_assistant)


def test_the_names_are_the_modules_own() -> None:
    assert dev_assistant.Priority is Priority
    assert dev_assistant.WorkerPool is WorkerPool
    assert dev_assistant.__version__ == version("dev-assistant")


def test_type_checkers_see_each_name_where_it_is_taken_from() -> None:
    tree = ast.parse(Path(dev_assistant.__file__).read_bytes())
    seen = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == dev_assistant._HOMES
    assert {*seen, "__version__"} == set(dev_assistant.__all__)
    assert Path(dev_assistant.__file__).with_name("py.typed").is_file()


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = dev_assistant.Nothing
