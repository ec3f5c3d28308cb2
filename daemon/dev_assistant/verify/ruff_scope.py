"""ruff's view of one project: what it claims, and the digest of all that decides a verdict beside the bytes.

The configuration is read once, when the scope is built; what lies beside a file is looked up when it is asked
for, since a package or a module may appear at any time. Tell ``reach`` of every path that came or went: only
then are the claims on other files looked at afresh at once.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.model import Digest, Project, RelPath
from dev_assistant.ports import Excluded, Included, Reach
from dev_assistant.verify import ruff_config, ruff_group, ruff_settings
from dev_assistant.verify.globs import GlobError, GlobSet
from dev_assistant.verify.modules import Modules
from dev_assistant.verify.ruff_complaint import explain
from dev_assistant.verify.ruff_config import Finder, Stamp
from dev_assistant.verify.ruff_group import Group
from dev_assistant.verify.surroundings import Place, View

_SOMEWHERE: Final = os.devnull  # a file that no configuration governs: ruff then shows what it falls back on
_MEMORY_SECONDS: Final = 0.25  # events lost are noticed at the next claim after this


class RuffScope:
    """One project's configuration of ruff; ``timeout`` is seconds a file.

    ``claims`` and ``reach`` are for one thread, the rest for any.
    """

    def __init__(
        self,
        project: Project,
        *,
        groups: dict[str | None, Group],
        finder: Finder,
        stamps: dict[str, Stamp],
        sources: GlobSet,
        directories: Collection[str],
        timeout: float,
        tool: str | None,
    ) -> None:
        self.timeout = timeout
        self._tool = tool
        self._root = project.root
        self._watched = project.watch_paths
        self._roots = frozenset(_walk_roots(project))
        self._groups, self._finder = groups, finder
        self._stamps = stamps
        asking = [g for g in groups.values() if g.first_party or g.first_party_init]
        self._modules = Modules({src for g in asking for src in g.src}, directories)
        self._sources = sources
        self._directories = frozenset(directories)
        inits = (f"{directory}/__init__.py" for directory in directories)
        self._packages = {path: os.path.isfile(path) for path in inits}
        self._wide: dict[str, frozenset[str]] = {}
        self._moved_packages: set[str] = set()
        self._told = _Told(self._modules)
        self.forget()
        self.digest = self._digest()

    @property
    def root(self) -> str:
        return self._root

    @property
    def folders(self) -> tuple[str, ...]:
        """The directories that files come from: the project's, and watch paths outside it."""
        return tuple(sorted(self._roots))

    def absolute(self, path: RelPath) -> str:
        return os.path.normpath(f"{self._root}/{path}") if path.startswith("../") else f"{self._root}/{path}"

    def claims(self, path: RelPath) -> Included | Excluded | None:
        """What to do with a path; None: ruff has nothing to say of such files."""
        full = self.absolute(path)
        directory, _, name = full.rpartition("/")
        self._notice(full, name)
        place = self._view.place(directory)
        reason = place.excluded or place.group.excludes_file(full, name)
        if place.group.kind(full, name):
            if reason:
                return Excluded(reason)
            if absent := self._wide.get(full):
                place = self._looked_for(absent, place)
            self._told.claimed(full)
            return Included(self._view.basis(place, full, name))
        if name.endswith((".py", ".pyi")):
            return Excluded(reason or f"not in `include` of {place.group.config or 'ruff'}")
        return None

    def selected(self, path: RelPath, view: View) -> frozenset[str] | None:
        """The codes of the rules by which a file is judged, as ``view`` has it; None: it is not judged."""
        full = self.absolute(path)
        directory, _, name = full.rpartition("/")
        place = view.place(directory)
        if place.excluded or not place.group.kind(full, name) or place.group.excludes_file(full, name):
            return None
        return place.group.settings.rules if place.group.settings else frozenset()

    @property
    def seen(self) -> View:
        """The surroundings as ``claims`` sees them; for its thread."""
        return self._view

    def configures(self, path: RelPath) -> bool:
        """Whether ``path`` is a configuration file, or lies in a source root that ruff could not yet see."""
        full = self.absolute(path)
        if os.path.basename(full) in ruff_config.NAMES or full in self._stamps:
            return True
        return self._new_source_root(full)

    def reach(self, path: RelPath) -> Reach:
        """What else the creation, change or deletion of a file or directory may decide.

        The answer stays the same until the path is claimed again. When many modules come or go at once only
        the first to be asked about reaches the whole project: what is planned after that has seen them all.
        """
        if self.configures(path):
            return Reach.CONFIGURATION
        full = self.absolute(path)
        if os.path.basename(full) == "__init__.py":
            self._look_at_package(full)
        if self._modules.refresh(full):
            self.forget()
        if self._told.reaches_all(full):
            return Reach.PROJECT
        return Reach.SUBTREE if full in self._moved_packages else Reach.ITSELF

    def outside(self) -> tuple[str, ...]:
        """Files outside the watch paths that decide: ruff, the configuration that is read or could appear.

        Above a project without configuration that could be anywhere; named are directories of the user's own.
        """
        paths = (path for path, taken in self._stamps.items() if taken or self._could_appear(path))
        tool = () if self._tool is None else (self._tool,)
        return (*sorted(path for path in paths if not self._covers(path)), *tool)

    def configured_by(self, path: RelPath) -> str | None:
        """The nearest configuration of ruff; what that one extends is told by itself."""
        return self.view().place(os.path.dirname(self.absolute(path))).group.config

    def view(self) -> View:
        """The surroundings as they are from now on."""
        return View(self._roots, self._group_of, self._modules, self._wide)

    def forget(self) -> None:
        """What was seen beside the files is not so any more: look again at the next claim."""
        self._view = self.view()
        self._until = time.monotonic() + _MEMORY_SECONDS

    def current(self, places: Iterable[Place]) -> bool:
        """Whether the configuration is what it was: no file changed, and none appeared above these places."""
        directories = {above for path in {place.path for place in places} for above in self._upwards(path)}
        appeared = (f"{directory}/{name}" for directory in directories for name in ruff_config.NAMES)
        stamps: dict[str, Stamp] = {**dict.fromkeys(appeared), **self._stamps}
        return all(ruff_config.stamp(path) == taken for path, taken in stamps.items())

    def widen(self, place: Place, path: str, names: set[str]) -> None:
        """``path`` (absolute) imports these from beyond its own package: from now on its basis says so."""
        if not self._modules.settle(place.group.src, names):
            self.forget()
        self._wide[path] = self._modules.absent(place.group.src, names)

    def settle(self, place: Place, names: set[str]) -> bool:
        """Whether what is known of these modules is so on disk; corrects it where not."""
        return self._modules.settle(place.group.src, names)

    def _looked_for(self, names: frozenset[str], place: Place) -> Place:
        """The place as it is once these names were looked for: they may be where no event comes from."""
        if self._modules.settle(place.group.src, names):
            return place
        self.forget()
        return self._view.place(place.path)

    def _group_of(self, directory: str) -> Group:
        config = self._finder.governing(directory)
        known = self._groups.get(config)
        return known or ruff_group.broken(config, f"{config} appeared and is not read yet")

    def _upwards(self, directory: str) -> Iterator[str]:
        while directory not in self._roots and directory != "/":
            yield directory
            directory = os.path.dirname(directory)

    def _new_source_root(self, path: str) -> bool:
        """Whether ``path`` lies in a directory that a configuration names and ruff could not yet see."""
        if not self._sources:
            return False
        above = self._upwards(path if os.path.isdir(path) else os.path.dirname(path))
        return any(one not in self._directories and self._sources.matches(one) for one in above)

    def _notice(self, path: str, name: str) -> None:
        """Whatever was said of this path is done with; a module that nobody told of is seen here."""
        self._told.asked_again(path)
        if name == "__init__.py":
            self._moved_packages.discard(path)
            self._look_at_package(path)
        if name.endswith((".py", ".pyi")) and not self._modules.knows(path) and self._modules.refresh(path):
            self.forget()
        if time.monotonic() > self._until:
            self.forget()

    def _look_at_package(self, path: str) -> None:
        exists = os.path.isfile(path)
        if self._packages.get(path) is not exists:
            self._packages[path] = exists
            self._moved_packages.add(path)
            self.forget()

    def _could_appear(self, path: str) -> bool:
        return os.path.dirname(path) == self._root or _is_own(path)

    def _covers(self, path: str) -> bool:
        return any(path.startswith(watched + "/") for watched in self._watched)

    def _digest(self) -> Digest:
        state = hashlib.blake2b(digest_size=16)
        for config, group in sorted(self._groups.items(), key=lambda item: item[0] or ""):
            state.update(os.fsencode(os.path.relpath(config, self._root) if config else "") + b"\0")
            state.update(group.digest)
        return Digest(state.hexdigest())


class _Told:
    """Of which changes of the modules all files of the project have been told."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._told = modules.generation
        self._teller = ""
        self._untold: set[str] = set()

    def claimed(self, path: str) -> None:
        """A module was seen that came or went, or one within it."""
        if self._modules.generation > self._told and self._modules.changed(path) > self._told:
            self._untold.add(path)

    def asked_again(self, path: str) -> None:
        """Whatever was told because of this path is done with."""
        if path == self._teller:
            self._teller = ""

    def reaches_all(self, path: str) -> bool:
        if path == self._teller:
            return True
        if self._modules.changed(path) <= self._told:
            return False
        if path in self._untold:
            self._told, self._teller = self._modules.generation, path
            self._untold.clear()
        return True


def build(
    project: Project,
    directories: Iterable[str],
    *,
    ruff: Callable[[], str],
    timeout: float,
    children: process.Children | None = None,
) -> RuffScope:
    """Read the configuration that holds in ``directories`` (absolute).

    A broken one does not raise, nor does a ``ruff`` that cannot be found or run: their files are claimed, and
    fail with the reason.
    """
    finder = Finder()
    everywhere = [*directories, *_walk_roots(project)]
    configs = {finder.governing(directory) for directory in everywhere} | {None}
    chains = {config: finder.chain(config) for config in configs if config}
    stamps = dict(finder.seen)
    for path in ruff_config.candidates(project.root, above=finder.governing(project.root) is None):
        stamps.setdefault(path, ruff_config.stamp(path))

    show_settings = _asker(ruff, project, timeout, children)
    own = finder.governing(project.root)  # read by every run, since it runs there

    def ask(config: str | None) -> Group:
        chain = chains.get(config, []) if config else []
        for file in (*chain, *(chains[own] if own else ())):
            if file.extend and ruff_config.waits(file.extend):
                return ruff_group.broken(config, f"{file.path} extends {file.extend}: not a regular file")
        return _ask(config, chain, project.root, show_settings)

    with ThreadPoolExecutor(max_workers=2) as pool:
        groups = dict(zip(configs, pool.map(ask, configs), strict=True))
    return RuffScope(
        project,
        groups=groups,
        finder=finder,
        stamps=stamps,
        sources=_sources(chain for files in chains.values() for chain in files),
        directories=everywhere,
        timeout=timeout,
        tool=_path_of(ruff),
    )


def _path_of(ruff: Callable[[], str]) -> str | None:
    try:
        return ruff()
    except ToolError:
        return None


def _sources(files: Iterable[ruff_config.ConfigFile]) -> GlobSet:
    """The directories that configurations name; ruff leaves out those that do not exist."""
    named = [os.path.join(file.directory, directory) for file in files for directory in file.directories]
    try:
        return GlobSet(os.path.normpath(path) for path in named)
    except GlobError:
        return GlobSet(())


def _is_own(path: str) -> bool:
    directory = os.path.dirname(path)
    try:
        return directory != "/" and os.stat(directory).st_uid == os.geteuid()
    except OSError:
        return False


def _asker(
    ruff: Callable[[], str], project: Project, timeout: float, children: process.Children | None
) -> Callable[[str], process.Completed]:
    def show_settings(path: str) -> process.Completed:
        command = [ruff(), "check", "--no-cache", "--show-settings", "--", path]
        return process.run(command, cwd=project.root, timeout=timeout, children=children)

    return show_settings


def _ask(
    config: str | None,
    chain: list[ruff_config.ConfigFile],
    root: str,
    show_settings: Callable[[str], process.Completed],
) -> Group:
    try:
        shown = show_settings(config or _SOMEWHERE)
        if shown.status != 0:
            return ruff_group.broken(config, explain(shown.stderr, root=root))
        settings = ruff_settings.parse(shown.stdout.decode("utf-8", "surrogateescape"))
    except ToolError as error:
        return ruff_group.broken(config, str(error))
    return ruff_group.group(config, settings, chain, base=root)


def _walk_roots(project: Project) -> list[str]:
    """Where a walk over the project's files begins; directories above are never held against a file."""
    outside = [path for path in project.watch_paths if not f"{path}/".startswith(project.root + "/")]
    return [project.root, *outside]
