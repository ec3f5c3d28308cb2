"""The page with charts: one HTML file that needs no network, no script and nothing beside it.

A function of the published documents alone: the same statistics give the same bytes. Every chart has its
figures in a table too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dev_assistant.model import Category
from dev_assistant.report.bars import bars, columns
from dev_assistant.report.markdown import NOTHING, number, percent, plural
from dev_assistant.report.markup import Markup, element, grid, joined
from dev_assistant.report.page_style import STYLE
from dev_assistant.report.published import Figures, Picture
from dev_assistant.report.standing import Mark, Standing, sentence
from dev_assistant.report.tally import BUCKETS
from dev_assistant.report.timeline import Dot, sparkline, timeline
from dev_assistant.report.treemap import STEPS, Plot, treemap
from dev_assistant.report.trends import Point

_SIGNS = {Mark.PASSED: "✓", Mark.FINDINGS: "✕", Mark.UNKNOWN: "!", Mark.NOTHING: "\u2013"}
_WORST = 60
_LISTED = 20
_RULES = 15
_BROAD, _TALL = (1080.0, 440.0), (360.0, 520.0)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Whatever stood in the page, nothing would be loaded and no script run."""

MARK = "Written by dev-assistant report."
"""Stands in every page, so that it can be told from one of somebody else's."""

_Shown = Callable[[float], str]


def page(picture: Picture) -> str:
    """The whole document."""
    whole = picture.whole
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{whole.row.name}: code quality"),
        element("style", Markup(STYLE)),
    )
    cards = [*_over_time(whole), _categories(picture), _scores(whole), *_worst(picture)]
    if len(picture.projects) > 1 or picture.kind == "Workspace":
        cards.append(_projects(picture))
    cards.append(_rules(whole))
    main = element("main", _tiles(whole), element("div", *cards, class_="cards"))
    body = element("body", _header(picture), main, _footer())
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(picture: Picture) -> Markup:
    whole = picture.whole
    return element(
        "header",
        element("h1", element("small", picture.kind), whole.row.name),
        element("p", _mark(whole.standing), sentence(whole.standing, whole.tally), class_="standing"),
        element(
            "p",
            f"As of {_time(whole.as_of)}. What changed since is not in here.",
            class_="soft",
        ),
    )


def _footer() -> Markup:
    told = f"{MARK} Scores are from 0 to 10 and over verified files alone."
    return element("footer", element("p", told))


def _time(as_of: str) -> str:
    return as_of.replace("T", " ").replace("+00:00", " UTC")


def _mark(standing: Standing) -> Markup:
    name = standing.mark.name.lower()
    return element("span", _SIGNS[standing.mark], class_=f"dot-mark {name}", aria_hidden="true")


def _tiles(whole: Figures) -> Markup:
    row = whole.row
    unknown = row.stale + row.pending + row.failed
    tiles = (
        ("Score", number(row.avg_quality_score), " of 10", _since(whole.points, "score", number)),
        ("Files", f"{row.total_files:,}", "", f"{unknown:,} not verified, {row.skipped:,} skipped"),
        ("Files that pass", percent(row.pass_rate), "", "of those that are verified"),
        ("Findings", f"{row.total_violations:,}", "", _since(whole.points, "findings", _amount)),
        ("Security", f"{row.total_security_issues:,}", "", _since(whole.points, "security", _amount)),
    )
    return element("ul", *(_tile(*tile) for tile in tiles), class_="tiles")


def _tile(label: str, value: str, unit: str, more: str) -> Markup:
    big = element("b", value, element("span", unit) if unit and value != NOTHING else "")
    return element("li", element("span", label, class_="label"), big, element("span", more, class_="soft"))


def _since(points: tuple[Point, ...], key: str, shown: _Shown) -> str:
    """What became of a figure since the first day that is known."""
    dots = _dots(points, key)
    if len(dots) < 2:  # noqa: PLR2004  a change has two ends
        return "no earlier day is known"
    first, last = dots[0], dots[-1]
    change = last.value - first.value
    sign = "+" if change > 0 else "\u2212"
    told = "unchanged" if shown(first.value) == shown(last.value) else f"{sign}{shown(abs(change))}"
    return f"{told} since {first.date:%b} {first.date.day}"


def _card(title: str, told: str, *children: str, full: bool = False) -> Markup:
    return element(
        "section",
        element("h2", title),
        element("p", told, class_="soft"),
        *children,
        class_="full" if full else None,
    )


def _details(table: Markup, summary: str = "As a table") -> Markup:
    return element("details", element("summary", summary), table)


def _over_time(whole: Figures) -> Iterator[Markup]:
    yield _trend(whole.points, "score", title="Score over time", shown=number, most=10.0)
    yield _trend(whole.points, "findings", title="Findings over time", shown=_amount)


def _trend(
    points: tuple[Point, ...], key: str, *, title: str, shown: _Shown, most: float | None = None
) -> Markup:
    """The field ``key`` of the points."""
    dots = _dots(points, key)
    if not dots:
        return _card(title, "No day is known yet: trends begin with the first statistics that are written.")
    rows = [(str(dot.date), shown(dot.value)) for dot in reversed(dots)]
    return _card(
        title,
        f"{plural(len(dots), 'day')} to {dots[-1].date}; the last figures of a day stand for it.",
        timeline(dots, key=key, title=title, shown=shown, most=most),
        _details(grid(("Day", title.partition(" ")[0]), rows, caption=title)),
    )


def _dots(points: tuple[Point, ...], key: str) -> list[Dot]:
    values = ((point.date, getattr(point, key)) for point in points)
    return [Dot(date, known) for date, known in values if known is not None]


def _amount(value: float) -> str:
    return f"{value:,.0f}"


def _categories(picture: Picture) -> Markup:
    counts = picture.whole.row.counts.each
    amounts = [(category.value, count) for category, count in zip(Category, counts, strict=True)]
    rows = [(each.row.name, *(f"{count:,}" for count in each.row.counts.each)) for each in picture.projects]
    title = "Findings by category"
    table = grid(
        ("Project", *(category.value for category in Category)), rows, caption=f"{title} and project"
    )
    told = "One security finding costs a file as much as five of lint."
    return _card(title, told, bars(amounts, key="categories", title=title), _details(table))


def _scores(whole: Figures) -> Markup:
    labels = [*(f"{low}\u2013{low + 1}" for low in range(BUCKETS - 1)), "10"]
    title = "Files by score"
    amounts = list(zip(labels, whole.row.distribution, strict=False))
    rows = [(label, f"{files:,}") for label, files in reversed(amounts)]
    table = grid(("Score", "Files"), rows, caption=title)
    return _card(title, "Verified files alone.", columns(amounts, key="scores", title=title), _details(table))


def _worst(picture: Picture) -> Iterator[Markup]:
    plots = _plots(picture)
    if not plots:
        return
    title = "Worst files"
    maps = (
        element(
            "div",
            treemap(plots, key=f"worst-{name}", title=title, width=size[0], height=size[1]),
            class_=name,
        )
        for name, size in (("broad", _BROAD), ("tall", _TALL))
    )
    keys = (
        element("li", element("i", class_=f"k{step}", aria_hidden="true"), f"score {words}")
        for step, words in enumerate(STEPS)
    )
    rows = [_plot_row(plot) for plot in plots[:_LISTED]]
    table = grid(
        ("File", "Project", "Most frequent", "Findings", "Security", "Score"),
        rows,
        left=3,
        caption="Lowest scores first",
    )
    told = (
        f"The {plural(len(plots), 'file')} with the lowest scores: the area is findings, the shade the score."
    )
    summary = f"The worst {len(rows)} as a table"
    yield _card(title, told, *maps, element("ul", *keys, class_="key"), _details(table, summary), full=True)


def _plots(picture: Picture) -> list[Plot]:
    plots = [
        Plot(each.row.name, file) for each in picture.projects for file in each.problems if file.findings > 0
    ]
    plots.sort(key=lambda plot: (plot.file.score, -plot.file.findings, plot.project, plot.file.path))
    return plots[:_WORST]


def _plot_row(plot: Plot) -> tuple[str, ...]:
    file = plot.file
    rules = joined(*(element("code", f"{rule.rule} ") for rule in file.top_rules[:3]))
    figures = (f"{file.findings:,}", f"{file.counts.security:,}", number(file.score))
    return element("code", file.path), plot.project, rules, *figures


def _projects(picture: Picture) -> Markup:
    header = ("Project", "Standing", "Score over time", "Score", "Files", "Pass", "Findings", "Security")
    rows = [_project_row(place, each) for place, each in enumerate(picture.projects)]
    told = f"{plural(len(rows), 'project')}, each as its own statistics have it."
    return _card("Projects", told, grid(header, rows, left=3, caption="Projects by name"), full=True)


def _project_row(place: int, figures: Figures) -> tuple[str, ...]:
    row = figures.row
    dots = _dots(figures.points, "score")
    title = f"Score of {row.name} over time"
    spark = sparkline(dots, key=f"project-{place}", title=title, shown=number) if dots else NOTHING
    standing = element("span", _mark(figures.standing), figures.standing.words, class_="state")
    return (
        row.name,
        standing,
        spark,
        number(row.avg_quality_score),
        f"{row.total_files:,}",
        percent(row.pass_rate),
        f"{row.total_violations:,}",
        f"{row.total_security_issues:,}",
    )


def _rules(whole: Figures) -> Markup:
    rules = whole.row.top_rules[:_RULES]
    if not rules:
        return _card("Top rules", "No rule is broken.", full=True)
    rows = [
        (element("code", rule.rule), rule.verifier, f"{rule.findings:,}", f"{rule.files:,}") for rule in rules
    ]
    table = grid(("Rule", "Verifier", "Findings", "Files"), rows, left=2, caption="The most findings first")
    return _card("Top rules", "dev-assistant explain RULE says what one is about.", table, full=True)
