"""Why a path is judged as it is: to whom it belongs, what decides, and what is known of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from dev_assistant.errors import ToolError
from dev_assistant.escape import path_text
from dev_assistant.model import FileRecord, Project, RelPath
from dev_assistant.ports import Broken, Excluded, Included, Scope, Verifier
from dev_assistant.report import rating
from dev_assistant.service.configuration import ConfiguredProject
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.critical_files import criticality_of
from dev_assistant.settings import Settings
from dev_assistant.verify.registry import recognised, unjudged
from dev_assistant.watch.ignore import DirectoryRules, IgnoreRules


class Explainer:
    """Reads only what the coordinator publishes; for any thread."""

    def __init__(
        self,
        coordinator: Coordinator,
        verifiers: Mapping[str, Verifier],
        *,
        reuse: Callable[[str], tuple[int, int] | None],
    ) -> None:
        """``reuse`` tells of an absolute path how many definitions it has, and how many were known."""
        self._coordinator = coordinator
        self._verifiers = verifiers
        self._reuse = reuse

    def __call__(self, path: str) -> dict[str, object]:
        """The ``why`` document of an absolute path; one entry for each project that has it."""
        entries = [
            self._entry(configured, path)
            for configured in self._coordinator.configuration.projects
            if any(_is_below(path, top) for top in configured.project.watch_paths)
        ]
        return {"schema": "dev-assistant/why@1", "path": path_text(path), "projects": entries}

    def _entry(self, configured: ConfiguredProject, path: str) -> dict[str, object]:
        project = configured.project
        relative = RelPath(os.path.relpath(path, project.root).replace(os.sep, "/"))
        record, parked = self._record(project, relative)
        top = next(top for top in project.watch_paths if _is_below(path, top))
        own = {f"{entry.project.root}/RUNS" for entry in self._coordinator.configuration.projects}
        rules = IgnoreRules(top, root=project.root, patterns=configured.settings.ignore, own=own).start()
        ignored = _ignored_at(rules, top, path, project.root)
        assignment = self._coordinator.assignments.get(project.name)
        scopes = assignment.scopes if assignment is not None else {}
        rated = record.counts if record is not None and record.passed is not None else None
        reason = _reason(record, ignored, relative, configured.settings)
        return {
            "project": project.name,
            "path": path_text(relative),
            "state": record.state.value if record is not None else "unknown",
            "passed": record.passed if record is not None else None,
            "score": rated.score if rated is not None else None,
            "rating": rating.reasons(rated, rated.costs) if rated is not None else [],
            "reason": f"{reason} (parked until it changes)" if parked else reason,
            "ignored": ignored,
            "definitions": _share(self._reuse(path)),
            "priority": criticality_of(configured.settings).priority(relative).name.lower(),
            "digest": record.fingerprint.digest if record is not None and record.fingerprint else None,
            "verifiers": [
                self._judge(name, scope, relative, record) for name, scope in sorted(scopes.items())
            ],
        }

    def _record(self, project: Project, path: RelPath) -> tuple[FileRecord | None, bool]:
        """What is known of a file, and whether it is parked."""
        for snapshot in self._coordinator.snapshot.projects:
            if snapshot.project.name == project.name:
                return snapshot.files.get(path), path in snapshot.parked
        return None, False

    def _judge(self, name: str, scope: Scope, path: RelPath, record: FileRecord | None) -> dict[str, Any]:
        parts = {part.verifier: part for part in record.parts} if record is not None else {}
        part = parts.get(name)
        match scope.claims(path):
            case Included(basis=basis):
                decision, config = "included", str(basis)
            case Excluded(reason=reason) | Broken(reason=reason):
                decision, config = reason, ""
            case _:
                decision, config = "not a file for this verifier", ""
        return {
            "name": name,
            "version": self._version(name),
            "decision": decision,
            "config": config,
            "key": part.key if part is not None else None,
            "outcome": part.summary.outcome if part is not None else None,
            "findings": part.summary.counts.total if part is not None else None,
        }

    def _version(self, name: str) -> str:
        try:
            return self._verifiers[name].version()
        except ToolError as error:
            return f"unknown: {error}"


def _share(reuse: tuple[int, int] | None) -> dict[str, int] | None:
    """Of how many definitions how many were known when the file was analysed last; None: not lately."""
    return None if reuse is None else {"analysed": reuse[0] - reuse[1], "reused": reuse[1]}


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")


def _ignored_at(rules: DirectoryRules, top: str, path: str, root: str) -> str | None:
    """The component of ``path`` at which the walk turns away, relative to the project; None: it does not."""
    names = os.path.relpath(path, top).split(os.sep)
    for depth, name in enumerate(names):
        is_dir = depth < len(names) - 1 or os.path.isdir(path)
        if name == os.curdir:
            return None
        if rules.ignores(name, is_dir=is_dir):
            return path_text(os.path.relpath(os.path.join(top, *names[: depth + 1]), root))
        if is_dir:
            rules = rules.enter(name)
    return None


def _reason(record: FileRecord | None, ignored: str | None, path: RelPath, settings: Settings) -> str:
    if ignored is not None:
        return f"ignored by rules at {ignored}"
    if record is not None:
        return record.reason
    if recognised(path):
        return unjudged(path, settings)
    return "not a type of file that is judged"
