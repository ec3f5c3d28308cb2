"""The formats, written out: what each is called, and who makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.formats.checkstyle import checkstyle
from dev_assistant.report.formats.github import github
from dev_assistant.report.formats.gitlab import gitlab
from dev_assistant.report.formats.jsonl import jsonl
from dev_assistant.report.formats.junit import junit
from dev_assistant.report.formats.page import markdown
from dev_assistant.report.formats.plain_text import concise, full
from dev_assistant.report.formats.rdjsonl import rdjsonl
from dev_assistant.report.formats.sarif import sarif


def json(document: CheckDocument) -> bytes:
    """The document itself, on one line."""
    return encode(document) + b"\n"


FORMATS: Final[Mapping[str, Callable[[CheckDocument], bytes]]] = {
    "json": json,
    "jsonl": jsonl,
    "concise": concise,
    "full": full,
    "github": github,
    "sarif": sarif,
    "junit": junit,
    "gitlab": gitlab,
    "rdjsonl": rdjsonl,
    "checkstyle": checkstyle,
    "markdown": markdown,
}

SUGGESTING: Final = frozenset({"rdjsonl"})
"""Those that tell what would mend a finding."""
