from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Clock
from dev_assistant.watch.mounts import Mount, MountTable, SilentMounts, mount_of, read_mounts

TABLE = rb"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home/ann/net rw,nosuid - nfs4 host:/export rw,vers=4.2
31 22 0:41 / /home/ann/with\040blank rw master:2 propagate_from:1 - fuse.sshfs host:/ rw
32 30 8:1 /x /home/ann/net/local rw - ext4 /dev/sda1 rw
33 22 0:50 / /merged rw - overlay overlay rw,lowerdir=/a,upperdir=/b
torn line
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mountinfo"
    path.write_bytes(TABLE)
    return path


@pytest.mark.parametrize(
    ("path", "kind", "silent"),
    [
        ("/home/ann", "ext4", False),
        ("/home/ann/net", "nfs4", True),
        ("/home/ann/net/a/b", "nfs4", True),
        ("/home/ann/network", "ext4", False),
        ("/home/ann/net/local/x", "ext4", False),
        ("/home/ann/with blank/x", "fuse.sshfs", True),
        ("/merged/x", "overlay", False),
    ],
)
def test_the_longest_mount_decides(table: Path, path: str, kind: str, silent: bool) -> None:
    mount = mount_of(path, read_mounts(table))
    assert mount is not None
    assert (mount.kind, mount.silent) == (kind, silent)


def test_a_system_that_does_not_tell_has_no_mounts(tmp_path: Path) -> None:
    assert read_mounts(tmp_path / "none") == ()
    assert mount_of("/", ()) is None


def test_the_root_of_the_system_is_its_own() -> None:
    assert not Mount("/", "9p", "rw").silent
    assert Mount("/mnt/c", "9p", "rw").silent


def test_a_mount_that_comes_later_is_seen(clock: Clock) -> None:
    mounts = [Mount("/", "ext4", "rw")]
    silent = SilentMounts(lambda: tuple(mounts), now=clock)
    assert silent.reason("/mnt/x") == ""
    mounts.append(Mount("/mnt", "cifs", "rw"))
    assert silent.reason("/mnt/x") == ""
    clock.advance(5.0)
    assert "cifs (mounted at /mnt)" in silent.reason("/mnt/x")
    assert silent.reason("/srv") == ""


def test_what_was_mounted_or_unmounted_is_told_once(table: Path) -> None:
    following = MountTable(table)
    assert following.changed() == ()
    lines = TABLE.splitlines()
    table.write_bytes(b"\n".join([*lines[:-2], rb"34 22 0:51 / /home/ann\040b rw - tmpfs tmpfs rw", b"torn"]))
    assert following.changed() == ("/home/ann b", "/merged")
    assert following.changed() == ()
    following.close()


def test_without_a_table_nothing_is_followed(tmp_path: Path) -> None:
    following = MountTable(tmp_path / "none")
    assert following.descriptor is None
    assert following.changed() == ()
    following.close()
