"""One project's cache on disk: what is known of each file, and verdicts by key.

Losing it costs time and nothing else, so whatever cannot be read is as if it had never been: a database that
is damaged, or that somebody else has made, is moved aside and the store goes on empty. Only ``save`` and its
like can fail, when the disk refuses (StoreUnavailable): nothing was written then, and the caller keeps its
rows and tries again.

A verdict is never dropped while a file's record rests on it. From the day on which the last record
leaves it, it is kept for ``days``, so that a branch can be switched back to without work.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from dev_assistant.logs import get_logger
from dev_assistant.model import Appraisal, Digest, FileRecord, RelPath, Verdict
from dev_assistant.record import pruning
from dev_assistant.record.database import (
    ForeignError,
    StoreUnavailable,
    drop_aside,
    identity,
    is_damage,
    move_aside,
    open_writable,
    transaction,
)
from dev_assistant.record.pruning import Pruned
from dev_assistant.record.reader import VerdictReader
from dev_assistant.record.rows import DamagedError, digest_key, open_verdict, path_key
from dev_assistant.record.secret import OWN, UserSecret
from dev_assistant.record.statements import (
    delete_all,
    put_appraisals,
    put_files,
    put_head,
    put_verdicts,
    select_appraisals,
    select_files,
    select_head,
    select_references,
    select_verdicts,
    touch,
)

__all__ = ["Pruned", "SqliteVerdictStore", "StoreUnavailable", "VerdictReader"]

_T = TypeVar("_T")
_TROUBLE = (DamagedError, ForeignError, sqlite3.DatabaseError, UnicodeDecodeError)
_DAY = 86_400
_LOG = get_logger("record")


class SqliteVerdictStore:
    """The scribe's store: owned by the thread of its first use. ``reader`` serves another one.

    The directory above the database's own has to exist. ``epoch`` grows whenever what was saved got lost
    (damage, or somebody deleted the file), so that the owner may save all it knows again.
    """

    def __init__(
        self,
        database: Path,
        *,
        secret: UserSecret = OWN,
        now: Callable[[], float] = time.time,
        max_mb: float = 200,
        days: float = 30,
    ) -> None:
        self._database = database
        self._secret = secret
        self._now = now
        self._max_bytes = int(max_mb * 1_000_000)
        self._days = days
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._touched: set[bytes] = set()
        self._complaint = ""
        self.epoch = 0

    def load(self) -> dict[RelPath, FileRecord]:
        """The view as it was last saved; empty when it cannot be read."""
        return self._read(select_files, {})

    def appraisals(self) -> dict[RelPath, Appraisal]:
        """Of the files that were appraised, as it was last saved; empty when it cannot be read."""
        return self._read(select_appraisals, {})

    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        """The verdicts that are known under these keys; none when the store cannot be read.

        That they were of use is written with the next save.
        """

        def look_up(connection: sqlite3.Connection) -> dict[Digest, Verdict]:
            rows = list(select_verdicts(connection, keys))
            found = dict(open_verdict(key, verdict) for key, verdict, _ in rows)
            self._touched.update(key for key, _, used in rows if used < self._today)
            return found

        return self._read(look_up, {})

    def save(
        self,
        files: Mapping[RelPath, FileRecord | None],
        verdicts: Mapping[Digest, Verdict],
        appraisals: Mapping[RelPath, Appraisal] = MappingProxyType({}),
        *,
        head: str | None = None,
    ) -> None:
        """One transaction: new rows of files (None: gone), verdicts, appraisals of files, and the evidence
        chain's head.

        Raises StoreUnavailable; then nothing was written.
        """
        records = {path_key(path): record for path, record in files.items()}
        known = {digest_key(key): verdict for key, verdict in verdicts.items()}
        appraised = {path_key(path): appraisal for path, appraisal in appraisals.items()}

        def write(connection: sqlite3.Connection) -> None:
            today = self._today
            with transaction(connection):
                left = select_references(connection, list(records))
                put_files(connection, records)
                put_appraisals(connection, appraised)
                put_verdicts(connection, known, today=today)
                touch(connection, left | self._touched, today=today)
                if head is not None:
                    put_head(connection, head)
            self._touched.clear()

        self._run(write)

    def head(self) -> str | None:
        """The hash of the last evidence line, as it was last saved."""
        return self._read(select_head, None)

    def set_head(self, text: str) -> None:
        """Raises StoreUnavailable."""
        self._run(lambda connection: put_head(connection, text))

    def prune(self) -> Pruned:
        """Keep within ``days`` and ``max_mb``; on an idle tree nothing is written.

        Raises StoreUnavailable.
        """
        before = self._today - self._days
        return self._run(
            lambda connection: pruning.prune(connection, before=before, max_bytes=self._max_bytes)
        )

    def clear(self) -> None:
        """Forget all files and verdicts, and delete databases that were moved aside. The head stays.

        Raises StoreUnavailable.
        """

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                delete_all(connection)
            pruning.shrink(connection)

        self._run(write)
        self._touched.clear()
        drop_aside(self._database)

    def reader(self) -> VerdictReader:
        """What another thread may hold: it sees what has been saved."""
        return VerdictReader(self._database, secret=self._secret)

    def close(self) -> None:
        """Idempotent; the next use opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    @property
    def _today(self) -> int:
        return int(self._now() // _DAY)

    def _read(self, work: Callable[[sqlite3.Connection], _T], nothing: _T) -> _T:
        try:
            return self._run(work)
        except StoreUnavailable:
            return nothing

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do ``work``; when the database turns out damaged, once more on a new one."""
        try:
            result = self._attempt(work)
        except sqlite3.ProgrammingError:
            raise
        except (StoreUnavailable, OSError, *_TROUBLE) as error:
            self.close()
            self._complain(str(error))
            raise StoreUnavailable(f"{self._database}: {error}") from error
        self._complaint = ""
        return result

    def _attempt(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            return work(self._connected())
        except sqlite3.ProgrammingError:
            raise
        except _TROUBLE as error:
            if not is_damage(error):
                raise
            self._replace(str(error))
        return work(self._connected())

    def _connected(self) -> sqlite3.Connection:
        if self._connection is not None and identity(self._database) != self._identity:
            _LOG.warning("the cache was deleted: a new one is begun", database=str(self._database))
            self._lose()
        if self._connection is None:
            self._connection = open_writable(self._database, secret=self._secret)
            self._identity = identity(self._database)
        return self._connection

    def _replace(self, reason: str) -> None:
        self._lose()
        target = move_aside(self._database)
        _LOG.warning(
            "the cache cannot be believed: a new one is begun",
            database=str(self._database),
            moved_to=target.name,
            reason=reason,
        )

    def _lose(self) -> None:
        self.close()
        self._touched.clear()
        self.epoch += 1

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:  # told once, however often it is tried again
            _LOG.warning("the cache cannot be used now", database=str(self._database), reason=complaint)
            self._complaint = complaint
