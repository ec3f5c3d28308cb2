"""Who can be told apart without seeing: names of buttons and links, labels of what is filled in, and ids."""

from __future__ import annotations

from collections.abc import Iterator

from dev_assistant.analysis.html_elements import is_hidden, is_named, is_unseen
from dev_assistant.analysis.html_rules import CONTROL_WITHOUT_LABEL, DUPLICATE_ID, WITHOUT_NAME
from dev_assistant.analysis.html_tokens import DYNAMIC, Start
from dev_assistant.analysis.html_tree import Trouble
from dev_assistant.analysis.source_lines import excerpt

_CONTROLS = frozenset(("input", "select", "textarea"))
_NO_LABEL = frozenset(("hidden", "submit", "reset", "button", "image"))
_SPEAKING = frozenset(
    ("slot", "object", "iframe", "canvas", "math", "video", "audio", "select", "textarea", "input")
)
"""Content that may well give a name, which cannot be told from here."""


class Names:
    """Buttons and links: each needs text, an image with alt, or an attribute that names it.

    Text below ``aria-hidden`` or ``hidden`` is no name, and a link that is hidden itself needs none.
    """

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self._unnamed: dict[int, Start] = {}
        self._hidden: dict[int, Start] = {}

    def start(self, tag: Start) -> None:
        """Take in a start tag that opens an element, or a void one."""
        if self._unnamed and not self._hidden and _speaks(tag):
            self._unnamed.clear()
        if is_hidden(tag):
            self._hidden[tag.start] = tag
        elif not self._hidden and _needs_name(tag):
            self._unnamed[tag.start] = tag

    def text(self, text: str) -> None:
        """Take in text: whatever is open around it is named by it."""
        if self._unnamed and not self._hidden and not text.isspace():
            self._unnamed.clear()

    def end(self, tag: Start) -> None:
        """The element has ended; one that still has no name is told."""
        self._hidden.pop(tag.start, None)
        if self._unnamed.pop(tag.start, None) is not None:
            what = "link" if tag.name == "a" else tag.name
            self.troubles.append(Trouble(WITHOUT_NAME, tag.start, tag.end, f"a {what} without a name"))


def _speaks(tag: Start) -> bool:
    if tag.attributes.get("alt", "").strip() or is_named(tag.attributes) or tag.dynamic:
        return True
    return tag.name in _SPEAKING or "-" in tag.name or DYNAMIC in tag.name


def _needs_name(tag: Start) -> bool:
    if tag.name != "button" and not (tag.name == "a" and "href" in tag.attributes):
        return False
    return not tag.foreign and not is_named(tag.attributes) and not tag.dynamic


class Labels:
    """Form controls and the labels that point at them, from anywhere in the file."""

    def __init__(self) -> None:
        self._waiting: list[Start] = []
        self._named_by_for: set[str] = set()

    def start(self, tag: Start, *, in_label: bool) -> None:
        """Take in a start tag."""
        if tag.name == "label":
            self._named_by_for.add(tag.attributes.get("for", "").strip())
        elif tag.name in _CONTROLS and not in_label and _needs_label(tag):
            self._waiting.append(tag)

    def troubles(self) -> Iterator[Trouble]:
        """The controls that no label names, now that all labels are known."""
        unknown = any(DYNAMIC in name for name in self._named_by_for)
        for tag in self._waiting:
            name = tag.attributes.get("id", "").strip()
            if not name or (name not in self._named_by_for and DYNAMIC not in name and not unknown):
                yield Trouble(CONTROL_WITHOUT_LABEL, tag.start, tag.end, f"<{tag.name}> has no label")


def _needs_label(tag: Start) -> bool:
    kind = tag.attributes.get("type", "").strip().lower()
    if tag.name == "input" and (kind in _NO_LABEL or DYNAMIC in kind):
        return False
    return not is_unseen(tag) and not tag.foreign and not is_named(tag.attributes) and not tag.dynamic


class Ids:
    """Ids that were seen, and who had them first."""

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self._seen: set[str] = set()

    def start(self, tag: Start) -> None:
        """Take in a start tag."""
        name = tag.attributes.get("id", "")
        if not name or DYNAMIC in name:
            return
        if name in self._seen:
            message = f"the id {excerpt(name)} is there already"
            self.troubles.append(Trouble(DUPLICATE_ID, tag.start, tag.end, message))
        self._seen.add(name)
