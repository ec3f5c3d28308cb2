from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dev_assistant.model import Checked, FileRecord, FileState, Finding, Measure, Part, summarize
from dev_assistant.report.functions import functions, worst_functions

COMPLEX, LONG, NEST = "DA120", "DA104", "DA106"


@pytest.fixture(scope="session")
def measuring(finding) -> Callable[..., FileRecord]:
    def record(*measured: tuple[str, int, str, int], state: FileState = FileState.FRESH) -> FileRecord:
        found: list[Finding] = [
            finding(rule, line, measure=Measure(name, value, 15)) for rule, line, name, value in measured
        ]
        return FileRecord(state, None, (Part("deep", "0" * 32, summarize(Checked(tuple(found)))),))

    return record


def named(*views) -> list[tuple[str, int]]:
    return [(each.found.measure.function, each.found.measure.value) for each in worst_functions(views)]


def test_the_most_complex_come_first_then_the_longest(project, measuring):
    a = project("a", {"x.py": measuring((COMPLEX, 3, "A.f", 20), (LONG, 9, "h", 400))})
    b = project("b", {"y.py": measuring((COMPLEX, 1, "g", 30)), "z.py": measuring((LONG, 1, "i", 500))})

    assert named(a, b) == [("g", 30), ("A.f", 20), ("i", 500), ("h", 400)]


def test_only_what_was_found_in_present_bytes(project, measuring, record):
    files = {
        "stale.py": measuring((COMPLEX, 1, "old", 99), state=FileState.STALE),
        "failed.py": measuring((COMPLEX, 1, "new", 16), state=FileState.FAILED),
        "other.py": measuring((NEST, 1, "deep", 50)),
        "plain.py": record(F401=3),
    }

    assert named(project(files=files)) == [("new", 16)]
    assert functions((project(files={"a.py": record()}),), "/w") == []


def test_ten_are_shown_and_the_others_counted(project, measuring):
    many = measuring(*((COMPLEX, line, f"f{line}", 100 - line) for line in range(1, 26)))
    view = project(files={"src/x.py": many, "src/y.py": measuring((LONG, 7, "B.long", 1234))})

    lines = functions((view,), "/w")

    assert lines[0] == "| Function | Place | Project | Measured | Value | Limit |"
    assert lines[2] == (
        "| `f1` | [`src/x.py:1`](../../backend/src/x.py) | `backend` | cognitive complexity | 99 | 15 |"
    )
    assert len(lines) == 2 + 10 + 2
    assert lines[-1] == "… and 16 more findings"
    assert functions((project(files={"y.py": measuring((LONG, 7, "B.l", 1234))}),), "/w")[2].endswith(
        "| lines of code | 1,234 | 15 |"
    )


@given(st.permutations(["a.py", "b.py", "c.py"]))
def test_order_of_discovery_does_not_show(project, measuring, order):
    view = project(files={path: measuring((COMPLEX, 1, path, 20)) for path in order})

    assert [name for name, _ in named(view)] == ["a.py", "b.py", "c.py"]


@pytest.mark.parametrize(
    "hostile", ["`a`|b", "<script>x</script>", "![x](http://e)", "@team #1", "a\nb", "\\`"]
)
def test_no_name_breaks_out_of_its_cell(project, measuring, hostile):
    view = project(hostile, {f"{hostile}.py": measuring((COMPLEX, 1, hostile, 20))}, root="/w/x")

    html = MarkdownIt("commonmark").enable("table").render("\n".join(functions((view,), "/w")))

    assert html.count("<td") == 6
    assert "<script" not in html
    assert "<img" not in html
