"""The daemon itself, with a thread beside it that ends others when told: ``NAME ERROR`` a line on stdin.

``ERROR`` is raised in the thread of that name, wherever it is, as soon as it runs its next instruction.
"""

from __future__ import annotations

import builtins
import ctypes
import sys
import threading

from dev_assistant.cli import main


def sabotage() -> None:
    for line in sys.stdin:
        name, error = line.split()
        for thread in threading.enumerate():
            if thread.name == name and thread.ident is not None:
                raised = ctypes.py_object(getattr(builtins, error))
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), raised)


threading.Thread(target=sabotage, name="saboteur", daemon=True).start()
sys.exit(main(["daemon-run", *sys.argv[1:]]))
