"""HTML: what is not closed, what cannot be told apart without seeing, and what runs scripts it should not.

In templates the expressions are covered. If a template decides which elements there will be ({% %}, <?php,
<% %>, {{#if}}), these rules are off, since branches and included parts look like mistakes: DA501 to DA503,
DA505, DA510 and DA511. A file without an html element is a fragment, and is told nothing of what documents
need.
"""

from __future__ import annotations

from collections.abc import Iterator

from dev_assistant.analysis.capping import capped
from dev_assistant.analysis.html_elements import element_troubles, image_troubles
from dev_assistant.analysis.html_names import Ids, Labels, Names
from dev_assistant.analysis.html_rules import (
    CUT_OFF,
    DOCUMENT_WITHOUT_CHARSET,
    DOCUMENT_WITHOUT_LANG,
    DOCUMENT_WITHOUT_TITLE,
    DUPLICATE_ID,
    RULES,
    STRAY_END,
    UNCLOSED,
)
from dev_assistant.analysis.html_templates import Template, cover
from dev_assistant.analysis.html_tokens import Cut, End, Start, Text, tokens
from dev_assistant.analysis.html_tree import OpenElements, Trouble
from dev_assistant.analysis.source_lines import SourceLines, decode, excerpt
from dev_assistant.model import Finding

__all__ = ["RULES", "check"]

_OFF_IN_TEMPLATES = frozenset(
    (CUT_OFF, UNCLOSED, STRAY_END, DUPLICATE_ID, DOCUMENT_WITHOUT_TITLE, DOCUMENT_WITHOUT_CHARSET)
)
_LONGEST = 160
"""Characters of a message."""
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def check(data: bytes) -> Iterator[Finding]:
    """Findings of an HTML file by place; at most a quota of each rule.

    Bytes that are no UTF-8 become U+FFFD: an older encoding spoils letters, but no markup. Raises nothing.
    """
    text = decode(data)
    covered, template = cover(text)
    page = _Page(covered)
    troubles = [*page.troubles(), *page.document_troubles(has_mark=data.startswith(_MARKS))]
    if template is Template.BLOCKS:
        troubles = [trouble for trouble in troubles if trouble.rule not in _OFF_IN_TEMPLATES]
    troubles.sort(key=lambda trouble: (trouble.start, trouble.rule.id))
    lines = SourceLines(text)
    yield from capped(_finding(trouble, lines) for trouble in troubles)


def _finding(trouble: Trouble, lines: SourceLines) -> Finding:
    """Names of tags come from the file: they may be as long as it is, and hold anything."""
    return trouble.rule.at(lines.span(trouble.start, trouble.end), excerpt(trouble.message, _LONGEST))


class _Page:
    """One pass over the tokens of a file, and what has to be remembered on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.elements = OpenElements(slash_closes="http://www.w3.org/1999/xhtml" in text[:2_000])
        self.names, self.labels, self.ids = Names(), Labels(), Ids()
        self.html: Start | None = None
        self.has_title = self.has_charset = False

    def troubles(self) -> Iterator[Trouble]:
        for token in tokens(self.text):
            match token:
                case Start():
                    yield from self._start(token)
                case End():
                    self._ended(self.elements.close(token))
                case Text(start, end):
                    self._text(start, end)
                case Cut(what, start, end):
                    yield Trouble(CUT_OFF, start, end, f"a {what} that is cut off by the end of the file")
        self.elements.finish()
        yield from (
            *self.elements.troubles,
            *self.names.troubles,
            *self.ids.troubles,
            *self.labels.troubles(),
        )

    def _start(self, tag: Start) -> Iterator[Trouble]:
        self._ended(self.elements.open(tag))
        yield from element_troubles(tag)
        self._document(tag)
        if self.elements.counts["template"] and tag.name != "template":
            return  # inert: a script fills it in
        yield from image_troubles(tag)
        self.ids.start(tag)
        self.labels.start(tag, in_label=self.elements.counts["label"] > 0)
        self.names.start(tag)

    def _ended(self, ended: list[Start]) -> None:
        for tag in ended:
            self.names.end(tag)

    def _text(self, start: int, end: int) -> None:
        if self.elements.counts["title"] and not self.has_title:
            self.has_title = not self.text[start:end].isspace()
        self.names.text(self.text[start:end])

    def _document(self, tag: Start) -> None:
        if tag.name == "html" and self.html is None:
            self.html = tag
        elif tag.name == "meta":
            about = tag.attributes.get("http-equiv", "").lower()
            self.has_charset |= "charset" in tag.attributes or about == "content-type" or tag.dynamic

    def document_troubles(self, *, has_mark: bool) -> Iterator[Trouble]:
        """What a whole document needs; a file without an html element is none."""
        if self.html is None:
            return
        attributes, place = self.html.attributes, (self.html.start, self.html.end)
        if not attributes.get("lang", attributes.get("xml:lang", "")).strip() and not self.html.dynamic:
            yield Trouble(DOCUMENT_WITHOUT_LANG, *place, "the document does not say its language")
        if not self.has_title:
            yield Trouble(DOCUMENT_WITHOUT_TITLE, *place, "the document has no title")
        if not self.has_charset and not has_mark:
            yield Trouble(DOCUMENT_WITHOUT_CHARSET, *place, "the document does not say its encoding")
