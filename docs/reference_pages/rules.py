"""The rules of our own, from the catalogue: why each matters, an example that breaks it, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dev_assistant.analysis.catalogue import RULES
from dev_assistant.analysis.rules import Rule
from reference_pages.markdown import block, document, prose, sentence, slug, table

_INTRO = """\
These are dev-assistant's own rules. Beside them files are judged by ruff, by the project's own
configuration and by [rules of ours](../deep-analysis.md); by oxlint (`PLUGIN/RULE`) and rumdl (`MD…`).
[`dev-assistant explain RULE`](commands.md#explain) tells of all of them.

An id never changes its meaning. The category says what a finding [costs](../../README.md#files); findings
of severity `info` are advice, which counts in the score and keeps no file from passing. What deep
analysis finds in Python is always told as advice."""

_FAMILIES = {
    "1": "Structure of Python",
    "2": "Any text",
    "3": "JSON, TOML and YAML",
    "4": "Style sheets",
    "5": "HTML",
}
_SHOWN = 14
"""Lines of an example: those about length go on like that."""


def page() -> str:
    rules = sorted(RULES.values(), key=lambda rule: rule.id)
    parts = [_INTRO]
    for family, members in groupby(rules, key=lambda rule: rule.id[2]):
        parts += _family(_FAMILIES[family], list(members))
    return document("Rules", *parts)


def _family(title: str, rules: list[Rule]) -> Iterator[str]:
    yield f"## {title}"
    heads = ["rule", "name", "category", "severity"]
    yield table(heads, [[_link(rule), rule.name, rule.category.value, rule.severity.value] for rule in rules])
    for rule in rules:
        yield f"### {_heading(rule)}"
        yield sentence(rule.rationale)
        yield block(_example(rule))
        yield f"The way out: {sentence(rule.hint)}"


def _heading(rule: Rule) -> str:
    return f"{rule.id} {rule.name}"


def _link(rule: Rule) -> str:
    return f"[{prose(rule.id)}](#{slug(_heading(rule))})"


def _example(rule: Rule) -> str:
    lines = rule.example.rstrip().splitlines()
    return "\n".join(lines[:_SHOWN] + ["…"] * (len(lines) > _SHOWN))
