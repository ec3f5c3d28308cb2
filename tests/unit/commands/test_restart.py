"""Which options a restart uses; that it restarts is shown with real processes in tests/system."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dev_assistant.commands.restart import Options, options_for
from dev_assistant.service.handshake import daemon_options
from dev_assistant.service.instance import Owner

WRITTEN = ("--root", "/w", "--profile", "production", "--watch-dirs", "/w/src", "/w/api")
OWNER = Owner(1, "2", "boot", "host", 3.0, "1.0", "/w", WRITTEN)
FORMER = Options(None, [Path("/w/src"), Path("/w/api")], "production")


def asked(
    workspace: Path | None = None, watch_dirs: Sequence[Path] = (), profile: str | None = None
) -> argparse.Namespace:
    return argparse.Namespace(workspace=workspace, watch_dirs=watch_dirs, profile=profile)


@pytest.mark.parametrize(
    ("args", "owner", "expected"),
    [
        (asked(), OWNER, FORMER),
        (asked(), None, Options(None, [], None)),
        (asked(watch_dirs=[Path("/w/lib")]), OWNER, FORMER._replace(watch_dirs=[Path("/w/lib")])),
        (asked(profile="none"), OWNER, FORMER._replace(profile="none")),
        (asked(workspace=Path("/")), OWNER, FORMER),
        (asked(workspace=Path("/w/w.json")), OWNER, FORMER._replace(workspace=Path("/w/w.json"))),
    ],
)
def test_the_running_daemons_options_hold_unless_others_are_given(
    args: argparse.Namespace, owner: Owner | None, expected: Options
) -> None:
    assert options_for(args, owner=owner) == expected


def test_what_daemon_options_writes_is_read_again() -> None:
    options = Options(Path("/w/w.json"), [Path("/w/src")], "development")
    owner = replace(OWNER, options=daemon_options(Path("/w"), **options._asdict()))
    assert options_for(asked(), owner=owner) == options


def test_options_of_another_version_are_passed_over() -> None:
    owner = replace(OWNER, options=("--root", "/w", "--colour", "red", "--profile", "production"))
    assert options_for(asked(), owner=owner) == Options(None, [], "production")
