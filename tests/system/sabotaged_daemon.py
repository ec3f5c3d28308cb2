"""The daemon itself, with a thread beside it that ends others when told: ``NAME ERROR`` a line on stdin.

``ERROR`` is raised in the thread of that name once it waits, as soon as it runs its next instruction. Not
elsewhere: between the taking of a lock and the block that gives it back no error of real life can strike.
"""

from __future__ import annotations

import builtins
import ctypes
import sys
import threading

from dev_assistant.cli import main

WAITING = {"wait", "_read", "_messages", "_take"}
"""Where threads wait: threading.Condition, the source of events, the coordinator and the scribe."""
PAUSE = threading.Event()


def sabotage() -> None:
    for line in sys.stdin:
        name, error = line.split()
        threading.Thread(target=end, args=(name, getattr(builtins, error)), daemon=True).start()


def waits(ident: int) -> bool:
    """Whether the thread stands still at a place where it waits, and is not just on its way through."""
    before = sys._current_frames()[ident]
    place = before.f_lasti
    PAUSE.wait(0.05)
    after = sys._current_frames()[ident]
    return after is before and after.f_lasti == place and after.f_code.co_name in WAITING


def end(name: str, error: type[BaseException]) -> None:
    (ident,) = (thread.ident for thread in threading.enumerate() if thread.name == name)
    assert ident is not None
    while not waits(ident):
        pass
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(error))


threading.Thread(target=sabotage, name="saboteur", daemon=True).start()
sys.exit(main(["daemon-run", *sys.argv[1:]]))
