"""Running the user's program for alerts: without a shell, one at a time, on a thread of its own.

The command comes from the user's own settings alone (``settings.marks.Personal``): what a repository holds
reaches it as data, in JSON and in variables, never as a part of the command.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Sequence

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.escape import path_text, visible
from dev_assistant.logs import get_logger
from dev_assistant.service.alerts import Edge

TIMEOUT = 10.0
"""Seconds that the command may take."""

_WAITING = 32
_OUTPUT = 1 << 16
_TEXT = 2_000  # characters of a message
_LOG = get_logger("daemon")

_Call = tuple[tuple[str, ...], Edge]


class AlertCommand:
    """``call`` returns at once. Its thread is started by the first alert there is."""

    def __init__(self, *, root: str, children: process.Children) -> None:
        self._root = root
        self._children = children
        self._calls: queue.Queue[_Call] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None

    def call(self, command: Sequence[str], edge: Edge) -> None:
        """Run the command for one alert, after those that wait; none while there is no command."""
        if not command:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
            self._thread.start()
        try:
            self._calls.put_nowait((tuple(command), edge))
        except queue.Full:
            _LOG.warning("alert_command is too slow: this alert is not handed to it", alert=edge.alert.name)

    def drain(self) -> None:
        """Return when every call so far has ended."""
        self._calls.join()

    def _run(self) -> None:
        while True:
            command, edge = self._calls.get()
            try:
                self._carry_out(command, edge)
            finally:
                self._calls.task_done()

    def _carry_out(self, command: Sequence[str], edge: Edge) -> None:
        document = document_of(edge, root=self._root)
        environ = {f"DEV_ALERT_{key.upper()}": document[key] for key in ("name", "state", "message")}
        try:
            done = process.run(
                command,
                cwd="/",
                timeout=TIMEOUT,
                stdin=json.dumps(document).encode() + b"\n",
                limit=_OUTPUT,
                children=self._children,
                environ=environ,
            )
        except ToolError as error:
            _LOG.warning("alert_command failed", reason=str(error))
            return
        if done.status:
            said = done.stderr[-500:].decode("utf-8", "replace")
            _LOG.warning("alert_command failed", status=done.status, stderr=said)


def document_of(edge: Edge, *, root: str) -> dict[str, str]:
    """What the command is told: foreign text without control characters, whatever a project is called."""
    return {
        "schema": "dev-assistant/alert@1",
        "name": _clean(edge.alert.name),
        "state": "raised" if edge.raised else "over",
        "message": _clean(edge.alert.message),
        "workspace": _clean(root),
    }


def _clean(text: str) -> str:
    return visible(path_text(text))[:_TEXT]
