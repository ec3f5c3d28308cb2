"""Which entries of a watched tree are not looked at: by .gitignore, our own files, settings, or by default.

A directory that is ignored is never entered, so nothing below it can be brought back. The watch path
itself is never ignored: naming it was a decision.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from dev_assistant import files
from dev_assistant.watch.git import git_tree
from dev_assistant.watch.gitignore import NO_RULES, Origin, Rule, Says, Standing, parse

IGNORE_FILES = {".gitignore": Origin.GIT, ".dev-assistantignore": Origin.OURS}
"""From the weaker to the stronger. When one changes, its directory has to be surveyed again."""

LIMIT = 256 * 1024
_ALWAYS = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
_DEPENDENCIES_AND_CACHES = """\
node_modules/
site-packages/
__pycache__/
__pypackages__/
.venv/
venv/
.direnv/
.eggs/
*.egg-info/
.tox/
.nox/
.mypy_cache/
.ruff_cache/
.pytest_cache/
.pytype/
.hypothesis/
.ipynb_checkpoints/
.idea/
.vscode/
"""
_BESIDE_A_SAVE = """\
*~
4913
.*.sw[a-px]
.#*
\\#*#
*___jb_tmp___
*___jb_old___
.goutputstream-*
"""
"""What vim, Emacs, JetBrains and GNOME write next to a file while they save it."""

_built_in = NO_RULES.under(
    parse((_DEPENDENCIES_AND_CACHES + _BESIDE_A_SAVE).encode(), origin=Origin.BUILT_IN)
)


class IgnoreRules:
    """The rules for one watch path. Ignore files are read when asked for, so nothing here becomes stale.

    ``patterns`` are gitignore lines relative to ``root`` (the project's), stronger than any file; ``own`` are
    the paths that we write ourselves. All paths absolute, with links resolved.
    """

    def __init__(
        self, top: str, *, root: str, patterns: Sequence[str] = (), own: Collection[str] = frozenset()
    ) -> None:
        self.top = top
        self.own = frozenset(own)
        self.own_names = frozenset(os.path.basename(path) for path in own)
        self._settings = _settings(patterns, _components(top, root))

    def start(self) -> DirectoryRules:
        """The rules that hold in the watch path, read from disk now."""
        return DirectoryRules(self, self.top, inherited=self._settings.over(_around(self.top)))


class DirectoryRules:
    """What is ignored among the entries of ``directory``. Immutable, for any thread."""

    __slots__ = ("_inherited", "_rules", "_standing", "directory")

    def __init__(
        self,
        rules: IgnoreRules,
        directory: str,
        *,
        inherited: Standing,
        holding: Collection[str] | None = None,
    ) -> None:
        self.directory = directory
        self._rules = rules
        self._inherited = inherited
        self._standing = _with_files(inherited, directory, holding)

    def ignores(self, name: str, *, is_dir: bool) -> bool:
        """Whether an entry is left out. ``is_dir``: a directory, and not a link to one."""
        return self.cause(name, is_dir=is_dir) is not None

    def cause(self, name: str, *, is_dir: bool) -> Rule | str | None:
        """The rule that leaves an entry out, or in words what else does; None: it is looked at."""
        if name in _ALWAYS:
            return "its name: a version control system keeps its own files there"
        if name in self._rules.own_names and self._path(name) in self._rules.own:
            return "its place: dev-assistant writes there"
        text = name if name.isascii() else _text(name)
        rule = self._standing.strongest(text, is_dir=is_dir)
        if rule is not None:
            if rule.says is Says.IGNORE:
                return rule
            if rule.origin is not Origin.GIT:
                return None
            built_in = _built_in.strongest(text, is_dir=is_dir)
            if built_in is not None:  # git's "!*/" does not mean node_modules
                return built_in
        if is_dir and os.path.lexists(os.path.join(self._path(name), _VIRTUAL_ENVIRONMENT)):
            return f"the {_VIRTUAL_ENVIRONMENT} in it: it is a virtual environment"
        return None

    def enter(self, name: str, *, holding: Collection[str] | None = None) -> DirectoryRules:
        """The rules inside a sub-directory; ``holding`` are the names in it, when they are known."""
        inherited = self._standing.inside(_text(name))
        return DirectoryRules(self._rules, self._path(name), inherited=inherited, holding=holding)

    def again(self, *, holding: Collection[str] | None = None) -> DirectoryRules:
        """The same with the directory's own ignore files as they are now."""
        return DirectoryRules(self._rules, self.directory, inherited=self._inherited, holding=holding)

    def _path(self, name: str) -> str:
        return os.path.join(self.directory, name)


def _settings(patterns: Sequence[str], below: Sequence[str] | None) -> Standing:
    """The settings' rules where the watch path is; beside the project only those that hold anywhere."""
    rules = parse(os.fsencode("\n".join(patterns)), origin=Origin.SETTINGS)
    if below is None:
        return NO_RULES.under([rule for rule in rules if rule.anywhere])
    standing = NO_RULES.under(rules)
    for name in below:
        standing = standing.inside(_text(name))
    return standing


def _around(top: str) -> Standing:
    """The built-in rules and those of the repository around ``top``, unless it ignores ``top`` itself."""
    tree = git_tree(top)
    if tree is None:
        return _built_in
    standing = _with_file(_built_in, os.path.join(tree.common, "info", "exclude"), Origin.GIT)
    directory = tree.top
    for name in _components(top, tree.top) or ():
        standing = _with_files(standing, directory, None)
        rule = standing.strongest(_text(name), is_dir=True)
        if rule is not None and rule.origin is not Origin.BUILT_IN and rule.says is Says.IGNORE:
            return _built_in
        standing = standing.inside(_text(name))
        directory = os.path.join(directory, name)
    return standing


def _with_files(standing: Standing, directory: str, holding: Collection[str] | None) -> Standing:
    for name, origin in IGNORE_FILES.items():
        if holding is None or name in holding:
            standing = _with_file(standing, os.path.join(directory, name), origin)
    return standing


def _with_file(standing: Standing, path: str, origin: Origin) -> Standing:
    match files.read(path, limit=LIMIT):
        case files.Content(data):
            return standing.under(parse(data, origin=origin))
        case _:
            return standing


def _components(path: str, above: str) -> list[str] | None:
    """The names that lead from ``above`` to ``path``; None when it does not lie there."""
    if path == above:
        return []
    prefix = above.rstrip(os.sep) + os.sep
    return path.removeprefix(prefix).split(os.sep) if path.startswith(prefix) else None


def _text(name: str) -> str:
    return os.fsencode(name).decode("latin-1")
