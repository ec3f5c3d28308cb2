"""Two families of error: the user's (told in a line, exit 2) and a tool's (Failed, work goes on).

Anything else that is raised is our own error: it is logged with its traceback and a report is named.
"""

from __future__ import annotations

import errno
import os
from collections import namedtuple


class DevAssistantError(Exception):
    """Base of everything this package raises on purpose."""


class UserError(DevAssistantError):
    """Something the person can mend: what happened, and the next step in ``hint``."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


_REFUSALS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EIO,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
    }
)


def refused(error: OSError) -> UserError | None:
    """What the machine refuses (space, permission, descriptors) is for the person; None: a defect of ours."""
    if error.errno not in _REFUSALS:
        return None
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return UserError(f"{place}{error.strerror}", hint="dev-assistant doctor looks for the cause")


class ToolError(DevAssistantError):
    """An external tool was missing, hung, crashed or printed nonsense. Never means 'clean'."""


_PROBLEM = namedtuple(
    "_PROBLEM",
    ["file", "key", "message", "line", "value", "allowed", "suggestion"],
    defaults=(None, None, None, None),
)


class Problem(_PROBLEM):
    """One mistake in a configuration file; ``key`` is "" when it concerns the file as a whole.

    ``line`` is 1-based; None where the parser cannot tell. ``value`` is the offending value as written,
    ``allowed`` says what would be right, ``suggestion`` is a near word that would; None where there is none.
    """

    __slots__ = ()

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"]
        if self.value is not None:
            parts.append(f"got {self.value}")
        if self.allowed is not None:
            parts.append(f"allowed: {self.allowed}")
        if self.suggestion is not None:
            parts.append(f"did you mean {self.suggestion!r}?")
        return "; ".join(parts)


class ConfigError(UserError):
    """All mistakes of a configuration at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "\n".join(str(problem) for problem in problems), hint="dev-assistant config validate"
        )
        self.problems = problems
