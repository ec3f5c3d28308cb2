"""Which options a restart uses; that it restarts is shown with real processes in tests/system."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from dev_assistant.commands.restart import options_for
from dev_assistant.service.instance import Owner

ROOT = Path("/w")
OWNER = Owner(1, "2", "boot", "host", 3.0, "1.0", "/w", ("--root", "/w", "--watch-dirs", "/w/src"))


@pytest.mark.parametrize(
    ("workspace", "watch_dirs", "owner", "expected"),
    [
        (None, [], OWNER, ("--root", "/w", "--watch-dirs", "/w/src")),
        (None, [], None, ("--root", "/w")),
        (None, [Path("/w/api")], OWNER, ("--root", "/w", "--watch-dirs", "/w/api")),
        (Path("/w/w.json"), [], OWNER, ("--root", "/w", "--workspace", "/w/w.json")),
    ],
)
def test_the_running_daemons_options_hold_unless_others_are_given(
    workspace: Path | None, watch_dirs: list[Path], owner: Owner | None, expected: tuple[str, ...]
) -> None:
    args = argparse.Namespace(workspace=workspace, watch_dirs=watch_dirs, profile=None)

    assert options_for(args, root=ROOT, owner=owner) == expected
