"""What a check says: how grave it is, what, where, by which value, and the way out."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Level(enum.StrEnum):
    """``WARNING``: the daemon works, and not at its best. ``UNKNOWN``: it could not be looked at."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


class Diagnosis(NamedTuple):
    """One finding of one check. ``where`` is a path or a setting; ``advice`` is empty when all is well."""

    name: str
    level: Level
    what: str
    where: str = ""
    value: str = ""
    advice: str = ""


def fine(name: str, what: str, *, where: str = "", value: str = "") -> Diagnosis:
    """Nothing is to be done."""
    return Diagnosis(name, Level.OK, what, where, value)


def warning(name: str, what: str, *, where: str = "", value: str = "", advice: str) -> Diagnosis:
    """The daemon works, and not at its best."""
    return Diagnosis(name, Level.WARNING, what, where, value, advice)


def problem(name: str, what: str, *, where: str = "", value: str = "", advice: str) -> Diagnosis:
    """The daemon cannot do its work, or what it says cannot be kept."""
    return Diagnosis(name, Level.PROBLEM, what, where, value, advice)


def unknown(name: str, what: str, *, where: str = "", advice: str) -> Diagnosis:
    """It could not be looked at: nothing is said of it."""
    return Diagnosis(name, Level.UNKNOWN, what, where, "", advice)
