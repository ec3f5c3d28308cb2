"""What a rule is about: ours from their tables, those of the tools in the words of the tool."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from dev_assistant import process
from dev_assistant.analysis.catalogue import RULES
from dev_assistant.errors import ToolError, UserError
from dev_assistant.verify.categories import SYNTAX, category
from dev_assistant.verify.installed import Installed
from dev_assistant.verify.oxlint import CONFIGURATION
from dev_assistant.verify.oxlint import category as oxlint_category

_SECONDS: Final = 10.0
_MARKDOWN: Final = re.compile(r"MD\d{3}")
_RUFF: Final = re.compile(r"[A-Z]+\d+")
_SYNTAX_TEXT: Final = """\
The file cannot be parsed: it breaks the grammar of its language, or that of the version it is judged for.

It would not run, and no rule that reads its structure can say anything of it: an error, whatever else is in
the file. For Python the version is `target-version` or `requires-python`, where ruff finds its configuration.

The message says what was met and what was expected. The mistake often stands before that place: look for a
bracket or a string that was never closed, and mend the first of several such findings first."""


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


class _OxlintRule(msgspec.Struct, frozen=True):
    scope: str
    value: str
    docs_url: str

    @property
    def rule(self) -> str:
        """As findings name it."""
        return f"{self.scope.replace('_', '-')}/{self.value}"


def explain(rule: str) -> Explanation:
    """Raises UserError when nobody has such a rule, ToolError when its tool is not there."""
    if "/" in rule:
        return _of_oxlint(rule)
    name = rule if rule == SYNTAX else rule.upper()
    if name in RULES:
        return _own(name)
    if name == SYNTAX:
        return Explanation(SYNTAX, SYNTAX, "ruff, oxlint", category(SYNTAX).value, _SYNTAX_TEXT)
    if _MARKDOWN.fullmatch(name):
        return _of_markdown(name)
    if _RUFF.fullmatch(name) and not name.startswith("DA"):
        return _of_ruff(name)
    raise _unknown(rule, RULES, near=name)


def _own(rule: str) -> Explanation:
    known = RULES[rule]
    text = f"{known.rationale}\n\nFor example:\n\n```\n{known.example.rstrip()}\n```\n\n{known.hint}"
    return Explanation(rule, known.name, "dev-assistant", known.category.value, text)


def _of_ruff(rule: str) -> Explanation:
    done = process.run(
        [process.tool("ruff"), "rule", rule, "--output-format=json"], cwd="/", timeout=_SECONDS
    )
    if done.status != 0:
        raise _unknown(rule, RULES, near=rule)
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
        raise _unknown(rule, RULES, near=rule)
    return Explanation(rule, lines[0].partition(" - ")[2], "rumdl", "lint", "\n".join(lines[1:]).strip())


def _of_oxlint(rule: str) -> Explanation:
    oxlint = Installed("oxlint", extra="js").path()
    command = [oxlint, "--rules", "--format=json", "--disable-nested-config", f"--config={CONFIGURATION}"]
    done = process.run(command, cwd=str(CONFIGURATION.parent), timeout=_SECONDS)  # it walks all that is there
    try:
        known = {each.rule: each for each in msgspec.json.decode(done.stdout, type=list[_OxlintRule])}
    except msgspec.MsgspecError as error:
        raise ToolError(f"oxlint --rules printed what are not rules: {error}") from error
    if rule not in known:
        raise _unknown(rule, known, near=rule.lower())
    page = f"The rule is explained at {known[rule].docs_url}"
    return Explanation(rule, known[rule].value, "oxlint", oxlint_category(rule).value, page)


def _unknown(rule: str, known: Iterable[str], *, near: str) -> UserError:
    found = difflib.get_close_matches(near, known, 1)
    hint = f"did you mean {found[0]}?" if found else "rules stand in the findings of: dev-assistant check"
    return UserError(f"no rule is called {rule!r}", hint=hint)
