from __future__ import annotations

import pytest

from dev_assistant.verify.registry import RECOGNISED, recognised, verifiers


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
    assert [verifier.name for verifier in every] == ["ruff"]
    for verifier in every:
        verifier.close()
