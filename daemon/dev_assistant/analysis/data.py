"""Findings in data files: JSON, TOML and YAML that does not parse, keys given twice, absurd nesting.

JSON is strict. Comments and trailing commas are fine where the programs that read the file take them: by the
suffix (``.jsonc``, ``.code-workspace``, ``.code-snippets``), by the directory (``.vscode``,
``.devcontainer``) and by names that are known for it (those that Visual Studio Code opens as "JSON with
Comments", and those whose programs say that they read it). A file that does not parse and holds marks of a
template outside of quotes is one, and left out.
"""

from __future__ import annotations

import enum
import importlib.util
import posixpath
import re
import sys
from collections.abc import Iterator

from dev_assistant.analysis import data_rules
from dev_assistant.analysis.capping import capped
from dev_assistant.analysis.charset import decoded
from dev_assistant.analysis.json_syntax import json_findings
from dev_assistant.analysis.left_out import TEMPLATE, LeftOut
from dev_assistant.analysis.template import is_template
from dev_assistant.analysis.toml_syntax import toml_findings
from dev_assistant.errors import ToolError
from dev_assistant.model import Finding

RULES = data_rules.RULES


class Format(enum.Enum):
    """A language for data; the value is its name for people."""

    JSON = "JSON"
    JSONC = "JSON with comments"
    TOML = "TOML"
    YAML = "YAML"


_SUFFIXES = {
    **dict.fromkeys(
        (".json", ".geojson", ".har", ".ipynb", ".jsonld", ".sarif", ".webmanifest"), Format.JSON
    ),
    **dict.fromkeys((".jsonc", ".code-snippets", ".code-workspace"), Format.JSONC),
    ".toml": Format.TOML,
    **dict.fromkeys((".yaml", ".yml", ".cff"), Format.YAML),
}
_NAMES = {
    **dict.fromkeys((".babelrc", ".eslintrc", ".hintrc", ".jshintrc", ".swcrc"), Format.JSONC),
    **dict.fromkeys(("Cargo.lock", "Pipfile", "pdm.lock", "poetry.lock", "uv.lock"), Format.TOML),
    **dict.fromkeys((".clang-format", ".clang-tidy", ".yamllint"), Format.YAML),
}
_COMMENTED = re.compile(
    r"(?:^|/)(?:\.vscode|\.devcontainer)/(?:.*/)?[^/]+\.json$"
    r"|(?:^|/)(?:(?:ts|js)config(?:[.-][^/]*)?|\.?devcontainer|\.eslintrc|\.oxlintrc|\.babelrc|babel\.config"
    r"|api-extractor|angular|biome|deno|nx|rush|tslint|turbo|typedoc|wrangler"
    r"|(?:language-configuration|.*icon-theme|.*color-theme))\.json$"
)


def format_of(name: str) -> Format | None:
    """Which language the file ``name`` (a path with ``/``) is read as; None: not one of these."""
    base = posixpath.basename(name)
    found = _NAMES.get(base) or _SUFFIXES.get(posixpath.splitext(base)[1].lower())
    return Format.JSONC if found is Format.JSON and _COMMENTED.search(name) else found


def yaml_missing() -> str:
    """Why YAML cannot be judged here, with the way out; empty when it can."""
    if importlib.util.find_spec("yaml") is not None:
        return ""
    return (
        f"PyYAML is not installed beside {sys.executable}: "
        f"run {sys.executable} -m pip install 'dev-assistant[yaml]'"
    )


def check(name: str, data: bytes) -> Iterator[Finding]:
    """What is wrong with the data file ``name``; nothing for files of other kinds.

    Raises ToolError for YAML when ``yaml_missing`` has something to say, and LeftOut for a template.
    """
    found = format_of(name)
    return iter(()) if found is None else capped(_check(found, data))


def _check(language: Format, data: bytes) -> Iterator[Finding]:
    try:
        text = decoded(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield data_rules.not_parsed(
            language.value, f"byte {error.start} is not valid {error.encoding}", line, 1
        )
        return
    wrong = False
    for finding in _findings(language, text):
        wrong = wrong or finding.rule == data_rules.SYNTAX.id
        if wrong and is_template(text):
            raise LeftOut(TEMPLATE)
        yield finding


def _findings(language: Format, text: str) -> Iterator[Finding]:
    match language:
        case Format.JSON | Format.JSONC:
            return json_findings(text, comments=language is Format.JSONC)
        case Format.TOML:
            return toml_findings(text)
        case Format.YAML:
            if reason := yaml_missing():
                raise ToolError(reason)
            from dev_assistant.analysis.yaml_syntax import yaml_findings  # noqa: PLC0415 - needs an extra

            return yaml_findings(text)
