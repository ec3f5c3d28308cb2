"""What stands in for a verifier's scope while its tool is missing or does not work."""

from __future__ import annotations

from dev_assistant.files import digest_of
from dev_assistant.model import RelPath
from dev_assistant.ports import Broken, Claim, Reach, Verifier


class BrokenScope:
    """Claims what ``verifier`` handles: such files fail with ``reason``."""

    def __init__(self, verifier: Verifier, reason: str) -> None:
        self._verifier = verifier
        self.reason = reason
        self.digest = digest_of(reason.encode("utf-8", "surrogateescape"))

    def claims(self, path: RelPath) -> Claim:
        return Broken(self.reason) if self._verifier.handles(path) else None

    def configures(self, path: RelPath) -> bool:  # noqa: ARG002
        """Nothing can be told of its configuration."""
        return False

    def reach(self, path: RelPath) -> Reach:  # noqa: ARG002
        return Reach.ITSELF

    def outside(self) -> tuple[str, ...]:
        return ()

    def configured_by(self, path: RelPath) -> None:  # noqa: ARG002  the port's; no file has a say
        return None
