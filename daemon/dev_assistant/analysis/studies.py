"""The analyses by name, each over a file's path in its project and its bytes. Imported where they run.

Each imports its modules when it is first asked for: a process that sees Python alone loads no parser of CSS.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from dev_assistant.analysis.left_out import LeftOut, generated
from dev_assistant.model import Digest, Finding

if TYPE_CHECKING:
    from dev_assistant.analysis.structure.facts import Facts

_PYTHON: Final = (".py", ".pyi", ".pyw", ".ipynb")
_STUB: Final = ".pyi"
_KNOWN: Final = 40_000
"""Definitions that a process remembers, the last ones seen: some 30 MB, and those of 1,800 files."""


class Study(NamedTuple):
    """What was found; of the ``definitions`` of the file ``reused`` were known from an earlier study.

    ``outline`` is what the file gives to its project, as in ``structure.outline``.
    """

    findings: tuple[Finding, ...]
    definitions: int = 0
    reused: int = 0
    outline: bytes = b""


Studying = Callable[[str, bytes], Study]


def study_css(name: str, data: bytes) -> Study:
    """Style sheets. Raises ImportError without tinycss2, LeftOut for what is generated or a template."""
    from dev_assistant.analysis import css  # noqa: PLC0415  see above

    if reason := generated(name, data):
        raise LeftOut(reason)
    return Study(tuple(css.check(data)))


def study_html(_name: str, data: bytes) -> Study:
    """HTML and its templates."""
    from dev_assistant.analysis import html  # noqa: PLC0415  see above

    return Study(tuple(html.check(data)))


def study_data(name: str, data: bytes) -> Study:
    """JSON, TOML and YAML. Raises ToolError for YAML without PyYAML, LeftOut for templates."""
    from dev_assistant.analysis import data as formats  # noqa: PLC0415  see above

    return Study(tuple(formats.check(name, data)))


def study_text(name: str, data: bytes) -> Study:
    """Any text, its secrets among it. Of Python what ruff tells as well is left to ruff."""
    from dev_assistant.analysis import secrets, text  # noqa: PLC0415  see above

    found: Iterator[Finding] = chain(text.check(name, data), secrets.check(name, data))
    if name.endswith(_PYTHON):
        told = text.RUFF_EQUIVALENTS.keys() | secrets.RUFF_EQUIVALENTS.keys()
        found = (finding for finding in found if finding.rule not in told)
    return Study(tuple(found))


def study_python(name: str, data: bytes) -> Study:
    """Structure and cognitive complexity. A stub has neither."""
    from dev_assistant.analysis import cognitive  # noqa: PLC0415  see above
    from dev_assistant.analysis.structure.analyse import analyse  # noqa: PLC0415
    from dev_assistant.analysis.structure.outline import pack  # noqa: PLC0415

    if name.endswith(_STUB):
        return Study(())
    structure = analyse(data, _DEFINITIONS)
    _remember(structure.facts)
    findings = (*structure.findings, *cognitive.check(data))
    outline = pack(structure.outline) if structure.understood else b""
    return Study(findings, structure.definitions, structure.reused, outline)


_DEFINITIONS: Final[OrderedDict[Digest, Facts]] = OrderedDict()
"""What definitions gave, by the digest of their text: true wherever that text stands."""


def _remember(facts: Mapping[Digest, Facts]) -> None:
    for digest, fact in facts.items():
        _DEFINITIONS[digest] = fact
        _DEFINITIONS.move_to_end(digest)
    while len(_DEFINITIONS) > _KNOWN:
        _DEFINITIONS.popitem(last=False)


STUDIES: Final[Mapping[str, Studying]] = {
    "css": study_css,
    "html": study_html,
    "data": study_data,
    "text": study_text,
    "python": study_python,
}
