"""``check --staged``: what the next commit will hold, judged as it is staged. The work tree has no say."""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection
from pathlib import Path

import msgspec

from dev_assistant.commands.output import root_of
from dev_assistant.errors import ConfigError
from dev_assistant.escape import path_text
from dev_assistant.once import look_at
from dev_assistant.report.documents import CheckDocument, check_document, results_in
from dev_assistant.report.merge import Results
from dev_assistant.service.configuration import Configuration, load
from dev_assistant.service.revision import Copy, Stored, staged, trees_of
from dev_assistant.watch.git import git_tree


def judge_staged(args: argparse.Namespace) -> CheckDocument:
    """The check document of the files that the index has and HEAD has not, or not like this.

    It is about the repository that one stands in, if a project is in that, else about those of all projects.
    Raises ConfigError; and UserError, with status 3 while the index has conflicts.
    """
    index = os.environ.get("GIT_INDEX_FILE")
    stored = Stored(None, os.path.realpath(index) if index else None)
    configuration = load(args.workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    tops = _here(configuration) or trees_of(configuration)
    changed = {path_text(path) for path in staged(tops, stored)}
    with look_at(
        stored, workspace=args.workspace, cached=not args.no_cache, timeout=args.timeout, tops=tops
    ) as (copy, found):
        return _only(found, changed, missing=_missing(found, copy, tops), root=path_text(str(root_of(args))))


def _here(configuration: Configuration) -> tuple[str, ...]:
    here = git_tree(os.getcwd())
    held = here is not None and any(git_tree(entry.project.root) == here for entry in configuration.projects)
    return (here.top,) if here is not None and held else ()


def _missing(document: CheckDocument, copy: Copy, tops: Collection[str]) -> list[str]:
    """What is not in the copy and not in another repository either."""
    named = msgspec.convert(document.meta["missing"], list[str])
    trees = ((path, git_tree(copy.original(path))) for path in named)
    return [path for path, tree in trees if tree is not None and tree.top in tops]


def _only(document: CheckDocument, paths: set[str], *, missing: list[str], root: str) -> CheckDocument:
    """The files of the document at these absolute paths, with totals of their own."""
    results = results_in(document, source="the judgement")
    chosen = {
        (project, path): file
        for (project, path), file in results.files.items()
        if os.path.normpath(f"{root}/{results.projects[project]}/{path}") in paths
    }
    return check_document(Results(results.projects, chosen), meta={**document.meta, "missing": missing})
