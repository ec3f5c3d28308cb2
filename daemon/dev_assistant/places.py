"""Where everything is kept: RUNS/ in projects and workspaces, and the per-user runtime directory.

Imports nothing heavy: ``status`` from a hook goes through here.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from dev_assistant import failpoints
from dev_assistant.errors import UserError

RUNS = "RUNS"
CACHE_KEY = "DEV_ASSISTANT_CACHE_KEY"
"""The variable that stands for the file with the secret of the user's caches."""

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Written by dev-assistant; see bford.info/cachedir\n"


class Runs:
    """The RUNS/ directory of a project or workspace, which is its ``owner``."""

    __slots__ = ("owner",)

    def __init__(self, owner: Path) -> None:
        self.owner = owner

    @property
    def root(self) -> Path:
        return self.owner / RUNS

    @property
    def database(self) -> Path:
        return self.root / ".cache" / "verification.db"

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @property
    def stats(self) -> Path:
        return self.root / "stats"

    @property
    def report(self) -> Path:
        return self.root / "report"

    @property
    def log(self) -> Path:
        return self.root / "logs" / "daemon.log"

    @property
    def cookies(self) -> Path:
        return self.root / ".cookies"

    def prepare(self) -> None:
        """Create RUNS/ with the two files that keep git and backups out; refuse a link in its place."""
        if not self.owner.is_dir():
            raise UserError(f"{self.owner} does not exist", hint="correct its path in workspace.json")
        if self.root.is_symlink():
            raise UserError(
                f"{self.root} is a symbolic link", hint="remove it: dev-assistant writes only below RUNS/"
            )
        failpoints.hit("runs.mkdir")
        self.root.mkdir(exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            self._mark(self.root / name, text)

    def _mark(self, path: Path, text: str) -> None:
        """Never half: an empty .gitignore would show all to git. What stands there is left as it is."""
        if os.path.lexists(path):
            return
        temporary = path.with_name(f"{path.name}.tmp")
        temporary.unlink(missing_ok=True)
        with open(temporary, "x", encoding="ascii") as handle:  # "x" follows no link
            handle.write(text)
        failpoints.hit("runs.link")
        os.replace(temporary, path)

    def forget_cookies(self) -> None:
        """Delete what a daemon that was killed has left; only for whoever holds the workspace's lock."""
        if self.cookies.is_symlink():
            return
        for cookie in self.cookies.glob("*"):
            with contextlib.suppress(OSError):
                cookie.unlink()


class Runtime:
    """Lock, status and control socket of one workspace's daemon, private to the user."""

    __slots__ = ("directory",)

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Runtime) and self.directory == other.directory

    def __hash__(self) -> int:
        return hash(self.directory)

    @property
    def lock(self) -> Path:
        return self.directory / "lock"

    @property
    def status(self) -> Path:
        return self.directory / "status.json"

    @property
    def socket(self) -> Path:
        return self.directory / "control.sock"


def runtime_of(workspace: Path) -> Runtime:
    """The runtime directory of a workspace, created 0700; a directory that others can write is refused.

    Its name is a hash because a unix socket's path may not exceed 108 bytes.
    """
    name = hashlib.blake2b(os.fsencode(workspace.resolve()), digest_size=8).hexdigest()
    base = _runtime_base() / "dev-assistant"
    directory = base / name
    for path in (base, directory):
        private_directory(path)
    return Runtime(directory)


def private_directory(path: Path) -> None:
    """Make a directory that is the user's alone, or see that it is. Raises UserError, OSError."""
    with contextlib.suppress(FileExistsError):
        failpoints.hit("runtime.mkdir")
        path.mkdir(mode=0o700, parents=True)
    _refuse_unsafe(path)


def user_config_directory() -> Path:
    """The platform's place for the user's own settings."""
    import platformdirs  # noqa: PLC0415  10 ms that only the fallback need pay

    return Path(platformdirs.user_config_dir("dev-assistant", appauthor=False))


def user_state_directory() -> Path:
    """The platform's place for what is the user's and has to outlast a restart of the machine."""
    import platformdirs  # noqa: PLC0415  10 ms that a command without a cache need not pay

    return Path(platformdirs.user_state_dir("dev-assistant", appauthor=False))


def _runtime_base() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.path.isdir(runtime):
        return Path(runtime)
    import platformdirs  # noqa: PLC0415  10 ms that the common case need not pay

    return Path(platformdirs.user_state_dir(appauthor=False))


def _refuse_unsafe(path: Path) -> None:
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise UserError(
            f"{path} is not a directory that only you can write", hint=f"chmod 700 {path}, or remove it"
        )
