"""What stands in a tree now, directory by directory, each one covered before it is read.

The order is the point: an entry made between the two is reported by the source, one made before is listed;
the other way round it would be lost.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dev_assistant.files import stat_of
from dev_assistant.model import Stat
from dev_assistant.watch.ignore import DirectoryRules

_OPEN = (
    os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One directory without what is ignored in it.

    ``files`` are all entries that are not directories, links and devices too, with their ``lstat``, by name;
    ``directories`` are the names that are surveyed next. ``error``: the directory could not be read, and
    nothing else is known of it.
    """

    directory: str
    rules: DirectoryRules
    files: tuple[tuple[str, Stat], ...] = ()
    directories: tuple[str, ...] = ()
    error: str | None = None


def survey(top: str, rules: DirectoryRules, *, cover: Callable[[str], bool]) -> Iterator[Listing]:
    """Walk ``top`` depth-first in the order of names; ``rules`` are those of ``top``, read again on the way.

    Links are not followed, and no directory is entered twice (a second mount of one already seen).
    """
    seen: set[tuple[int, int]] = set()
    waiting = [_Place(top, rules, None)]
    while waiting:
        place = waiting.pop()
        try:
            listing = _list(place, seen=seen, cover=cover)
        except OSError as error:
            cover(place.path)  # in vain, but the source then knows of it, and tells when it can be read
            yield Listing(place.path, place.rules(()), error=error.strerror or str(error))
            continue
        if listing is not None:
            yield listing
            waiting += [
                _Place(os.path.join(place.path, name), listing.rules, name)
                for name in reversed(listing.directories)
            ]


class _Place(NamedTuple):
    """A directory that waits; ``above`` are the rules of its parent, or its own when it is the top."""

    path: str
    above: DirectoryRules
    name: str | None

    def rules(self, holding: Collection[str]) -> DirectoryRules:
        if self.name is None:
            return self.above.again(holding=holding)
        return self.above.enter(self.name, holding=holding)


def _list(place: _Place, *, seen: set[tuple[int, int]], cover: Callable[[str], bool]) -> Listing | None:
    """One directory, read through a descriptor so that nothing can be put in its place meanwhile.

    None when it was seen before. That is found out before it is covered: a watch belongs to the directory and
    would from then on report under the later path.
    """
    with opened(place.path) as descriptor:
        status = os.stat(descriptor)
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            return None
        seen.add(identity)
        cover(place.path)
        with os.scandir(descriptor) as found:
            entries = sorted(found, key=_name)
        rules = place.rules({entry.name for entry in entries})
        return _sorted_out(place.path, rules, entries)


def _sorted_out(path: str, rules: DirectoryRules, entries: list[os.DirEntry[str]]) -> Listing:
    listed: list[tuple[str, Stat]] = []
    directories: list[str] = []
    for entry in entries:
        is_dir = entry.is_dir(follow_symlinks=False)
        if rules.ignores(entry.name, is_dir=is_dir):
            continue
        if is_dir:
            directories.append(entry.name)
        elif (stat := _stat(entry)) is not None:
            listed.append((entry.name, stat))
    return Listing(path, rules, tuple(listed), tuple(directories))


def _stat(entry: os.DirEntry[str]) -> Stat | None:
    try:
        return stat_of(entry.stat(follow_symlinks=False))
    except FileNotFoundError:  # gone meanwhile: the source tells
        return None


@contextlib.contextmanager
def opened(path: str) -> Iterator[int | str]:
    """A descriptor of the directory itself; where the platform has none to read from, its path."""
    if os.scandir not in os.supports_fd:
        yield path
        return
    descriptor = os.open(path, _OPEN)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
