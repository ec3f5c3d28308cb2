"""The verifiers, written out, and which files count as files of a project at all.

A recognised file that no verifier claims is still discovered and counted as skipped: what is not judged
shows.
"""

from __future__ import annotations

from dev_assistant.ports import Verifier
from dev_assistant.verify.ruff import RuffVerifier

PYTHON = frozenset({".py", ".pyi", ".pyw", ".ipynb"})
SCRIPT = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"})
STYLE = frozenset({".css", ".scss", ".sass", ".less"})
MARKUP = frozenset({".html", ".htm", ".xhtml"})
DATA = frozenset({".json", ".jsonc", ".toml", ".yaml", ".yml"})
DOCUMENT = frozenset({".md", ".markdown", ".rst", ".txt", ".adoc"})

RECOGNISED = PYTHON | SCRIPT | STYLE | MARKUP | DATA | DOCUMENT
"""Suffixes, in lower case, of the source and document types that are files of a project."""


def recognised(path: str) -> bool:
    """Whether ``path`` is of a type that counts, judged by its suffix alone."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in RECOGNISED


def verifiers(*, timeout_seconds: float) -> tuple[Verifier, ...]:
    """Every verifier; ``timeout_seconds`` is for one file, a batch gets it scaled."""
    return (RuffVerifier(timeout_seconds),)
