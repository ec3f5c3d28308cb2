"""Why a path is judged as it is: to whom it belongs, what decides, and what is known of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dev_assistant.errors import ToolError
from dev_assistant.escape import path_text
from dev_assistant.model import Criticality, FileRecord, Project, RelPath
from dev_assistant.places import Runs
from dev_assistant.ports import Broken, Excluded, Included, Scope, Verifier
from dev_assistant.record.history import latest
from dev_assistant.report import rating
from dev_assistant.service.configuration import ConfiguredProject
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.critical_files import criticality_of
from dev_assistant.service.overview import DISABLED
from dev_assistant.service.snapshot import ProjectSnapshot
from dev_assistant.settings import Settings
from dev_assistant.settings.layers import Origin
from dev_assistant.verify.registry import recognised, unjudged
from dev_assistant.watch.ignore import IgnoreRules
from dev_assistant.watch.ignored import Ignored, ignored


class _Looked(NamedTuple):
    """What was found of a path, which is relative to its project."""

    path: RelPath
    settings: Settings
    out: Ignored | None
    record: FileRecord | None
    scopes: Mapping[str, Scope]


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
        known = self._known(project)
        record = known.files.get(relative) if known is not None else None
        rules = criticality_of(configured.settings)
        rank = (known.ranks.get(relative) if known is not None else None) or rules.classify(relative)
        parked = known is not None and relative in known.parked
        top = next(top for top in project.watch_paths if _is_below(path, top))
        own = {f"{entry.project.root}/RUNS" for entry in self._coordinator.configuration.projects}
        ignores = IgnoreRules(top, root=project.root, patterns=configured.settings.ignore, own=own).start()
        out = ignored(ignores, path, root=project.root, setting=_written(configured.origins["ignore"]))
        assignment = self._coordinator.assignments.get(project.name)
        scopes = assignment.scopes if assignment is not None else {}
        rated = record.counts if record is not None and record.passed is not None else None
        reason = _reason(path, _Looked(relative, configured.settings, out, record, scopes))
        return {
            "project": project.name,
            "path": path_text(relative),
            "state": record.state.value if record is not None else "unknown",
            "passed": record.passed if record is not None else None,
            "score": rated.score if rated is not None else None,
            "rating": rating.reasons(rated, rated.costs) if rated is not None else [],
            "reason": f"{reason} (parked until it changes)" if parked else reason,
            "ignored": out.at if out is not None else None,
            "definitions": _share(self._reuse(path)),
            "priority": rules.paths.of(relative, critical=rank.is_critical).name.lower(),
            "criticality": msgspec.structs.asdict(rank),
            "deep": {"mode": configured.settings.deep, "reason": _mode(configured.settings, rank)},
            "digest": record.fingerprint.digest if record is not None and record.fingerprint else None,
            "verifiers": [
                self._judge(name, scope, relative, record) for name, scope in sorted(scopes.items())
            ],
            "evidence": _evidence(project, relative) if record is not None else None,
        }

    def _known(self, project: Project) -> ProjectSnapshot | None:
        """What the coordinator last published of a project."""
        projects = self._coordinator.snapshot.projects
        return next((each for each in projects if each.project.name == project.name), None)

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
            "configured_by": _configured_by(scope, path) if config else None,
            "key": part.key if part is not None else None,
            "outcome": part.summary.outcome if part is not None else None,
            "findings": part.summary.counts.total if part is not None else None,
        }

    def _version(self, name: str) -> str:
        try:
            return self._verifiers[name].version()
        except ToolError as error:
            return f"unknown: {error}"


def _configured_by(scope: Scope, path: RelPath) -> str | None:
    file = scope.configured_by(path)
    return None if file is None else path_text(file)


def _mode(settings: Settings, rank: Criticality) -> str:
    """Which files get deep analysis, and what that means for this one."""
    match settings.deep:
        case "critical":
            mark = f"{rank.score:g} of {settings.criticality_threshold:g}"
            return f"critical files only; this one is{'' if rank.is_critical else ' not'}: {mark}"
        case "off":
            return "off"
        case _:
            return "all Python files that ruff judges"


def _evidence(project: Project, path: RelPath) -> dict[str, Any] | None:
    """The last evidence of a file; None without any, or if it cannot be read."""
    try:
        told = latest(Runs(Path(project.root)).evidence, path, project=project.name)
    except OSError:
        return None
    if told is None:
        return None
    return {
        "id": told.id,
        "time": told.time,
        "verdict": told.verdict,
        "trigger": told.trigger,
        "cached": told.cached,
    }


def _share(reuse: tuple[int, int] | None) -> dict[str, int] | None:
    """Of how many definitions how many were known when the file was analysed last; None: not lately."""
    return None if reuse is None else {"analysed": reuse[0] - reuse[1], "reused": reuse[1]}


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")


def _written(origin: Origin) -> str:
    """The place in which a setting stands."""
    if origin.file is None:
        return origin.layer.value
    return origin.file if origin.line is None else f"{origin.file}:{origin.line}"


def _reason(path: str, entry: _Looked) -> str:
    """Why a path is judged or not as it is; "" when that is all there is to say."""
    if not entry.settings.enabled:
        return DISABLED
    if entry.out is not None:
        return f"ignored{'' if entry.out.at == entry.path else f' at {entry.out.at}'} by {entry.out.by}"
    if entry.record is not None:
        return entry.record.reason
    if not os.path.lexists(path):
        return "no such file"
    if os.path.isdir(path):
        return "is a directory"
    if any(isinstance(scope.claims(entry.path), Included) for scope in entry.scopes.values()):
        return "not looked at yet"
    if recognised(entry.path):
        return unjudged(entry.path, entry.settings)
    return "not a type of file that is judged"
