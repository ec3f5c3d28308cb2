"""What one start tag shows by itself, wherever it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dev_assistant.analysis.html_rules import (
    BLANK_WITHOUT_NOOPENER,
    DUPLICATE_ATTRIBUTE,
    IMAGE_WITHOUT_ALT,
    INLINE_HANDLER,
    INSECURE_SOURCE,
    OBSOLETE_ELEMENT,
    POSITIVE_TABINDEX,
    SCRIPT_LINK,
)
from dev_assistant.analysis.html_tokens import DYNAMIC, Start
from dev_assistant.analysis.html_tree import Trouble
from dev_assistant.analysis.rules import Rule
from dev_assistant.analysis.source_lines import excerpt

_OBSOLETE_TEXT = """
acronym applet basefont bgsound big blink center dir font frame frameset isindex keygen listing marquee
menuitem multicol nextid nobr noembed noframes param plaintext rb rtc spacer strike tt xmp
"""
_OBSOLETE = frozenset(_OBSOLETE_TEXT.split())
"""HTML standard, section 16.2, non-conforming features: the elements that are entirely obsolete."""
_HANDLER = re.compile(
    r"on(?:abort|animation\w+|aux|before\w+|blur|can\w+|change|(?:dbl|aux)?click|close|contextmenu|copy|cut|drag\w*"
    r"|drop|ended|error|focus\w*|hashchange|input|invalid|key(?:down|press|up)|load\w*|message|mouse\w+|online|offline"
    r"|page\w+|paste|pause|play\w*|pointer\w+|popstate|progress|reset|resize|scroll\w*|search|select\w*|show|stalled"
    r"|storage|submit|suspend|timeupdate|toggle|touch\w+|transition\w+|unload|volumechange|waiting|wheel)"
)
_IMAGES = frozenset(("img", "area", "input"))
_ADDRESSES = frozenset(("href", "src", "action", "formaction", "data", "xlink:href"))
_SOURCES = {"script": "src", "iframe": "src", "embed": "src", "object": "data", "link": "href"}
_LOCAL = re.compile(r"http://(?:localhost|127\.|\[::1\]|[\w-]+\.localhost)")
_FOREIGN_PAGE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_IGNORED = str.maketrans("", "", "\t\n\r")
"""What browsers take out of an address before they look at its scheme."""


def element_troubles(tag: Start) -> Iterator[Trouble]:
    """Everything that a start tag alone shows. A tag with no attributes costs next to nothing."""
    if tag.name in _OBSOLETE and not tag.foreign:
        yield _trouble(OBSOLETE_ELEMENT, tag, f"<{tag.name}> is obsolete")
    if tag.twice and not tag.dynamic:
        names = ", ".join(dict.fromkeys(tag.twice[:5]))
        yield _trouble(
            DUPLICATE_ATTRIBUTE, tag, f"<{tag.name}> has {excerpt(names)} twice: only the first counts"
        )
    if not tag.attributes:
        return
    yield from _handlers(tag)
    yield from _addresses(tag)
    if _number(tag.attributes.get("tabindex", "")) > 0:
        yield _trouble(
            POSITIVE_TABINDEX, tag, f"<{tag.name}> has tabindex {tag.attributes['tabindex'].strip()[:9]}"
        )


def image_troubles(tag: Start) -> Iterator[Trouble]:
    """An image without a text alternative, where one is expected."""
    attributes = tag.attributes
    if tag.name not in _IMAGES or "alt" in attributes or not _is_image(tag):
        return
    if is_unseen(tag) or tag.dynamic or is_named(attributes):
        return
    if attributes.get("role", "").lower() not in ("presentation", "none"):
        yield _trouble(IMAGE_WITHOUT_ALT, tag, f"<{tag.name}> has no alt")


def is_hidden(tag: Start) -> bool:
    """Whether an attribute hides the element, with all that is in it."""
    attributes = tag.attributes
    if "hidden" in attributes:
        return True
    return "aria-hidden" in attributes and attributes["aria-hidden"].strip().lower() == "true"


def is_unseen(tag: Start) -> bool:
    """Whether it is hidden, or not displayed, as counting pixels and fields of scripts are."""
    return is_hidden(tag) or "display:none" in tag.attributes.get("style", "").replace(" ", "").lower()


def is_named(attributes: dict[str, str]) -> bool:
    """Whether an attribute names the element for those who do not see it."""
    return any(attributes.get(name, "").strip() for name in ("aria-label", "aria-labelledby", "title"))


def _is_image(tag: Start) -> bool:
    if tag.name == "input":
        return tag.attributes.get("type", "").lower() == "image"
    return tag.name == "img" or (tag.name == "area" and "href" in tag.attributes)


def _handlers(tag: Start) -> Iterator[Trouble]:
    names = [name for name in tag.attributes if name.startswith("on") and _HANDLER.fullmatch(name)]
    if names:
        yield _trouble(INLINE_HANDLER, tag, f"<{tag.name}> has a script in {excerpt(', '.join(names[:5]))}")


def _addresses(tag: Start) -> Iterator[Trouble]:
    attributes = tag.attributes
    for name, value in attributes.items():
        if name in _ADDRESSES and _address(value).lower().startswith("javascript:"):
            yield _trouble(SCRIPT_LINK, tag, f"<{tag.name}> has a script as {name}")
    if tag.name in _SOURCES:
        source = _address(attributes.get(_SOURCES[tag.name], ""))
        if source.lower().startswith("http://") and not _LOCAL.match(source.lower()) and _is_loaded(tag):
            yield _trouble(INSECURE_SOURCE, tag, f"<{tag.name}> loads {excerpt(source)} without encryption")
    elif "target" in attributes:
        yield from _blank(tag)


def _is_loaded(tag: Start) -> bool:
    return tag.name != "link" or "stylesheet" in tag.attributes.get("rel", "").lower().split()


def _blank(tag: Start) -> Iterator[Trouble]:
    attributes = tag.attributes
    if tag.name not in ("a", "area", "form") or attributes.get("target", "").lower() != "_blank":
        return
    address = _address(attributes.get("href", attributes.get("action", "")))
    kept = {"noopener", "noreferrer", "opener"} & set(attributes.get("rel", "").lower().split())
    if (
        _FOREIGN_PAGE.match(address)
        and not kept
        and not tag.dynamic
        and DYNAMIC not in attributes.get("rel", "")
    ):
        yield _trouble(
            BLANK_WITHOUT_NOOPENER, tag, f"target=_blank to {excerpt(address)} without rel=noopener"
        )


def _address(value: str) -> str:
    plain = html.unescape(value) if "&" in value else value
    return plain.translate(_IGNORED).strip()


def _number(value: str) -> int:
    digits = value.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 0  # noqa: PLR2004


def _trouble(rule: Rule, tag: Start, message: str) -> Trouble:
    return Trouble(rule, tag.start, tag.end, message)
