"""What every process of a guarded interpreter does to the world, as lines of a journal.

``sandbox`` copies this file into the site-packages of an interpreter of the test's own, where a ``.pth``
imports it at each start, also under ``-I``. Standard library alone; what is noted is judged by ``verdicts``.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import threading

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/tty", "/dev/ptmx", "/dev/pts/")
_PLACES = {
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.rename": (0, 1),
    "os.link": (0, 1),
    "os.symlink": (1,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.truncate": (0,),
    "os.utime": (0,),
    "os.setxattr": (0,),
    "os.removexattr": (0,),
    "shutil.rmtree": (0,),
}
"""Events that change what a path names, and which of their arguments are paths."""

_BELOW = {"os.mkdir": 2, "os.remove": 1, "os.rmdir": 1}
"""Which argument is the descriptor of the directory that the path counts from, or -1."""

_PROGRAMS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.spawn"})
_SOCKETS = frozenset({"socket.connect", "socket.bind", "socket.sendto"})


class Hook:
    """Notes what matters; ``tree`` is the watched tree, from which no code may come."""

    def __init__(self, journal: str, tree: str) -> None:
        self._journal = journal
        self._tree = tree
        self._inside = threading.local()

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if getattr(self._inside, "now", False):
            return
        self._inside.now = True
        try:
            self._take(event, args)
        finally:
            self._inside.now = False

    def _take(self, event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            self._opened(args[0], args[2])
        elif event in _PLACES:
            for place in _PLACES[event]:
                if not isinstance(args[place], int):
                    self._note(event, _entry(_below(event, args, str(_text(args[place])))))
        elif event in _PROGRAMS:
            self._note("program", str(_text(args[0])))
        elif event in _SOCKETS:
            self._note("socket", _address(args[1]))
        elif event == "sqlite3.connect":
            self._database(str(_text(args[0])))
        elif event == "exec":
            self._executed(str(getattr(args[0], "co_filename", "")))

    def _opened(self, path: object, flags: object) -> None:
        text = str(_text(path))
        if isinstance(path, int) or not isinstance(flags, int) or text == self._journal:
            return
        if flags & _WRITING:
            self._note("write", _entry(text) if flags & os.O_NOFOLLOW else os.path.realpath(text))
        if not flags & os.O_NONBLOCK and _blocks(text):
            self._note("blocking", text)

    def _database(self, name: str) -> None:
        path = name.removeprefix("file:").partition("?")[0]
        for suffix in ("", "-wal", "-shm", "-journal"):
            self._note("write", os.path.realpath(path + suffix))
            if _blocks(path + suffix):
                self._note("blocking", path + suffix)

    def _executed(self, filename: str) -> None:
        if filename.startswith(self._tree):
            self._note("code", filename)

    def _note(self, what: str, path: str) -> None:
        line = json.dumps([os.getpid(), what, path]).encode() + b"\n"
        descriptor = os.open(self._journal, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


def _below(event: str, args: tuple[object, ...], path: str) -> str:
    directory = args[_BELOW[event]] if event in _BELOW else -1
    return path if directory == -1 else os.path.join(os.path.realpath(f"/proc/self/fd/{directory}"), path)


def _text(path: object) -> object:
    try:
        return os.fsdecode(path)  # type: ignore[arg-type]
    except TypeError:
        return path


def _entry(path: object) -> str:
    """The directory entry itself: links in its directory are resolved, one in its place is not."""
    head, name = os.path.split(os.path.abspath(str(_text(path))))
    return os.path.join(os.path.realpath(head), name)


def _address(address: object) -> str:
    return _entry(address) if isinstance(address, str | bytes) else repr(address)


def _blocks(path: str) -> bool:
    """Whether opening this waits for somebody: a FIFO or a device, also behind a link."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    special = stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode)
    return special and not os.path.realpath(path).startswith(_DEVICES)


def install() -> None:
    """Hook this process, as the file beside this one says."""
    with open(os.path.join(os.path.dirname(__file__), "auditing.json"), encoding="utf-8") as file:
        sys.addaudithook(Hook(**json.load(file)))
