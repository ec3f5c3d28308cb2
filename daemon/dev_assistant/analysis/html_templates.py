"""Templates are no HTML yet: their expressions are covered up, and what cannot be judged is left out.

Known are ``{{ }}`` (Jinja, Django, Handlebars, Vue, Angular, Go …), ``{% %}`` and ``{# #}`` (Jinja, Django,
Twig, Liquid), ``<?php ?>`` and ``<?= ?>``, and ``<% %>`` (ERB, EJS, ASP). Offsets stay as they are.
"""

from __future__ import annotations

import enum
import re

from dev_assistant.analysis.html_tokens import DYNAMIC

_OPENING = re.compile(r"\{\{|\{%|\{#(?=[\s-])|<\?(?:php\b|=)|<%")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}", "<?": "?>", "<%": "%>"}
_LONGEST = {"{{": 1_000, "{%": 5_000, "{#": 20_000}
"""Characters; braces that are further apart are script or prose, not a template's."""
_BLOCK = re.compile(
    r"\{\{[-~]?\s*(?:[#/>^!]|(?:if|else|end|range|with|template|block|define|include|partial)\b)"
)


class Template(enum.IntEnum):
    """How much a template hides: values alone, or also which elements there will be."""

    NONE = 0
    VALUES = 1
    BLOCKS = 2


def cover(text: str) -> tuple[str, Template]:
    """``text`` with each character of a template expression as ``DYNAMIC``, and what kind of template."""
    pieces: list[str] = []
    place, kind = 0, Template.NONE
    ends: dict[str, int] = {}
    search_from = 0
    while (opening := _OPENING.search(text, search_from)) is not None:
        mark = opening.group()[:2]
        end = _end(text, opening, mark, ends)
        search_from = end or opening.end()
        if end:
            pieces += (text[place : opening.start()], DYNAMIC * (end - opening.start()))
            place, kind = end, max(kind, _kind(text, opening, mark))
    return "".join((*pieces, text[place:])), kind


def _end(text: str, opening: re.Match[str], mark: str, ends: dict[str, int]) -> int:
    """Where the expression ends, 0 if it is none. ``ends`` remembers the next end of each kind."""
    closing = _CLOSING[mark]
    if 0 <= ends.get(mark, 0) < opening.end():
        ends[mark] = text.find(closing, opening.end())
    found = ends[mark]
    if found < 0:
        return len(text) if mark == "<?" else 0
    if found - opening.end() > _LONGEST.get(mark, len(text)):
        return 0
    if mark == "{{" and "</" in text[opening.end() : found]:
        return 0
    return found + len(closing)


def _kind(text: str, opening: re.Match[str], mark: str) -> Template:
    if mark == "{#":
        return Template.VALUES
    if mark == "{{" and _BLOCK.match(text, opening.start()) is None:
        return Template.VALUES
    return Template.BLOCKS
