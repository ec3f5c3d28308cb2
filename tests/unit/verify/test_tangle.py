from __future__ import annotations

import pytest

from dev_assistant.verify.tangle import is_too_much, pairs

LONG = 9_900_000
THREE_MB = 3_000_000


def repeated(part: str, size: int) -> bytes:
    return part.encode() * (size // len(part))


ORDINARY = {
    "prose": "Words that *matter* and [one](b.md) link,\nin `two` lines of snake_case.\n\n",
    "headings": "## A heading of some length\n\nA line that stands below it, and one more that goes on.\n\n",
    "a list": "- an entry with a [link](b.md)\n",
    "a table": "| a | b | c |\n",
    "code": "```python\ndef f():\n    return 1\n```\n\n",
    "one line": "word ",
    "a book": "## 1\n\n" + "A line of text and [one](b) link in it, and then it goes on for a while.\n" * 3,
    "a change log": "## 1.2\n\n"
    + "- a change of [one](b) to [another](c) for a reason that is told here\n" * 60,
}
TANGLED = {
    "headings and links": "## a\n\n[b](#a)\n\n",
    "headings that are underlined, and references": "a\n--\n\n[b][a]\n\n",
    "comments": "<!-- a -->\n\n",
    "two kinds of code": "```\na\n```\n\n    b\n\n",
    "emphasis in one line": "*a ",
    "links that do not end": "[a](b",
}


@pytest.mark.parametrize("part", ORDINARY.values(), ids=ORDINARY)
def test_ten_megabytes_of_what_people_write_are_judged(part):
    assert not is_too_much(repeated(part, LONG))


@pytest.mark.parametrize("part", TANGLED.values(), ids=TANGLED)
def test_what_makes_too_many_pairs_is_known(part):
    assert is_too_much(repeated(part, THREE_MB))
    assert pairs(repeated(part, 30_000)) == 0


def test_twice_the_text_has_four_times_the_pairs():
    for part in TANGLED.values():
        once, twice = (pairs(repeated(part, size)) for size in (50_000, 100_000))
        assert twice == pytest.approx(4 * once, rel=0.01)
