"""The least that a save needs: inotify, and a living ``ruff server`` that is asked about the file.

No cache, no configuration that changes, no storm, no order, no lost event: the limit to compare with.

    python benchmarks/bare_pipe.py RUFF TREE
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

CLOSE_WRITE, MOVED_TO = 0x8, 0x80
LIBC = ctypes.CDLL(None, use_errno=True)
EVENT = struct.Struct("iIII")


class Server:
    """Speaks LSP with ``ruff server``, one request at a time."""

    def __init__(self, ruff: str, tree: str) -> None:
        self._process = subprocess.Popen([ruff, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        root = f"file://{tree}"
        folders = [{"uri": root, "name": "tree"}]
        capabilities = {"textDocument": {"diagnostic": {}}}
        self.ask("initialize", {"rootUri": root, "capabilities": capabilities, "workspaceFolders": folders})
        self._send({"method": "initialized", "params": {}})

    def ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self._send({"id": 1, "method": method, "params": parameters})
        while "result" not in (answer := self._receive()):
            pass
        return answer["result"]

    def diagnose(self, path: str) -> list[str]:
        uri = f"file://{path}"
        with open(path, encoding="utf-8", errors="replace") as file:
            document = {"uri": uri, "languageId": "python", "version": 1, "text": file.read()}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        report = self.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        self._send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}})
        return [item["message"] for item in report["items"]]

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        size = 0
        while (line := self._process.stdout.readline().strip()) or not size:
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self._process.stdout.read(size))
        return message


def saves(tree: str) -> Iterator[str]:
    """Paths of modules as they are closed or moved into place."""
    descriptor = LIBC.inotify_init1(os.O_CLOEXEC)
    watched = {
        LIBC.inotify_add_watch(descriptor, os.fsencode(directory), CLOSE_WRITE | MOVED_TO): directory
        for directory, _, _ in os.walk(tree)
    }
    while True:
        data, at = os.read(descriptor, 1 << 16), 0
        while at < len(data):
            watch, _, _, size = EVENT.unpack_from(data, at)
            name = data[at + EVENT.size : at + EVENT.size + size].rstrip(b"\0").decode()
            at += EVENT.size + size
            if name.endswith(".py"):
                yield os.path.join(watched[watch], name)


def main() -> None:
    ruff, tree = sys.argv[1:]
    server = Server(ruff, tree)
    for path in saves(tree):
        print(path, *server.diagnose(path), flush=True)


if __name__ == "__main__":
    main()
