from __future__ import annotations

from dev_assistant.report.markup import Markup, element, grid, joined, picture


def test_text_and_attributes_are_escaped_and_markup_is_not():
    inner = element("b", "<i>", Markup("<br>"))
    shown = element("a", inner, "\u202e&", class_='x" onload="y', aria_label="'", id=None, width=1.25, x=2.0)
    assert shown == (
        '<a class="x&quot; onload=&quot;y" aria-label="&#39;" width="1.2" x="2">'
        "<b>&lt;i&gt;<br></b>\\u202e&amp;</a>"
    )


def test_void_elements_have_no_end():
    assert element("meta", name="a") == '<meta name="a">'


def test_what_is_joined_is_escaped_by_its_kind():
    assert joined("<", Markup("<br>")) == "&lt;<br>"


def test_a_picture_says_what_it_is():
    shown = picture(key="k", title="T", description="D", width=10, height=5.5)
    assert 'viewBox="0 0 10 5.5" role="img" aria-labelledby="k-title k-desc"' in shown
    assert '<title id="k-title">T</title><desc id="k-desc">D</desc>' in shown


def test_a_table_has_heads_of_rows_and_columns():
    shown = grid(("A", "B"), [("x", "1")], caption="C")
    assert '<th scope="col">A</th><th scope="col" class="number">B</th>' in shown
    assert '<th scope="row">x</th><td class="number">1</td>' in shown
    assert "<caption>C</caption>" in shown
