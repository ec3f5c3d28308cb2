"""ruff by rules of ours, beside the project's own run: security, complexity and unfinished work.

Nothing of the project configures it, but ``noqa`` comments hold as they do there.
"""

from __future__ import annotations

import os
import string
import threading
from collections.abc import Mapping, Sequence
from typing import Final

from dev_assistant import process
from dev_assistant.model import Checked
from dev_assistant.verify.bisection import Answers, scaled
from dev_assistant.verify.findings import checked
from dev_assistant.verify.patience import Patience
from dev_assistant.verify.ruff_batch import FLAGS, Batch
from dev_assistant.verify.ruff_group import Group, group
from dev_assistant.verify.ruff_server import Document, Key, Servers, fits
from dev_assistant.verify.ruff_settings import parse

RULES: Final = frozenset({"S", "C901", "PLR09", "FIX", "TD", "PLE2502", "PLE2515"})
"""Selectors: flake8-bandit; McCabe and pylint's too-many-*; marks of unfinished work, and how they look;
characters that a reader cannot see.
"""

_EVERYWHERE: Final = "/"
"""Where both ways run, and to what their settings are relative."""


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
        _EVERYWHERE,
        timeout,
        patience or Patience(),
        children or process.Children(),
        flags(rules, except_rules),
    )
    return batch.check(paths)


class Living:
    """One living server by ``RULES`` for the files of all projects that somebody waits for. Thread-safe."""

    def __init__(self) -> None:
        self._servers = Servers(limit=1)
        self._lock = threading.Lock()
        self._groups: dict[str, Group] = {}

    def judge(
        self,
        texts: Mapping[str, str],
        *,
        except_rules: Mapping[str, frozenset[str]],
        version: str,
        timeout: float,
        children: process.Children,
    ) -> Answers:
        """Verdicts on those files that a server is believed about, by absolute path, as ``judge`` gives them.

        ``except_rules`` are those of each file, ``version`` is that of ruff, ``timeout`` is for one file, in
        seconds. Raises ToolError when ruff does not work.
        """
        rules = self._group(version, timeout, children)
        documents = [Document(path, text, rules) for path, text in texts.items() if fits(path, text)]
        if not documents:
            return {}
        key = Key(_EVERYWHERE, (_EVERYWHERE,), "", version, tuple(sorted(RULES)))
        allowed = scaled(timeout, count=len(documents))
        verdicts = self._servers.check(process.tool("ruff"), key, documents, timeout=allowed)
        return {path: _without(verdict, except_rules[path]) for path, verdict in verdicts.items()}

    def close(self) -> None:
        """End the server; what is asked later begins anew."""
        self._servers.close()

    def _group(self, version: str, timeout: float, children: process.Children) -> Group:
        with self._lock:
            known = self._groups.get(version)
            if known is None:
                known = _shown(timeout, children)
                self._groups = {version: known}
            return known


def _shown(timeout: float, children: process.Children) -> Group:
    """Our rules as ``ruff check`` understands them. Raises ToolError."""
    *options, end = flags(RULES, frozenset())
    command = [process.tool("ruff"), *options, "--show-settings", end, os.devnull]
    done = process.run(command, cwd=_EVERYWHERE, timeout=timeout, children=children)
    settings = parse(done.stdout.decode("utf-8", "surrogateescape"))
    return group(None, settings, [], base=_EVERYWHERE)


def _without(verdict: Checked, rules: frozenset[str]) -> Checked:
    return checked(found for found in verdict.findings if found.rule not in rules)


def asks(code: str, rules: frozenset[str] = RULES) -> bool:
    """Whether the rule of this code is one of ``rules``: a selector and digits, S and 101, but not SIM101."""
    return any(code.startswith(rule) and not code[len(rule) :].strip(string.digits) for rule in rules)


def flags(rules: frozenset[str], except_rules: frozenset[str]) -> tuple[str, ...]:
    """What decides beside bytes and path, for ``ruff``; sorted, so that equal rules are equal flags."""
    left_out = [code for code in sorted(except_rules) if asks(code, rules)]
    ignore = [f"--ignore={','.join(left_out)}"] if left_out else []
    return (*FLAGS[:-1], "--isolated", f"--select={','.join(sorted(rules))}", *ignore, FLAGS[-1])
