"""The limits of a /proc that the test has made; events and watches are met in test_inotify.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.watch.inotify_calls import WATCHES, limit

pytestmark = pytest.mark.linux


def test_the_smaller_limit_counts_and_is_named(tmp_path: Path) -> None:
    for setting, value in zip(WATCHES, ("100", "20"), strict=True):
        file = tmp_path / "sys" / setting.replace(".", "/")
        file.parent.mkdir(parents=True)
        file.write_text(value)
    assert limit(WATCHES, proc=tmp_path) == (20, WATCHES[1])


def test_a_kernel_without_user_namespaces_has_one_limit(tmp_path: Path) -> None:
    file = tmp_path / "sys" / WATCHES[0].replace(".", "/")
    file.parent.mkdir(parents=True)
    file.write_text("100\n")
    assert limit(WATCHES, proc=tmp_path) == (100, WATCHES[0])


def test_a_system_that_tells_nothing_has_no_limit(tmp_path: Path) -> None:
    assert limit(WATCHES, proc=tmp_path) is None
