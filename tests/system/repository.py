"""git as a person types it, with an identity of nobody."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(root: Path, *arguments: str) -> None:
    """One command in the repository."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, timeout=60, capture_output=True)


def commit(root: Path) -> None:
    """All that is there."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")
