"""How critical files are beside their names: what they import, and how much of them is not in git's HEAD.

Bytes and git are read off the coordinator's thread, some files at a time. Where that decides who has a word
on a file (``deep`` is "critical"), every question is a debt, so that a barrier waits for the answer; a
verdict does not: it is looked at again if need be. Elsewhere only reports tell of it, and it waits until
nothing is owed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dev_assistant.model import Appraisal, ProjectName, RelPath, Urgency
from dev_assistant.ports import ChangeSource, Hint
from dev_assistant.service.appraisal import Appraiser, Frame, Question
from dev_assistant.service.errands import Errand
from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.messages import Appraised, Message, Recalled
from dev_assistant.service.plan import heeded, holds
from dev_assistant.service.ranking import Facts, Ranking
from dev_assistant.service.scribe import Batch
from dev_assistant.service.state import ProjectState
from dev_assistant.watch.repositories import Repository, repositories

_SLICE = 128
"""Files in one errand: some ten milliseconds where all of them have to be read."""

_ALL = RelPath("")
_LONE = 32
_TELLTALES = frozenset({"HEAD", "HEAD.lock"})
"""git locks HEAD whenever the commit changes that it stands for, whichever file says so."""


@dataclass(slots=True)
class _Project:
    """What is asked about a project's files, each with its debt if it has one.

    ``busy``: an errand is under way. What was remembered has been read for ``recalled``, or is being read.
    """

    state: ProjectState
    repositories: tuple[Repository, ...]
    recalled: Ranking | None = None
    remembered: dict[RelPath, Appraisal] = field(default_factory=dict)
    asked: dict[RelPath, Epoch | None] = field(default_factory=dict)
    busy: bool = False

    @property
    def decides(self) -> bool:
        """Whether verdicts depend on it."""
        return self.state.settings.deep == "critical"


class _Sent(NamedTuple):
    """An errand under way, with the debts that its answer pays."""

    project: _Project
    ranking: Ranking
    owed: Mapping[RelPath, Epoch | None]


class Appraising:
    """Owned by the coordinator. ``run`` carries out an errand off its thread; ``post`` is its inbox.

    ``save`` takes what is worth remembering. Not ``lasting``: there will be no other report, so nothing is
    found out but what decides.
    """

    def __init__(
        self,
        *,
        states: Mapping[ProjectName, ProjectState],
        ledger: Ledger,
        appraiser: Appraiser,
        source: ChangeSource,
        run: Callable[[Errand, Urgency], None],
        post: Callable[[Message], None],
        save: Callable[[dict[ProjectName, Batch]], None],
        lasting: bool,
        now: Callable[[], float],
    ) -> None:
        self._states = states
        self._ledger = ledger
        self._appraiser = appraiser
        self._source = source
        self._run = run
        self._post = post
        self._save = save
        self._lasting = lasting
        self._now = now
        self._projects: dict[ProjectName, _Project] = {}
        self._numbers = itertools.count()
        self._sent: dict[int, _Sent] = {}

    def ask(self, state: ProjectState, paths: Iterable[RelPath]) -> None:
        """Find out what is not known of files that have just been looked at, and are owed."""
        project = self._projects[state.project.name]
        if not self._lasting and not project.decides:
            return
        wanted = [path for path in paths if not state.ranking.is_current(path)]
        for path in wanted:
            self._ask(project, path, state.debts[path].epoch)
        if wanted:
            self._go_on(project)

    def rest(self) -> None:
        """Nothing else may be left to be done: then find out what only reports tell of, and remember it."""
        if self._lasting and not self._ledger.outstanding:
            for project in list(self._projects.values()):
                if self._is_current(project):
                    self._recall(project, None)
                    self._go_on(project)
                    self._remember(project.state)

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
        if known.decides:
            self._recall(known, epoch)
        if known.repositories == present:
            return
        known.repositories = present
        for each in present:
            if each.tree is not None:
                self._source.cover(each.tree.directory)
        for path in state.ranking.read_paths():
            self._ask(known, path, epoch)
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
                self._take(project, path, facts, owed[path])
        self._pay(owed)
        self._proceed(project)

    def recalled(self, message: Recalled) -> None:
        """Take in what was remembered: of all files that nobody has looked at yet, HEAD has to be asked."""
        project, ranking, owed = self._sent.pop(message.number)
        project.busy = False
        if self._is_current(project) and project.state.ranking is ranking:
            project.remembered = message.appraisals
            debt = owed[_ALL]
            for path, record in project.state.files.items():
                if record.fingerprint is None:
                    ranking.left(path)
                elif ranking.is_open(path):
                    self._ask(project, path, debt)
        self._pay(owed)
        self._proceed(project)

    def _proceed(self, project: _Project) -> None:
        if self._is_current(project):
            self._go_on(project)
        else:
            self._pay(project.asked)
            project.asked.clear()

    def _is_current(self, project: _Project) -> bool:
        """Whether the project has not left the workspace since."""
        return self._states.get(project.state.project.name) is project.state

    def _pay(self, owed: Mapping[RelPath, Epoch | None]) -> None:
        for epoch in owed.values():
            if epoch is not None:
                self._ledger.pay(epoch)

    def _ask(self, project: _Project, path: RelPath, epoch: Epoch | None) -> None:
        if path not in project.asked:
            project.asked[path] = self._ledger.owe(epoch) if project.decides else None

    def _recall(self, project: _Project, epoch: Epoch | None) -> None:
        """Read what was remembered, once for each set of rules."""
        state = project.state
        if project.busy or project.recalled is state.ranking:
            return
        project.recalled, project.busy, number = state.ranking, True, next(self._numbers)
        debt = self._ledger.owe(epoch) if project.decides else None
        self._sent[number] = _Sent(project, state.ranking, {_ALL: debt})

        def read() -> None:
            appraisals: dict[RelPath, Appraisal] = {}
            try:
                appraisals = state.appraisals()
            finally:
                self._post(Recalled(number, appraisals))

        self._run(read, Urgency.BULK)

    def _remember(self, state: ProjectState) -> None:
        news = state.ranking.take_news()
        if news:
            self._save({state.project.name: Batch(appraisals=news)})

    def _go_on(self, project: _Project) -> None:
        if project.busy or not project.asked or (self._ledger.outstanding and not project.decides):
            return
        state, number = project.state, next(self._numbers)
        owed = {path: project.asked.pop(path) for path in list(itertools.islice(project.asked, _SLICE))}
        questions = [question for path in owed if (question := _question(project, path)) is not None]
        frame = Frame(state.ranking.rules, state.settings, project.repositories)
        self._sent[number] = _Sent(project, state.ranking, owed)
        project.busy = True

        def find_out() -> None:
            facts: Mapping[RelPath, Facts] = {}
            try:
                facts = self._appraiser.appraise(frame, questions)
            finally:  # whatever ends it, the debts are answered for
                self._post(Appraised(number, facts))

        hurry = project.decides and len(owed) <= _LONE
        self._run(find_out, Urgency.INTERACTIVE if hurry else Urgency.BULK)

    def _take(self, project: _Project, path: RelPath, facts: Facts, epoch: Epoch | None) -> None:
        state = project.state
        state.ranking.appraised(path, facts)
        if project.decides and not _stands(state, path):
            state.owe_bulk(path, since=self._now(), trigger="criticality", epoch=epoch)


def _question(project: _Project, path: RelPath) -> Question | None:
    state = project.state
    record = state.files.get(path)
    if record is not None and record.fingerprint is not None:
        state.ranking.recall(path, record.fingerprint.digest, project.remembered.pop(path, None))
    facts = state.ranking.known(path)
    return None if facts is None else Question(path, state.absolute(path), facts)


def _stands(state: ProjectState, path: RelPath) -> bool:
    """Whether those who judge the file are those who have a word on it now."""
    awaited, record = state.awaited.get(path), state.files.get(path)
    if path in state.dirty or record is None:
        return True  # it is looked at anyway, or gone
    if awaited is not None:
        return awaited.wanted.keys() == heeded(state, path, state.claims(path)[0]).keys()
    return holds(state, path, record)
