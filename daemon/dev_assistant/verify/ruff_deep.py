"""ruff by rules of ours, beside the project's own run: security, complexity and unfinished work.

Nothing of the project configures it, but ``noqa`` comments hold as they do there.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Final

from dev_assistant import process
from dev_assistant.model import Checked
from dev_assistant.verify.bisection import Answers
from dev_assistant.verify.patience import Patience
from dev_assistant.verify.ruff_batch import FLAGS, Batch

RULES: Final = frozenset({"S", "C901", "PLR09", "FIX", "TD", "PLE2502", "PLE2515"})
"""Selectors: flake8-bandit; McCabe and pylint's too-many-*; marks of unfinished work, and how they look;
characters that a reader cannot see.
"""


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
    return batch.check(paths)


def asks(code: str, rules: frozenset[str] = RULES) -> bool:
    """Whether the rule of this code is one of ``rules``: a selector and digits, S and 101, but not SIM101."""
    return any(code.startswith(rule) and not code[len(rule) :].strip(string.digits) for rule in rules)


def flags(rules: frozenset[str], except_rules: frozenset[str]) -> tuple[str, ...]:
    """What decides beside bytes and path, for ``ruff``; sorted, so that equal rules are equal flags."""
    left_out = [code for code in sorted(except_rules) if asks(code, rules)]
    ignore = [f"--ignore={','.join(left_out)}"] if left_out else []
    return (*FLAGS[:-1], "--isolated", f"--select={','.join(sorted(rules))}", *ignore, FLAGS[-1])
