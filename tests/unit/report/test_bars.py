from __future__ import annotations

import re

from dev_assistant.report.bars import bars, columns


def widths(svg):
    return [float(width) for width in re.findall(r'width="([\d.]+)" height="14" rx="3" class="bar"', svg)]


def test_bars_are_in_proportion_and_nothing_has_none():
    svg = bars([("lint", 100), ("design", 50), ("security", 0)], key="k", title="T")
    assert widths(svg) == [560, 280]
    assert "lint: 100; design: 50; security: 0." in svg


def test_the_smallest_amount_can_be_seen():
    assert widths(bars([("a", 1_000_000), ("b", 1)], key="k", title="T")) == [560, 4]


def test_nothing_at_all_is_drawn_as_such():
    assert 'class="bar"' not in bars([("a", 0)], key="k", title="T")
    assert 'class="bar"' not in columns([("a", 0)], key="k", title="T")


def test_columns_name_what_they_stand_on():
    svg = columns([("0", 1), ("<1", 3)], key="k", title="T")
    assert "<title>&lt;1: 3 files</title>" in svg
    heights = [float(tall) for tall in re.findall(r'height="([\d.]+)" rx="[\d.]+" class="bar"', svg)]
    assert heights[0] == round(heights[1] / 3, 1)
