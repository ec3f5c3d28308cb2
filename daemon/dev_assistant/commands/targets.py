"""Whether a place that somebody named can be written: asked before any work, so that no minute is lost."""

from __future__ import annotations

import os
import stat

from dev_assistant.errors import UserError


def check_file(target: str) -> None:
    """Raises UserError unless a file can be written at this path, whose links are resolved."""
    directory = os.path.dirname(target)
    if os.path.isdir(target):
        raise UserError(f"{target} is a directory", hint="give a file in it")
    if not os.path.isdir(directory):
        raise UserError(f"{directory} is no directory", hint="make it first")
    asked = directory if is_replaceable(target) else target
    if not os.access(asked, os.W_OK):
        raise UserError(f"{asked} cannot be written", hint="give another file, or permission")


def check_directory(target: str) -> None:
    """Raises UserError unless files can be written into this directory, which may have to be made."""
    there = os.path.abspath(target)
    while not os.path.lexists(there):
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        raise UserError(f"{there} is no directory", hint="give another directory")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UserError(f"{there} cannot be written", hint="give another directory, or permission")


def is_replaceable(target: str) -> bool:
    """A regular file, or nothing yet; a pipe or device is written and never replaced."""
    try:
        return stat.S_ISREG(os.stat(target).st_mode)
    except OSError:
        return True
