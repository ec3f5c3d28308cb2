"""The secret of the user's caches: made once, private, and in memory where it cannot be kept."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.places import CACHE_KEY
from dev_assistant.record.secret import UserSecret, is_own, new_mark
from fakes.points import armed

KIND = b"kind"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "cache.key"


def secret(file: Path, **environ: str) -> UserSecret:
    return UserSecret(file, environ=environ)


def test_who_only_reads_makes_none(file: Path) -> None:
    assert secret(file).known() is None
    assert not file.parent.exists()


def test_it_is_made_once_and_found_by_all(file: Path) -> None:
    made = secret(file).own()
    assert len(made) == 32
    assert secret(file).own() == secret(file).known() == made == file.read_bytes()


def test_it_is_the_users_alone(file: Path) -> None:
    secret(file).own()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert os.listdir(file.parent) == [file.name]


def test_many_that_begin_at_once_agree(file: Path) -> None:
    with ThreadPoolExecutor(8) as executor:
        made = set(executor.map(lambda _: secret(file).own(), range(32)))
    assert len(made) == 1
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.parametrize(
    "plant",
    [
        lambda file: file.write_bytes(b"torn"),
        lambda file: file.write_bytes(bytes(33)),
        lambda file: (file.write_bytes(bytes(32)), file.chmod(0o644)),
        lambda file: file.symlink_to("/dev/zero"),
        os.mkfifo,
    ],
    ids=["torn", "long", "readable by others", "link", "fifo"],
)
def test_what_cannot_be_a_secret_is_replaced(file: Path, plant: Callable[[Path], object]) -> None:
    file.parent.mkdir(mode=0o700)
    plant(file)

    assert secret(file).known() is None
    assert secret(file).own() == secret(file).own() == file.read_bytes()
    assert stat.S_IMODE(file.lstat().st_mode) == 0o600


@pytest.mark.parametrize("point", ["runtime.mkdir", "secret.write", "secret.sync", "secret.name"])
def test_a_disk_that_refuses_leaves_it_in_memory(
    file: Path, point: str, caplog: pytest.LogCaptureFixture
) -> None:
    one = secret(file)
    with armed(f"{point}=error:ENOSPC"):
        made = one.own()
    assert one.own() == one.known() == made
    assert sum("this run only" in record.getMessage() for record in caplog.records) == 1
    assert not list(file.parent.glob("*")) and not list(file.parent.glob(".*"))
    assert secret(file).own() != made


def test_a_directory_that_others_can_write_keeps_none(file: Path) -> None:
    file.parent.mkdir()
    file.parent.chmod(0o777)
    secret(file).own()
    assert list(file.parent.iterdir()) == []


def test_what_a_killed_process_left_is_removed(file: Path) -> None:
    file.parent.mkdir(mode=0o700)
    file.with_name(".cache.key.123.tmp").write_bytes(b"half")
    secret(file).own()
    assert os.listdir(file.parent) == [file.name]


def test_the_variable_stands_for_the_file(file: Path) -> None:
    given = secret(file, **{CACHE_KEY: " correct horse battery staple "})
    assert given.own() == given.known()
    assert len(given.own()) == 32
    assert given.own() == secret(file / "elsewhere", **{CACHE_KEY: "correct horse battery staple"}).own()
    assert given.own() != secret(file, **{CACHE_KEY: "correct horse battery stapler"}).own()
    assert not file.parent.exists()


@given(st.binary(), st.binary(min_size=1, max_size=32))
def test_only_the_secret_makes_a_mark(forged: bytes, other: bytes) -> None:
    own = bytes(32)
    mark = new_mark(own, KIND)
    assert is_own(mark, own, KIND)
    assert not is_own(forged, own, KIND)
    assert not is_own(mark, own, b"another kind")
    assert not is_own(mark[:-1] + bytes([mark[-1] ^ 1]), own, KIND)
    assert is_own(mark, other, KIND) == (other == own)


@pytest.mark.parametrize("mark", [None, 7, "text", b""])
def test_what_is_no_mark_is_not_ours(mark: object) -> None:
    assert not is_own(mark, bytes(32), KIND)
