"""Walking what is watched, and comparing what the walk met with what is known.

The same walk serves the start, a new directory, lost events and the audit, so that nothing depends on how
a change was noticed. Directories are covered before they are read.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice

from dev_assistant.beats import Beats
from dev_assistant.logs import get_logger
from dev_assistant.model import FileState, ProjectName, RelPath, Stat, Urgency
from dev_assistant.ports import ChangeSource
from dev_assistant.service.errands import Errand
from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.messages import Message, Surveyed, SurveyEnded
from dev_assistant.service.plan import matters
from dev_assistant.service.scoping import Scoping
from dev_assistant.service.state import ProjectState
from dev_assistant.service.territory import Place, Territory, relative
from dev_assistant.watch.ignore import DirectoryRules, IgnoreRules
from dev_assistant.watch.survey import Listing, survey

_LOG = get_logger("watch")
_CHUNK = 128
"""Directories in one message of a survey: some milliseconds of the coordinator's time."""

Top = tuple[str, Callable[[], DirectoryRules]]


@dataclass(slots=True)
class Survey:
    """A walk under way. ``started`` is set by the walker: what comes later needs a walk of its own.

    A project that is taken up again, at another root, has a state of its own: this walk is not for it.
    """

    state: ProjectState
    tops: tuple[str, ...]
    epoch: Epoch
    trigger: str
    whole: bool
    started: bool = False
    seen: set[RelPath] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)


class Surveys:
    """Owned by the coordinator. ``run`` carries out an errand off its thread; ``post`` is its inbox.

    ``own`` are the absolute paths of all RUNS/ directories, which are never looked into.
    """

    def __init__(
        self,
        *,
        states: Mapping[ProjectName, ProjectState],
        ledger: Ledger,
        territory: Territory,
        scoping: Scoping,
        source: ChangeSource,
        run: Callable[[Errand, Urgency], None],
        post: Callable[[Message], None],
        now: Callable[[], float],
        beats: Beats,
    ) -> None:
        self.own: frozenset[str] = frozenset()
        self._states = states
        self._ledger = ledger
        self._territory = territory
        self._scoping = scoping
        self._source = source
        self._run = run
        self._post = post
        self._now = now
        self._beats = beats
        self._ids = itertools.count()
        self._surveys: dict[int, Survey] = {}

    def whole(
        self,
        state: ProjectState,
        *,
        trigger: str,
        urgency: Urgency = Urgency.INTERACTIVE,
        epoch: Epoch | None = None,
    ) -> None:
        """Walk all watch paths of a project and read its configuration anew."""
        if not self._awaits(state, None):
            tops = partial(_tops, state, lambda: self.own)
            self._walk(state, tops, trigger=trigger, whole=True, urgency=urgency, epoch=epoch)

    def below(
        self,
        state: ProjectState,
        top: str,
        rules: Callable[[], DirectoryRules],
        *,
        epoch: Epoch | None = None,
    ) -> bool:
        """Walk a directory that appeared; False when a walk that has not started yet will meet it."""
        if self._awaits(state, top):
            return False
        self._walk(state, lambda: ((top, rules),), top=top, trigger="save", whole=False, epoch=epoch)
        return True

    def _awaits(self, state: ProjectState, top: str | None) -> bool:
        return any(
            not walk.started and walk.state is state and (walk.whole or top in walk.tops)
            for walk in self._surveys.values()
        )

    def _walk(
        self,
        state: ProjectState,
        tops: Callable[[], tuple[Top, ...]],
        *,
        trigger: str,
        whole: bool,
        top: str | None = None,
        urgency: Urgency = Urgency.INTERACTIVE,
        epoch: Epoch | None = None,
    ) -> None:
        number = next(self._ids)
        names = (top,) if top is not None else ()
        walk = Survey(state, names, self._ledger.owe(epoch), trigger, whole)
        self._surveys[number] = walk
        self._run(lambda: self._carry_out(number, walk, tops), urgency)

    def _carry_out(self, number: int, walk: Survey, tops: Callable[[], tuple[Top, ...]]) -> None:
        """On the errands' thread. A walk that breaks off is safe: what it did not meet is looked at."""
        walk.started = True
        try:
            with self._beats.at("walking", walk.state.project.root, stage="scan"):
                chosen = tops()
                walk.tops = tuple(top for top, _ in chosen)
                walks = (survey(top, rules(), cover=self._cover) for top, rules in chosen)
                listings = chain.from_iterable(walks)
                while chunk := tuple(islice(listings, _CHUNK)):
                    self._post(Surveyed(number, chunk))
        finally:
            self._post(SurveyEnded(number))

    def _cover(self, directory: str) -> bool:
        self._beats.next("walking", directory)
        return self._source.cover(directory)

    @property
    def walking(self) -> bool:
        """Some directories may be covered and not known yet."""
        return bool(self._surveys)

    @property
    def looking(self) -> bool:
        """Some project is walked as a whole, or is going to be."""
        return any(walk.whole for walk in self._surveys.values())

    def surveyed(self, message: Surveyed) -> Epoch:
        """Compare what a walk met with what is known; the epoch of the walk's debt, which stays open."""
        walk = self._surveys[message.survey]
        if self._is_current(walk):
            self._met(walk.state, walk, message)
        return walk.epoch

    def _is_current(self, walk: Survey) -> bool:
        return self._states.get(walk.state.project.name) is walk.state

    def _met(self, state: ProjectState, walk: Survey, message: Surveyed) -> None:
        for listing in message.listings:
            if listing.error is None:
                self._listed(state, walk, listing)
            elif os.path.isdir(listing.directory):
                walk.unreadable.add(listing.directory)
                state.unread[listing.directory] = listing.error
                _LOG.warning("directory cannot be read", path=listing.directory, reason=listing.error)
            elif listing.directory in state.project.watch_paths:
                state.missing.add(listing.directory)

    def _listed(self, state: ProjectState, walk: Survey, listing: Listing) -> None:
        now = self._now()
        prefix = relative(state.project.root, listing.directory)
        state.missing.discard(listing.directory)
        state.unread.pop(listing.directory, None)
        walk.directories.add(listing.directory)
        self._territory.add(listing.directory, Place(state.project.name, prefix, listing.rules))
        for path, stat in _selected(state, prefix, listing):
            walk.seen.add(path)
            if not _known(state, path, stat) and (state.files.get(path) or matters(state, path)):
                state.owe_bulk(path, since=now, trigger=walk.trigger, epoch=walk.epoch)

    def ended(self, message: SurveyEnded) -> None:
        """Whatever the walk did not meet is gone, ignored by now, or out of reach. Pays the walk's debt."""
        walk = self._surveys.pop(message.survey)
        if self._is_current(walk):
            self._unseen(walk.state, walk)
            if walk.whole:
                walk.state.walked = True
                self._scoping.rescope(walk.state, epoch=walk.epoch, walked=True)
        else:
            for top in walk.tops:  # its project left the workspace while it was walked
                self._source.uncover(top)
                for name in self._territory.below(top):
                    self.whole(self._states[name], trigger="audit", epoch=walk.epoch)
        self._ledger.pay(walk.epoch)

    def _unseen(self, state: ProjectState, walk: Survey) -> None:
        now = self._now()
        prefixes = tuple(relative(state.project.root, top) for top in walk.tops)
        for path in state.files:
            if path not in walk.seen and (walk.whole or path.startswith(prefixes)):
                state.owe_bulk(path, since=now, trigger=walk.trigger, epoch=walk.epoch)
        below = tuple(top + "/" for top in walk.tops)
        closed = tuple(directory + "/" for directory in walk.unreadable)
        if walk.whole:
            state.unread = {d: why for d, why in state.unread.items() if d in walk.unreadable}
        for directory in self._territory.of(state.project.name):
            inside = walk.whole or directory in walk.tops or directory.startswith(below)
            known = directory in walk.directories or (directory + "/").startswith(closed)
            if inside and not known:
                self.leave(state, directory, keep=walk.directories, epoch=walk.epoch)

    def leave(
        self,
        state: ProjectState,
        directory: str,
        *,
        keep: Container[str] = (),
        epoch: Epoch | None = None,
    ) -> None:
        """A directory and all below it are the project's no more, but for what it is to ``keep``, as where
        its watch paths are narrowed; what nobody has is not watched.

        Uncovering takes what is below along, so projects that lie there are walked, and covered, again.
        """
        for unread in [d for d in state.unread if d == directory or d.startswith(directory + "/")]:
            del state.unread[unread]
        bare = self._territory.leave(state.project.name, directory, keep=keep)
        for left in bare:
            self._source.uncover(left)
        for name in self._territory.below(directory) if bare else ():
            self.whole(self._states[name], trigger="audit", epoch=epoch)

    def release(self, state: ProjectState) -> None:
        """The project leaves the workspace."""
        for directory in self._territory.of(state.project.name):
            self.leave(state, directory)


def _tops(state: ProjectState, own: Callable[[], frozenset[str]]) -> tuple[Top, ...]:
    """The watch paths with their rules, as the settings are when the walk begins."""
    project, patterns = state.project, tuple(state.settings.ignore)
    return tuple(
        (top, IgnoreRules(top, root=project.root, patterns=patterns, own=own()).start)
        for top in project.watch_paths
    )


def _selected(state: ProjectState, prefix: str, listing: Listing) -> Iterator[tuple[RelPath, Stat]]:
    for name, stat in listing.files:
        path = RelPath(prefix + name)
        if state.selects(path):
            yield path, stat


def _known(state: ProjectState, path: RelPath, stat: Stat) -> bool:
    """The record still describes what ``lstat`` shows."""
    record = state.files.get(path)
    if record is None:
        return False
    if record.fingerprint is not None:
        return record.fingerprint.stat == stat
    return record.state is FileState.SKIPPED
