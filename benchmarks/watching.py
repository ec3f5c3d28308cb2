"""A watcher in a process of its own that does nothing with what it is told but remember it.

It prints a line when it watches: how long that took, and how many directories. For each line on standard
input it answers with one: the processor seconds used so far, and how many different files it was told of.

    python benchmarks/watching.py dev-assistant|watchdog|watchfiles DIR
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

Told = set[str]


def with_dev_assistant(root: str, told: Told) -> None:
    """The daemon's own source, each directory covered as the daemon does."""
    from dev_assistant.ports import Hints, SourceEvent
    from dev_assistant.watch.inotify import InotifySource

    def post(event: SourceEvent) -> None:
        if isinstance(event, Hints):
            told.update(f"{hint.directory}/{hint.name}" for hint in event.hints)

    source = InotifySource()
    source.start(post)
    for directory, _, _ in os.walk(root):
        source.cover(directory)


def with_watchdog(root: str, told: Told) -> None:
    """An observer that is asked for closed files alone."""
    from watchdog.events import FileClosedEvent, FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    class Handler(FileSystemEventHandler):
        def on_closed(self, event: FileSystemEvent) -> None:
            told.add(str(event.src_path))

    observer = Observer()
    observer.schedule(Handler(), root, recursive=True, event_filter=[FileClosedEvent])
    observer.start()


def with_watchfiles(root: str, told: Told) -> None:
    """Its generator with its defaults; nothing says when it is ready: its first step ends after a wait."""
    from watchfiles import watch

    changes = watch(root, watch_filter=None, rust_timeout=100, yield_on_timeout=True)
    next(changes)

    def follow() -> None:
        for each in changes:
            told.update(path for _, path in each)

    threading.Thread(target=follow, daemon=True).start()


WAYS: dict[str, Callable[[str, Told], None]] = {
    "dev-assistant": with_dev_assistant,
    "watchdog": with_watchdog,
    "watchfiles": with_watchfiles,
}


def watches() -> int:
    """How many inotify watches this process has."""
    lines = 0
    for file in Path("/proc/self/fdinfo").iterdir():
        try:
            lines += file.read_text().count("\ninotify ")
        except OSError:  # the descriptor that listed the directory is closed
            continue
    return lines


def main() -> None:
    way, root = sys.argv[1:]
    told: Told = set()
    begun = time.monotonic()
    WAYS[way](root, told)
    print(json.dumps({"ready_s": time.monotonic() - begun, "watches": watches()}), flush=True)
    for _ in sys.stdin:
        print(json.dumps({"cpu_s": time.process_time(), "files": len(told)}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
