"""A git that nobody runs: what HEAD holds of each working tree is what the test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dev_assistant.analysis.line_changes import changed_lines
from dev_assistant.files import Content, digest_of
from dev_assistant.model import Digest
from dev_assistant.watch.git import GitTree
from dev_assistant.watch.git_head import UNKNOWN, Changed, Unknown


@dataclass(slots=True)
class FakeHead:
    """Implements ``Committed``; ``blobs`` are the files that HEAD has. ``compared`` lists what was read."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    compared: list[str] = field(default_factory=list)

    def refresh(self) -> None:
        """Nothing is remembered of HEAD."""

    def blob(self, path: str) -> str:
        return digest_of(self.blobs[path]) if path in self.blobs else ""

    def known(self, path: str, digest: Digest) -> Changed | Unknown:
        return 0 if path in self.blobs and digest_of(self.blobs[path]) == digest else UNKNOWN

    def changed(self, contents: Mapping[str, Content]) -> dict[str, Changed]:
        self.compared += contents
        return {path: changed_lines(self.blobs.get(path, b""), each.data) for path, each in contents.items()}


@dataclass(slots=True)
class FakeGit:
    """Gives the HEAD of each working tree, by its top directory."""

    heads: dict[str, FakeHead] = field(default_factory=dict)

    def __call__(self, tree: GitTree) -> FakeHead:
        return self.heads.setdefault(tree.top, FakeHead())


def commit(top: Path, head: FakeHead) -> None:
    """Make HEAD what stands on disk now; nothing tells of it but the files that git writes."""
    git = top / ".git"
    git.mkdir(exist_ok=True)
    head.blobs = {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*.py")}
    moved = git / "HEAD.lock"
    moved.write_text(f"{hash(frozenset(head.blobs.items())):064x}\n")
    moved.replace(git / "HEAD")
