from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dev_assistant.report.markdown import (
    chart,
    code,
    file_code,
    link,
    moved,
    number,
    percent,
    plural,
    spark,
    table,
    target,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40) | st.text(
    "|`\\ \n*<>[]()!@", max_size=20
)


def cells_of(lines):
    """The body of the only table, as inline tokens, cell by cell."""
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(lines))
    assert [token.type for token in tokens if token.level == 0] == ["table_open", "table_close"]
    body = [index for index, token in enumerate(tokens) if token.type == "td_open"]
    return [tokens[index + 1] for index in body]


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=4))
def test_no_text_leaves_its_cell(rows):
    cells = cells_of(
        table(("A", "B", "C"), [(code(left), link(right, to=right), "1") for left, right in rows])
    )

    assert len(cells) == 3 * len(rows)
    for plain, linked, figure in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
        assert {token.type for token in plain.children} <= {"code_inline", "text"}
        assert "html_inline" not in {token.type for token in linked.children}
        assert figure.content == "1"


@given(ANY_TEXT.filter(str.strip))
def test_text_is_shown_as_code_and_whole(foreign):
    (cell,) = cells_of(table(("A",), [(code(foreign),)]))
    (span,) = cell.children

    assert span.type == "code_inline"
    assert span.content.strip() or not foreign.isprintable()


@given(st.binary(min_size=1, max_size=255).filter(lambda name: b"\0" not in name))
def test_a_link_leads_to_exactly_its_file(name):
    path = name.decode("utf-8", "surrogateescape")

    assert unquote_to_bytes(target(f"../../{path}")) == b"../../" + name
    assert target(path).isascii()
    assert not set(target(path)) & set(" ()<>[]\"'\\|`:@#?")


def test_a_script_is_no_link_target():
    assert "javascript:" not in link("a](javascript:alert(1))", to="a](javascript:alert(1))").split("](")[-1]


def test_a_name_that_no_file_can_have_is_still_a_target():
    assert target("a\ud800/\udcff") == "a%EF%BF%BD/%FF"


def test_nothing_is_a_dash():
    assert code("") == code("  ") == number(None) == percent(None) == "-"


def test_long_text_is_cut_where_it_tells_least():
    assert code("x" * 300) == "`" + "x" * 159 + "…`"
    assert file_code("d/" * 150 + "end.py").endswith("/end.py`")
    assert len(file_code("x" * 300)) == 162


def test_bars_are_to_scale_and_nothing_but_zero_is_empty():
    assert chart([("a", 240), ("bb", 120), ("c", 1), ("d", 0)]) == [
        "```text",
        " a ████████████████████████ 240",
        "bb ████████████             120",
        " c ▏                        1",
        " d                          0",
        "```",
    ]
    assert chart([]) == ["```text", "```"]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([0, 7], "▁█"),
        ([1, 1], "▁▁"),
        ([None, 3, None], "·▁·"),
        ([None], "·"),
        ([], ""),
        ([0, 1, 2, 3], "▁▃▆█"),
    ],
)
def test_spark(values, line):
    assert spark(values) == line


def test_a_hundred_percent_means_all():
    assert percent(1.0) == "100 %"
    assert percent(0.9999) == "99.9 %"


def test_plural():
    assert [plural(1, "file"), plural(2, "file"), plural(2, "directory", "directories")] == [
        "1 file",
        "2 files",
        "2 directories",
    ]


def test_links_of_a_page_that_moves_lead_to_the_same_files():
    page = f"{link('a b.py', to='../../app/a b.py')} [ours](other.md)"
    assert moved(page, by="../../RUNS/stats") == "[`a b.py`](../../app/a%20b.py) [ours](other.md)"
    assert moved(page, by="../w (1)/RUNS/stats") == "[`a b.py`](../w%20%281%29/app/a%20b.py) [ours](other.md)"
