"""What to tell of a path that is left out: where the walk turns away, by which rule, and where that stands.

Only rules are kept in memory, and not their files: these are read again for whoever asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from dev_assistant import files
from dev_assistant.escape import path_text
from dev_assistant.watch.git import git_tree
from dev_assistant.watch.gitignore import Origin, Rule, parse
from dev_assistant.watch.ignore import IGNORE_FILES, LIMIT, DirectoryRules


class Ignored(NamedTuple):
    """The component ``at`` which the walk turns away, relative to the project; ``by`` what, for people."""

    at: str
    by: str


def ignored(rules: DirectoryRules, path: str, *, root: str, setting: str) -> Ignored | None:
    """None: ``path`` is not left out. ``rules`` are those of the watch path that it is below.

    ``root`` is the project's, ``setting`` the place in which its setting ``ignore`` is written.
    """
    top = rules.directory
    names = os.path.relpath(path, top).split(os.sep)
    for depth, name in enumerate(names):
        is_dir = depth < len(names) - 1 or os.path.isdir(path)
        if name == os.curdir:
            return None
        cause = rules.cause(name, is_dir=is_dir)
        if cause is not None:
            at = _relative(os.path.join(top, *names[: depth + 1]), root)
            return Ignored(at, _told(cause, rules.directory, root=root, setting=setting))
        if is_dir:
            rules = rules.enter(name)
    return None


def _told(cause: Rule | str, directory: str, *, root: str, setting: str) -> str:
    if isinstance(cause, str):
        return cause
    match cause.origin:
        case Origin.BUILT_IN:
            return f"the built-in rule {cause.text}"
        case Origin.SETTINGS:
            return f"{cause.text} in the setting ignore ({setting})"
        case _:
            file = next(_files_with(cause, directory), None)
            place = f"{_relative(file, root)}:{cause.line}" if file is not None else "an ignore file"
            return f"{cause.text} in {place}"


def _files_with(rule: Rule, directory: str) -> Iterator[str]:
    """The ignore files that have a rule on the same line, from ``directory`` upwards."""
    for path in _ignore_files(directory, rule.origin):
        match files.read(path, limit=LIMIT):
            case files.Content(data):
                lines = {(each.line, each.text) for each in parse(data, origin=rule.origin)}
                if (rule.line, rule.text) in lines:
                    yield path


def _ignore_files(directory: str, origin: Origin) -> Iterator[str]:
    tree = git_tree(directory)
    (name,) = (name for name, of in IGNORE_FILES.items() if of is origin)
    yield os.path.join(directory, name)
    while directory != (tree.top if tree is not None else os.path.dirname(directory)):
        directory = os.path.dirname(directory)
        yield os.path.join(directory, name)
    if tree is not None:
        yield os.path.join(tree.common, "info", "exclude")


def _relative(path: str, root: str) -> str:
    return path_text(os.path.relpath(path, root).replace(os.sep, "/"))
