"""The page read as a browser reads it: every element closed, nothing asked of anybody, every chart named."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import msgspec
import pytest

from dev_assistant.escape import html
from dev_assistant.report.artefacts import project_artefacts, workspace_artefacts
from dev_assistant.report.page import page
from dev_assistant.report.published import Figures, Picture, of_project, of_workspace
from hostile.corpus import NAMES

NOON = 1_700_049_600.0
VOID = {"meta"}
REFERENCES = {"src", "href", "srcset", "action", "data", "poster", "background", "xlink:href", "formaction"}


class Reader(HTMLParser):
    """What is open, what was met, and the text of each element by its tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.met if name == tag]


@pytest.fixture
def picture(project, workspace, record):
    def picture(*names: str, paths: tuple[str, ...] = ("a.py", "b.py")) -> Picture:
        views = [project(name, {path: record(F401=3, S101=1) for path in paths}) for name in names]
        made = {view.name: project_artefacts(view, trends=None, now=NOON) for view in views}
        known = {name: figures(files) for name, files in made.items()}
        files = workspace_artefacts(workspace(*views), trends=None, now=NOON)
        return of_workspace(files["workspace_stats.json"], files["trends.json"], known, place="here")

    return picture


def figures(files: dict[str, bytes]) -> Figures:
    return of_project(files["team_stats.json"], files["problem_files.json"], files["trends.json"], place="x")


def test_every_element_is_closed_and_nothing_is_asked_of_anybody(picture):
    text = page(picture("app", "lib"))
    reader = Reader(text)

    assert reader.open == []
    assert {tag for tag, _ in reader.met}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "a", "base"}
    )
    assert not any(REFERENCES & attributes.keys() for _, attributes in reader.met)
    assert not re.search(r"url\(|@import|https?:|\bon\w+=", text)
    assert "default-src 'none'" in str(reader.all("meta"))


def test_every_chart_has_a_name_a_description_and_a_table(picture):
    reader = Reader(page(picture("app", "lib")))

    ids = [attributes["id"] for _, attributes in reader.met if "id" in attributes]
    assert len(ids) == len(set(ids))
    charts = reader.all("svg")
    assert len(charts) == 4 + 2 + 2  # the four cards, the map in two forms, a line for each project
    for chart in charts:
        assert chart["role"] == "img"
        assert set(str(chart["aria-labelledby"]).split()) <= set(ids)
    assert len(reader.all("details")) == 5
    captions = [text for tag, text in reader.texts if tag == "caption"]
    assert {"Score over time", "Findings over time", "Files by score", "Lowest scores first"} <= set(captions)


def test_what_a_tree_is_called_stands_as_text(picture):
    names = tuple(name.decode("utf-8", "surrogateescape") for name in NAMES.values())
    shown = picture("<script>alert(1)</script>", "b&\"'", paths=names)
    reader = Reader(page(shown))

    assert reader.open == []
    assert not reader.all("script")
    assert not reader.all("img")
    assert ("th", "<script>alert(1)</script>") in reader.texts
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page(shown))


def test_the_same_statistics_give_the_same_bytes(picture):
    assert page(picture("app", "lib")) == page(picture("lib", "app"))


def test_a_page_of_one_project_has_no_list_of_projects(project, record):
    files = project_artefacts(project(files={"a.py": record(F401=1)}), trends=None, now=NOON)
    one = figures(files)
    texts = Reader(page(Picture("Project", one, (one,)))).texts
    assert ("h2", "Projects") not in texts
    assert ("h2", "Worst files") in texts


def test_a_clean_project_has_no_worst_files(project, record):
    one = figures(project_artefacts(project(files={"a.py": record()}), trends=None, now=NOON))
    texts = [text for _, text in Reader(page(Picture("Project", one, (one,)))).texts]
    assert "Worst files" not in texts
    assert "Passed: no finding in 1 judged file, and nothing is unknown." in texts


def test_what_is_not_known_is_said(project):
    one = figures(project_artefacts(project(files={}), trends=None, now=NOON))._replace(points=())
    texts = [text for _, text in Reader(page(Picture("Project", one, (one,)))).texts]
    assert "no earlier day is known" in texts
    assert any(text.startswith("No day is known yet") for text in texts)
    assert "Nothing is judged: no file to judge." in texts


def test_the_change_since_the_first_day_is_told(picture):
    shown = picture("app")
    today = shown.whole.points[0]
    earlier = msgspec.structs.replace(
        today, date=today.date - dt.timedelta(days=9), score=9.0, findings=2, security=2
    )
    whole = shown.whole._replace(points=(earlier, today))
    texts = [text for _, text in Reader(page(shown._replace(whole=whole))).texts]
    assert {"\u22120.60 since Nov 6", "+6 since Nov 6", "unchanged since Nov 6"} <= set(texts)


def test_the_encoder_leaves_nothing_that_opens_anything():
    assert html("<a href=\"'&\n") == "&lt;a href=&quot;&#39;&amp;\\x0a"
