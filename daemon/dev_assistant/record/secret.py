"""The secret that tells a cache of this user from one that came with a repository.

A database says in a mark what it is, and the mark is authenticated with the secret: who cannot read the
secret cannot make one. Losing the secret costs what losing the cache costs, which is time.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import threading
from collections.abc import Mapping
from pathlib import Path

from dev_assistant import failpoints
from dev_assistant.errors import UserError
from dev_assistant.files import drop_temporaries
from dev_assistant.logs import get_logger
from dev_assistant.places import CACHE_KEY, private_directory, user_state_directory

_NAME = "cache.key"
_SIZE = 32  # bytes of the secret
_IDENTITY = 16  # bytes of a database's random name for itself
_FORBIDDEN = 0o077  # to anybody else
_OPEN = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LOG = get_logger("record")


class UserSecret:
    """``known`` for who only reads, ``own`` for who writes. Any thread may ask.

    It is the variable's, where ``DEV_ASSISTANT_CACHE_KEY`` is set, else that of the file in the user's state
    directory. Where no file can be kept it is in memory, and holds for this process.
    """

    def __init__(self, file: Path | None = None, *, environ: Mapping[str, str] = os.environ) -> None:
        self._file = file
        self._environ = environ
        self._fleeting: bytes | None = None
        self._lock = threading.Lock()

    def known(self) -> bytes | None:
        """The secret, if there is one by now; makes and changes nothing."""
        if given := self._environ.get(CACHE_KEY, "").strip():
            return hashlib.blake2b(given.encode("utf-8", "surrogateescape"), digest_size=_SIZE).digest()
        return self._fleeting or _read(self._place())

    def own(self) -> bytes:
        """The secret, made now if there is none. Never raises for what the disk refuses."""
        with self._lock:
            return self.known() or self._made()

    def _place(self) -> Path:
        return self._file or user_state_directory() / _NAME

    def _made(self) -> bytes:
        file = self._place()
        try:
            made = _keep(file, secrets.token_bytes(_SIZE))
        except (OSError, UserError) as error:
            if kept := _read(file):
                return kept  # another process was faster
            self._fleeting = made = secrets.token_bytes(_SIZE)
            _LOG.warning(
                "caches hold for this run only: their secret cannot be kept",
                file=str(file),
                reason=str(error),
            )
        return made


OWN = UserSecret()
"""This process's, so that all its stores and readers agree also where the secret is in memory alone."""


def new_mark(secret: bytes, kind: bytes) -> bytes:
    """The mark of a database that is made now; ``kind`` says which form it has."""
    identity = secrets.token_bytes(_IDENTITY)
    return identity + _authentication(secret, kind, identity)


def is_own(mark: object, secret: bytes, kind: bytes) -> bool:
    """Whether this mark was made with this secret for this kind."""
    if not isinstance(mark, bytes):
        return False
    return hmac.compare_digest(mark[_IDENTITY:], _authentication(secret, kind, mark[:_IDENTITY]))


def _authentication(secret: bytes, kind: bytes, identity: bytes) -> bytes:
    return hashlib.blake2b(kind + identity, key=secret, person=b"verification.db").digest()


def _read(file: Path) -> bytes | None:
    """What a file of ours holds; None for one that is not there, not whole, or that others can read."""
    try:
        descriptor = os.open(file, _OPEN)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        private = status.st_uid == os.geteuid() and not status.st_mode & _FORBIDDEN
        data = os.read(descriptor, _SIZE + 1) if private and stat.S_ISREG(status.st_mode) else b""
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return data if len(data) == _SIZE else None


def _keep(file: Path, secret: bytes) -> bytes:
    """The secret that the file holds from now on: that of another process, if it was faster.

    What stands there and holds none (a torn one, a link, one that others can read) is replaced. Raises
    OSError, UserError.
    """
    private_directory(file.parent)
    temporary = file.with_name(f".{file.name}.{secrets.randbits(62)}.tmp")
    failpoints.hit("secret.write")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as handle:
            handle.write(secret)
            handle.flush()
            failpoints.hit("secret.sync")
            os.fsync(handle.fileno())
        failpoints.hit("secret.name")
        _name(temporary, file)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    drop_temporaries(file.parent)  # of processes that were killed; whoever is at it finds our file
    return _read(file) or secret


def _name(temporary: Path, file: Path) -> None:
    """A link is never made over a file that another process has just put there; a rename would be."""
    try:
        os.link(temporary, file)
    except FileExistsError:
        if _read(file) is None:
            os.replace(temporary, file)
    except OSError:  # a file system without hard links
        os.replace(temporary, file)
