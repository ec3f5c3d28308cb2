from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

import dev_assistant
from dev_assistant.model import Priority
from dev_assistant.schedule.adaptive import AdaptiveWorkerPool
from dev_assistant.schedule.pool import PoolStats, WorkerPool
from dev_assistant.service.critical_files import CriticalFileDetector
from dev_assistant.verify.ruff import FileReport, RuffVerifier, Violation

NEEDED = inspect.Parameter.empty


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


@pytest.mark.parametrize(
    ("call", "promised"),
    [
        (WorkerPool, {"num_workers": 3, "max_queue_size": 100, "worker_fn": None}),
        (AdaptiveWorkerPool, {"min_workers": 2, "max_workers": 6, "max_queue_size": 100, "worker_fn": None}),
        (WorkerPool.start, {}),
        (WorkerPool.submit, {"item": NEEDED, "priority": Priority.NORMAL}),
        (WorkerPool.submit_blocking, {"item": NEEDED, "priority": Priority.NORMAL, "timeout": None}),
        (WorkerPool.wait_completion, {"timeout": None}),
        (WorkerPool.shutdown, {"timeout": None}),
        (WorkerPool.get_stats, {}),
        (CriticalFileDetector.classify, {"path": NEEDED}),
        (RuffVerifier, {"timeout_seconds": 10.0}),
        (RuffVerifier.verify_file, {"path": NEEDED}),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_arguments_are_those_that_others_rely_on(
    call: Callable[..., object], promised: dict[str, object]
) -> None:
    """What can be given by place; more may be taken by name."""
    taken = [one for one in inspect.signature(call).parameters.values() if one.kind is not one.KEYWORD_ONLY]
    assert {one.name: one.default for one in taken if one.name != "self"} == promised


def test_what_is_given_back_has_the_fields_that_others_rely_on() -> None:
    assert list(PoolStats.__annotations__) == [
        *("submitted", "completed", "failed", "pending"),
        *("elapsed_seconds", "throughput_per_sec", "workers"),
    ]
    assert Violation._fields == ("code", "message", "line", "column", "fix_available")
    assert list(FileReport.__dataclass_fields__) == ["passed", "violations", "duration_ms", "error"]
    assert dev_assistant.Criticality.__struct_fields__ == ("score", "reasons", "is_critical")
