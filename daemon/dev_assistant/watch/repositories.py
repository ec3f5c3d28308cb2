"""Which git working trees a project's files are compared with, and where their HEADs are.

The nearest one above each watch path: a repository further down, as a submodule, has a HEAD of its own, of
which nothing is said.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from dev_assistant.watch.git import GitTree, git_tree
from dev_assistant.watch.git_head import stamp
from dev_assistant.watch.ignore import IgnoreRules


class Repository(NamedTuple):
    """The ``tree`` of the files below ``top``, a watch path; equal as long as its HEAD is where it was."""

    top: str
    tree: GitTree | None
    stamp: object


def repositories(watch_paths: Sequence[str]) -> tuple[Repository, ...]:
    """As things stand now: some ``lstat`` and small reads for each watch path."""
    return tuple(_repository(top) for top in watch_paths)


def is_ignored(top: str, inside: str) -> bool:
    """Whether the working tree at ``top`` leaves out what is at ``inside``, a path in it."""
    *above, name = inside.split("/")
    rules = IgnoreRules(top, root=top).start()
    for directory in above:
        if rules.ignores(directory, is_dir=True):
            return True
        rules = rules.enter(directory)
    return rules.ignores(name, is_dir=False)


def _repository(top: str) -> Repository:
    """/ and the home directory are no projects, though people keep their dotfiles in git."""
    tree = git_tree(top)
    if tree is None or tree.top in {"/", os.path.expanduser("~")}:
        return Repository(top, None, None)
    if top != tree.top and is_ignored(tree.top, f"{top[len(tree.top) + 1 :]}/-"):
        return Repository(top, None, None)
    return Repository(top, tree, stamp(tree))
