"""A cache and an evidence log in memory, which can be told to refuse, and values to put into them."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from dev_assistant.files import digest_of
from dev_assistant.model import (
    Appraisal,
    Category,
    Checked,
    Digest,
    FileRecord,
    FileState,
    Finding,
    Fingerprint,
    Part,
    RelPath,
    Severity,
    Stat,
    Verdict,
    summarize,
)
from dev_assistant.ports import Evidence
from dev_assistant.record.database import StoreUnavailable
from dev_assistant.record.evidence import EvidenceUnavailable
from dev_assistant.record.volatile import VolatileStore


class MemoryVerdictStore(VolatileStore):
    """Implements ``VerdictStore``. While ``refusing`` it answers as a store on a full disk does."""

    def __init__(self) -> None:
        super().__init__()
        self.refusing = False
        self.saves = 0

    def save(
        self,
        files: Mapping[RelPath, FileRecord | None],
        verdicts: Mapping[Digest, Verdict],
        appraisals: Mapping[RelPath, Appraisal] = MappingProxyType({}),
    ) -> None:
        if self.refusing:
            raise StoreUnavailable("disk full")
        self.saves += 1
        super().save(files, verdicts, appraisals)


class MemoryEvidenceLog:
    """Implements ``EvidenceLog``; ``entries`` are all that were appended."""

    def __init__(self) -> None:
        self.entries: list[Evidence] = []
        self.refusing = False
        self.closed = False

    def append(self, entries: Sequence[Evidence]) -> None:
        if self.refusing:
            raise EvidenceUnavailable("disk full")
        self.entries.extend(entries)

    def close(self) -> None:
        self.closed = True


def digest(seed: object) -> Digest:
    return digest_of(str(seed).encode("utf-8", "surrogatepass"))


def checked(findings: int = 0, *, message: str = "line too long") -> Checked:
    return Checked(
        tuple(
            Finding("E501", Category.LINT, Severity.WARNING, line, 1, line, 121, message, False)
            for line in range(1, findings + 1)
        )
    )


def fresh(key: Digest, verdict: Verdict | None = None) -> FileRecord:
    """The record of a file whose present bytes were judged under ``key``."""
    stat = Stat(size=10, mtime_ns=1, ctime_ns=2, inode=3, mode=0o100644)
    return FileRecord(
        FileState.FRESH,
        Fingerprint(stat, digest(f"bytes of {key}")),
        (Part("ruff", key, summarize(verdict or checked())),),
    )


def evidence(
    path: str = "src/a.py", *, record: FileRecord | None = None, cached: bool = False, trigger: str = "save"
) -> Evidence:
    return Evidence(
        time=1_790_000_000.25,
        path=RelPath(path),
        trigger=trigger,
        digest=digest(path),
        size=10,
        record=record or fresh(digest(path)),
        tools=(("ruff", "0.17.5", digest("configuration")),),
        duration_ms=1.25,
        cached=cached,
    )


@contextlib.contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file of this process can grow beyond ``room`` bytes: a write is cut short there, the next fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
