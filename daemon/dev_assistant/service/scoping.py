"""By which configuration files are judged, and which files a change of one path decides about.

Scopes are read off the coordinator's thread; until they are known, nothing of the project is examined, so
that no verdict is ever filed under a configuration that is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from dev_assistant.model import ProjectName, RelPath, Urgency
from dev_assistant.ports import Reach, Verifier
from dev_assistant.service.errands import Errand
from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.messages import Message, Scoped
from dev_assistant.service.plan import reach
from dev_assistant.service.state import ProjectState
from dev_assistant.service.territory import Territory


class Scoping:
    """Owned by the coordinator. ``run`` carries out an errand off its thread; ``post`` is its inbox."""

    def __init__(
        self,
        *,
        states: Mapping[ProjectName, ProjectState],
        ledger: Ledger,
        territory: Territory,
        verifiers: Mapping[str, Verifier],
        run: Callable[[Errand, Urgency], None],
        post: Callable[[Message], None],
        now: Callable[[], float],
    ) -> None:
        self._states = states
        self._ledger = ledger
        self._territory = territory
        self._verifiers = verifiers
        self._run = run
        self._post = post
        self._now = now

    def ripple(self, state: ProjectState, path: RelPath) -> None:
        """``path`` appeared, vanished or (as configuration) changed: look again at what it decides."""
        debt = state.debts.get(path)
        epoch = debt.epoch if debt is not None else None
        match reach(state, path):
            case Reach.CONFIGURATION:
                self.rescope(state, epoch=epoch)
            case Reach.PROJECT:
                self.replan(state, prefix="", trigger="surroundings", epoch=epoch)
            case Reach.SUBTREE:
                head = os.path.dirname(path)
                prefix = head + "/" if head else ""
                self.replan(state, prefix=prefix, trigger="surroundings", epoch=epoch)

    def replan(self, state: ProjectState, *, prefix: str, trigger: str, epoch: Epoch | None = None) -> None:
        """Compute the keys of all files below ``prefix`` again; the same key costs nothing more."""
        now = self._now()
        for path in state.files:
            if path.startswith(prefix):
                state.owe_bulk(path, since=now, trigger=trigger, epoch=epoch)

    def rescope(self, state: ProjectState, *, epoch: Epoch | None = None) -> None:
        """Read the verifiers' configuration of a project anew."""
        if state.scoping:
            state.scope_outdated = True
            return
        state.scoping, state.scope_outdated = True, False
        project, debt = state.project, self._ledger.owe(epoch)
        directories = self._territory.of(project.name)
        wanted = {n: v for n, v in self._verifiers.items() if n != "ruff" or state.settings.enable_ruff}

        def read_scopes() -> None:
            scopes = {name: verifier.scope(project, directories) for name, verifier in wanted.items()}
            self._post(Scoped(project.name, scopes, debt))

        self._run(read_scopes, Urgency.INTERACTIVE)

    def scoped(self, message: Scoped) -> None:
        """The configuration is known: a different one means other keys for all files."""
        state = self._states.get(message.project)
        if state is not None:
            state.scoping = False
            before = {name: scope.digest for name, scope in (state.scopes or {}).items()}
            first, state.scopes = state.scopes is None, message.scopes
            if first or before != {name: scope.digest for name, scope in message.scopes.items()}:
                trigger = "scan" if first else "configuration"
                self.replan(state, prefix="", trigger=trigger, epoch=message.epoch)
            if state.scope_outdated:
                self.rescope(state, epoch=message.epoch)
        self._ledger.pay(message.epoch)
