from __future__ import annotations

from hypothesis import given, settings
from markdown_it import MarkdownIt

from dev_assistant.report.formats.page import markdown
from unit.report.formats.conftest import HOSTILE, PATHS


def test_the_verdict_is_green_only_with_proof(full, clean, nothing):
    assert "⚠️ **Incomplete**: 3 findings in 7 files" in markdown(full).decode()
    assert "✅ **Passed**" in markdown(clean).decode()
    assert "⚠️ **Incomplete**" in markdown(nothing).decode()


def test_what_is_left_out_is_counted_and_the_page_fits_a_step_summary(many):
    page = markdown(many)
    assert "… and 2,900 more." in page.decode()
    assert len(page) < 100_000


@settings(max_examples=40)
@given(PATHS, HOSTILE)
def test_no_name_breaks_out_of_its_table(named, path, message):
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(named(path, message)).decode())

    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings == ["dev-assistant", "Not proved", "Projects", "Rules", "Findings"]
    assert not any(token.type.startswith("html") for token in tokens)
