"""The cache as another thread or process reads it: what has been saved, and nothing else.

It changes nothing and repairs nothing, which is the store's: what it cannot read is not there.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from dev_assistant.logs import get_logger
from dev_assistant.model import Appraisal, Digest, FileRecord, RelPath, Verdict
from dev_assistant.record.database import ForeignError, identity, open_readable
from dev_assistant.record.rows import DamagedError, open_verdict
from dev_assistant.record.secret import OWN, UserSecret
from dev_assistant.record.statements import select_appraisals, select_files, select_head, select_verdicts

_T = TypeVar("_T")
_LOG = get_logger("record")


class VerdictReader:
    """Owned by the thread of its first use. A database that is missing, locked, damaged or made by somebody
    else holds nothing; the next call looks again.

    On a disk that is read-only nothing stays open between two calls: SQLite remembers that the shared
    memory cannot be written until the last connection of the process is closed, the store's too.
    """

    def __init__(self, database: Path, *, secret: UserSecret = OWN) -> None:
        self._database = database
        self._secret = secret
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def load(self) -> dict[RelPath, FileRecord]:
        """The view as it was last saved."""
        return self._read(select_files, {})

    def appraisals(self) -> dict[RelPath, Appraisal]:
        """Of the files that were appraised, as it was last saved."""
        return self._read(select_appraisals, {})

    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        """The verdicts that are known under these keys."""
        return self._read(lambda connection: dict(_sound(select_verdicts(connection, keys))), {})

    def head(self) -> str | None:
        """The hash of the last evidence line, as it was last saved."""
        return self._read(select_head, None)

    def close(self) -> None:
        """Idempotent; the next use opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _read(self, work: Callable[[sqlite3.Connection], _T], nothing: _T) -> _T:
        present = identity(self._database)
        if present != self._identity:
            self.close()
        if present is None:
            return nothing
        try:
            if self._connection is None:
                self._connection = open_readable(self._database, secret=self._secret)
                self._identity = present
            return work(self._connection)
        except sqlite3.ProgrammingError:
            raise
        except (DamagedError, ForeignError, OSError, sqlite3.DatabaseError, UnicodeDecodeError) as error:
            _LOG.debug("the cache cannot be read", database=str(self._database), reason=str(error))
            self.close()
            return nothing
        finally:
            if not os.access(self._database, os.W_OK):
                self.close()


def _sound(rows: Iterable[tuple[bytes, bytes, int]]) -> Iterator[tuple[Digest, Verdict]]:
    for key, verdict, _ in rows:
        with contextlib.suppress(DamagedError):
            yield open_verdict(key, verdict)
