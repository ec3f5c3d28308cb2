"""Files as git stores them, written into a directory of ours: no filter, hook or attribute has a say.

A tree from a repository may be made by hand. Nothing is written through a link or out of the directory: names
that git itself would refuse are refused, files are made anew, and links come last.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from dev_assistant.errors import ToolError
from dev_assistant.watch.git_objects import Entry, Objects

_LARGEST = 64 << 20
"""Bytes of a blob that is written; a larger one becomes a hole of its size, unless it would be read."""

_LINK, _MODULE, _EXECUTABLE = "120000", "160000", "100755"
_LONGEST_LINK = 4096
_FORBIDDEN = frozenset({"", ".", "..", ".git"})


def check_out(
    objects: Objects, entries: Sequence[Entry], directory: str, *, read_up_to: int = _LARGEST
) -> None:
    """Write ``entries`` below ``directory``, which has to be empty but for other checkouts.

    Files of more than ``read_up_to`` bytes are not going to be read. Raises ToolError when an object is not
    there or too large, or a name cannot be written.
    """
    for entry in entries:
        if any(part.lower() in _FORBIDDEN for part in entry.path.split("/")) or "\0" in entry.path:
            raise ToolError(f"git has a file that must not be written: {entry.path!a}")
    _make_directories(entries, directory)
    plain = [entry for entry in entries if entry.mode not in (_LINK, _MODULE)]
    _write(objects, plain, directory, read_up_to)
    links = [entry for entry in entries if entry.mode == _LINK]
    targets = dict(objects.blobs({entry.id for entry in links}, largest=_LONGEST_LINK))
    for entry in links:
        if entry.id not in targets:
            raise _missing(entry)
        os.symlink(targets[entry.id], os.fsencode(f"{directory}/{entry.path}"))


def mark_top(directory: str) -> None:
    """Let ``directory`` be seen as the top of a working tree, whose ignore files reach no higher."""
    os.makedirs(f"{directory}/.git", exist_ok=True)
    with open(f"{directory}/.git/HEAD", "wb"):
        pass


def _make_directories(entries: Iterable[Entry], directory: str) -> None:
    wanted = {os.path.dirname(entry.path) for entry in entries}
    wanted |= {entry.path for entry in entries if entry.mode == _MODULE}
    for path in sorted(wanted):
        os.makedirs(f"{directory}/{path}", exist_ok=True)


def _write(objects: Objects, entries: Sequence[Entry], directory: str, read_up_to: int) -> None:
    places: dict[str, list[Entry]] = {}
    for entry in entries:
        places.setdefault(entry.id, []).append(entry)
    sizes = objects.sizes(list(places))
    for name in [name for name, size in sizes.items() if size > _LARGEST]:
        for entry in places.pop(name):
            if sizes[name] <= read_up_to:
                raise ToolError(f"{entry.path!a} has {sizes[name]:,} bytes, {_LARGEST:,} are copied at most")
            _put(directory, entry, b"", size=sizes[name])
    for name, data in objects.blobs(places, largest=_LARGEST):
        for entry in places.pop(name):
            _put(directory, entry, data, size=len(data))
    for left in places.values():
        raise _missing(left[0])


def _put(directory: str, entry: Entry, data: bytes, *, size: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    mode = 0o755 if entry.mode == _EXECUTABLE else 0o644
    descriptor = os.open(f"{directory}/{entry.path}", flags, mode)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)
        handle.truncate(size)


def _missing(entry: Entry) -> ToolError:
    return ToolError(f"git does not have the content of {entry.path!a} here (a partial clone?)")
