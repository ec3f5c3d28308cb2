"""ruff by rules of ours, beside the project's own run: security, complexity and unfinished work.

Nothing of the project configures it, but ``noqa`` comments hold as they do there. That a file cannot be
parsed is the project's run to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dev_assistant import process
from dev_assistant.model import Checked, Failed
from dev_assistant.verify.bisection import Answers
from dev_assistant.verify.categories import SYNTAX
from dev_assistant.verify.patience import Patience
from dev_assistant.verify.ruff_batch import FLAGS, Batch

RULES: Final = frozenset({"S", "C901", "PLR09", "FIX", "TD"})
"""Selectors: flake8-bandit; McCabe and pylint's too-many-*; marks of unfinished work, and how they look."""


def judge(
    paths: Sequence[str],
    *,
    rules: frozenset[str] = RULES,
    except_rules: frozenset[str] = frozenset(),
    timeout: float,
    patience: Patience | None = None,
    children: process.Children | None = None,
) -> Answers:
    """A verdict on each of ``paths`` (absolute, regular files).

    ``rules`` are selectors. ``except_rules`` are codes that the project's own run selects, so that a finding
    counts once. ``timeout`` is for one file, in seconds. Raises ToolError when there is no ruff.
    """
    if not rules:
        return dict.fromkeys(paths, Checked())
    batch = Batch(
        process.tool("ruff"),
        "/",
        timeout,
        patience or Patience(),
        children or process.Children(),
        flags(rules, except_rules),
    )
    return {path: _ours(verdict) for path, verdict in batch.check(paths).items()}


def flags(rules: frozenset[str], except_rules: frozenset[str]) -> tuple[str, ...]:
    """What decides beside bytes and path, for ``ruff``; sorted, so that equal rules are equal flags."""
    left_out = [code for code in sorted(except_rules) if code.startswith(tuple(rules))]
    ignore = [f"--ignore={','.join(left_out)}"] if left_out else []
    return (*FLAGS[:-1], "--isolated", f"--select={','.join(sorted(rules))}", *ignore, FLAGS[-1])


def _ours(verdict: Checked | Failed) -> Checked | Failed:
    if isinstance(verdict, Failed):
        return verdict
    return Checked(tuple(found for found in verdict.findings if found.rule != SYNTAX))
