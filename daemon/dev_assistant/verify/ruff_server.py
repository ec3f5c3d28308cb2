"""A few files at a time through a living ``ruff server``, about 1 ms a file.

A server can be wrong without a word: it falls back to default rules when a configuration is broken, ignores
later edits of it, and answers "no findings" for files that it leaves out. So it has to prove, for each
configuration, that its settings are those of ``ruff check``, and for each clean file that it would see a
syntax error in it.
"""

from __future__ import annotations

import collections
import functools
import os
import threading
import time
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

import msgspec

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.model import Checked, Finding
from dev_assistant.verify import lsp
from dev_assistant.verify.findings import Position, checked, finding, portable
from dev_assistant.verify.ruff_group import Group
from dev_assistant.verify.ruff_settings import deciding

_BROKEN_SOURCE: Final = "(\n"
_ERROR: Final = 1
_START_SECONDS: Final = 5.0
_BACKOFF_SECONDS: Final = 2.0
_BACKOFF_LIMIT: Final = 300.0
_DEBUG_COMMAND: Final = "ruff.printDebugInformation"
_BOM: Final = "\ufeff"
_SERVED: Final = (".py", ".pyi")


class Document(NamedTuple):
    """A file as it is to be judged: ``path`` is absolute, ``text`` the decoded bytes."""

    path: str
    text: str
    group: Group


class Key(NamedTuple):
    """What a server is started for: another configuration is another server.

    ``rules`` are selectors that hold instead of whatever the tree configures.
    """

    root: str
    folders: tuple[str, ...]
    scope: str
    version: str
    rules: tuple[str, ...] = ()


class _Place(msgspec.Struct, frozen=True, gc=False):
    line: int
    character: int

    def position(self) -> Position:
        return Position(self.line + 1, self.character + 1)


class _Range(msgspec.Struct, frozen=True, gc=False):
    start: _Place
    end: _Place


class _Link(msgspec.Struct, frozen=True, gc=False):
    href: str


class _Fix(msgspec.Struct, frozen=True, gc=False):
    edits: tuple[msgspec.Raw, ...] = ()


class _Diagnostic(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    range: _Range
    message: str
    code: str | None = None
    code_description: _Link | None = None
    data: _Fix | None = None


class _Report(msgspec.Struct, frozen=True, gc=False):
    items: tuple[_Diagnostic, ...]


class _Shown(msgspec.Struct, frozen=True, gc=False):
    message: str
    type: int = 0


_REPORT = msgspec.json.Decoder(_Report)


class Session:
    """One ``ruff server`` for one project and configuration. Callers take turns, bounded in time."""

    def __init__(self, ruff: str, key: Key, *, children: process.Children) -> None:
        """Raises ToolError when the server does not start."""
        self._turn = threading.Lock()
        self._root, self._folders = key.root, key.folders
        self._proofs: dict[tuple[str | None, str], bool] = {}
        self._seen: set[str] = set()
        self._refused: set[str] = set()
        self._server = lsp.Server(
            [ruff, "server", "--untrusted-workspace"], cwd=key.root, notified=self._hear, children=children
        )
        try:
            self._initialize(key, time.monotonic() + _START_SECONDS)
        except ToolError:
            self._server.stop()
            raise

    @property
    def alive(self) -> bool:
        return self._server.alive

    def check(self, documents: Sequence[Document], *, timeout: float) -> dict[str, Checked]:
        """Verdicts on those documents that this server can be believed about; the others are left out.

        Raises ToolError when it ends, hangs or talks nonsense; it is of no use then.
        """
        deadline = time.monotonic() + timeout
        if not self._turn.acquire(timeout=timeout):
            return {}
        try:
            proofs = self._proofs
            fit = [d for d in documents if d.path not in self._refused and self._agrees(d, deadline)]
            verdicts = self._judge(fit, deadline)
            if proofs is not self._proofs:  # an error was told of meanwhile
                return {}
            return {path: verdict for path, verdict in verdicts.items() if path not in self._refused}
        finally:
            self._turn.release()

    def stop(self) -> None:
        self._server.stop()

    def _initialize(self, key: Key, deadline: float) -> None:
        params = {
            "processId": os.getpid(),
            "rootUri": None,
            "capabilities": {
                "general": {"positionEncodings": ["utf-32"]},
                "textDocument": {"diagnostic": {"dynamicRegistration": False}},
            },
            "workspaceFolders": [{"uri": _uri(folder), "name": folder} for folder in key.folders],
            "initializationOptions": {"settings": {"logLevel": "error", **_configured(key.rules)}},
        }
        self._server.call("initialize", params, deadline=deadline)
        self._server.send(lsp.notification("initialized", {}), deadline=deadline)

    def _hear(self, method: str, params: bytes) -> None:
        """On the reader thread: an error message takes away all proof, whatever it is about."""
        if method == "window/showMessage" and msgspec.json.decode(params, type=_Shown).type == _ERROR:
            self._proofs = {}

    def _agrees(self, document: Document, deadline: float) -> bool:
        """Whether the server has the settings for this file that ``ruff check`` has.

        Asked once for each configuration in each folder: outside them all it has defaults of its own.
        """
        proofs = self._proofs
        about = document.group.config, self._folder(document.path)
        agrees = proofs.get(about)
        if agrees is None:
            agrees = proofs[about] = self._settings(document.path, deadline) == _text(document.group)
        return agrees

    def _folder(self, path: str) -> str:
        return max((folder for folder in self._folders if path.startswith(folder + "/")), key=len, default="")

    def _settings(self, path: str, deadline: float) -> str:
        uri = _uri(path)
        self._server.send(_opened(uri, ""), deadline=deadline)
        arguments = [{"textDocument": {"uri": uri, "version": 1}}]
        answer = self._server.call(
            "workspace/executeCommand", {"command": _DEBUG_COMMAND, "arguments": arguments}, deadline=deadline
        )
        self._server.send(_closed(uri), deadline=deadline)
        return deciding(msgspec.json.decode(answer, type=str))

    def _judge(self, documents: Sequence[Document], deadline: float) -> dict[str, Checked]:
        reports = self._diagnose([(d.path, d.text) for d in documents], deadline)
        verdicts = {d.path: checked(_findings(reports[d.path], d, self._root)) for d in documents}
        self._seen.update(path for path, verdict in verdicts.items() if verdict.findings)
        unproven = [path for path in verdicts if path not in self._seen]
        answers = self._diagnose([(path, _BROKEN_SOURCE) for path in unproven], deadline)
        self._seen.update(path for path, report in answers.items() if report.items)
        self._refused.update(path for path, report in answers.items() if not report.items)
        return verdicts

    def _diagnose(self, documents: Sequence[tuple[str, str]], deadline: float) -> dict[str, _Report]:
        asked: dict[int, str] = {}
        messages = []
        for path, text in documents:
            uri = _uri(path)
            identity, question = self._server.request(
                "textDocument/diagnostic", {"textDocument": {"uri": uri}}
            )
            asked[identity] = path
            messages += [_opened(uri, text), question, _closed(uri)]
        self._server.send(b"".join(messages), deadline=deadline)
        reports: dict[str, _Report] = {}
        while len(reports) < len(asked):
            reply = self._server.receive(deadline=deadline)
            if reply.error is not None:
                raise ToolError(f"ruff server failed: {reply.error}")
            reports[asked[reply.id]] = _report(reply.result)
        return reports


class Servers:
    """The living servers, at most ``limit``; the one that was longest idle makes room. Thread-safe.

    The servers of a project in which one fails are not asked again for a while, twice as long each time.
    """

    def __init__(self, *, limit: int = 4) -> None:
        self._limit = limit
        self._children = process.Children()
        self._lock = threading.Lock()
        self._sessions: collections.OrderedDict[Key, Session] = collections.OrderedDict()
        self._starting: set[Key] = set()
        self._failures: collections.Counter[str] = collections.Counter()  # by the project's root
        self._resume: dict[str, float] = {}

    def check(
        self, ruff: str, key: Key, documents: Sequence[Document], *, timeout: float
    ) -> dict[str, Checked]:
        """Verdicts on those documents that a server can be believed about. Does not raise."""
        session = None
        try:
            session = self._session(ruff, key)
            if session is None:
                return {}
            verdicts = session.check(documents, timeout=timeout)
        except (ToolError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
            self._failed(key, session)
            return {}
        self._failures.pop(key.root, None)
        return verdicts

    def lives(self, key: Key) -> bool:
        """Whether there is a server for this."""
        with self._lock:
            session = self._sessions.get(key)
            return session is not None and session.alive

    def begin(self, ruff: str, key: Key, documents: Sequence[Document], *, timeout: float) -> None:
        """Start a server on a thread of its own, for what is asked later; it gets to know ``documents``."""
        with self._lock:
            if key in self._starting or time.monotonic() < self._resume.get(key.root, 0.0):
                return
            self._starting.add(key)
            children = self._children
        begin = functools.partial(self._begin, ruff, key, documents, timeout, children)
        threading.Thread(target=begin, name="ruff-server-start", daemon=True).start()

    def _begin(
        self,
        ruff: str,
        key: Key,
        documents: Sequence[Document],
        timeout: float,
        children: process.Children,
    ) -> None:
        try:
            if children is self._children:  # not closed meanwhile
                self.check(ruff, key, documents, timeout=timeout)
        finally:
            with self._lock:
                self._starting.discard(key)

    def close(self) -> None:
        """End all servers."""
        with self._lock:
            sessions = list(self._sessions.values())
            self._sessions.clear()
            ending, self._children = self._children, process.Children()
        ending.end()  # also one that is only starting
        for session in sessions:
            session.stop()

    def _session(self, ruff: str, key: Key) -> Session | None:
        with self._lock:
            session = self._sessions.get(key)
            if session is not None and session.alive:
                self._sessions.move_to_end(key)
                return session
            if time.monotonic() < self._resume.get(key.root, 0.0):
                return None
            children = self._children
        started = Session(ruff, key, children=children)
        with self._lock:
            if children is not self._children:  # closed meanwhile
                started.stop()
                return None
            ended = [self._sessions.pop(key)] if key in self._sessions else []
            self._sessions[key] = started
            while len(self._sessions) > self._limit:
                ended.append(self._sessions.popitem(last=False)[1])
        for old in ended:
            old.stop()
        return started

    def _failed(self, key: Key, session: Session | None) -> None:
        """``session`` is of no use any more; another one that was started meanwhile is."""
        with self._lock:
            if session is not None and self._sessions.get(key) is session:
                del self._sessions[key]
            self._failures[key.root] += 1
            failures = self._failures[key.root]
            pause = min(_BACKOFF_SECONDS * 2 ** (failures - 2), _BACKOFF_LIMIT)
            self._resume[key.root] = time.monotonic() + (pause if failures > 1 else 0.0)
        if session is not None:
            session.stop()


def fits(path: str, text: str) -> bool:
    """Whether a server can judge such a file as ``ruff check`` does.

    It counts a byte order mark as a column, and takes a notebook for Python.
    """
    return path.endswith(_SERVED) and path.isprintable() and not text.startswith(_BOM)


def _configured(rules: Sequence[str]) -> dict[str, object]:
    """The settings by which a server leaves the tree's configuration alone; none without rules of ours."""
    if not rules:
        return {}
    return {"configuration": {"lint": {"select": rules}}, "configurationPreference": "editorOnly"}


def _uri(path: str) -> str:
    return "file://" + quote(os.fsencode(path))


def _opened(uri: str, text: str) -> bytes:
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    return lsp.notification("textDocument/didOpen", {"textDocument": document})


def _closed(uri: str) -> bytes:
    return lsp.notification("textDocument/didClose", {"textDocument": {"uri": uri}})


def _text(group: Group) -> str | None:
    return group.settings.text if group.settings else None


def _report(data: bytes) -> _Report:
    return _REPORT.decode(data)


def _findings(report: _Report, document: Document, root: str) -> list[Finding]:
    codes = document.group.settings.codes if document.group.settings else {}
    return [_finding(item, codes, document.path, root) for item in report.items]


def _finding(item: _Diagnostic, codes: dict[str, str], path: str, root: str) -> Finding:
    """In preview ``code`` is the rule's name or missing; the link to the documentation ends in the name."""
    name = item.code_description.href.rpartition("/")[2] if item.code_description else ""
    rule = codes.get(name) or item.code or name
    start, end = item.range.start.position(), item.range.end.position()
    message = portable(item.message, path, root=root)
    return finding(rule, message, start, end, fixable=bool(item.data and item.data.edits))
