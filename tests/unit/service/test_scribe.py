from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from conftest import Clock
from dev_assistant.model import (
    Appraisal,
    Checked,
    Digest,
    FileRecord,
    FileState,
    ProjectName,
    RelPath,
    Verdict,
)
from dev_assistant.ports import Evidence
from dev_assistant.record.database import StoreUnavailable
from dev_assistant.record.volatile import NoEvidence, VolatileStore
from dev_assistant.service.scribe import Batch, Ledgers, Scribe
from fakes.record import MemoryEvidenceLog, evidence

APP = ProjectName("app")


class FullDisk(VolatileStore):
    """Refuses so many saves; with ``forgetful`` it loses what was there at every save.

    ``calls`` are what succeeded, in order.
    """

    def __init__(self, refusals: int = 0, *, forgetful: bool = False) -> None:
        super().__init__()
        self.refusals = refusals
        self.epoch = 0
        self.calls: list[str] = []
        self._forgetful = forgetful

    def save(
        self,
        files: Mapping[RelPath, FileRecord | None],
        verdicts: Mapping[Digest, Verdict],
        appraisals: Mapping[RelPath, Appraisal] = MappingProxyType({}),
    ) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("disk full")
        self.epoch += self._forgetful
        self.calls += files
        super().save(files, verdicts, appraisals)

    def close(self) -> None:
        self.calls.append("closed")


def batch(path: str) -> dict[ProjectName, Batch]:
    return {APP: Batch({RelPath(path): FileRecord(FileState.FRESH)}, {Digest(path): Checked()})}


def flushed(scribe: Scribe) -> None:
    done = threading.Event()
    scribe.flush(done.set)
    assert done.wait(10)


def held(until: threading.Event) -> None:
    assert until.wait(10)


def scribe_over(
    store: FullDisk, published: list[Any], *, alive: Callable[[ProjectName], bool] = lambda name: True
) -> Scribe:
    scribe = Scribe(
        opener=lambda name: Ledgers(store, NoEvidence(), lambda: None, lambda: store.epoch),
        publish=lambda: published.append("view"),
        now=time.monotonic,
        alive=alive,
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


def test_what_was_learned_of_a_project_that_is_gone_is_dropped() -> None:
    store = FullDisk()
    scribe = scribe_over(store, [], alive=lambda name: name != APP)
    scribe.save(batch("a.py"))
    flushed(scribe)
    assert store.calls == []
    assert scribe.trouble == ""
    assert scribe.stop(10)


def test_a_project_that_goes_while_its_files_are_open_is_closed_and_nothing_is_kept() -> None:
    store = FullDisk()
    present = {APP}
    scribe = scribe_over(store, [], alive=present.__contains__)
    scribe.save(batch("a.py"))
    flushed(scribe)
    present.clear()
    scribe.save(batch("b.py"))
    flushed(scribe)
    present.add(APP)
    flushed(scribe)
    assert store.calls == ["a.py", "closed"]
    assert scribe.stop(10)


def test_that_files_are_gone_is_saved_after_a_while_which_others_do_not_wait_for(clock: Clock) -> None:
    web = ProjectName("web")
    stores, saved = {APP: FullDisk(), web: FullDisk()}, threading.Event()
    scribe = Scribe(
        opener=lambda name: Ledgers(stores[name], NoEvidence(), saved.set, lambda: 0),
        publish=lambda: None,
        now=clock,
        alive=lambda name: True,
        lost=lambda name: None,
    )
    scribe.start()
    scribe.save({APP: Batch({RelPath("gone.py"): None})})
    scribe.save({web: batch("b.py")[APP]})
    assert saved.wait(10)
    assert stores[APP].calls == []
    clock.advance(1.0)
    scribe.save({APP: batch("a.py")[APP]})
    assert scribe.stop(10)
    assert stores[APP].calls == ["gone.py", "a.py", "closed"]


def test_closing_a_project_saves_first_what_was_learned_of_it() -> None:
    store = FullDisk()
    scribe = scribe_over(store, [])
    scribe.save(batch("a.py"))
    ordered = threading.Event()
    scribe.flush(lambda: held(ordered))  # so that both orders are carried out in one go
    scribe.save(batch("b.py"))
    scribe.close(APP)
    ordered.set()
    flushed(scribe)
    assert store.calls == ["a.py", "b.py", "closed"]
    assert scribe.stop(10)


def test_one_project_that_refuses_does_not_hold_back_another() -> None:
    stores = {APP: FullDisk(refusals=10**9), ProjectName("web"): FullDisk()}
    scribe = Scribe(
        opener=lambda name: Ledgers(stores[name], NoEvidence(), lambda: None, lambda: 0),
        publish=lambda: None,
        now=time.monotonic,
        alive=lambda name: True,
        lost=lambda name: None,
    )
    scribe.start()
    learned = batch("a.py")[APP]
    scribe.save({APP: learned, ProjectName("web"): batch("b.py")[APP]})
    flushed(scribe)
    assert stores[ProjectName("web")].calls == ["b.py"]
    assert "disk full" in scribe.trouble
    assert scribe.stop(10)


def test_evidence_for_a_disk_that_refuses_is_bounded_and_the_newest_is_kept() -> None:
    kept = Batch(evidence=[evidence("old.py")] * 50_000)
    kept.add(Batch(evidence=[evidence("new.py")] * 3))
    assert len(kept.evidence) == 50_000
    assert [entry.path for entry in kept.evidence[-4:]] == ["old.py", *["new.py"] * 3]


class Witness(MemoryEvidenceLog):
    """Tells the store's calls when evidence was written among them."""

    def __init__(self, store: FullDisk) -> None:
        super().__init__()
        self._store = store

    def append(self, entries: Sequence[Evidence]) -> None:
        super().append(entries)
        self._store.calls.append("evidence")


@pytest.mark.parametrize("refusing", [False, True])
def test_the_proof_is_written_before_the_verdict_and_does_not_hold_it_back(refusing: bool) -> None:
    store = FullDisk()
    log = Witness(store)
    log.refusing = refusing
    scribe = Scribe(
        opener=lambda name: Ledgers(store, log, lambda: None, lambda: 0),
        publish=lambda: None,
        now=time.monotonic,
        alive=lambda name: True,
        lost=lambda name: None,
    )
    scribe.start()
    handed = batch("a.py")
    handed[APP].evidence.append(evidence())
    scribe.save(handed)
    flushed(scribe)
    assert store.calls == (["a.py"] if refusing else ["evidence", "a.py"])
    assert scribe.stop(10)


def test_what_a_full_disk_refuses_can_be_read_from_memory() -> None:
    store = FullDisk(refusals=10**9)
    scribe = scribe_over(store, [])
    scribe.save(batch("a.py"))
    flushed(scribe)
    assert scribe.unsaved([Digest("a.py"), Digest("b.py")]) == {"a.py": Checked()}
    store.refusals = 0
    flushed(scribe)
    assert scribe.unsaved([Digest("a.py")]) == {}
    assert sorted(store.load()) == ["a.py"]
    assert scribe.stop(10)


def test_reports_that_were_refused_are_written_without_being_asked_for_again() -> None:
    refusals = iter([OSError(28, "disk full"), OSError(28, "disk full")])
    written = threading.Event()

    def publish() -> None:
        for refusal in refusals:
            raise refusal
        written.set()

    scribe = Scribe(
        opener=lambda name: Ledgers(FullDisk(), NoEvidence(), lambda: None, lambda: 0),
        publish=publish,
        now=time.monotonic,
        alive=lambda name: True,
        lost=lambda name: None,
    )
    scribe.start()
    scribe.report()
    flushed(scribe)
    assert "disk full" in scribe.trouble
    assert written.wait(10)
    flushed(scribe)
    assert scribe.trouble == ""
    assert scribe.stop(10)


def test_verdicts_for_a_disk_that_refuses_are_bounded_and_the_newest_are_kept() -> None:
    kept = Batch(verdicts={Digest(str(number)): Checked() for number in range(50_000)})
    kept.add(Batch(verdicts={Digest("new"): Checked()}))
    assert len(kept.verdicts) == 50_000
    assert "0" not in kept.verdicts and "new" in kept.verdicts
