"""One thread for what takes long and must not hold up the coordinator: walking trees, asking tools.

Errands for a person (a new directory, a saved configuration) overtake the audit.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable

from dev_assistant.beats import Beats
from dev_assistant.model import Urgency

Errand = Callable[[], None]


class Errands:
    """Runs callables one after the other. ``failed`` is told of an exception; the thread lives on."""

    def __init__(self, *, failed: Callable[[BaseException], None], beats: Beats | None = None) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Errand | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._failed = failed
        self._beats = beats or Beats()
        self._stopped = threading.Event()
        self._started = False
        self._thread = self._new_thread()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="errands", daemon=True)

    def start(self) -> None:
        self._started = True
        self._thread.start()

    def revive(self) -> list[str]:
        """Go on in a new thread when the old one has ended although nobody stopped it; its name then.

        The errand that it was at is over: each answers for itself, whatever ends it.
        """
        if not self._started or self._stopped.is_set() or self._thread.is_alive():
            return []
        self._thread = self._new_thread()
        self._thread.start()
        return [self._thread.name]

    def run(self, errand: Errand, *, urgency: Urgency) -> None:
        self._queue.put((urgency, next(self._order), errand))

    def stop(self, timeout: float) -> bool:
        """End after the present step; True when the thread has ended within ``timeout`` seconds."""
        self._stopped.set()
        self._queue.put((-1, next(self._order), None))
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopped.is_set():
            _, _, errand = self._queue.get()
            if errand is None:
                return
            try:
                with self._beats.at("reading the tree or its configuration"):
                    errand()
            except Exception as error:  # noqa: BLE001  the thread must outlive any one errand
                self._failed(error)
