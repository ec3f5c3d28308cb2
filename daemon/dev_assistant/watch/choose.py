"""The best change source that this machine can give, and why it is not a better one.

On Linux the fallback is polling and not watchdog, which needs an inotify instance just as well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Literal

from dev_assistant.beats import Beats
from dev_assistant.logs import get_logger
from dev_assistant.ports import ChangeSource
from dev_assistant.watch.holders import holders
from dev_assistant.watch.mounts import SilentMounts
from dev_assistant.watch.polling import PollingSource
from dev_assistant.watch.supplement import SupplementedSource

Backend = Literal["auto", "inotify", "watchdog", "polling"]

_LOG = get_logger("watch")


def open_source(
    *, prefer: Backend = "auto", poll_interval: float, beats: Beats | None = None
) -> ChangeSource:
    """A source that is not started. When it cannot be ``prefer``, it polls every ``poll_interval`` seconds.

    The reason then stands in ``health().note``. A source that runs out of watches polls the rest.
    """
    if prefer == "polling":
        return PollingSource(interval=poll_interval, beats=beats)
    if prefer == "auto":
        prefer = "inotify" if sys.platform == "linux" else "watchdog"
    try:
        return SupplementedSource(_OPENERS[prefer](beats), interval=poll_interval, count=holders, beats=beats)
    except OSError as error:
        reason = f"{prefer} cannot be used ({error.strerror or error}), changes are looked for instead"
        _LOG.warning("falling back to polling", backend=prefer, reason=reason, interval_s=poll_interval)
        return PollingSource(interval=poll_interval, reason=reason, beats=beats)


def _inotify(beats: Beats | None) -> ChangeSource:
    from dev_assistant.watch.inotify import InotifySource  # noqa: PLC0415  exists on Linux only

    return InotifySource(beats=beats, silent=SilentMounts().reason)


def _watchdog(_beats: Beats | None) -> ChangeSource:
    from dev_assistant.watch.observer import ObserverSource  # noqa: PLC0415  costs an import that Linux spares

    return ObserverSource()


_OPENERS: dict[str, Callable[[Beats | None], ChangeSource]] = {"inotify": _inotify, "watchdog": _watchdog}
