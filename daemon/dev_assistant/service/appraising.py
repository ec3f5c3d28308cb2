"""How critical files are beside their names: what they import, and how much of them is not in git's HEAD.

Bytes and git are read off the coordinator's thread, some files at a time. Every question is a debt, so that a
barrier waits for the answer; a verdict does not: it is looked at again if the answer decides about it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dev_assistant.model import ProjectName, RelPath, Urgency
from dev_assistant.ports import ChangeSource, Hint
from dev_assistant.service.appraisal import Appraiser, Frame, Question
from dev_assistant.service.errands import Errand
from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.messages import Appraised, Message
from dev_assistant.service.plan import heeded, holds
from dev_assistant.service.ranking import Facts, Ranking
from dev_assistant.service.state import ProjectState
from dev_assistant.watch.repositories import Repository, repositories

_SLICE = 128
"""Files in one errand: some ten milliseconds where all of them have to be read."""

_LONE = 32
_TELLTALES = frozenset({"HEAD", "HEAD.lock"})
"""git locks HEAD whenever the commit changes that it stands for, whichever file says so."""


@dataclass(slots=True)
class _Project:
    """What is asked about a project's files, each with its debt; ``busy``: an errand is under way."""

    state: ProjectState
    repositories: tuple[Repository, ...]
    asked: dict[RelPath, Epoch] = field(default_factory=dict)
    busy: bool = False


class _Sent(NamedTuple):
    """An errand under way, with the debts that its answer pays."""

    project: _Project
    ranking: Ranking
    owed: Mapping[RelPath, Epoch]


class Appraising:
    """Owned by the coordinator. ``run`` carries out an errand off its thread; ``post`` is its inbox."""

    def __init__(
        self,
        *,
        states: Mapping[ProjectName, ProjectState],
        ledger: Ledger,
        appraiser: Appraiser,
        source: ChangeSource,
        run: Callable[[Errand, Urgency], None],
        post: Callable[[Message], None],
        now: Callable[[], float],
    ) -> None:
        self._states = states
        self._ledger = ledger
        self._appraiser = appraiser
        self._source = source
        self._run = run
        self._post = post
        self._now = now
        self._projects: dict[ProjectName, _Project] = {}
        self._numbers = itertools.count()
        self._sent: dict[int, _Sent] = {}

    def ask(self, state: ProjectState, paths: Iterable[RelPath]) -> None:
        """Find out what is not known of files that have just been looked at, and are owed."""
        wanted = [path for path in paths if not state.ranking.is_current(path)]
        if wanted:
            project = self._projects[state.project.name]
            for path in wanted:
                self._owe(project, path, state.debts[path].epoch)
            self._go_on(project)

    def look(self, *, epoch: Epoch | None = None) -> None:
        """See where HEAD is, in every project; where it has moved all files are appraised again."""
        for state in self._states.values():
            self.compare(state, epoch=epoch)

    def compare(self, state: ProjectState, *, epoch: Epoch | None = None) -> None:
        """As ``look``, for one project; before its first file is looked at."""
        known = self._projects.get(state.project.name)
        present = repositories(state.project.watch_paths)
        if known is None or known.state is not state:
            known = self._projects[state.project.name] = _Project(state, ())
        state.ranking.counting = any(each.tree for each in present)
        if known.repositories == present:
            return
        known.repositories = present
        for each in present:
            if each.tree is not None:
                self._source.cover(each.tree.directory)
        for path in state.ranking.read_paths():
            self._owe(known, path, epoch)
        self._go_on(known)

    def hint(self, hint: Hint) -> None:
        """An event in a git directory: HEAD may have moved."""
        if hint.name in _TELLTALES:
            for project in list(self._projects.values()):
                places = (each.tree.directory for each in project.repositories if each.tree is not None)
                if self._is_current(project) and hint.directory in places:
                    self.compare(project.state)

    def appraised(self, message: Appraised) -> None:
        """Take an answer in; it is out of date if the settings, and thus the rules, are others by now."""
        project, ranking, owed = self._sent.pop(message.number)
        project.busy = False
        current = self._is_current(project)
        if current and project.state.ranking is ranking:
            for path, facts in message.facts.items():
                self._take(project.state, path, facts, owed[path])
        for epoch in owed.values():
            self._ledger.pay(epoch)
        if current:
            self._go_on(project)
        else:
            for path in list(project.asked):
                self._ledger.pay(project.asked.pop(path))

    def _is_current(self, project: _Project) -> bool:
        """Whether the project has not left the workspace since."""
        return self._states.get(project.state.project.name) is project.state

    def _owe(self, project: _Project, path: RelPath, epoch: Epoch | None) -> None:
        if path not in project.asked:
            project.asked[path] = self._ledger.owe(epoch)

    def _go_on(self, project: _Project) -> None:
        if project.busy or not project.asked:
            return
        state, number = project.state, next(self._numbers)
        owed = {path: project.asked.pop(path) for path in list(itertools.islice(project.asked, _SLICE))}
        questions = [question for path in owed if (question := _question(state, path)) is not None]
        frame = Frame(state.ranking.rules, state.settings, project.repositories)
        self._sent[number] = _Sent(project, state.ranking, owed)
        project.busy = True

        def find_out() -> None:
            facts: Mapping[RelPath, Facts] = {}
            try:
                facts = self._appraiser.appraise(frame, questions)
            finally:  # whatever ends it, the debts are answered for
                self._post(Appraised(number, facts))

        self._run(find_out, Urgency.INTERACTIVE if len(owed) <= _LONE else Urgency.BULK)

    def _take(self, state: ProjectState, path: RelPath, facts: Facts, epoch: Epoch) -> None:
        state.ranking.appraised(path, facts)
        if state.settings.deep == "critical" and not _stands(state, path):
            state.owe_bulk(path, since=self._now(), trigger="criticality", epoch=epoch)


def _question(state: ProjectState, path: RelPath) -> Question | None:
    facts = state.ranking.known(path)
    if facts is None:
        return None
    return Question(path, state.absolute(path), facts.digest, facts.imports if facts.read else None)


def _stands(state: ProjectState, path: RelPath) -> bool:
    """Whether those who judge the file are those who have a word on it now."""
    awaited, record = state.awaited.get(path), state.files.get(path)
    if path in state.dirty or record is None:
        return True  # it is looked at anyway, or gone
    if awaited is not None:
        return awaited.wanted.keys() == heeded(state, path, state.claims(path)[0]).keys()
    return holds(state, path, record)
