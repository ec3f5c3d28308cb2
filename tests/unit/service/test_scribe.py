from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev_assistant.model import Checked, Digest, FileRecord, FileState, ProjectName, RelPath, Verdict
from dev_assistant.record.database import StoreUnavailable
from dev_assistant.record.volatile import NoEvidence, VolatileStore
from dev_assistant.service.scribe import Batch, Ledgers, Scribe

APP = ProjectName("app")


class FullDisk(VolatileStore):
    """Refuses so many saves; with ``forgetful`` it loses what was there at every save."""

    def __init__(self, refusals: int = 0, *, forgetful: bool = False) -> None:
        super().__init__()
        self.refusals = refusals
        self.epoch = 0
        self._forgetful = forgetful

    def save(self, files: Mapping[RelPath, FileRecord | None], verdicts: Mapping[Digest, Verdict]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("disk full")
        self.epoch += self._forgetful
        super().save(files, verdicts)


def batch(path: str) -> dict[ProjectName, Batch]:
    return {APP: Batch({RelPath(path): FileRecord(FileState.FRESH)}, {Digest(path): Checked()})}


def flushed(scribe: Scribe) -> None:
    done = threading.Event()
    scribe.flush(done.set)
    assert done.wait(10)


def scribe_over(store: FullDisk, published: list[Any]) -> Scribe:
    scribe = Scribe(
        opener=lambda name: Ledgers(store, NoEvidence(), lambda: None, lambda: store.epoch),
        view=lambda: "view",  # type: ignore[arg-type, return-value]
        publish=published.append,
        alive=lambda name: True,
        lost=lambda name: published.append(f"lost {name}"),
    )
    scribe.start()
    return scribe


def test_what_was_handed_in_before_a_flush_is_saved_after_it(tmp_path: Path) -> None:
    store = FullDisk()
    published: list[Any] = []
    scribe = scribe_over(store, published)
    scribe.save(batch("a.py"))
    scribe.save(batch("b.py"))
    scribe.report()
    scribe.report()
    flushed(scribe)
    assert sorted(store.load()) == ["a.py", "b.py"]
    assert set(published) == {"view"}
    assert scribe.stop(10)


def test_a_full_disk_loses_nothing_and_is_told_until_it_is_over() -> None:
    store = FullDisk(refusals=2)
    scribe = scribe_over(store, [])
    scribe.save(batch("a.py"))
    flushed(scribe)
    scribe.save(batch("b.py"))
    flushed(scribe)
    flushed(scribe)
    assert sorted(store.load()) == ["a.py", "b.py"]
    assert scribe.trouble == ""
    assert scribe.stop(10)


def test_trouble_is_named_while_it_lasts() -> None:
    scribe = scribe_over(FullDisk(refusals=10**9), [])
    scribe.save(batch("a.py"))
    flushed(scribe)
    assert "disk full" in scribe.trouble
    assert scribe.stop(10)


def test_a_cache_that_was_lost_is_told_of() -> None:
    published: list[Any] = []
    scribe = scribe_over(FullDisk(forgetful=True), published)
    scribe.save(batch("a.py"))
    flushed(scribe)
    assert "lost app" in published
    assert scribe.stop(10)
