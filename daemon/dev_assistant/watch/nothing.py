"""A source for a single look: it covers nothing and never reports a change."""

from __future__ import annotations

from collections.abc import Callable

from dev_assistant.ports import SourceEvent, SourceHealth


class NoSource:
    """Implements ``ChangeSource`` for commands that judge what is there and end."""

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        """Nothing will ever be posted."""

    def cover(self, directory: str) -> bool:  # noqa: ARG002  the port's
        return True

    def uncover(self, directory: str) -> None:
        """Nothing was covered."""

    def health(self) -> SourceHealth:
        return SourceHealth("none", 0)

    def stop(self) -> None:
        """Nothing runs."""
