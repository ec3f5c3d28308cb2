"""By which configuration files are judged, and which files a change of one path decides about.

Scopes are read off the coordinator's thread; until they are known, nothing of the project is examined, so
that no verdict is ever filed under a configuration that is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping

import msgspec

from dev_assistant.errors import ToolError
from dev_assistant.logs import get_logger
from dev_assistant.model import FileState, Project, ProjectName, RelPath, Urgency
from dev_assistant.ports import Reach, Scope, Unasked, Verifier
from dev_assistant.schedule.priority import Kind
from dev_assistant.service.broken import BrokenScope
from dev_assistant.service.errands import Errand
from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.messages import Message, Scoped
from dev_assistant.service.plan import confirms, holds, reach
from dev_assistant.service.state import ProjectState, Sweep
from dev_assistant.service.territory import Territory
from dev_assistant.verify.registry import wanted

_LOG = get_logger("verify")
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
"""Seconds between two looks for a tool that is missing or broken."""

_INTERRUPTED = "reading its configuration was interrupted"


class Scoping:
    """Owned by the coordinator. ``run`` carries out an errand off its thread; ``post`` is its inbox.

    ``wall`` is wall-clock time in nanoseconds.
    """

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
        wall: Callable[[], int],
    ) -> None:
        self._states = states
        self._ledger = ledger
        self._territory = territory
        self._verifiers = verifiers
        self._run = run
        self._post = post
        self._now = now
        self._wall = wall

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

    def rescope(
        self,
        state: ProjectState,
        *,
        epoch: Epoch | None = None,
        walked: bool = False,
        only: Container[str] | None = None,
    ) -> None:
        """Read the verifiers' configuration of a project anew; ``walked``: after a walk of all of it.

        ``only`` that of these verifiers; None: of all. For the first time it has time until everything is
        watched.
        """
        if state.scoping:
            state.scope_outdated = True
            return
        state.scoping, state.scope_outdated = True, False
        project, debt = state.project, self._ledger.owe(epoch)
        directories = self._territory.of(project.name)
        verifiers = {n: v for n, v in self._verifiers.items() if wanted(n, state.settings)}
        kept = {n: s for n, s in (state.scopes or {}).items() if only is not None and n not in only}
        versions = {name: state.versions[name] for name in kept}
        timeout = state.settings.verification_timeout_sec
        doubted = state.doubted | state.broken.keys()
        unasked = _unasked(state)

        def scope_by(verifier: Verifier) -> tuple[Scope, str]:
            version = verifier.version()
            if verifier.name in doubted:
                verifier.prove()
            scope = verifier.scope(
                project, directories, timeout_seconds=timeout, beside=kept, unasked=unasked
            )
            return scope, version

        def read() -> None:
            try:
                for name, verifier in verifiers.items():
                    if name not in kept:
                        kept[name], versions[name] = _read(project, verifier, scope_by)
            finally:  # whatever ends it, even the end of the thread: the debt is answered for
                for name in verifiers.keys() - (kept.keys() & versions.keys()):
                    kept[name], versions[name] = BrokenScope(verifiers[name], _INTERRUPTED), ""
                self._post(Scoped(project.name, kept, versions, debt, walked))

        self._run(read, Urgency.BULK if state.scopes is None else Urgency.INTERACTIVE)

    def scoped(self, message: Scoped) -> None:
        """The configuration is known: a different one means other keys for all files."""
        state = self._states.get(message.project)
        if state is not None:
            state.scoping = False
            first = state.scopes is None
            same = self._renew(state, message)
            self._pace(state)
            if first and message.walked:
                self._sweep(state, message.epoch, first=True)
            elif first or not same:
                trigger = "scan" if first else "configuration"
                self.replan(state, prefix="", trigger=trigger, epoch=message.epoch)
            elif message.walked:
                self._sweep(state, message.epoch)
            if state.doubted and not state.scope_outdated:
                self._retry(state, message.epoch)
            if state.scope_outdated:
                self.rescope(state, epoch=message.epoch)
        self._ledger.pay(message.epoch)

    def _renew(self, state: ProjectState, message: Scoped) -> bool:
        """Take what was read; whether it is what was known."""
        before = _identity(state.scopes or {}, state.versions)
        state.versions = message.versions
        state.scopes = message.scopes
        same = before == _identity(state.scopes, state.versions)
        if not same:
            state.missed.clear()
        return same

    def _retry(self, state: ProjectState, epoch: Epoch) -> None:
        """The tool that failed has proved to work: whatever it could not judge then, it can now."""
        state.doubted = set()
        now = self._now()
        for path, record in state.files.items():
            if record.state is FileState.FAILED:
                state.owe_bulk(path, since=now, trigger="retry", epoch=epoch)

    def _pace(self, state: ProjectState) -> None:
        """A tool that is broken is tried again, each time after twice as long."""
        if not state.broken:
            state.scope_pause = 0.0
            return
        state.doubted -= state.broken.keys()
        state.scope_pause = min(max(_FIRST_PAUSE, 2 * state.scope_pause), _LONGEST_PAUSE)
        state.scope_retry = self._now() + state.scope_pause

    def _sweep(self, state: ProjectState, epoch: Epoch, *, first: bool = False) -> None:
        """Compare the keys of all files with what they would be now, without doubting them meanwhile.

        For the ``first`` time they are in doubt already, and this is what ends it.
        """
        if state.sweep is None:
            state.sweep = Sweep(list(state.files), self._ledger.owe(epoch), first)
        else:
            state.sweep.paths = list(state.files)

    def sweep(self, state: ProjectState, count: int) -> bool:
        """Compare up to ``count`` files; what does not hold is owed. False when there is no sweep."""
        sweep = state.sweep
        if sweep is None:
            return False
        now = self._now()
        for path in sweep.paths[-count:]:
            record = state.files.get(path)
            if record is None or path in state.debts:
                continue
            if sweep.first and confirms(state, path, record, wall=self._wall()):
                state.files.put(path, msgspec.structs.replace(record, state=FileState.FRESH))
            elif sweep.first or not holds(state, path, record):
                trigger = "scan" if sweep.first else "surroundings"
                state.owe_bulk(path, since=now, trigger=trigger, epoch=sweep.epoch)
        del sweep.paths[-count:]
        if not sweep.paths:
            state.sweep = None
            self._ledger.pay(sweep.epoch)
        return True


def _read(
    project: Project, verifier: Verifier, scope_by: Callable[[Verifier], tuple[Scope, str]]
) -> tuple[Scope, str]:
    """On the errands' thread: whatever happens, there is a scope that says so."""
    try:
        return scope_by(verifier)
    except (ToolError, OSError) as error:
        return BrokenScope(verifier, str(error)), ""
    except Exception as defect:  # noqa: BLE001  a project without configuration must say so, not hang
        _LOG.exception("configuration of a tool cannot be read", project=project.name, tool=verifier.name)
        return BrokenScope(verifier, f"internal error: {defect!r}"), ""


def _identity(scopes: Mapping[str, Scope], versions: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (scope.digest, versions[name]) for name, scope in scopes.items()}


def _unasked(state: ProjectState) -> Unasked:
    """On tests, what the settings say; they are what their patterns hold."""
    codes, kind = frozenset(state.settings.deep_ignore_in_tests), state.ranking.rules.paths.kind
    return lambda path: codes if kind(path) is Kind.TEST else frozenset()
