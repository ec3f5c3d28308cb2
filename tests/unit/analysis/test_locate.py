"""Lines and columns are those of a plain split of the text."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.locate import Locator


def slow(text: str, offset: int) -> tuple[int, int]:
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    line = max(number for number, start in enumerate(starts, 1) if start <= offset)
    return line, offset - starts[line - 1] + 1


@settings(max_examples=40)
@given(st.text("ab\r\né\u2028", max_size=30), st.data())
def test_every_place_in_any_order(text: str, data: st.DataObject) -> None:
    locator = Locator(text)
    for offset in data.draw(st.lists(st.integers(0, len(text)), max_size=5)):
        assert locator.place(offset) == slow(text, offset)


def test_columns_are_code_points_and_the_end_is_the_last_place() -> None:
    assert Locator("é\n\U0001f600b").place(3) == (2, 2)
    assert Locator("a\n").place(99) == (2, 1)
    assert Locator("ab\ncd").span(1, 4) == (1, 2, 2, 2)
