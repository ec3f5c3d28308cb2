"""Everything that is configured, from all files, the environment and the command line, in one value.

``load`` never raises for what people wrote: a mistake becomes a Problem beside the settings that still hold,
because a daemon that runs has to go on with what it has.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dev_assistant.errors import Problem
from dev_assistant.escape import path_text, visible
from dev_assistant.model import Project, ProjectName
from dev_assistant.service.setting_files import (
    PYPROJECT,
    Read,
    entry_settings,
    is_below,
    project_settings,
    user_settings,
    workspace_settings,
)
from dev_assistant.settings.environment import environment_table, overrides_table, unknown_variables, weak_key
from dev_assistant.settings.fields import Settings, is_workspace_wide
from dev_assistant.settings.layers import Effective, Layer, LayerKind, Origin, merge, user_file
from dev_assistant.settings.profiles import profile_layer
from dev_assistant.settings.table import Wide, check
from dev_assistant.workspace.file import LONGEST_PATH, WorkspaceFile, parse_workspace, refusal, shortened
from dev_assistant.workspace.find import NAME, current_project, find_workspace, nearest
from dev_assistant.workspace.resolve import Resolver

_TOLD = 1_000
"""Mistakes and warnings that are told one by one: whoever has more begins with these."""


@dataclass(frozen=True, slots=True)
class ConfiguredProject:
    """One project. With ``problems`` the settings are those of the places that are good.

    ``missing`` are those of its watch paths that do not exist; they are to be watched for.
    """

    project: Project
    settings: Settings
    origins: Mapping[str, Origin]
    problems: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """The workspace in ``root``, where its RUNS/ is; ``file`` is None when there is no workspace.json.

    ``settings`` hold for the daemon as a whole. ``problems`` belong to no usable project. ``sources`` are all
    files that decide, also those that do not exist: any change of one means to load again.
    """

    root: Path
    file: Path | None
    projects: tuple[ConfiguredProject, ...]
    settings: Settings
    origins: Mapping[str, Origin]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[Path, ...] = ()

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Every mistake once: by file as they were read, then by line. Of very many the first."""
        own = [problem for project in self.projects for problem in project.problems]
        unique = dict.fromkeys([*self.problems, *own])
        files = {file: at for at, file in enumerate(dict.fromkeys(problem.file for problem in unique))}
        told = sorted(unique, key=lambda problem: (files[problem.file], problem.line or 0))
        if len(told) > _TOLD:
            rest = Problem(str(self.file or self.root), "", f"{len(told) - _TOLD:,} more mistakes")
            told = [*told[:_TOLD], rest]
        return tuple(told)


def load(
    workspace: Path | None,
    *,
    cwd: Path,
    environ: Mapping[str, str],
    overrides: Mapping[str, object],
    watch_dirs: Sequence[Path] = (),
) -> Configuration:
    """Read all that configures ``workspace`` (file or directory), else what is found from ``cwd`` upwards.

    ``overrides`` are settings by name from the command line. ``watch_dirs``, relative to ``cwd``, replace all
    configured directories. Never raises for the contents of files; does not keep anything between calls.
    """
    file = _workspace_file(workspace, cwd)
    home = environ.get("HOME") or environ.get("USERPROFILE")
    root = Path(os.path.realpath(file.parent)) if file else current_project(cwd, home=home)
    loading = _Loading(root, home and os.path.realpath(home))
    loading.outermost(environ, overrides)
    directories = [os.path.realpath(cwd / directory) for directory in watch_dirs]
    projects = loading.listed(file, directories) if file else loading.unlisted(directories)
    effective = loading.common()
    return Configuration(
        root,
        file,
        tuple(projects),
        effective.settings,
        effective.origins,
        tuple(loading.problems),
        loading.told_warnings(),
        tuple(dict.fromkeys(loading.sources)),
    )


def _workspace_file(workspace: Path | None, cwd: Path) -> Path | None:
    if workspace is None:
        return find_workspace(cwd)
    path = Path(os.path.abspath(cwd / workspace))
    return path / NAME if path.is_dir() else path


@dataclass(slots=True)
class _Loading:
    """One pass over all places. ``shared`` are the layers that hold for every project."""

    root: Path
    home: str | None
    shared: list[Layer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)  # in order, each once
    sources: list[Path] = field(default_factory=list)
    resolve: Resolver = field(default_factory=Resolver)
    _common: Effective | None = None

    def outermost(self, environ: Mapping[str, str], overrides: Mapping[str, object]) -> None:
        """What the person and not the workspace says."""
        path = user_file(environ)
        self.sources.append(path)
        self._warn(unknown_variables(environ))
        self.problems += weak_key(environ)
        for read in (
            user_settings(path),
            Read(environment_table(environ)),
            Read(overrides_table(overrides)),
        ):
            self.shared += self._layers(read, self.problems)

    def listed(self, file: Path, directories: Sequence[str]) -> list[ConfiguredProject]:
        """The projects of a workspace file; with ``directories`` only those that hold one of them."""
        self.sources.append(file)
        workspace = parse_workspace(file, home=self.home, resolve=self.resolve)
        self.problems += workspace.problems
        self._warn(workspace.warnings)
        self.shared += self._layers(Read(workspace_settings(workspace)), self.problems)
        self._take_profile()
        return self._chosen(self._entries(workspace), directories)

    def unlisted(self, directories: Sequence[str]) -> list[ConfiguredProject]:
        """Without a workspace file: the projects that hold ``directories``, else the current one alone."""
        self.sources.append(self.root / NAME)
        found: list[Problem] = []
        own = self._pyproject(str(self.root), Wide.HOLDS, found)
        self.shared += [_workspace_part(layer) for layer in own]
        self._take_profile()
        if not directories:
            return [self._project(_name_of(str(self.root)), str(self.root), own, problems=found)]
        projects = self._adopted(directories)
        if not any(one.project.root == str(self.root) for one in projects):
            self.problems += found
        return projects

    def _take_profile(self) -> None:
        """Once all is read that may name one."""
        self.shared.append(profile_layer(merge(self.shared).settings.profile))

    def _entries(self, workspace: WorkspaceFile) -> list[_Draft]:
        drafts = []
        for entry in workspace.entries:
            problems: list[Problem] = []
            layers = self._layers(entry_settings(workspace, entry), problems)
            if entry.root is None:
                self.problems += problems
                continue
            drafts.append(_Draft(entry.name, entry.root, layers, problems))
        return drafts

    def _chosen(self, drafts: Sequence[_Draft], directories: Sequence[str]) -> list[ConfiguredProject]:
        """Give each directory to the innermost project around it."""
        chosen: dict[str, list[str]] = {draft.name: [] for draft in drafts}
        for directory in directories:
            around = [draft for draft in drafts if is_below(directory, draft.root)]
            if around:
                chosen[max(around, key=lambda draft: len(draft.root)).name].append(directory)
            else:
                allowed = "a directory inside one of the workspace's projects"
                self.problems.append(
                    Problem("command line", "--watch-dirs", "no project", value=directory, allowed=allowed)
                )
        return [
            self._listed_project(draft, chosen[draft.name])
            for draft in drafts
            if chosen[draft.name] or not directories
        ]

    def _listed_project(self, draft: _Draft, directories: Sequence[str]) -> ConfiguredProject:
        layers = [*draft.layers, *self._pyproject(draft.root, Wide.IGNORED, draft.problems)]
        return self._project(draft.name, draft.root, layers, directories, problems=draft.problems)

    def _adopted(self, directories: Sequence[str]) -> list[ConfiguredProject]:
        """Give each directory to the nearest pyproject.toml above it, else to the current project."""
        by_root: dict[str, list[str]] = {}
        for directory in directories:
            found = nearest(Path(directory), (PYPROJECT,))
            is_own = found is not None and refusal(str(found), home=self.home) is None
            by_root.setdefault(str(found if is_own else self.root), []).append(directory)
        return [self._unlisted_project(name, root, by_root[root]) for name, root in _named(by_root)]

    def _unlisted_project(self, name: str, root: str, directories: Sequence[str]) -> ConfiguredProject:
        problems: list[Problem] = []
        wide = Wide.HOLDS if root == str(self.root) else Wide.IGNORED
        layers = self._pyproject(root, wide, problems)
        return self._project(name, root, layers, directories, problems=problems)

    def _project(
        self,
        name: str,
        root: str,
        layers: Sequence[Layer],
        directories: Sequence[str] = (),
        *,
        problems: list[Problem],
    ) -> ConfiguredProject:
        saying = [layer for layer in (*layers, *_replacing(directories)) if layer.values]
        effective = merge([*self.shared, *saying]) if saying else self.common()
        origin = effective.origins["watch_paths"]
        paths = self._watch_paths(root, effective.settings.watch_paths, origin, problems)
        missing = tuple(path for path in paths if not os.path.lexists(path))
        if os.path.isdir(root):
            self._warn(f"{name}: {visible(path)} does not exist (watched for)" for path in missing)
        project = Project(ProjectName(name), root, paths)
        return ConfiguredProject(project, effective.settings, effective.origins, tuple(problems), missing)

    def _watch_paths(
        self, root: str, written: Iterable[str], origin: Origin, problems: list[Problem]
    ) -> tuple[str, ...]:
        """Resolved directories, each once; what must not or cannot be watched becomes a problem."""
        paths: dict[str, None] = {}
        for text in written:
            path = root if text == "." else os.path.join(root, text)
            path = self.resolve(path) if len(path) < LONGEST_PATH else path
            reason = refusal(path, home=self.home)
            if reason is None and os.path.lexists(path) and not os.path.isdir(path):
                reason = "is not a directory"
            if reason is None:
                paths[path] = None
                continue
            file = origin.file or origin.layer.value
            message = f"cannot be watched: {shortened(path)} {reason}"
            problems.append(Problem(file, origin.key or "watch_paths", message, line=origin.line))
        return tuple(paths)

    def _pyproject(self, root: str, wide: Wide, problems: list[Problem]) -> list[Layer]:
        path = Path(root, PYPROJECT)
        self.sources.append(path)
        within = (root, str(self.root))
        return self._layers(project_settings(path, within=within, wide=wide, resolve=self.resolve), problems)

    def common(self) -> Effective:
        """What holds where a project says nothing; once all that is shared has been read."""
        if self._common is None:
            self._common = merge(self.shared)
        return self._common

    def told_warnings(self) -> tuple[str, ...]:
        warnings = list(self.warnings)
        if len(warnings) > _TOLD:
            warnings[_TOLD:] = [f"{len(warnings) - _TOLD:,} more warnings"]
        return tuple(warnings)

    def _warn(self, warnings: Iterable[str]) -> None:
        self.warnings.update(dict.fromkeys(warnings))

    def _layers(self, read: Read, problems: list[Problem]) -> list[Layer]:
        """The layer of a table that could be read; its mistakes go to ``problems``."""
        if read.problem is not None:
            problems.append(read.problem)
        if read.table is None:
            return []
        layer, found, warnings = check(read.table)
        problems += found
        self._warn(warnings)
        return [layer]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A usable entry of workspace.json, before its own pyproject.toml is read."""

    name: str
    root: str
    layers: list[Layer]
    problems: list[Problem]


def _workspace_part(layer: Layer) -> Layer:
    """What the pyproject.toml of a lone project says for the daemon as a whole."""
    values = {name: value for name, value in layer.values.items() if is_workspace_wide(name)}
    origins = {key: origin for key, origin in layer.origins.items() if key.partition(".")[0] in values}
    return Layer(LayerKind.WORKSPACE, values, origins)


def _replacing(directories: Sequence[str]) -> list[Layer]:
    if not directories:
        return []
    origin = Origin(LayerKind.COMMAND_LINE, "--watch-dirs")
    return [Layer(LayerKind.COMMAND_LINE, {"watch_paths": tuple(directories)}, {"watch_paths": origin})]


def _named(roots: Iterable[str]) -> list[tuple[str, str]]:
    """(name, root) with a name of its own for every root."""
    taken: set[str] = set()
    named: list[tuple[str, str]] = []
    for root in roots:
        base = _name_of(root)
        name, n = base, 2
        while name.casefold() in taken:
            name, n = f"{base}-{n}", n + 1
        taken.add(name.casefold())
        named.append((name, root))
    return named


def _name_of(root: str) -> str:
    return visible(path_text(os.path.basename(root))) or "root"
