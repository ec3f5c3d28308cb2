"""What a rule is about: ours from their tables, those of the tools in the words of the tool."""

from __future__ import annotations

import difflib
import re
from typing import Final, NamedTuple

import msgspec

from dev_assistant import process
from dev_assistant.analysis.catalogue import RULES
from dev_assistant.errors import ToolError, UserError
from dev_assistant.verify.categories import category
from dev_assistant.verify.installed import Installed
from dev_assistant.verify.oxlint import category as oxlint_category

_SECONDS: Final = 10.0
_MARKDOWN: Final = re.compile(r"MD\d{3}")
_RUFF: Final = re.compile(r"[A-Z]+\d+")
_OXLINT: Final = re.compile(r"[\w-]+/[\w-]+")
_OXLINT_PAGES: Final = "https://oxc.rs/docs/guide/usage/linter/rules/{}.html"


class Explanation(NamedTuple):
    """``text`` is Markdown; ``source`` is who reports the rule: a tool, or dev-assistant."""

    rule: str
    name: str
    source: str
    category: str
    text: str


class _RuffRule(msgspec.Struct, frozen=True):
    code: str
    name: str
    explanation: str


def explain(rule: str) -> Explanation:
    """Raises UserError when nobody has such a rule, ToolError when its tool is not there."""
    if rule in RULES:
        return _own(rule)
    if _MARKDOWN.fullmatch(rule):
        return _of_markdown(rule)
    if _RUFF.fullmatch(rule) and not rule.startswith("DA"):
        return _of_ruff(rule)
    if _OXLINT.fullmatch(rule):
        page = f"The rule is explained at {_OXLINT_PAGES.format(rule)}"
        return Explanation(rule, rule.partition("/")[2], "oxlint", oxlint_category(rule).value, page)
    raise _unknown(rule)


def _own(rule: str) -> Explanation:
    known = RULES[rule]
    text = f"{known.rationale}\n\nFor example:\n\n```\n{known.example.rstrip()}\n```\n\n{known.hint}"
    return Explanation(rule, known.name, "dev-assistant", known.category.value, text)


def _of_ruff(rule: str) -> Explanation:
    done = process.run(
        [process.tool("ruff"), "rule", rule, "--output-format=json"], cwd="/", timeout=_SECONDS
    )
    if done.status != 0:
        raise _unknown(rule)
    try:
        told = msgspec.json.decode(done.stdout, type=_RuffRule)
    except msgspec.MsgspecError as error:
        raise ToolError(f"ruff rule {rule} printed what is not a rule: {error}") from error
    return Explanation(told.code, told.name, "ruff", category(rule).value, told.explanation.strip())


def _of_markdown(rule: str) -> Explanation:
    rumdl = Installed("rumdl", extra="markdown").path()
    done = process.run([rumdl, "rule", rule], cwd="/", timeout=_SECONDS)
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    if done.status != 0 or not lines:
        raise _unknown(rule)
    return Explanation(rule, lines[0].partition(" - ")[2], "rumdl", "lint", "\n".join(lines[1:]).strip())


def _unknown(rule: str) -> UserError:
    near = difflib.get_close_matches(rule.upper(), RULES, 1)
    hint = f"did you mean {near[0]}?" if near else "rules stand in the findings of: dev-assistant check"
    return UserError(f"no rule is called {rule!r}", hint=hint)
