"""The language of gitignore files: a rule is a sequence of segments that is followed down the tree.

A rule is never matched against a whole path. Entering a directory moves every rule by one segment, and only
those that stand at their last one can say anything about the names there: hence a file in a directory that
was entered is never ignored through its parent, as in git.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dev_assistant.escape import path_text
from dev_assistant.watch.wildmatch import Glob, translate

_DEEP = Glob(".*")
"""A segment ``**``: any number of directories, or all names when it is the last."""

_STARS = re.compile(r"\*{2,}")
_ESCAPED_SLASH = re.compile(r"((?<!\\)(?:\\\\)*)\\/")


class Origin(enum.Enum):
    """Who wrote a rule, which decides whom it may overrule."""

    BUILT_IN = "built in"
    GIT = "git"
    OURS = "ours"
    SETTINGS = "settings"


class Says(enum.Enum):
    """What a rule does with the names it matches."""

    IGNORE = "ignore"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One line of an ignore file; ``anywhere``: a name without a slash, the same in every directory.

    ``text`` is what is written there, for people, and ``line`` its number, from 1.
    """

    segments: tuple[Glob, ...]
    says: Says
    origin: Origin
    directory_only: bool
    anywhere: bool
    text: str
    line: int


Step = tuple[Rule, int]
"""A rule and the segment that the names of the present directory have to match."""


@functools.lru_cache(maxsize=256)
def parse(data: bytes, *, origin: Origin) -> tuple[Rule, ...]:
    """The rules of an ignore file in the order of its lines, without those that can match nothing."""
    lines = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n")
    rules = (
        _rule(line.removesuffix("\r"), origin, number)
        for number, line in enumerate(lines, 1)
        if not line.startswith("#")
    )
    return tuple(rule for rule in rules if rule is not None)


class _Alternatives:
    """The last segments of rules, the strongest first. That none matches is common, and made cheap."""

    __slots__ = ("_first", "_literals", "_others", "_rules", "_suffixes")

    def __init__(self, rules: Sequence[Rule]) -> None:
        globs = [rule.segments[-1] for rule in rules]
        others = [glob for glob in globs if glob.literal is None and glob.suffix is None]
        self._rules = rules
        self._literals = frozenset(glob.literal for glob in globs if glob.literal is not None)
        self._suffixes = tuple({glob.suffix for glob in globs if glob.suffix is not None})
        self._others = re.compile(_either(others), re.DOTALL) if others else None
        self._first = re.compile(_either(globs), re.DOTALL)

    def first(self, text: str) -> Rule | None:
        if not (text in self._literals or text.endswith(self._suffixes)) and (
            self._others is None or self._others.fullmatch(text) is None
        ):
            return None
        found = self._first.fullmatch(text)
        return self._rules[found.lastindex - 1] if found is not None and found.lastindex else None


def _either(globs: Iterable[Glob]) -> str:
    return "|".join(f"({glob.expression})" for glob in globs)


class Standing:
    """The rules that hold in a directory, the strongest first: settings, then the deepest file's last line.

    Immutable; most directories stand under the same rules and share one.
    """

    __slots__ = ("_directories", "_files", "_moving", "_steps")

    def __init__(self, steps: tuple[Step, ...]) -> None:
        last = [rule for rule, index in steps if index == len(rule.segments) - 1]
        self._steps = steps
        self._moving = tuple(step for step in steps if not step[0].anywhere)
        self._directories = _Alternatives(last)
        self._files = _Alternatives([rule for rule in last if not rule.directory_only])

    def strongest(self, text: str, *, is_dir: bool) -> Rule | None:
        """The rule that decides about a name; None when none matches."""
        return (self._directories if is_dir else self._files).first(text)

    def inside(self, text: str) -> Standing:
        """What remains of the rules in the sub-directory of this name."""
        if _followed(self._moving, text) == self._moving:
            return self
        return _standing(_followed(self._steps, text))

    def under(self, rules: Sequence[Rule]) -> Standing:
        """With a file of this directory added: stronger than all but the settings."""
        settings = sum(rule.origin is Origin.SETTINGS for rule, _ in self._steps)
        added = tuple(step for rule in reversed(rules) for step in _arrive(rule, 0))
        return _standing((*self._steps[:settings], *added, *self._steps[settings:]))

    def over(self, weaker: Standing) -> Standing:
        """Both, for a directory where both hold."""
        return _standing(self._steps + weaker._steps)


_standing = functools.lru_cache(maxsize=1024)(Standing)
NO_RULES = Standing(())


def _arrive(rule: Rule, index: int) -> tuple[Step, ...]:
    last = len(rule.segments) - 1
    if rule.anywhere:
        return ((rule, last),)
    if rule.segments[index] is _DEEP and index < last:
        return ((rule, index), (rule, index + 1))
    return ((rule, index),)


def _followed(steps: tuple[Step, ...], name: str) -> tuple[Step, ...]:
    return tuple(dict.fromkeys(onward for step in steps for onward in _follow(step, name)))


def _follow(step: Step, name: str) -> tuple[Step, ...]:
    rule, index = step
    segment = rule.segments[index]
    if rule.anywhere:
        return (step,)
    if segment is _DEEP:
        return _arrive(rule, index)
    if index < len(rule.segments) - 1 and segment.matches(name):
        return _arrive(rule, index + 1)
    return ()


def _rule(line: str, origin: Origin, number: int) -> Rule | None:
    pattern = written = _without_trailing_spaces(line)
    says = Says.KEEP if pattern.startswith("!") else Says.IGNORE
    pattern = pattern.removeprefix("!")
    directory_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    anywhere = "/" not in pattern
    segments = [translate(pattern)] if anywhere else _path(pattern.removeprefix("/"))
    known = tuple(segment for segment in segments if segment is not None)
    if len(known) < len(segments):
        return None
    text = path_text(written.encode("latin-1").decode("utf-8", "surrogateescape"))
    return Rule(known, says, origin, directory_only, anywhere, text, number)


def _path(pattern: str) -> list[Glob | None]:
    segments: list[Glob | None] = []
    for part in _ESCAPED_SLASH.sub(r"\1/", pattern).split("/"):
        if not _STARS.fullmatch(part):
            segments.append(translate(part))
        elif not segments or segments[-1] is not _DEEP:
            segments.append(_DEEP)
    return segments


def _without_trailing_spaces(line: str) -> str:
    kept = line.rstrip(" ")
    is_escaped = (len(kept) - len(kept.rstrip("\\"))) % 2 == 1
    return kept + " " if is_escaped and kept != line else kept
