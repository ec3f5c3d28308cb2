"""Files, directories and a RUNS/ that the user may not read or write. Root gives up its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk, until

pytestmark = pytest.mark.linux

NOBODY = 65534
CAPABILITIES = "-dac_override,-dac_read_search"


class Unprivileged(Desk):
    """Its commands may not override permissions; without being root they may not anyway."""

    def command(self, *arguments: str) -> list[str]:
        drop = ("setpriv", f"--bounding-set={CAPABILITIES}", f"--inh-caps={CAPABILITIES}")
        return [*(drop if os.geteuid() == 0 else ()), *super().command(*arguments)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Unprivileged]:
    with desk(tmp_path, make=Unprivileged) as place:
        assert isinstance(place, Unprivileged)
        place.project("app")
        place.write("app/a.py", "import os\n")
        place.write("app/shut.py", "import os\n")
        place.write("app/closed/b.py", "import os\n")
        if place.run("--version").returncode:
            pytest.skip("setpriv cannot give up capabilities here")
        yield place
        (place.root / "app/closed").chmod(0o755)


def states(place: Desk) -> dict[str, tuple[str, str]]:
    files = place.check()["files"]
    return {file["path"]: (file["state"], file["reason"]) for file in files if file["path"].endswith(".py")}


def test_what_may_not_be_read_fails_with_its_reason_and_returns(place: Unprivileged) -> None:
    (place.root / "app/shut.py").chmod(0)
    (place.root / "app/closed").chmod(0)
    place.start()

    assert states(place) == {"a.py": ("fresh", ""), "shut.py": ("failed", "Permission denied")}
    assert place.run("wait").returncode == 3
    row = place.status()["projects"][0]
    assert row["state"] == "degraded"
    assert row["reasons"] == [f"{place.root}/app/closed cannot be read: Permission denied"]

    (place.root / "app/shut.py").chmod(0o644)
    (place.root / "app/closed").chmod(0o755)
    until(lambda: place.status()["projects"][0]["fresh"] == 3)
    assert place.status()["projects"][0]["state"] == "watching"
    place.agree()


def test_a_runs_directory_of_somebody_else(place: Unprivileged) -> None:
    runs = place.root / "app/RUNS"
    runs.mkdir(mode=0o555)
    if os.geteuid() == 0:
        os.chown(runs, NOBODY, NOBODY)
    place.start()

    told = "\n".join(place.status()["degraded"])
    assert "verdicts and evidence of app: not written since" in told
    assert "Permission denied" in told
    assert {state for state, _ in states(place).values()} == {"fresh"}
    assert place.check()["summary"]["findings"] == 3

    runs.rmdir()
    until(lambda: place.status()["degraded"] == [])
    place.agree()
