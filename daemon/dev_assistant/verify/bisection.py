"""Many files through one run of a tool, and who is to blame when the run is not believed.

A run either gives a verdict on every file or on none. Then the tool has to prove that it works, and the run
is repeated in halves, until the file that breaks it is alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dev_assistant.errors import ToolError
from dev_assistant.model import Blame, Failed, Verdict
from dev_assistant.verify.patience import Patience

_MOST_FILES: Final = 512  # a run's findings of all of ruff's rules on so many files are some 50 MB
_MOST_BYTES: Final = 96_000  # of arguments, well below what any system takes
_FILE_SHARE: Final = 0.05  # what each further file adds to the time of a run, as a share of a single file's

_SECONDS_PER_MB: Final = 4.0
"""YAML, the slowest analysis of ours, takes 0.8 s on an idle core."""

Answers = dict[str, Verdict]
"""Verdicts by absolute path."""


@dataclass(frozen=True, slots=True)
class Bisection:
    """``run`` judges all it is given or raises ToolError; ``prove`` raises it when the tool is broken.

    ``patience`` is with a tool that fails whatever it is given.
    """

    run: Callable[[Sequence[str]], Mapping[str, Verdict]]
    prove: Callable[[], None]
    patience: Patience

    def check(self, paths: Sequence[str]) -> Answers:
        """A verdict on each of ``paths``, which fit into one run. Does not raise."""
        verdicts: Answers = {}
        self._check(paths, verdicts)
        return verdicts

    def _check(self, paths: Sequence[str], verdicts: Answers) -> None:
        if reason := self.patience.lost():
            verdicts.update(dict.fromkeys(paths, Failed(reason)))
            return
        try:
            verdicts.update(self.run(paths))
            self.patience.succeeded()
        except ToolError as error:
            self.patience.failed(str(error))
            self._without(str(error), paths, verdicts)

    def _without(self, reason: str, paths: Sequence[str], verdicts: Answers) -> None:
        """The run over ``paths`` is not believed: judge its halves, unless the tool itself is to blame."""
        try:
            self.prove()
        except ToolError as broken:
            self.patience.lose(str(broken))
            verdicts.update(dict.fromkeys(paths, Failed(str(broken), Blame.TOOL)))
            return
        if len(paths) == 1:
            verdicts[paths[0]] = Failed(reason, Blame.FILE)
            return
        middle = len(paths) // 2
        self._check(paths[:middle], verdicts)
        self._check(paths[middle:], verdicts)


def printed(path: str) -> str:
    """``path`` as a tool prints it that replaces what is not UTF-8."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "replace")


def parts(paths: Iterable[str]) -> Iterator[list[str]]:
    """Cut a list of paths where it is too long for one run, or where two would be printed alike."""
    part: dict[str, str] = {}
    size = 0
    later: list[str] = []
    for path in dict.fromkeys(paths):
        name = printed(path)
        if name in part:
            later.append(path)
            continue
        part[name] = path
        size += len(os.fsencode(path)) + 1
        if len(part) >= _MOST_FILES or size >= _MOST_BYTES:
            yield list(part.values())
            part, size = {}, 0
    if part:
        yield list(part.values())
    if later:
        yield from parts(later)


def scaled(timeout: float, *, count: int, size: int = 0) -> float:
    """The time for ``count`` files of ``size`` bytes together when a small one has ``timeout`` seconds."""
    return timeout * (1 + _FILE_SHARE * (count - 1)) + size / 1e6 * _SECONDS_PER_MB
