"""All that a project's cache remembers, for those who have nothing to say without it.

Unlike the daemon, to which a cache that cannot be read is an empty one, a report over nothing would be a lie.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import NamedTuple

from dev_assistant.errors import UserError
from dev_assistant.model import Appraisal, FileRecord, RelPath
from dev_assistant.places import CACHE_KEY
from dev_assistant.record.database import ForeignError, is_damage, open_readable
from dev_assistant.record.rows import DamagedError
from dev_assistant.record.secret import OWN, UserSecret
from dev_assistant.record.statements import select_appraisals, select_files

_JUDGE = "dev-assistant check judges everything and fills it"


class Remembered(NamedTuple):
    """The files as they were last saved, and what was found out of how critical they are."""

    files: dict[RelPath, FileRecord]
    appraisals: dict[RelPath, Appraisal]


def remembered(database: Path, *, secret: UserSecret = OWN) -> Remembered:
    """Raises UserError, which says what is wrong with it, unless all of it can be read and believed."""
    if not database.exists():
        raise UserError(f"there is no cache: {database} does not exist", hint=_JUDGE)
    try:
        with contextlib.closing(open_readable(database, secret=secret)) as connection:
            return Remembered(select_files(connection), select_appraisals(connection))
    except ForeignError as error:
        raise UserError(
            f"the cache {database} is not believed: {error}",
            hint=f"{CACHE_KEY}, the same on both, makes that of another machine yours; {_JUDGE}",
        ) from error
    except (DamagedError, OSError, sqlite3.DatabaseError, UnicodeDecodeError) as error:
        what = "is damaged" if is_damage(error) else "cannot be read now"
        raise UserError(f"the cache {database} {what}: {error}", hint=_JUDGE) from error
