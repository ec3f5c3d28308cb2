"""Which projects are watched, and by which configuration: taking up, changing and letting go.

A configuration that is broken changes nothing but what is shown: the last good one stays in force, for
the workspace and for each project by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from dev_assistant.errors import Problem
from dev_assistant.logs import get_logger
from dev_assistant.model import Project, ProjectName, Urgency
from dev_assistant.ports import ChangeSource, Hint
from dev_assistant.service.appraising import Appraising
from dev_assistant.service.configuration import Configuration, ConfiguredProject
from dev_assistant.service.errands import Errand
from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.messages import Message, Reloaded, Scoped
from dev_assistant.service.opening import Opener
from dev_assistant.service.scoping import Scoping
from dev_assistant.service.state import ProjectState
from dev_assistant.service.surveys import Surveys
from dev_assistant.service.work import Assignment
from dev_assistant.watch.ignore import IGNORE_FILES

_LOG = get_logger("config")
_RELOAD_AFTER = 0.05
"""Seconds between an event on a configuration file and reading it: editors save in several steps."""


class Roster:
    """Owned by the coordinator. ``assignments`` is read by workers: entries are replaced, never changed."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        states: dict[ProjectName, ProjectState],
        ledger: Ledger,
        surveys: Surveys,
        scoping: Scoping,
        appraising: Appraising,
        source: ChangeSource,
        opener: Opener,
        retire: Callable[[ProjectName], None],
        discard: Callable[[ProjectName], None],
        load: Callable[[], Configuration],
        run: Callable[[Errand, Urgency], None],
        post: Callable[[Message], None],
        now: Callable[[], float],
    ) -> None:
        self.configuration = configuration
        self.problems: tuple[str, ...] = ()
        self.assignments: dict[ProjectName, Assignment] = {}
        self.reload_at: float | None = None
        self._states = states
        self._ledger = ledger
        self._surveys = surveys
        self._scoping = scoping
        self._appraising = appraising
        self._source = source
        self._opener = opener
        self._retire = retire
        self._discard = discard
        self._load = load
        self._run = run
        self._post = post
        self._now = now
        self._reload_debt: Epoch | None = None
        self._defect = ""
        self._config_names: dict[str, set[str]] = {}
        self._outside: dict[str, set[ProjectName]] = {}
        self._ignoring: dict[str, set[ProjectName]] = {}

    @property
    def disabled(self) -> tuple[Project, ...]:
        """The projects that are switched off, by name."""
        off = [entry.project for entry in self.configuration.projects if not entry.settings.enabled]
        return tuple(sorted(off, key=lambda project: project.name))

    @property
    def starting(self) -> bool:
        """Some project's configuration has never been read to the end."""
        return any(state.scopes is None for state in self._states.values())

    @property
    def watching(self) -> bool:
        """All of every project has been covered."""
        return all(state.walked for state in self._states.values())

    def adopt(self, configuration: Configuration, *, epoch: Epoch | None = None) -> None:
        """Make the running projects those of the configuration; ``epoch`` is of the debt that led here."""
        shown = configuration.all_problems if configuration.problems else ()
        before, self.problems = self.problems, tuple(map(str, shown))
        for problem in self.problems if self.problems != before else ():
            _LOG.error("configuration is broken, the last good one is kept", problem=problem)
        if not configuration.problems or not self._states:
            self.configuration = configuration
            self._replace(configuration, epoch)
        self._cover(configuration)

    def _replace(self, configuration: Configuration, epoch: Epoch | None) -> None:
        wanted = {entry.project.name: entry for entry in configuration.projects if entry.settings.enabled}
        for name in [name for name in self._states if name not in wanted]:
            self.remove(name)
        self._surveys.own = frozenset(
            f"{root}/RUNS"
            for root in (str(configuration.root), *(e.project.root for e in configuration.projects))
        )
        for name, entry in wanted.items():
            state = self._states.get(name)
            if state is None:
                self._take_up(entry, epoch)
            elif entry.problems:
                before, state.problems = state.problems, tuple(map(str, entry.problems))
                if state.problems != before:
                    _LOG.error(
                        "settings are broken, the last good ones are kept",
                        project=name,
                        problems=state.problems,
                    )
            else:
                self._change(state, entry, epoch)

    def _take_up(self, entry: ConfiguredProject, epoch: Epoch | None) -> None:
        state = self._opener.open(entry, self._ledger)
        state.problems = tuple(map(str, entry.problems))
        self._states[state.project.name] = state
        self._appraising.compare(state)
        self._surveys.whole(state, trigger="scan", epoch=epoch)
        _LOG.info("project taken up", project=state.project.name, root=state.project.root)

    def _change(self, state: ProjectState, entry: ConfiguredProject, epoch: Epoch | None) -> None:
        state.problems = ()
        if (state.project, state.settings) == (entry.project, entry.settings):
            return
        if state.project.root != entry.project.root:
            self.remove(state.project.name)
            self._take_up(entry, epoch)
            return
        self._retire(state.project.name)  # its store and evidence are opened again under the new settings
        self._opener.change(state, entry)
        self._appraising.compare(state)
        state.missing &= set(entry.project.watch_paths)
        self._surveys.whole(state, trigger="configuration", epoch=epoch)
        self._scoping.replan(state, prefix="", trigger="configuration", epoch=epoch)
        _LOG.info("settings changed", project=state.project.name)

    def remove(self, name: ProjectName) -> None:
        """Let a project go: nothing of it is owed, watched or shown any more."""
        state = self._states.pop(name)
        state.abandon()
        self.assignments.pop(name, None)
        self._surveys.release(state)
        for projects in self._outside.values():
            projects.discard(name)
        self._discard(name)
        self._retire(name)
        _LOG.info("project let go", project=name)

    def scoped(self, message: Scoped) -> None:
        """A project's scopes are known: workers may use them, and files that they name are watched."""
        state = self._states.get(message.project)
        if state is None:
            return
        self.assignments[message.project] = Assignment(state.project, message.scopes, message.versions)
        for scope in message.scopes.values():
            for path in scope.outside():
                self._outside.setdefault(path, set()).add(message.project)
                self._source.cover(os.path.dirname(path))

    def _cover(self, configuration: Configuration) -> None:
        self._config_names = {}
        for path in configuration.sources:
            self._config_names.setdefault(str(path.parent), set()).add(path.name)
        self._ignoring = {}
        for state in self._states.values():
            for directory in state.above:
                self._ignoring.setdefault(directory, set()).add(state.project.name)
        for directory in (*self._config_names, *self._ignoring):
            if os.path.isdir(directory):
                self._source.cover(directory)

    def hint(self, hint: Hint) -> None:
        """An event that may concern configuration: ours, or a tool's from outside the watch paths."""
        if hint.name in self._config_names.get(hint.directory, ()):
            self._reload_soon()
        for project in self._outside.get(f"{hint.directory}/{hint.name}", ()):
            self._scoping.rescope(self._states[project])
        if hint.name in IGNORE_FILES:
            for project in self._ignoring.get(hint.directory, ()):
                self._surveys.whole(self._states[project], trigger="ignore")

    def lost(self) -> None:
        """A covered directory is gone: roots may have moved, and covers of configuration with them."""
        self._reload_soon()

    def _reload_soon(self) -> None:
        self.reload_at = self._now() + _RELOAD_AFTER
        if self._reload_debt is None:
            self._reload_debt = self._ledger.owe()

    def reload(self, *, epoch: Epoch | None = None) -> None:
        """Read the configuration files, off this thread; ``epoch`` is of the debt that led here."""
        self.reload_at = None
        epoch = self._ledger.owe(epoch) if self._reload_debt is None else self._reload_debt
        self._reload_debt = None
        self._run(lambda: self._post(Reloaded(self._loaded(), epoch)), Urgency.INTERACTIVE)

    def _loaded(self) -> Configuration:
        """On the errands' thread. Reading does not raise for what people write; if it does, that is told."""
        try:
            configuration = self._load()
        except Exception as defect:  # noqa: BLE001  else nobody would ever answer for the reload
            if repr(defect) != self._defect:  # told once, however often it is tried again
                _LOG.exception("configuration cannot be read")
            self._defect = repr(defect)
            problem = Problem("configuration", "", f"internal error: {defect!r}")
            return replace(self.configuration, problems=(problem,))
        self._defect = ""
        return configuration

    def reloaded(self, message: Reloaded) -> None:
        self.adopt(message.configuration, epoch=message.epoch)
        self._ledger.pay(message.epoch)
