"""A daemon that does nothing: the real lock, handshake and control socket, run as its own process."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from dev_assistant.places import Runtime
from dev_assistant.serve.server import ControlServer
from dev_assistant.service.handshake import Readiness
from dev_assistant.service.instance import Instance, read_owner


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("runtime", type=Path)
    parser.add_argument("--ready-fd", type=int)
    parser.add_argument("--mode", default="good")
    args = parser.parse_args()
    runtime = Runtime(args.runtime)
    readiness = Readiness(args.ready_fd)
    if args.mode == "crash":
        raise RuntimeError("broken on purpose")
    if args.mode == "refuse":
        readiness.failed("workspace.json is broken", hint="mend it", status=2)
        return 2
    if args.mode == "hang":
        threading.Event().wait()
    instance = Instance.acquire(runtime, workspace=args.runtime, version="1.2.3", options=("--root", "/w"))
    if instance is None:
        readiness.running(read_owner(runtime))
        return 0
    return serve(args, runtime, readiness, instance)


def serve(args: argparse.Namespace, runtime: Runtime, readiness: Readiness, instance: Instance) -> int:
    stop = threading.Event()
    if args.mode in ("deaf", "stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN if args.mode == "stubborn" else lambda *_: stop.set())
        readiness.ready(instance.owner)
        stop.wait()
        return 0
    handlers = {"status": lambda _: {"state": "idle"}, "stop": lambda _: [stop.set()]}
    server = ControlServer(runtime.socket, handlers)
    server.start()
    readiness.ready(instance.owner)
    stop.wait()
    server.stop()
    instance.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
