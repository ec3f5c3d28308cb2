"""The evidence log: one append-only file a day (UTC), chained by hash, that proves what was judged.

A line is written at once and never changed; it is not synced one by one, so a power loss may cost the
last seconds (``close`` and the change of day sync). A crash between the log and the head in the database,
or in the middle of a line, is mended when the log is opened, and the log tells of it: evidence is never
lost in silence. When the clock goes back, the newest day's file is continued.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from dev_assistant import failpoints
from dev_assistant.errors import DevAssistantError
from dev_assistant.logs import get_logger
from dev_assistant.ports import Evidence
from dev_assistant.record.chain import (
    Anchor,
    Break,
    day_files,
    hash_of,
    hashes_of,
    iter_lines,
    read_day,
    tail_of,
    verify_chain,
    write_anchor,
)
from dev_assistant.record.lines import EvidenceLine, Repair, encode_line, grouped, line_of, repair_line

__all__ = ["Break", "EvidenceUnavailable", "JsonlEvidenceLog", "iter_lines", "read_day", "verify_chain"]

_OPEN = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
_OPEN |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LOG = get_logger("record")


class EvidenceUnavailable(DevAssistantError):  # noqa: N818  a condition that passes, not a mistake
    """The log cannot be written now (disk full, no permission): nothing was added, try again later."""


class Opened(NamedTuple):
    """What was found when the log was last opened: ``ahead`` lines were not in the head yet."""

    ahead: int = 0
    torn_bytes: int = 0
    missing: str | None = None


class _Maker(Protocol):
    def __call__(self, *, place: str, prev: str) -> EvidenceLine: ...


class JsonlEvidenceLog:
    """Owned by the scribe's thread. The directory above ``directory`` has to exist.

    ``head`` and ``save_head`` keep the hash of the last line outside of the log. Files whose day is over
    ``retention_days`` ago are deleted when a new day's file is begun, so an idle project keeps its last.
    """

    def __init__(
        self,
        directory: Path,
        *,
        project: str,
        head: Callable[[], str | None],
        save_head: Callable[[str], None],
        now: Callable[[], float] = time.time,
        retention_days: float = 30,
    ) -> None:
        self._directory = directory
        self._project = project
        self._head = head
        self._save_head = save_head
        self._now = now
        self._retention = timedelta(days=retention_days)
        self._descriptor: int | None = None
        self._day = ""
        self._end = 0
        self._last = ""
        self._reconciled = False
        self._owed = Repair()
        self.opened = Opened()
        try:
            self._reconcile()
        except EvidenceUnavailable as error:
            _LOG.warning("evidence cannot be read", directory=str(directory), reason=str(error))

    def append(self, entries: Sequence[Evidence]) -> None:
        """Write the entries' lines at once. Raises EvidenceUnavailable; then none of them was added."""
        if not entries:
            return
        if not self._reconciled or self._disturbed():
            self._reconcile()
        self._write([partial(line_of, group, project=self._project) for group in grouped(entries)])

    def close(self) -> None:
        """Sync and close; idempotent. A later append opens the log again."""
        descriptor, self._descriptor = self._descriptor, None
        self._reconciled = False
        if descriptor is None:
            return
        try:
            failpoints.hit("evidence.sync")
            os.fsync(descriptor)
        except OSError as error:
            _LOG.warning(
                "evidence could not be synced", directory=str(self._directory), reason=error.strerror
            )
        finally:
            os.close(descriptor)

    def _reconcile(self) -> None:
        """Find the end of the chain, mend a torn line, and tell what differs from the head."""
        self.close()
        head = self._last or self._head()
        try:
            torn = self._cut_torn()
            tail = tail_of(self._directory, head)
            self._day, self._end = self._newest()
        except OSError as error:
            raise self._unavailable(error) from error
        self._last = tail.last
        self._reconciled = True
        self.opened = Opened(tail.ahead, torn, tail.missing)
        if torn or tail.missing is not None:
            _LOG.warning("evidence was repaired", directory=str(self._directory), **self.opened._asdict())
            self._owed = Repair(self._owed.torn_bytes + torn, self._owed.missing or tail.missing)
            self._write([])
        elif tail.ahead:
            _LOG.info(
                "evidence was ahead of its recorded head", directory=str(self._directory), lines=tail.ahead
            )
            self._tell_head(tail.last)

    def _cut_torn(self) -> int:
        """Cut an unfinished last line off; its length in bytes."""
        newest = day_files(self._directory)[-1:]
        for path in newest:
            end = max((raw.end for raw in iter_lines(path) if raw.whole), default=0)
            torn = path.lstat().st_size - end
            if torn:
                failpoints.hit("evidence.cut")
                os.truncate(path, end)
            return torn
        return 0

    def _disturbed(self) -> bool:
        """Whether somebody else wrote to, cut or deleted the newest file since we last looked at it."""
        try:
            if self._descriptor is None:
                return self._newest() != (self._day, self._end)
            status = os.fstat(self._descriptor)
        except OSError as error:
            raise self._unavailable(error) from error
        return status.st_size != self._end or status.st_nlink == 0

    def _newest(self) -> tuple[str, int]:
        """Day and size of the newest file on disk."""
        for path in day_files(self._directory)[-1:]:
            return path.stem, path.lstat().st_size
        return "", 0

    def _write(self, makers: Sequence[_Maker]) -> None:
        if self._owed != Repair():
            owed = partial(repair_line, self._owed, time=self._now(), project=self._project)
            makers = [owed, *makers]
        try:
            descriptor = self._for_today()
            data, last = self._encoded(makers)
            _write_all(descriptor, data)
        except OSError as error:
            self._take_back()
            raise self._unavailable(error) from error
        self._end += len(data)
        self._last = last
        self._owed = Repair()
        self._tell_head(last)

    def _encoded(self, makers: Sequence[_Maker]) -> tuple[bytes, str]:
        data = bytearray()
        prev = self._last
        for make in makers:
            line = encode_line(make(place=f"{self._day}.{self._end + len(data)}", prev=prev))
            data += line + b"\n"
            prev = hash_of(line)
        return bytes(data), prev

    def _for_today(self) -> int:
        day = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
        if self._descriptor is not None and day <= self._day:
            return self._descriptor
        self.close()
        self._prepare()
        self._day = max(day, self._newest()[0])
        self._descriptor = _open_regular(self._directory / f"{self._day}.jsonl")
        self._end = os.fstat(self._descriptor).st_size
        self._reconciled = True
        self._retire()
        return self._descriptor

    def _prepare(self) -> None:
        failpoints.hit("evidence.mkdir")
        self._directory.mkdir(exist_ok=True)
        if self._directory.is_symlink():
            raise OSError(None, "the directory is a symbolic link: remove it")

    def _retire(self) -> None:
        """Delete the files of days that are over; the anchor, written first, keeps the chain whole."""
        today = datetime.fromtimestamp(self._now(), UTC).date()
        oldest = f"{(today - self._retention).isoformat()}.jsonl"
        try:
            old = [path for path in day_files(self._directory) if path.name < oldest]
            hashes = next((found for path in reversed(old) if (found := hashes_of(path))), [])
            if hashes:
                write_anchor(self._directory, Anchor(file=old[-1].name, last_hash=hashes[-1]))
            for path in old:
                failpoints.hit("evidence.retire")
                path.unlink()
        except OSError as error:  # tried again on another day; what is new matters more
            _LOG.warning(
                "old evidence could not be deleted", directory=str(self._directory), reason=str(error)
            )

    def _take_back(self) -> None:
        """After a failed write: no part of it stays, and the log is looked at again before the next."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._end)
        self.close()

    def _tell_head(self, last: str) -> None:
        try:
            self._save_head(last)
        except DevAssistantError as error:  # the line stands: the head catches up with the next one
            _LOG.warning(
                "the head of the evidence could not be recorded",
                directory=str(self._directory),
                reason=str(error),
            )

    def _unavailable(self, error: OSError) -> EvidenceUnavailable:
        return EvidenceUnavailable(f"{self._directory}: {error.strerror or error}")


def _open_regular(path: Path) -> int:
    failpoints.hit("evidence.open")
    descriptor = os.open(path, _OPEN, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(None, f"{path.name} is not a regular file")
    return descriptor


def _write_all(descriptor: int, data: bytes) -> None:
    failpoints.hit("evidence.write")
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
