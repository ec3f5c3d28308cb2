from __future__ import annotations

import json
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from dev_assistant.report.canonical import encode, text

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_order_of_insertion_does_not_show():
    assert encode({"b": 1, "a": 2}) == encode({"a": 2, "b": 1}) == b'{"a":2,"b":1}'


def test_indented_form_ends_with_a_newline():
    assert encode({"a": [1]}, indent=2) == b'{\n  "a": [\n    1\n  ]\n}\n'


def test_undecodable_bytes_become_escapes_and_backslashes_stay():
    assert text("a\udcff\\n") == "a\\xff\\n"
    assert text("\ud800") == "\\ud800"


@given(ANY_TEXT)
@example("\x7f")
@example("\x9b31m\u202e")
def test_any_text_survives_and_no_raw_control_character_does(foreign):
    data = encode([text(foreign)])

    assert json.loads(data) == [text(foreign)]
    raw = data.decode()
    assert not [char for char in raw if unicodedata.category(char) == "Cc" or char in "\u202e\u2066\u2028"]


@given(st.binary())
def test_every_file_name_can_be_shown(name):
    shown = text(name.decode("utf-8", "surrogateescape"))

    assert json.loads(encode([shown])) == [shown]
