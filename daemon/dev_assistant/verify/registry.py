"""The verifiers, written out, and which files count as files of a project at all.

A recognised file that no verifier claims is still discovered and counted as skipped: what is not judged
shows.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final, NamedTuple

from dev_assistant.ports import Role, Verifier
from dev_assistant.settings import Settings
from dev_assistant.verify.analysed import AnalysisVerifier, Library
from dev_assistant.verify.analysts import Analysts
from dev_assistant.verify.content import suffix
from dev_assistant.verify.deep import DeepVerifier
from dev_assistant.verify.native import NativeVerifier
from dev_assistant.verify.oxlint import Oxlint
from dev_assistant.verify.ruff import RuffVerifier
from dev_assistant.verify.rumdl import Rumdl


class Kind(NamedTuple):
    """Files of one kind by ``suffixes`` (lower case), the setting that turns their verifier on, and its name.

    ``document``: their size is limited by ``max_document_mb`` instead of ``max_file_mb``. ``share`` is that
    of the workers which may judge such files at once.
    """

    suffixes: frozenset[str]
    setting: str
    verifier: str
    document: bool = False
    share: float = 0.5


KINDS: Final = (
    Kind(frozenset({".py", ".pyi", ".pyw", ".ipynb"}), "enable_ruff", "ruff", share=1.0),
    Kind(Oxlint.suffixes, "enable_scripts", Oxlint.name),
    Kind(frozenset({".css"}), "enable_styles", "css"),
    Kind(frozenset({".html", ".htm"}), "enable_markup", "html", document=True),
    Kind(frozenset({".json", ".jsonc", ".toml", ".yaml", ".yml"}), "enable_data", "data", document=True),
    Kind(Rumdl.suffixes, "enable_documents", Rumdl.name, document=True),
    Kind(frozenset({".rst", ".txt", ".adoc"}), "enable_text", "text", document=True),
)
UNJUDGED: Final = frozenset({".scss", ".sass", ".less", ".xhtml"})
"""Suffixes of files of a project that no verifier is for."""

_BY_SUFFIX: Final[Mapping[str, Kind]] = {suffix: kind for kind in KINDS for suffix in kind.suffixes}

RECOGNISED: Final = frozenset(_BY_SUFFIX) | UNJUDGED
"""Suffixes, in lower case, of the source and document types that are files of a project."""

_MEGABYTE: Final = 1_000_000
_SMALL_TEXT: Final = 64_000
"""Bytes whose search for secrets takes some two milliseconds at most, about as long as to ask for it."""


def recognised(path: str) -> bool:
    """Whether ``path`` is of a type that counts, judged by its suffix alone."""
    return suffix(path) in RECOGNISED


def unjudged(path: str, settings: Settings) -> str:
    """Why a recognised file has no verdict."""
    kind = _BY_SUFFIX.get(suffix(path))
    if kind is None:
        return f"no verifier for {suffix(path) or 'such'} files"
    if not getattr(settings, kind.setting):
        return f"{kind.setting} is false"
    return f"not included by {kind.verifier}'s configuration"


def size_limit(path: str, settings: Settings) -> tuple[int, str]:
    """The most bytes that a file of this type may have to be judged, and the setting that says so."""
    kind = _BY_SUFFIX.get(suffix(path))
    setting = "max_document_mb" if kind is None or kind.document else "max_file_mb"
    return int(getattr(settings, setting) * _MEGABYTE), setting


def limits(workers: int) -> dict[str, int]:
    """How many of ``workers`` each verifier may have at once: a flood of one kind leaves some to the others.

    Advice on Python may have as many as Python.
    """
    own = {kind.verifier: max(1, int(workers * kind.share)) for kind in KINDS}
    return own | {"deep": own["ruff"]}


def wanted(name: str, settings: Settings) -> bool:
    """Whether a project with these settings wants the verifier of this name."""
    if name == "deep":
        return settings.deep != "off"
    return all(getattr(settings, kind.setting) for kind in KINDS if kind.verifier == name)


def verifiers(*, timeout_seconds: float) -> tuple[Verifier, ...]:
    """Every verifier, in the order in which their scopes are read; ``timeout_seconds`` is for one file.

    Those that run analyses of ours share the processes, but for deep analysis: only where no other keeps the
    process busy that knows a file, its definitions are known.
    """
    ruff = RuffVerifier(timeout_seconds)
    analysts = Analysts()
    analysed = functools.partial(AnalysisVerifier, timeout_seconds=timeout_seconds, analysts=analysts)
    return (
        ruff,
        NativeVerifier(Oxlint(), timeout_seconds),
        NativeVerifier(Rumdl(), timeout_seconds),
        analysed("css", roles=_judged_by("css"), library=Library("tinycss2", "css")),
        analysed("html", roles=_judged_by("html")),
        analysed("data", roles=_judged_by("data")),
        analysed(
            "text", roles=dict.fromkeys(RECOGNISED, Role.ACCOMPANIES) | _judged_by("text"), here=_SMALL_TEXT
        ),
        DeepVerifier(timeout_seconds, own=ruff, analysts=Analysts()),
    )


def _judged_by(name: str) -> dict[str, Role]:
    (kind,) = (kind for kind in KINDS if kind.verifier == name)
    return dict.fromkeys(kind.suffixes, Role.JUDGES)
