"""What the gate makes of three sides, and how it says it."""

from pathlib import Path

from corpus import Workspace
from gate import AGAIN, BASE, CANDIDATE, CONDITIONS, Side, judged, table


def side(name: str, samples: dict[str, float]) -> Side:
    """One that gave nearly the same in every round: 100, or what ``samples`` say."""
    made = Side(name, "dev-assistant", Workspace(Path(), (), 0), Path())
    for condition in CONDITIONS:
        made.samples[condition] = [samples.get(condition, 100.0) + number / 10 for number in range(10)]
    return made


def test_each_condition_is_judged_by_its_kind() -> None:
    changed = {"status, ms": 130.0, "memory of all processes, MB": 120.0, "check --json, ms": 60.0}
    changed["100 files at once, files a second"] = 80.0

    found = judged([side(BASE, {}), side(AGAIN, {}), side(CANDIDATE, changed)])

    assert {name for name, each in found.items() if each.regressed} == {
        "status, ms",
        "100 files at once, files a second",
    }


def test_the_table_has_a_line_for_each_condition() -> None:
    found = judged([side(BASE, {}), side(AGAIN, {}), side(CANDIDATE, {"status, ms": 130.0})])

    head, *lines = table(found)

    assert head.split() == ["condition", "change", "limit", "noise", "chance"]
    assert [line.split("  ")[0] for line in lines] == [*CONDITIONS]
    (worse,) = (line for line in lines if "REGRESSED" in line)
    assert worse.startswith("status, ms")
    assert "+29.9%" in worse
    assert "20%" in worse
