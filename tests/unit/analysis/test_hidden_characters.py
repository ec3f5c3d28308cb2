"""Which characters hide, and where they belong."""

import pytest

from dev_assistant.analysis.hidden_characters import bidi_controls, invisible

NINE = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_the_nine_controls_of_the_paper() -> None:
    assert [found.name for found in bidi_controls("x\n".join(NINE))] == [
        f"U+{ord(char):04X}" for char in NINE
    ]


def test_one_of_each_line_is_told() -> None:
    assert [found.start for found in bidi_controls("a\u202e\u202c\nb\u2067\n")] == [1, 5]


@pytest.mark.parametrize(
    "text",
    [
        "a\u200bb",
        "x = '\u3164'",
        "a\ufeff",
        "soft\u00adhyphen",
        "a\u200d",
        "\u2060",
        "\u180e",
        "\ue000\ufe01\ufe02",
        "\U000e0041\U000e0042",
        "\U000e0100\U000e0101",
    ],
)
def test_hidden(text: str) -> None:
    assert len(list(invisible(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "\u2764\ufe0f",  # a heart, as an emoji
        "\U0001f468\u200d\U0001f469",  # a family
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
        "\u845b\U000e0100",  # an ideograph in one of its forms
        "plain",
    ],
)
def test_writing(text: str) -> None:
    assert list(invisible(text)) == []
