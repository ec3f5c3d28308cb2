"""What stands in a git repository, by plumbing that runs nothing of it: no filter, hook, monitor or remote.

Every run is short: a living ``git`` would keep packs open that somebody repacks, and answers no sooner than
what is cached. git is looked for where systems install it and never in PATH, which may name the tree.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dev_assistant import process
from dev_assistant.errors import ToolError

_PLACES = (
    *("/usr/bin", "/usr/local/bin", "/bin", "/opt/homebrew/bin", "/opt/local/bin"),
    "/run/current-system/sw/bin",
)
_OPTIONS = (
    *("--no-optional-locks", "--no-pager", "--literal-pathspecs"),
    *("-c", "core.fsmonitor=false", "-c", "protocol.allow=never"),
    *("-c", "core.packedGitWindowSize=16m", "-c", "core.packedGitLimit=256m"),  # within our memory limit
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would call its remote helper, which may be any program
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "PATH": "/usr/bin:/bin",
}
_TREE_ID = re.compile(rb"\n([0-9a-f]{40}|[0-9a-f]{64})\n")
_ANSWER = re.compile(rb"([0-9a-f]+) (\w+)(?: (\d+))?\n")
_GATHERED = 16 << 20
"""Bytes of blobs that are asked for in one run."""

_LOSSES = 3
"""Runs that end at an object that cannot be had; what has not been answered by then is not had."""


class Listing(NamedTuple):
    """A tree's files: ``blobs`` by path from the top; ``modules`` are submodules, each path with a ``/``."""

    blobs: dict[str, str]
    modules: tuple[str, ...]


class Entry(NamedTuple):
    """What a tree or the index has under ``path``, from the top: ``mode`` as git writes it, ``id`` a blob's.

    For a submodule, mode 160000, ``id`` is a commit's.
    """

    path: str
    mode: str
    id: str


def program() -> str:
    """The absolute path of git. Raises ToolError."""
    for place in _PLACES:
        path = f"{place}/git"
        if os.access(path, os.X_OK):
            return path
    raise ToolError(f"git is in none of {', '.join(_PLACES)}")


class Objects:
    """The objects of the working tree whose top directory is ``top``; all methods raise ToolError.

    The user's own configuration holds: what ``safe.directory`` does not allow is not read.
    """

    def __init__(
        self, top: str, *, timeout: float, children: process.Children | None = None, index: str | None = None
    ) -> None:
        """``index`` is the file of another index than the tree's own, as git gives it to its hooks."""
        self._top = top
        self._index = {} if index is None else {"GIT_INDEX_FILE": index}
        self._timeout = timeout
        self._children = children

    def head(self) -> str | None:
        """The id of HEAD's tree; None before the first commit, or if git finds no repository here."""
        status, shown = self._run("rev-parse", "--show-prefix", "HEAD^{tree}")
        found = _TREE_ID.fullmatch(shown)  # the prefix is empty: git found this repository and none above
        return found[1].decode() if status == 0 and found else None

    def listing(self, tree: str) -> Listing | None:
        """All files of a tree; None if not all of it is there."""
        status, shown = self._run("ls-tree", "-r", "-z", "--full-tree", tree)
        return _listing(shown) if status == 0 else None

    def tree_of(self, revision: str) -> str | None:
        """The id of a commit's tree; None if there is no such commit here."""
        if revision.startswith("-"):
            return None
        name = f"{revision}^{{commit}}"
        status, shown = self._run("rev-parse", "--quiet", "--verify", "--end-of-options", name)
        if status != 0:
            return None
        status, shown = self._run("rev-parse", "--quiet", "--verify", f"{shown.decode().strip()}^{{tree}}")
        return shown.decode().strip() if status == 0 else None

    def entries(self, tree: str) -> list[Entry] | None:
        """All that a tree has, links and submodules included; None if not all of it is there."""
        status, shown = self._run("ls-tree", "-r", "-z", "--full-tree", tree)
        return [_entry(record, id_at=2) for record in _records(shown)] if status == 0 else None

    def staged(self) -> list[Entry] | None:
        """All that the index has; None while it holds a conflict, or cannot be read."""
        status, shown = self._run("ls-files", "--stage", "-z", "--full-name")
        records = list(_records(shown))
        whole = status == 0 and all(record.partition(b"\t")[0].endswith(b" 0") for record in records)
        return [_entry(record, id_at=1) for record in records] if whole else None

    def blobs(self, ids: Iterable[str], *, largest: int) -> Iterator[tuple[str, bytes]]:
        """The bytes of blobs of at most ``largest`` bytes; what is missing or larger is left out.

        As many at a time as fit into some megabytes.
        """
        sizes = [(name, size) for name, size in self.sizes(list(ids)).items() if size <= largest]
        for names in _gathered(sizes):
            yield from self._contents(names, limit=_GATHERED + largest + 128 * len(names))

    def blame(self, revision: str, path: str) -> bytes | None:
        """Who wrote each line of a file as ``revision`` has it, in git's porcelain format; None: nobody told.

        ``revision`` is an id or HEAD, ``path`` counts from the top. Without a revision git would read the
        working tree, through the filters that its configuration names.
        """
        arguments = ("--porcelain", "--no-textconv", revision, "--", path)
        status, shown = self._run("blame", *arguments)
        return shown if status == 0 else None

    def sizes(self, ids: Sequence[str]) -> dict[str, int]:
        """The bytes that each blob has; what is not there is left out."""
        sizes: dict[str, int] = {}
        for _ in range(_LOSSES):
            if not ids:
                break
            _, shown = self._run("cat-file", "--batch-check", stdin=_lines(ids))
            answers = list(_ANSWER.finditer(shown))
            told = {answer[1].decode(): int(answer[3]) for answer in answers if answer[2] == b"blob"}
            sizes.update(told)
            ids = ids[len(answers) + 1 :]  # git ends at an object that it tried in vain to fetch
        return sizes

    def _contents(self, names: Sequence[str], *, limit: int) -> Iterator[tuple[str, bytes]]:
        _, shown = self._run("cat-file", "--batch", stdin=_lines(names), limit=limit)
        at = 0
        while (answer := _ANSWER.match(shown, at)) is not None and answer[3] is not None:
            start, end = answer.end(), answer.end() + int(answer[3])
            if end < len(shown):
                yield answer[1].decode(), shown[start:end]
            at = end + 1

    def _run(
        self, *command: str, stdin: bytes | None = None, limit: int = process.OUTPUT_LIMIT
    ) -> tuple[int, bytes]:
        done = process.run(
            [program(), *_OPTIONS, *command],
            cwd=self._top,
            timeout=self._timeout,
            stdin=stdin,
            limit=limit,
            children=self._children,
            environ={**_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": os.path.dirname(self._top)} | self._index,
        )
        return done.status, done.stdout


def _listing(shown: bytes) -> Listing:
    blobs: dict[str, str] = {}
    modules: list[str] = []
    for entry in shown.split(b"\0"):
        facts, _, path = entry.partition(b"\t")
        mode, _, rest = facts.partition(b" ")
        if mode.startswith(b"100"):
            blobs[os.fsdecode(path)] = rest.rpartition(b" ")[2].decode("ascii")
        elif mode == b"160000":
            modules.append(os.fsdecode(path) + "/")
    return Listing(blobs, tuple(modules))


def _records(shown: bytes) -> Iterator[bytes]:
    return (record for record in shown.split(b"\0") if record)


def _entry(record: bytes, *, id_at: int) -> Entry:
    facts, _, path = record.partition(b"\t")
    fields = facts.decode("ascii").split()
    return Entry(os.fsdecode(path), fields[0], fields[id_at])


def _gathered(sizes: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    names: list[str] = []
    total = 0
    for name, size in sizes:
        if names and total + size > _GATHERED:
            yield names
            names, total = [], 0
        names.append(name)
        total += size
    if names:
        yield names


def _lines(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode("ascii")
