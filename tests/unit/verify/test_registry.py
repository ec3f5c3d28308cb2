from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import dev_assistant
from dev_assistant import process
from dev_assistant.settings import Settings
from dev_assistant.verify.registry import (
    KINDS,
    RECOGNISED,
    limits,
    recognised,
    size_limit,
    unjudged,
    verifiers,
    wanted,
)


@pytest.mark.parametrize(
    "path", ["a.py", "dir/x.PYI", "b/n.ipynb", "s.tsx", "README.md", "x.y.css", "conf.toml"]
)
def test_sources_and_documents_are_recognised(path):
    assert recognised(path)


@pytest.mark.parametrize("path", ["a", "a.pyc", "dir.py/x", "x.so", ".py", "dir/.md", "x.", "a.py~"])
def test_everything_else_is_not(path):
    assert not recognised(path)


def test_suffixes_are_in_lower_case_with_a_dot():
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in RECOGNISED)


def test_names_of_verifiers_are_unique():
    every = verifiers(timeout_seconds=1.0)
    names = [verifier.name for verifier in every]
    assert names == ["ruff", "oxlint", "rumdl", "css", "html", "data", "text", "deep"]
    for verifier in every:
        verifier.close()


@pytest.mark.parametrize(("workers", "python", "others"), [(1, 1, 1), (2, 2, 1), (3, 3, 1), (6, 6, 3)])
def test_every_verifier_has_a_limit_of_its_own(workers, python, others):
    of = limits(workers)
    assert {name for name, limit in of.items() if limit == python} >= {"ruff", "deep"}
    assert {of[name] for name in ("oxlint", "rumdl", "css", "html", "data", "text")} == {others}


@pytest.mark.parametrize(
    ("path", "settings", "reason"),
    [
        ("a.py", {}, "not included by ruff's configuration"),
        ("a.py", {"enable_ruff": False}, "enable_ruff is false"),
        ("a.ts", {"enable_scripts": False}, "enable_scripts is false"),
        ("a.scss", {}, "no verifier for .scss files"),
        ("Makefile", {}, "no verifier for such files"),
    ],
)
def test_the_reason_for_no_verdict(path, settings, reason):
    assert unjudged(path, Settings(**settings)) == reason


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.verifier)
def test_a_kind_is_turned_off_by_its_setting(kind):
    assert wanted(kind.verifier, Settings())
    assert not wanted(kind.verifier, Settings(**{kind.setting: False}))


def test_documents_may_be_larger_than_sources():
    settings = Settings(max_file_mb=1.0, max_document_mb=2.0)
    assert (size_limit("a.py", settings), size_limit("a.md", settings)) == (
        (1_000_000, "max_file_mb"),
        (2_000_000, "max_document_mb"),
    )


WITHOUT_EXTRAS = """
import sys
sys.path[:0] = sys.argv[1:]
from dev_assistant.analysis.studies import STUDIES
from dev_assistant.errors import ToolError
from dev_assistant.verify.registry import verifiers
asked = {verifier.name: verifier.version for verifier in verifiers(timeout_seconds=5.0)}
for name, ask in {**asked, "yaml": lambda: STUDIES["data"]("a.yaml", b"a: 1")}.items():
    try:
        ask()
    except ToolError as error:
        print(f"{name}: {error}")
"""
_OF_EXTRAS = ("tinycss2", "complexipy", "yaml", "_yaml", "pyyaml")


def test_without_what_the_extras_bring_each_kind_says_which_one_it_needs(tmp_path: Path) -> None:
    """An interpreter beside which ruff stands alone, and a path without the libraries."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.symlink_to(os.path.realpath(sys.executable))
    (tmp_path / "bin" / "ruff").symlink_to(process.tool("ruff"))
    packages = tmp_path / "packages"
    packages.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.lower().startswith(_OF_EXTRAS):
            (packages / entry.name).symlink_to(entry)
    source = Path(dev_assistant.__file__).parents[1]
    command = [str(python), "-I", "-S", "-c", WITHOUT_EXTRAS, str(packages), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    extras = {"oxlint": "js", "rumdl": "markdown", "css": "css", "deep": "deep", "yaml": "yaml"}
    assert told.keys() == extras.keys()
    assert [name for name, extra in extras.items() if f"dev-assistant[{extra}]" not in told[name]] == []
