"""A resolver says what ``os.path.realpath`` says."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dev_assistant.workspace.resolve import Resolver

_PARTS = ("d", "file", "link", "loop", "up", "out", "missing", ".", "..", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths=st.lists(st.lists(st.sampled_from(_PARTS), max_size=6), min_size=1, max_size=4))
def test_it_agrees_with_realpath(tmp_path: Path, paths: list[list[str]]) -> None:
    if not (tmp_path / "d").exists():
        (tmp_path / "d" / "d").mkdir(parents=True)
        (tmp_path / "d" / "file").touch()
        for name, target in {"link": "d", "loop": "loop", "up": "..", "out": "/", "d/link": "../d/d"}.items():
            (tmp_path / name).symlink_to(target)
    resolved = Resolver()
    for parts in paths:
        path = "/".join([str(tmp_path), *parts])
        assert resolved(path) == os.path.realpath(path)


def test_a_path_longer_than_any_call_takes_is_resolved() -> None:
    path = "/" + "x/" * 20_000 + "y"
    assert Resolver()(path) == os.path.realpath(path)
