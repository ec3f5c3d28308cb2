"""Every relative link and anchor of the documents leads somewhere, and every page can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents import DOCS, PAGES, REPOSITORY, anchors, broken, links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_each_page_of_the_documentation_stands_in_its_index() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / link.target.partition("#")[0]).resolve() for link in links(index)}
    pages = {page for page in DOCS.rglob("*.md") if "decisions" not in page.parts}
    assert sorted(str(page) for page in pages - linked - {index}) == []


def test_what_leads_nowhere_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    (tmp_path / "other.md").write_text("# The `other` one: 1 + 1\n\n# Twice\n\n## Twice\n")
    page.write_text(
        "# Here\n\n[a](other.md) [b](other.md#the-other-one-1--1) [c](#here) ![d](https://x.test/y)\n\n"
        "[e](other.md#twice-1) `[f](no.md)`\n\n    [g](no.md)\n\n"
        "| [h](no.md) |\n| --- |\n| [i](other.md#no) |\n\n[j](#no) [k](../outside.md)\n"
    )
    (tmp_path.parent / "outside.md").write_text("")
    assert broken(page, within=tmp_path) == [
        "page.md:9: no.md",
        "page.md:11: other.md#no",
        "page.md:13: #no",
        "page.md:13: ../outside.md",
    ]


def test_anchors_are_those_of_a_forge() -> None:
    assert {"exit-status", "tooldev-assistant"} & anchors(REPOSITORY / "README.md") == {"exit-status"}
