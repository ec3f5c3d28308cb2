"""The shape of the code: tests mirror modules, modules and functions stay small.

The limits are signals for the whole, so that one long function is allowed and a habit of them is not.
"""

import ast
import functools
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "daemon" / "dev_assistant"
UNIT = REPOSITORY / "tests" / "unit"
MODULES = sorted(PACKAGE.rglob("*.py"))
SHAPELESS = {"utils", "util", "helpers", "helper", "manager", "common", "core", "base", "misc"}
MODULE_LINES = 400
CLASS_LINES = 200
ORDINARY_LINES = 40
MEDIAN_LINES = 10
TRIVIAL_LINES = 20

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def dotted(path: Path) -> str:
    """The name by which a module or package of ours is imported."""
    return ".".join(("dev_assistant", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    )


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), path)


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(parse(path)) if isinstance(node, Function))


def share_over(lengths: list[int], limit: int) -> float:
    return sum(lines > limit for lines in lengths) / len(lengths)


@functools.cache
def imported_by_tests() -> frozenset[str]:
    tests = (REPOSITORY / "tests").rglob("*.py")
    nodes = [node for path in tests for node in ast.walk(ast.parse(path.read_bytes(), path))]
    direct = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    sources = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    members = {
        f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return frozenset(direct | sources | members)


def mirrored(test: Path) -> Path:
    """The module that a test file is about: ``watch/test_ignore.py`` is about ``watch/ignore.py``."""
    place = test.relative_to(UNIT)
    return PACKAGE / place.with_name(place.name.removeprefix("test_"))


@pytest.fixture(scope="module")
def lengths() -> list[int]:
    return [length(function) for module in MODULES for function in functions(module)]


def test_unit_tests_mirror_modules() -> None:
    tests = set(UNIT.rglob("test_*.py")) - {Path(__file__)}
    assert [str(test.relative_to(UNIT)) for test in sorted(tests) if not mirrored(test).is_file()] == []


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_module_opens_with_a_docstring(module: Path) -> None:
    if module.read_bytes().strip():
        assert ast.get_docstring(parse(module))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_module_is_named_after_the_domain(module: Path) -> None:
    assert SHAPELESS.isdisjoint(module.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_module_and_classes_stay_small(module: Path) -> None:
    assert len(module.read_bytes().splitlines()) <= MODULE_LINES
    classes = [node for node in ast.walk(parse(module)) if isinstance(node, ast.ClassDef)]
    assert {node.name: length(node) for node in classes if length(node) > CLASS_LINES} == {}


def test_functions_stay_small(lengths: list[int]) -> None:
    assert statistics.median(lengths) <= MEDIAN_LINES
    assert share_over(lengths, ORDINARY_LINES) <= 0.05


def test_share_over_counts_only_longer_ones() -> None:
    assert share_over([40, 41, 10, 5], 40) == 0.25


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_functions_tell_their_return_type(module: Path) -> None:
    assert [function.name for function in functions(module) if function.returns is None] == []


def is_facade(package: Path) -> bool:
    """Its ``__init__`` gives out what the modules below it make: they are tested through it."""
    if package == PACKAGE:
        return False
    return any(isinstance(node, ast.ImportFrom) for node in parse(package / "__init__.py").body)


PIPELINE = (
    *("appraising", "daemon", "intake", "judging", "releasing", "roster", "scoping", "surveys", "telling"),
    "timers",
)
FLOWS = {f"service/{name}.py" for name in PIPELINE}
"""Parts of the pipeline that mean nothing alone: tests/flows and tests/system drive them together."""


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_module_has_a_test(module: Path) -> None:
    """A mirror, or an import by another suite. Commands run as processes: their tests cannot import them."""
    if module.relative_to(PACKAGE).as_posix() in FLOWS:
        return
    if module.parent.name == "commands" or sum(map(length, functions(module))) <= TRIVIAL_LINES:
        return
    place = module.relative_to(PACKAGE)
    mirror = UNIT / place.with_name(f"test_{place.name}")
    names = {dotted(module), *([dotted(module.parent)] if is_facade(module.parent) else [])}
    assert mirror.is_file() or names & imported_by_tests()
