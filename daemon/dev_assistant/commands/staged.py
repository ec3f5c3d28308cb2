"""``check --staged``: what the next commit will hold, judged as it is staged. The work tree has no say."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from dev_assistant.commands.output import root_of
from dev_assistant.errors import ConfigError
from dev_assistant.escape import path_text
from dev_assistant.once import look_at
from dev_assistant.report.documents import CheckDocument, check_document, results_in
from dev_assistant.report.merge import Results
from dev_assistant.service.configuration import load
from dev_assistant.service.revision import Stored, staged


def judge_staged(args: argparse.Namespace) -> CheckDocument:
    """The check document of the files that the index has and HEAD has not, or not like this.

    Raises ConfigError; and UserError, with status 3 while the index has conflicts.
    """
    index = os.environ.get("GIT_INDEX_FILE")
    stored = Stored(None, os.path.realpath(index) if index else None)
    configuration = load(args.workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    changed = {path_text(path) for path in staged(configuration, stored)}
    with look_at(stored, workspace=args.workspace, cached=not args.no_cache, timeout=args.timeout) as look:
        _, found = look
        return _only(found, changed, root=path_text(str(root_of(args))))


def _only(document: CheckDocument, paths: set[str], *, root: str) -> CheckDocument:
    """The files of the document at these absolute paths, with totals of their own."""
    results = results_in(document, source="the judgement")
    chosen = {
        (project, path): file
        for (project, path), file in results.files.items()
        if os.path.normpath(f"{root}/{results.projects[project]}/{path}") in paths
    }
    return check_document(Results(results.projects, chosen), meta=document.meta)
