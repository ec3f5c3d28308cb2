"""How critical remembered files are: by what was found out of their bytes, else by reading these.

Lines that changed since git's HEAD count as they were last counted: git is not asked.
"""

from __future__ import annotations

import os

from dev_assistant.files import Content, read
from dev_assistant.model import Criticality, FileRecord, RelPath
from dev_assistant.record.remembered import Remembered
from dev_assistant.schedule.criticality import CriticalityRules
from dev_assistant.schedule.priority import Kind
from dev_assistant.service.ranking import critical_import


def recalled(known: Remembered, rules: CriticalityRules, *, root: str) -> dict[RelPath, Criticality]:
    """The files with any points."""
    ranks = {path: _rank(path, record, known, rules, root) for path, record in known.files.items()}
    return {path: rank for path, rank in ranks.items() if rank.score > 0 or rank.is_critical}


def _rank(
    path: RelPath, record: FileRecord, known: Remembered, rules: CriticalityRules, root: str
) -> Criticality:
    found, print_ = known.appraisals.get(path), record.fingerprint
    if print_ is None or rules.paths.kind(path) is not Kind.SOURCE:
        return rules.classify(path)
    if found is not None and found.digest == print_.digest and found.sought == rules.sought:
        return rules.classify(path, imports=found.imports, changed_lines=found.changed)
    content = read(os.path.join(root, path), limit=print_.stat.size)
    if not isinstance(content, Content) or content.fingerprint.digest != print_.digest:
        return rules.classify(path)
    return rules.classify(path, imports=critical_import(rules, path, content.data))
