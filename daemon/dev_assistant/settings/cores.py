"""How many workers the machine carries when nobody says."""

from __future__ import annotations

from typing import Final

MOST_WORKERS: Final = 6
"""Beyond that verifying waits for the disk and the coordinator."""


def default_workers(cores: int) -> int:
    """Half of the usable cores and one more, at most six: 1→1, 2→2, 4→3, 8→5, 10 and more→6."""
    return max(1, min(cores, cores // 2 + 1, MOST_WORKERS))
