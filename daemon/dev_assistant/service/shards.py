"""A mapping that is cheap to publish: readers keep the old shards, the writer copies what it changes.

Publishing 50,000 records costs a tuple of 256 references; a change costs the copy of one shard.
"""

from __future__ import annotations

import threading
from collections.abc import ItemsView, Iterator, Mapping

from dev_assistant.analysis.structure.relations import Index, Relations
from dev_assistant.model import FileRecord, RelPath
from dev_assistant.report.leaders import Leaders, leaders, merged
from dev_assistant.report.tally import Tally, tally, total

_COUNT = 256


class Shard:
    """A part of a project's files, never changed once published. What is told of it is computed once."""

    __slots__ = ("_leaders", "_tally", "files")

    def __init__(self, files: dict[RelPath, FileRecord]) -> None:
        self.files = files
        self._tally: Tally | None = None
        self._leaders: Leaders | None = None

    @property
    def tally(self) -> Tally:
        if self._tally is None:
            self._tally = tally(self.files)
        return self._tally

    @property
    def leaders(self) -> Leaders:
        if self._leaders is None:
            self._leaders = leaders(self.files)
        return self._leaders


class Related:
    """The relations between the files of any view of one project; thread-safe.

    What differs from the view that was asked about last is all that is looked at.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index = Index()
        self._shards: tuple[Shard, ...] = (Shard({}),) * _COUNT

    def of(self, shards: tuple[Shard, ...]) -> Relations:
        with self._lock:
            for before, after in zip(self._shards, shards, strict=True):
                if before is not after:
                    self._index.update(_outlines(before.files, after.files))
            self._shards = shards
            return self._index.relations()


def _outlines(
    before: Mapping[RelPath, FileRecord], after: Mapping[RelPath, FileRecord]
) -> dict[RelPath, bytes | None]:
    """Those of the files that differ; None: gone."""
    changed = {path: record.outline for path, record in after.items() if before.get(path) is not record}
    return dict.fromkeys(before.keys() - after.keys()) | changed


class View(Mapping[RelPath, FileRecord]):
    """A published state of all files of a project; safe to read from any thread for ever.

    Equal only to itself: whether something changed is asked far more often than what.
    """

    __slots__ = ("_leaders", "_related", "_relations", "_shards", "_tally")
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, shards: tuple[Shard, ...], related: Related) -> None:
        self._shards = shards
        self._related = related
        self._tally: Tally | None = None
        self._leaders: Leaders | None = None
        self._relations: Relations | None = None

    def __getitem__(self, path: RelPath) -> FileRecord:
        return self._shards[hash(path) % _COUNT].files[path]

    def __iter__(self) -> Iterator[RelPath]:
        for shard in self._shards:
            yield from shard.files

    def __len__(self) -> int:
        return sum(len(shard.files) for shard in self._shards)

    def items(self) -> ItemsView[RelPath, FileRecord]:
        """Shard by shard: what reports do with every file must not look each of them up."""
        return _Items(self)

    @property
    def tally(self) -> Tally:
        if self._tally is None:
            self._tally = total(shard.tally for shard in self._shards if shard.files)
        return self._tally

    @property
    def leaders(self) -> Leaders:
        if self._leaders is None:
            self._leaders = merged(shard.leaders for shard in self._shards if shard.files)
        return self._leaders

    @property
    def relations(self) -> Relations:
        """Of files that are stale those of their older bytes, so that a save in between shows nothing else.

        Costs what changed since another view of the project was asked; the first time, all of its files.
        """
        if self._relations is None:
            self._relations = self._related.of(self._shards)
        return self._relations


class _Items(ItemsView[RelPath, FileRecord]):
    __slots__ = ()
    _mapping: View

    def __iter__(self) -> Iterator[tuple[RelPath, FileRecord]]:
        for shard in self._mapping._shards:
            yield from shard.files.items()


class Files:
    """The writer's side; owned by the coordinator."""

    def __init__(self, records: Mapping[RelPath, FileRecord] | None = None) -> None:
        parts: list[dict[RelPath, FileRecord]] = [{} for _ in range(_COUNT)]
        for path, record in (records or {}).items():
            parts[hash(path) % _COUNT][path] = record
        self._shards = [Shard(part) for part in parts]
        self._private: set[int] = set()
        self._related = Related()
        self._view = View(tuple(self._shards), self._related)

    def __len__(self) -> int:
        return sum(len(shard.files) for shard in self._shards)

    def __iter__(self) -> Iterator[RelPath]:
        for shard in self._shards:
            yield from list(shard.files)

    def items(self) -> Iterator[tuple[RelPath, FileRecord]]:
        for shard in self._shards:
            yield from list(shard.files.items())

    def get(self, path: RelPath) -> FileRecord | None:
        return self._shards[hash(path) % _COUNT].files.get(path)

    def put(self, path: RelPath, record: FileRecord) -> None:
        self._own(path)[path] = record

    def drop(self, path: RelPath) -> None:
        if self.get(path) is not None:
            del self._own(path)[path]

    def publish(self) -> View:
        """The present state; the same object as before when nothing changed."""
        if self._private:
            self._private.clear()
            self._view = View(tuple(self._shards), self._related)
        return self._view

    def _own(self, path: RelPath) -> dict[RelPath, FileRecord]:
        index = hash(path) % _COUNT
        if index not in self._private:
            self._private.add(index)
            self._shards[index] = Shard(dict(self._shards[index].files))
        return self._shards[index].files
