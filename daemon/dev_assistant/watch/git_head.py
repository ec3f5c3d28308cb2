"""How much the files of a working tree differ from git's HEAD.

Nearly all of them do not, which their git hash tells without asking git. git is asked for HEAD when a file
that tells of it has changed, for the files when HEAD has another tree, and for blobs of changed files.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from dev_assistant import files, process
from dev_assistant.analysis.line_changes import LARGEST, changed_lines
from dev_assistant.errors import ToolError
from dev_assistant.model import Digest
from dev_assistant.watch.git import GitTree
from dev_assistant.watch.git_objects import Listing, Objects

_PAIRS = 100_000
"""Answers that are kept, each for a blob and a content: about 200 bytes."""

_BLOB_BYTES = 16 << 20
"""Of blobs that are kept, so that no save of a changed file needs git."""

_TRIES = 3
"""Runs of git that break before it is left alone until HEAD moves."""

_REF = b"ref: refs/"
_HEAD_LIMIT = 4096
_STORED_ELSEWHERE = b"version https://git-lfs.github.com/spec/"
_NEW = ""
"""Stands for the blob of a file that HEAD does not have."""


class Unknown:
    """Nobody has counted yet."""


UNKNOWN = Unknown()
_Pair = tuple[str, Digest]
Changed = int | None
"""Lines added and removed since HEAD; None where that cannot be told."""


class Head:
    """What HEAD holds of one working tree. Thread-safe: callers of what may run git take turns.

    A file that HEAD does not have is new with all its lines, staged or not: nobody has seen it yet. None
    is said of files in submodules, before the first commit, without git, of binary files, of blobs that are
    not there (a partial clone) or stored elsewhere (LFS), and of versions over ``LARGEST`` bytes.
    """

    def __init__(
        self, tree: GitTree, *, timeout: float = 10.0, children: process.Children | None = None
    ) -> None:
        self._objects = Objects(tree.top, timeout=timeout, children=children)
        self._trace = _Trace(tree)
        self._turn = threading.Lock()
        self._stamp: object = None
        self._tree_id: str | None = None
        self._listing: Listing | None = None
        self._tries = _TRIES
        self._pairs: dict[_Pair, Changed] = {}
        self._blobs: dict[str, bytes] = {}
        self._kept = 0

    def refresh(self) -> Listing | None:
        """HEAD's files as they are now; None if there is no HEAD. Runs git only if HEAD may have moved."""
        with self._turn:
            return self._refreshed()

    def blob(self, path: str) -> str | None:
        """The name of what HEAD has at ``path``, as of the last ``refresh``: "" where it has nothing.

        None: there is no HEAD, or the path lies in a submodule.
        """
        listing = self._listing
        if listing is None or path.startswith(listing.modules):
            return None
        return listing.blobs.get(path, _NEW)

    def known(self, path: str, digest: Digest) -> Changed | Unknown:
        """What ``changed`` said or would say, from memory alone: as of the last ``refresh``, without I/O.

        ``path`` counts from the top of the working tree, ``digest`` is of the file's bytes there.
        """
        blob = self.blob(path)
        return None if blob is None else self._pairs.get((blob, digest), UNKNOWN)

    def changed(self, contents: Mapping[str, files.Content]) -> dict[str, Changed]:
        """For each file, by path from the top: how many lines differ. Does not raise."""
        with self._turn:
            listing = self._refreshed()
            if listing is None:
                return dict.fromkeys(contents)
            outside = {path: None for path in contents if path.startswith(listing.modules)}
            pairs = {
                path: (listing.blobs.get(path, _NEW), content.fingerprint.digest)
                for path, content in contents.items()
                if path not in outside
            }
            counted = self._count({pairs[path]: contents[path].data for path in pairs})
            return {**outside, **{path: counted.get(pair) for path, pair in pairs.items()}}

    def _refreshed(self) -> Listing | None:
        stamp = self._trace.stamp()
        if stamp == self._stamp:
            return self._listing
        try:
            tree_id = self._objects.head()
            if tree_id != self._tree_id:
                self._listing = self._objects.listing(tree_id) if tree_id is not None else None
                self._tree_id = tree_id
        except ToolError:
            self._tree_id = self._listing = None
            self._tries -= 1
            if self._tries > 0:
                return None
        self._stamp, self._tries = stamp, _TRIES
        return self._listing

    def _count(self, wanted: Mapping[_Pair, bytes]) -> dict[_Pair, Changed]:
        counted: dict[_Pair, Changed] = {}
        left: dict[str, list[_Pair]] = {}
        for pair, data in wanted.items():
            if pair in self._pairs:
                counted[pair] = self._pairs[pair]
            elif pair[0] == _NEW:
                counted[pair] = changed_lines(b"", data)
            elif _is_blob(data, pair[0]):
                counted[pair] = 0
            else:
                left.setdefault(pair[0], []).append(pair)
        for blob, old in self._olds(left):
            for pair in left[blob]:
                counted[pair] = None if old is None else changed_lines(old, wanted[pair])
        self._pairs.update(counted)
        for pair in list(islice(self._pairs, max(0, len(self._pairs) - _PAIRS))):
            del self._pairs[pair]
        return counted

    def _olds(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each blob, None for those that nobody has; nothing of those that a broken run did not give."""
        missing = dict.fromkeys(names)
        for name in [name for name in missing if name in self._blobs]:
            del missing[name]
            yield name, _text(self._blobs[name])
        try:
            for name, data in self._objects.blobs(missing, largest=LARGEST) if missing else ():
                del missing[name]
                self._keep(name, data)
                yield name, _text(data)
        except ToolError:
            self._tries -= 1
            if self._tries > 0:
                return
        yield from missing.items()

    def _keep(self, name: str, data: bytes) -> None:
        self._blobs[name] = data
        self._kept += len(data)
        while self._kept > _BLOB_BYTES:
            self._kept -= len(self._blobs.pop(next(iter(self._blobs))))


def stamp(tree: GitTree) -> object:
    """Equal to an earlier one if HEAD is where it was then: some ``lstat`` and a small read."""
    return _Trace(tree).stamp()


class _Trace:
    """The files that tell where HEAD is: when none of them has changed, HEAD has not moved."""

    def __init__(self, tree: GitTree) -> None:
        self._tree = tree
        self._head: object = None
        self._ref: str | None = None

    def stamp(self) -> object:
        """Equal to the last one if HEAD is where it was: a few ``lstat``."""
        head = _seen(f"{self._tree.directory}/HEAD")
        if head != self._head:
            self._head, self._ref = head, self._read()
        return head, *self._seen()

    def _seen(self) -> Iterator[object]:
        directory, common = self._tree.directory, self._tree.common
        yield _seen(f"{directory}/logs/HEAD")
        for place in dict.fromkeys((directory, common)):
            yield _seen(f"{place}/reftable/tables.list")
            if self._ref is not None:
                yield _seen(f"{place}/{self._ref}")
        yield _seen(f"{common}/packed-refs")

    def _read(self) -> str | None:
        match files.read(f"{self._tree.directory}/HEAD", limit=_HEAD_LIMIT):
            case files.Content(data) if data.startswith(_REF) and b".." not in data and b"\0" not in data:
                return os.fsdecode(data.removeprefix(b"ref:").strip())
            case _:
                return None


def _seen(path: str) -> object:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size


def _is_blob(data: bytes, name: str) -> bool:
    """Whether these bytes are the blob of that name, as they are or with the line ends that git stores."""
    return _blob_name(data, name) == name or (
        b"\r\n" in data and _blob_name(data.replace(b"\r\n", b"\n"), name) == name
    )


def _blob_name(data: bytes, like: str) -> str:
    algorithm = "sha1" if len(like) == 40 else "sha256"  # noqa: PLR2004  hex digits
    digest = hashlib.new(algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def _text(data: bytes) -> bytes | None:
    """A blob's text; None if it only points at what is stored elsewhere."""
    return None if data.startswith(_STORED_ELSEWHERE) else data
