from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

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


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = dev_assistant.Nothing
