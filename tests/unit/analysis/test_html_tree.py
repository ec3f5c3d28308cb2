"""Open elements: which end tags may be left out, and what is told of the others."""

import pytest

from dev_assistant.analysis.html_tokens import End, Start, tokens
from dev_assistant.analysis.html_tree import OpenElements


def told(text: str) -> list[str]:
    elements = OpenElements()
    for token in tokens(text):
        if isinstance(token, Start):
            elements.open(token)
        elif isinstance(token, End):
            elements.close(token)
    elements.finish()
    return [trouble.message for trouble in elements.troubles]


@pytest.mark.parametrize(
    "text",
    [
        "<ul><li><p>a<li>b</ul>",
        "<dl><dt>a<dd>b<dt>c</dl>",
        "<table><caption>a<colgroup><col><thead><tr><th>a<tbody><tr><td><p>b<td>c<tfoot><tr><td>d</table>",
        "<select><optgroup><option>a<option>b<optgroup><option>c</select>",
        "<ruby>a<rp>(<rt>b<rp>)</ruby>",
        "<html><head><title>a</title><body><p>b",
        "<p>a<div>b</div><p>c<h1>d</h1>",
        "<table><tr><td><table><tr><td>a</table><td>b</table>",
    ],
)
def test_optional_end_tags(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("<b><i>a</b></i>", ["<i> is still open where </b> closes what is around it"]),
        ("<div><div>a</div>", ["<div> is never closed"]),
        ("<div/>a", ["<div> is never closed; its slash closes nothing"]),
        ("<p>a<div>b</div></p>", ["</p> closes nothing"]),
        ("a</br>", ["</br> is no end of anything: the element has no content"]),
        ("<input></input>", ["</input> is no end of anything: the element has no content"]),
        ("<div><table><tr><td>a</div></td></tr></table></div>", ["</div> closes nothing"]),
        ("<svg><g></svg>", ["<g> is still open where </svg> closes what is around it"]),
    ],
)
def test_what_does_not_fit(text: str, messages: list[str]) -> None:
    assert told(text) == messages
