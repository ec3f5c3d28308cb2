"""Taking single verdicts out of a cache: those of some verifiers, of the files whose path a pattern matches.

Of a verdict on older bytes nobody knows any more whose it is, so all of those go with them: that costs time,
and what was to be forgotten must not come back with a branch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Container
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from dev_assistant.errors import UserError
from dev_assistant.model import FileRecord, FileState, RelPath
from dev_assistant.record.database import ForeignError, StoreUnavailable, open_writable, transaction
from dev_assistant.record.pruning import shrink, size
from dev_assistant.record.rows import DamagedError, digest_key, open_record, path_key
from dev_assistant.record.secret import OWN, UserSecret
from dev_assistant.record.statements import put_files

_UNKNOWN = FileRecord(FileState.PENDING, reason="its verdict was deleted")


class Forgotten(NamedTuple):
    """How many files have lost a verdict, how many verdicts went, ``older`` of them on bytes that no file has
    now; and the bytes that came free.
    """

    files: int = 0
    verdicts: int = 0
    older: int = 0
    freed: int = 0


def forget(
    database: Path,
    *,
    verifiers: Container[str],
    matches: Callable[[RelPath], bool],
    dry_run: bool = False,
    secret: UserSecret = OWN,
) -> Forgotten:
    """Drop the verdicts, and the records that rest on them: these files are judged anew.

    Their names stay: whoever reports without judging must not pass over what nobody knows any more.
    The caller sees to it that nobody else writes. Raises UserError when the cache cannot be used.
    """
    try:
        with closing(open_writable(database, secret=secret)) as connection:
            return _forget(connection, verifiers, matches, dry_run=dry_run)
    except (DamagedError, ForeignError, StoreUnavailable, sqlite3.Error, OSError) as error:
        raise UserError(f"{database}: {error}", hint="dev-assistant clean deletes it whole") from error


def forget_head(database: Path, *, secret: UserSecret = OWN) -> None:
    """The evidence begins anew: its last hash is not looked for any more. Raises UserError."""
    try:
        with closing(open_writable(database, secret=secret)) as connection, transaction(connection):
            connection.execute("DELETE FROM meta WHERE name = ?", (b"head",))
    except (ForeignError, StoreUnavailable, sqlite3.Error, OSError) as error:
        raise UserError(f"{database}: {error}", hint="dev-assistant clean deletes it whole") from error


def _forget(
    connection: sqlite3.Connection,
    verifiers: Container[str],
    matches: Callable[[RelPath], bool],
    *,
    dry_run: bool,
) -> Forgotten:
    paths: list[bytes] = []
    keys: set[bytes] = set()
    kept: set[bytes] = set()
    for row in connection.execute("SELECT path, record FROM files"):
        path, record = open_record(*row)
        mine = {digest_key(part.key) for part in record.parts if part.verifier in verifiers}
        chosen = mine if matches(path) else set[bytes]()
        keys |= chosen
        kept |= {digest_key(part.key) for part in record.parts} - chosen
        paths += [path_key(path)] if chosen else []
    stored = {key for (key,) in connection.execute("SELECT key FROM verdicts")}
    going = stored - kept
    before = size(connection)
    if not dry_run:
        with transaction(connection):
            connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])
            put_files(connection, dict.fromkeys(paths, _UNKNOWN))
            connection.executemany("DELETE FROM verdicts WHERE key = ?", [(key,) for key in going])
        shrink(connection)
    return Forgotten(len(paths), len(going), len(going - keys), before - size(connection))
