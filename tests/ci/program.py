"""``dev-assistant`` on the PATH of shell steps, run by processes that have imported it already."""

from __future__ import annotations

import json
import socketserver
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from system import prepared

_SECONDS = 120.0
_CLIENT = """\
#!{python} -IS
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    server.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
    server.shutdown(socket.SHUT_WR)
    status, out, err = json.load(server.makefile())
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(status)
"""


class _Call(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        arguments, cwd, environ = json.load(self.rfile)
        done = prepared.run(arguments, cwd=Path(cwd), environ=environ, timeout=_SECONDS)
        self.wfile.write(json.dumps([done.returncode, done.stdout, done.stderr]).encode())


@contextmanager
def on_path() -> Iterator[str]:
    """A directory for PATH, with the program in it as long as the context lives."""
    with tempfile.TemporaryDirectory() as directory:
        address = f"{directory}/socket"
        client = Path(directory, "bin", "dev-assistant")
        client.parent.mkdir()
        client.write_text(_CLIENT.format(python=sys.executable, address=address))
        client.chmod(0o755)
        with socketserver.ThreadingUnixStreamServer(address, _Call) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield str(client.parent)
            finally:
                server.shutdown()
                thread.join()
