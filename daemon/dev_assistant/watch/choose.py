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
    try:
        return _preferred(prefer, poll_interval, beats)
    except OSError as error:
        backend = _named(prefer)
        reason = f"{backend} cannot be used ({error.strerror or error}), changes are looked for instead"
        _LOG.warning("falling back to polling", backend=backend, reason=reason, interval_s=poll_interval)
        return PollingSource(interval=poll_interval, reason=reason, beats=beats)


def better_source(
    *, prefer: Backend = "auto", poll_interval: float, beats: Beats | None = None
) -> ChangeSource | None:
    """What ``open_source`` could not give when it fell back to polling; None while it still cannot."""
    if prefer == "polling":
        return None
    try:
        return _preferred(prefer, poll_interval, beats)
    except OSError:
        return None


def _preferred(prefer: Backend, poll_interval: float, beats: Beats | None) -> ChangeSource:
    source = _OPENERS[_named(prefer)](beats)
    return SupplementedSource(source, interval=poll_interval, count=holders, beats=beats)


def _named(prefer: Backend) -> Backend:
    if prefer == "auto":
        return "inotify" if sys.platform == "linux" else "watchdog"
    return prefer


def _inotify(beats: Beats | None) -> ChangeSource:
    from dev_assistant.watch.inotify import InotifySource  # noqa: PLC0415  exists on Linux only

    return InotifySource(beats=beats, silent=SilentMounts().reason)


def _watchdog(_beats: Beats | None) -> ChangeSource:
    from dev_assistant.watch.observer import ObserverSource  # noqa: PLC0415  costs an import that Linux spares

    return ObserverSource()


_OPENERS: dict[str, Callable[[Beats | None], ChangeSource]] = {"inotify": _inotify, "watchdog": _watchdog}
