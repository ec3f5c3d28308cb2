"""The rules for HTML, each with its reason, an example that breaks it alone, and the way out.

What concerns people who use a keyboard or a screen reader follows WCAG 2.2; the rest the HTML standard.
"""

from __future__ import annotations

from dev_assistant.analysis.rules import Rule
from dev_assistant.model import Category, Severity


def _lint(number: int, name: str, rationale: str, example: str, hint: str) -> Rule:
    return Rule(f"DA{number}", name, Category.LINT, Severity.WARNING, rationale, example, hint)


def _error(number: int, name: str, rationale: str, example: str, hint: str) -> Rule:
    return Rule(f"DA{number}", name, Category.LINT, Severity.ERROR, rationale, example, hint)


def _security(number: int, name: str, rationale: str, example: str, hint: str) -> Rule:
    return Rule(f"DA{number}", name, Category.SECURITY, Severity.WARNING, rationale, example, hint)


CUT_OFF = _error(
    501,
    "html-cut-off",
    "A tag or comment that has no end swallows the rest of the file.",
    "<p>text</p>\n<!-- a comment without its end\n",
    "Close it; most often a quote or --> is missing.",
)
UNCLOSED = _error(
    502,
    "html-unclosed-element",
    "An element that is not closed, or not in the order of opening, reaches further than its author meant. "
    "Elements whose end tag the standard makes optional are left alone.",
    "<div><span>text</div>\n",
    "Add the end tag. A slash at the end of a start tag closes nothing in HTML.",
)
STRAY_END = _error(
    503,
    "html-stray-end-tag",
    "An end tag that closes nothing is ignored, or, as </p> and </br>, even makes an element.",
    "<p>text</p></div>\n",
    "Delete it, or open what it is meant to close. A block inside a paragraph has ended the paragraph.",
)
DUPLICATE_ATTRIBUTE = _error(
    504,
    "html-duplicate-attribute",
    "Of an attribute that is given twice the second is dropped.",
    '<p class="a" class="b">text</p>\n',
    "Join the two.",
)
DUPLICATE_ID = _lint(
    505,
    "html-duplicate-id",
    "Labels, links, scripts and screen readers find only the first element with an id.",
    '<p id="a">one</p><p id="a">two</p>\n',
    "Give each element an id of its own, or use a class.",
)
IMAGE_WITHOUT_ALT = _lint(
    506,
    "html-image-without-alt",
    "Without a text alternative a screen reader reads out the file's name (WCAG 1.1.1).",
    '<img src="cat.png">\n',
    'Add alt="what it shows", or alt="" for decoration.',
)
CONTROL_WITHOUT_LABEL = _lint(
    507,
    "html-control-without-label",
    "Nobody who does not see the page learns what to enter; a placeholder is no label (WCAG 1.3.1, 4.1.2).",
    '<input type="text" placeholder="Name">\n',
    "Wrap it in a label, or point one at it with for; else aria-label.",
)
WITHOUT_NAME = _lint(
    508,
    "html-without-accessible-name",
    "A button or link without text is read out as 'button' or as its address (WCAG 2.4.4, 4.1.2).",
    '<button type="button"><i class="icon"></i></button>\n',
    "Add text, aria-label, or an image with alt.",
)
DOCUMENT_WITHOUT_LANG = _lint(
    509,
    "html-document-without-lang",
    "Screen readers, hyphenation and translation have to guess the language (WCAG 3.1.1).",
    '<html><head><meta charset="utf-8"><title>A</title></head><body></body></html>\n',
    'Add it: <html lang="en">.',
)
DOCUMENT_WITHOUT_TITLE = _lint(
    510,
    "html-document-without-title",
    "Tabs, bookmarks and search results have nothing to show (WCAG 2.4.2).",
    '<html lang="en"><head><meta charset="utf-8"></head><body></body></html>\n',
    "Add a title element to the head.",
)
DOCUMENT_WITHOUT_CHARSET = _lint(
    511,
    "html-document-without-charset",
    "Browsers guess the encoding from the reader's country, and show other letters.",
    '<html lang="en"><head><title>A</title></head><body></body></html>\n',
    'Add <meta charset="utf-8"> at the beginning of the head.',
)
POSITIVE_TABINDEX = _lint(
    512,
    "html-positive-tabindex",
    "A positive tabindex comes before all else on the page, out of the order that people see (WCAG 2.4.3).",
    '<p tabindex="3">text</p>\n',
    "Use 0, and order the elements themselves.",
)
OBSOLETE_ELEMENT = _lint(
    513,
    "html-obsolete-element",
    "The standard has made the element obsolete: browsers may drop it.",
    "<center>text</center>\n",
    "Use CSS, or the element that took its place.",
)
BLANK_WITHOUT_NOOPENER = _lint(
    514,
    "html-blank-without-noopener",
    "The foreign page can steer this one through window.opener. Browsers since 2021 imply noopener: this is "
    "no security finding; older ones and embedded web views do not.",
    '<a href="https://example.org/" target="_blank">text</a>\n',
    'Add rel="noopener".',
)
INLINE_HANDLER = _security(
    515,
    "html-inline-handler",
    "Scripts in attributes need a content security policy with 'unsafe-inline': injected ones run too.",
    '<p onclick="go()">text</p>\n',
    "Add the listener in a script file.",
)
SCRIPT_LINK = _security(
    516,
    "html-script-link",
    "A javascript: address runs as script of the page, and needs a content security policy that allows any.",
    '<a href="javascript:go()">text</a>\n',
    "Use a button and a listener.",
)
INSECURE_SOURCE = _security(
    517,
    "html-insecure-source",
    "Whoever is on the way can replace what comes by http:, and act as the page; https pages do not load it.",
    '<script src="http://example.org/x.js"></script>\n',
    "Load it by https, or serve it yourself.",
)

RULES: tuple[Rule, ...] = (
    CUT_OFF,
    UNCLOSED,
    STRAY_END,
    DUPLICATE_ATTRIBUTE,
    DUPLICATE_ID,
    IMAGE_WITHOUT_ALT,
    CONTROL_WITHOUT_LABEL,
    WITHOUT_NAME,
    DOCUMENT_WITHOUT_LANG,
    DOCUMENT_WITHOUT_TITLE,
    DOCUMENT_WITHOUT_CHARSET,
    POSITIVE_TABINDEX,
    OBSOLETE_ELEMENT,
    BLANK_WITHOUT_NOOPENER,
    INLINE_HANDLER,
    SCRIPT_LINK,
    INSECURE_SOURCE,
)
