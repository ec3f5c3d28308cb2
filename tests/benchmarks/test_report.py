"""The report says what the runs say, and nothing else."""

from xml.etree import ElementTree

import chart
import history
import report
from figures import Goal, Row


def run_of(time: str, median: float) -> history.Run:
    """A run of one scenario with two rows."""
    run: history.Run = {
        "time": time,
        "profile": "quick",
        "note": "a test",
        "revision": "0123456789ab",
        "machine": {"cores": 2, "memory_gb": 4, "python": "3.11.0", "load": [0.5, 0, 0]},
        "versions": {"ruff": "0.0.0"},
        "scenarios": [],
    }
    goals = (Goal("p50 in ms", median, 4.0), Goal("never measured", float("nan"), 1.0))
    rows = [Row("dev-assistant", "ms", (median,) * 3, goals=goals), Row("a | b", "ms", (9.0,) * 3, errors=2)]
    history.add(run, name="saves", files=1_000, seconds=1.0, rows=rows)
    return run


def test_the_newest_result_of_a_scenario_counts() -> None:
    runs = [run_of("2026-01-01T00:00:00", 3.0), run_of("2026-01-02T00:00:00", 5.0)]

    text = "\n".join(report.page(runs))

    assert "| saves | 1,000 | p50 in ms | 5 | ≤ 4 | **no** |" in text
    assert "| saves | 1,000 | never measured |  | ≤ 1 | **no** |" in text
    assert "| saves: dev-assistant, ms | 1,000 | 3 | 5 |" in text
    assert "a \\| b" in text
    assert text.count("0123456789ab") == 1


def test_what_failed_is_told() -> None:
    run = run_of("2026-01-01T00:00:00", 3.0)
    history.failed(run, name="burst", files=1_000, seconds=1.0, error="Unanswered: no")

    assert "Could not be measured: Unanswered: no" in "\n".join(report.page([run]))


def test_a_chart_is_xml_whatever_its_labels_are() -> None:
    shown = [chart.Bar("<ours> & theirs", 1.0, 2.0, ours=True), chart.Bar("slow", 900.0, 2_000.0, ours=False)]

    drawn = ElementTree.fromstring(chart.bars("title", "ms", shown))

    text = "".join(drawn.itertext())
    assert "<ours> & theirs" in text
    assert "logarithmic" in text
    assert len([each for each in drawn.iter() if each.tag.endswith("line")]) == 2
