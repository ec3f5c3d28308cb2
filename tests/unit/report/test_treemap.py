from __future__ import annotations

import re

from dev_assistant.model import Counts
from dev_assistant.report.stats import FileCount, ProblemRow
from dev_assistant.report.treemap import Plot, treemap


def plot(project="app", path="src/a.py", *, score=5.0, findings=4):
    rules = (FileCount("F401", findings),)
    return Plot(project, ProblemRow(path, score, findings, Counts(lint=findings), rules))


def drawn(*plots, width=600.0, height=300.0):
    return treemap(plots, key="m", title="T", width=width, height=height)


def test_a_file_says_all_of_itself():
    svg = drawn(plot(path="src/<a>.py"))
    assert "<title>app: src/&lt;a&gt;.py · score 5.00 · 4 findings · F401 4</title>" in svg
    assert ">&lt;a&gt;.py</text>" in svg
    assert ">4 · 5.0</text>" in svg


def test_the_shade_follows_the_score():
    scores = (0.0, 1.9, 2.0, 5.5, 7.9, 8.0, 10.0)
    svg = drawn(*(plot(path=f"{score}.py", score=score) for score in scores))
    told = {float(score): int(step) for score, step in re.findall(r"score ([\d.]+) .*?cell s(\d)", svg)}
    assert told == {0.0: 0, 1.9: 0, 2.0: 1, 5.5: 2, 7.9: 3, 8.0: 4, 10.0: 4}


def test_projects_stand_together_the_largest_first():
    svg = drawn(plot("b", "1"), plot("a", "2", findings=50), plot("b", "3"))
    assert re.findall(r"<title>(\w): (\d)", svg) == [("a", "2"), ("b", "1"), ("b", "3")]
    assert re.findall(r'class="name">(\w)<', svg) == ["a", "b"]


def test_names_that_do_not_fit_are_cut_or_left_out():
    long = plot(path="a_very_long_name_of_a_module.py")
    assert "a_very_lon…" in drawn(long, width=100)
    assert "<text" not in drawn(long, width=20)
    assert "<text" not in drawn(long, height=10)


def test_the_worst_is_told_in_words():
    svg = drawn(plot(path="a", score=3.25), plot(path="b", score=1.5, findings=1))
    assert "2 files with 5 findings; b of app has the lowest score, 1.50." in svg
