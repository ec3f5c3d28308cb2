"""The settings that ruff says hold, read from the text of ``ruff check --show-settings``.

What is parsed here only decides which files are claimed and how a file is judged; the verdict itself depends
on the whole text, which is why the text and not the parsed fields goes into the cache key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dev_assistant.errors import ToolError

_SOURCE = re.compile(r'^Settings path: "(.*)"$', re.MULTILINE)
_RULE = re.compile(r"^([\w-]+)(?: \((\w+)\))?$")
_FIRST = "# File Resolver Settings"
_LAST = "# Formatter Settings"


@dataclass(frozen=True, slots=True)
class Settings:
    """One configuration as ruff understood it. ``text`` is all of it that can decide a verdict.

    ``source`` is the configuration file, None for ruff's own defaults. ``root`` is the directory that its
    patterns are relative to. ``codes`` maps a rule's name to its code, or to itself where it has none;
    ``rules`` are these codes.
    """

    source: str | None
    text: str
    root: str
    exclude: tuple[str, ...]
    extend_exclude: tuple[str, ...]
    include: tuple[str, ...]
    extend_include: tuple[str, ...]
    lint_exclude: tuple[str, ...]
    src: tuple[str, ...]
    codes: dict[str, str]
    preview: bool
    namespaces: bool
    extensions: bool
    same_package: bool
    rules: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", frozenset(self.codes.values()))


def deciding(text: str) -> str:
    """The part of ``--show-settings``, or of the server's debug information, that can decide a verdict.

    Raises ToolError when there is no such part.
    """
    start, end = text.find(_FIRST), text.find(_LAST)
    if start < 0 or end < start:
        raise ToolError("ruff printed settings in a form that is not known")
    return text[start:end].strip()


def parse(text: str) -> Settings:
    """Read the output of ``ruff check --show-settings``. Raises ToolError."""
    part = deciding(text)
    fields = dict(_fields(part))
    source = _SOURCE.search(text)
    try:
        return Settings(
            source=source.group(1) if source else None,
            text=part,
            root=_word(fields["file_resolver.project_root"][0]),
            exclude=_words(fields["file_resolver.exclude"]),
            extend_exclude=_words(fields["file_resolver.extend_exclude"]),
            include=_words(fields["file_resolver.include"]),
            extend_include=_words(fields["file_resolver.extend_include"]),
            lint_exclude=_words(fields["linter.exclude"]),
            src=_words(fields["linter.src"]),
            codes=_codes(fields["linter.rules.enabled"]),
            preview=fields["linter.preview"] != ["disabled"],
            namespaces=bool(fields["linter.namespace_packages"]),
            extensions=fields["linter.extension"] != ["ExtensionMapping({})"],
            same_package=fields["linter.isort.detect_same_package"] != ["false"],
        )
    except KeyError as error:
        raise ToolError(f"ruff printed settings without {error}") from None


def _fields(part: str) -> Iterator[tuple[str, list[str]]]:
    lines = iter(part.splitlines())
    for line in lines:
        key, equals, value = line.partition(" = ")
        if not equals:
            continue
        if value == "[":
            yield key, [item.strip().removesuffix(",") for item in _until(lines, "]")]
        else:
            yield key, [] if value == "[]" else [value]


def _until(lines: Iterator[str], last: str) -> Iterator[str]:
    for line in lines:
        if line == last:
            return
        yield line


def _word(text: str) -> str:
    return text[1:-1] if text.startswith('"') and text.endswith('"') else text


def _words(items: list[str]) -> tuple[str, ...]:
    return tuple(_word(item) for item in items)


def _codes(items: list[str]) -> dict[str, str]:
    matches = (_RULE.match(item) for item in items)
    return {match[1]: match[2] or match[1] for match in matches if match}
