"""From hints to owed paths. An event is never believed, only followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dev_assistant.logs import get_logger
from dev_assistant.model import ProjectName, RelPath
from dev_assistant.ports import Hint, HintKind
from dev_assistant.service.ledger import Epoch
from dev_assistant.service.plan import matters
from dev_assistant.service.scoping import Scoping
from dev_assistant.service.state import ProjectState
from dev_assistant.service.surveys import Surveys
from dev_assistant.service.territory import Place, Territory
from dev_assistant.watch.ignore import IGNORE_FILES

_LOG = get_logger("watch")


class Intake:
    """Owned by the coordinator."""

    def __init__(
        self,
        *,
        states: Mapping[ProjectName, ProjectState],
        territory: Territory,
        surveys: Surveys,
        scoping: Scoping,
        now: Callable[[], float],
    ) -> None:
        self._states = states
        self._territory = territory
        self._surveys = surveys
        self._scoping = scoping
        self._now = now
        self._early: list[Hint] = []

    def hints(self, hints: Iterable[Hint], *, epoch: Epoch | None = None) -> None:
        """Mark what the events are about; directories that vanished are looked for once, at the end.

        A watch path may be told gone by its parent, which is watched for its configuration or by the project
        around it: its own watch says so only when the last file in it is closed, and after a move never.
        """
        vanished: dict[ProjectName, set[str]] = {}
        for hint in hints:
            places = self._territory.at(hint.directory)
            for place in places:
                self._follow(self._states[place.project], place, hint, vanished, epoch)
            told = {place.project for place in places}
            if hint.kind is HintKind.DIRECTORY_GONE:
                told |= self._lost_below(f"{hint.directory}/{hint.name}", told)
            if not told and self._surveys.walking:
                self._early.append(hint)
        for project, prefixes in vanished.items():
            self._vanished(self._states[project], prefixes, epoch)

    def replay(self, epoch: Epoch) -> None:
        """Directories are covered before their survey is handled: follow what came from them in between.

        ``epoch`` is that of the survey, whose debt is still open: a barrier that waits for it includes this.
        """
        early, self._early = self._early, []
        self.hints(early, epoch=epoch)

    def walked(self) -> None:
        """A walk has ended: after the last one nothing can be early any more."""
        if not self._surveys.walking:
            self._early = []

    def _follow(
        self,
        state: ProjectState,
        place: Place,
        hint: Hint,
        vanished: dict[ProjectName, set[str]],
        epoch: Epoch | None,
    ) -> None:
        match hint.kind:
            case HintKind.DIRECTORY:
                self._appeared(state, place, hint, epoch)
            case HintKind.DIRECTORY_GONE:
                self._surveys.leave(state, f"{hint.directory}/{hint.name}")
                vanished.setdefault(place.project, set()).add(place.path(hint.name) + "/")
            case _:
                self._touched(state, place, hint, epoch)

    def _appeared(self, state: ProjectState, place: Place, hint: Hint, epoch: Epoch | None) -> None:
        top = f"{hint.directory}/{hint.name}"
        if place.rules.ignores(hint.name, is_dir=True):
            return
        if self._surveys.below(state, top, lambda: place.rules.enter(hint.name), epoch=epoch):
            self._scoping.ripple(state, place.path(hint.name))

    def _touched(self, state: ProjectState, place: Place, hint: Hint, epoch: Epoch | None) -> None:
        if hint.name in IGNORE_FILES:
            self._surveys.whole(state, trigger="ignore", epoch=epoch)
        if place.rules.ignores(hint.name, is_dir=False):
            return
        path = place.path(hint.name)
        if state.files.get(path) is not None or matters(state, path):
            state.owe(path, since=hint.at, trigger="save", epoch=epoch)
            state.debouncer.add(path, now=hint.at, whole=hint.kind is HintKind.WHOLE)

    def _vanished(self, state: ProjectState, prefixes: set[str], epoch: Epoch | None = None) -> None:
        tops = tuple(p for p in prefixes if not any(p != q and p.startswith(q) for q in prefixes))
        now = self._now()
        for path in state.files:
            if path.startswith(tops):
                state.owe_bulk(path, since=now, trigger="save", epoch=epoch)
        for top in tops:
            self._scoping.ripple(state, RelPath(top.rstrip("/")))

    def _lost_below(self, top: str, told: set[ProjectName]) -> set[ProjectName]:
        """Watch paths at and below ``top`` went with it, but for those of projects that were ``told``.

        Returns the projects that have lost some: once they know it, it is not to be told to them again.
        """
        losers = self._territory.below(top) - told
        for name in losers:
            for path in self._states[name].project.watch_paths:
                if f"{path}/".startswith(f"{top}/"):
                    self.lost(path)
        return losers

    def lost(self, directory: str) -> None:
        """The watch on a directory ended: what was below it is gone from here."""
        for place in self._territory.at(directory):
            state = self._states[place.project]
            self._surveys.leave(state, directory)
            self._vanished(state, {place.prefix})
            if directory in state.project.watch_paths:
                state.missing.add(directory)
                _LOG.warning("watch path is gone", project=place.project, path=directory)
