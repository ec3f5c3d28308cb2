"""What a cache remembers of files, compared with the files as they stand on disk.

Nobody may have watched since: a file whose bytes differ from those that were judged is stale, whatever is
remembered of it, and one that is gone is no file any more.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from dev_assistant.files import Content, read, stat_of
from dev_assistant.model import FileRecord, FileState, Fingerprint, RelPath

CHANGED = "changed since it was judged"


def compared(files: Mapping[RelPath, FileRecord], *, root: str) -> dict[RelPath, FileRecord]:
    """The files that are still there; costs an ``lstat`` for each, and reading those whose times differ."""
    looked = ((path, _compared(record, os.path.join(root, path))) for path, record in files.items())
    return {path: record for path, record in looked if record is not None}


def _compared(record: FileRecord, path: str) -> FileRecord | None:
    try:
        stat = stat_of(os.lstat(path))
    except OSError:
        return None
    known = record.fingerprint
    if known is None or record.state is not FileState.FRESH or known.stat == stat or _is_same(path, known):
        return record
    return msgspec.structs.replace(record, state=FileState.STALE, reason=CHANGED)


def _is_same(path: str, known: Fingerprint) -> bool:
    content = read(path, limit=known.stat.size)
    return isinstance(content, Content) and content.fingerprint.digest == known.digest
