"""The Markdown of the repository as its tests read it: fenced blocks, links, and the anchors of headings."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = REPOSITORY / "docs"
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CHANGELOG.md")),
    *(REPOSITORY / name for name in ("daemon/ARCHITECTURE.md", "examples/README.md", "benchmarks/REPORT.md")),
    *sorted(DOCS.rglob("*.md")),
]

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
_OWN_ANCHOR = re.compile(r"""<a\s+(?:id|name)=["']([^"']+)""")


class Fence(NamedTuple):
    """A fenced block; ``line`` counts from 1, ``follows`` when only blank lines divide it from one before."""

    language: str
    text: str
    line: int
    follows: bool


class Link(NamedTuple):
    """Where a page points to. ``target`` is as it is written, without what percent signs hide."""

    target: str
    line: int


def fences(page: Path) -> list[Fence]:
    tokens = _tokens(page)
    before = ["", *(token.type for token in tokens)]
    return [
        Fence(token.info.strip(), token.content, _line(token), follows=kind == "fence")
        for token, kind in zip(tokens, before, strict=False)
        if token.type == "fence"
    ]


def links(page: Path) -> list[Link]:
    """All links and images, without those in code."""
    return [
        Link(unquote(str(child.attrs["href" if child.type == "link_open" else "src"])), _line(token))
        for token in _tokens(page)
        for child in token.children or ()
        if child.type in {"link_open", "image"}
    ]


@functools.cache
def anchors(page: Path) -> frozenset[str]:
    """What a forge calls the headings, and anchors that are written out."""
    return frozenset(_anchors(_tokens(page)))


def broken(page: Path, *, within: Path = REPOSITORY) -> list[str]:
    """Every relative link that leads nowhere or out of the repository, with its line."""
    return [
        f"{page.name}:{link.line}: {link.target}"
        for link in links(page)
        if not _leads(page, link.target, within)
    ]


def _leads(page: Path, target: str, within: Path) -> bool:
    if "://" in target or target.startswith("mailto:"):
        return True
    path, _, anchor = target.partition("#")
    place = (page.parent / path).resolve() if path else page
    if not place.exists() or not place.is_relative_to(within):
        return False
    return not anchor or (place.suffix == ".md" and anchor in anchors(place))


def _anchors(tokens: list[Token]) -> Iterator[str]:
    """GitHub's rule: lower case, no punctuation, hyphens for blanks, and a number for a repeated one."""
    seen: dict[str, int] = {}
    for before, token in itertools.pairwise(tokens):
        if before.type == "heading_open":
            text = "".join(child.content for child in token.children or ())
            slug = _NOT_IN_ANCHORS.sub("", text.strip().lower()).replace(" ", "-")
            times = seen[slug] = seen.get(slug, -1) + 1
            yield f"{slug}-{times}" if times else slug
        yield from _OWN_ANCHOR.findall(token.content)


@functools.cache
def _tokens(page: Path) -> list[Token]:
    return _MARKDOWN.parse(page.read_text(encoding="utf-8"))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
