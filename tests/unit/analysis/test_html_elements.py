"""What one start tag shows by itself."""

import pytest

from dev_assistant.analysis.html_elements import element_troubles, image_troubles
from dev_assistant.analysis.html_tokens import Start, tokens


def told(text: str) -> list[str]:
    (tag,) = (token for token in tokens(text) if isinstance(token, Start))
    return [trouble.message for trouble in (*element_troubles(tag), *image_troubles(tag))]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("<marquee>", ["<marquee> is obsolete"]),
        ("<p onclick=a onpointerdown=b>", ["<p> has a script in onclick, onpointerdown"]),
        ("<p tabindex=' 2 '>", ["<p> has tabindex 2"]),
        ("<p tabindex=99999999999>", []),
        ("<iframe src='http://a.example'>", ["<iframe> loads http://a.example without encryption"]),
        ("<link rel='x stylesheet' href='HTTP://a.b'>", ["<link> loads HTTP://a.b without encryption"]),
        ("<link rel=canonical href='http://a.example'>", []),
        ("<img style='Display: none' src=a>", []),
        ("<area href=a>", ["<area> has no alt"]),
        ("<input type=image src=a>", ["<input> has no alt"]),
        ("<a target=_BLANK href=//a.example>", ["target=_blank to //a.example without rel=noopener"]),
        ("<a target=_blank href=//a.example rel=noreferrer>", []),
    ],
)  # fmt: skip
def test_element(text: str, messages: list[str]) -> None:
    assert told(text) == messages
