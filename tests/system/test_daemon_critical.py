"""Real git decides which file is critical, and thus which gets deep analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from system.daemon_process import RUFF_ALONE, Desk, desk
from system.repository import commit, git

pytestmark = pytest.mark.linux

RISKY = "print(eval(input()))\n"
LONG = RISKY + "".join(f"N{number} = {number}\n" for number in range(101))


class CriticalDesk(Desk):
    """With deep analysis of what is critical."""

    settings: ClassVar[Mapping[str, str]] = {**RUFF_ALONE, "deep": "critical"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, make=CriticalDesk) as place:
        app = place.project("app")
        place.write("app/auth.py", RISKY)
        git(app, "init", "-q")
        commit(app)
        place.start()
        yield place


def rules(document: dict[str, Any]) -> set[str]:
    (file,) = (file for file in document["files"] if file["path"] == "auth.py")
    return {finding["rule"] for finding in file["findings"]}


def test_changes_bring_deep_analysis_and_a_commit_ends_it(place: Desk) -> None:
    assert rules(place.agree()) == set()
    place.write("app/auth.py", LONG)
    assert rules(place.agree()) == {"S307"}
    (entry,) = place.document("why", str(place.projects["app"] / "auth.py"))["projects"]
    assert entry["criticality"]["is_critical"] is True
    assert entry["deep"]["reason"] == "critical files only; this one is: 0.6 of 0.5"
    assert "101 lines changed since HEAD: 0.2" in entry["criticality"]["reasons"]
    commit(place.projects["app"])
    assert rules(place.agree()) == set()
