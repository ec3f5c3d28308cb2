"""From tinycss2's component values to blocks with their declarations, as CSS Syntax Level 3 and nesting say.

tinycss2 tokenizes; what a block consists of is decided here, without recursion, since blocks nest as deep
as their author likes, and since tinycss2 does not tell of a block that is never closed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import tinycss2  # type: ignore[import-untyped]

from dev_assistant.analysis.source_lines import excerpt

Token = Any
"""A node of tinycss2, which has no types: ``type``, ``source_line``, ``source_column``, more by type."""

_END = "\ue001end"
_GROUPING = frozenset({"media", "supports", "layer", "container", "scope", "starting-style", "document"})
_SILENT = frozenset({"whitespace", "comment"})
_NESTING = frozenset({"{} block", "[] block", "() block", "function"})


class Kind(enum.Enum):
    """What the content of a block is."""

    STYLE = "style"  # declarations of properties, and nested rules
    GROUP = "group"  # rules; declarations too when nested in a style rule
    KEYFRAMES = "keyframes"
    DESCRIPTORS = "descriptors"  # @font-face, @property and whatever else has names of its own


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that is no CSS, from ``line`` and ``column`` on."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """``name`` is lower case, except of custom properties; ``token`` is where it stands."""

    name: str
    token: Token
    value: list[Token]
    important: bool


@dataclass(slots=True)
class Block:
    """One ``{}`` with what stands before it.

    ``prelude`` is the selector, or all of an at-rule before its block, and ``token`` its first; ``at`` is the
    at-rule's name in lower case without a vendor prefix.
    """

    kind: Kind
    at: str
    token: Token
    prelude: list[Token]
    content: list[Token]
    parent: Block | None
    declarations: list[Declaration] = field(default_factory=list)
    has_rules: bool = False

    @property
    def empty(self) -> bool:
        """Nothing but white space between its braces."""
        return all(token.type == "whitespace" for token in self.content)


class Sheet:
    """A style sheet: its blocks in the order of their opening, and after these all mistakes."""

    def __init__(self, text: str) -> None:
        self.mistakes: list[Mistake] = []
        self._tokens = _tokenize(text, self.mistakes)
        self.mistakes.extend(_token_errors(self._tokens))

    def blocks(self) -> Iterator[Block]:
        """Every block, with its declarations; mistakes are complete when the last has been given."""
        todo = [*reversed(list(self._rules(self._tokens)))]
        while todo:
            block = todo.pop()
            inner = list(self._contents(block))
            block.has_rules = bool(inner)
            yield block
            todo.extend(reversed(inner))

    def _rules(self, tokens: list[Token]) -> Iterator[Block]:
        """The top level, where a semicolon ends at-rules alone."""
        prelude: list[Token] = []
        for node in tokens:
            if node.type == "{} block":
                yield from self._block(prelude, node, None)
                prelude = []
            elif node == ";" and prelude and prelude[0].type == "at-keyword":
                prelude = []
            elif prelude or (node.type not in _SILENT and node not in ("<!--", "-->")):
                prelude += () if node.type == "error" else (node,)
        if prelude and prelude[0].type != "at-keyword":
            self._mistake(prelude[0], "a selector without a block")

    def _contents(self, block: Block) -> Iterator[Block]:
        """What a block consists of: declarations go into it, blocks are given."""
        part: list[Token] = []
        for node in block.content:
            if node == ";":
                self._declare(block, part)
                part = []
            elif node.type == "{} block" and not _is_custom(part):
                yield from self._block(part, node, block)
                part = []
            elif part or node.type not in _SILENT:
                part += () if node.type == "error" else (node,)
        self._declare(block, part)

    def _block(self, prelude: list[Token], token: Token, parent: Block | None) -> Iterator[Block]:
        if prelude and prelude[0] == ";":
            self._mistake(prelude[0], "a semicolon before a selector: browsers drop the rule")
            prelude = prelude[1:]
        if not any(part.type not in _SILENT for part in prelude):
            self._mistake(token, "a block without a selector")
            return
        first = prelude[0]
        at = _plain(first.lower_value) if first.type == "at-keyword" else ""
        yield Block(_kind(at), at, first, prelude, token.content, parent)

    def _declare(self, block: Block, part: list[Token]) -> None:
        if not part or part[0].type == "at-keyword":
            return
        colon = next((i for i, token in enumerate(part[1:], 1) if token.type not in _SILENT), 0)
        if part[0].type != "ident" or not colon or part[colon] != ":":
            self._mistake(part[0], _no_declaration(part))
            return
        custom = part[0].value.startswith("--")
        value, important = _importance([token for token in part[colon + 1 :] if token.type != "comment"])
        name = part[0].value if custom else part[0].lower_value
        block.declarations.append(Declaration(name, part[0], value, important))
        if not custom:
            self._look_into(name, part[0], value)

    def _look_into(self, name: str, token: Token, value: list[Token]) -> None:
        if not value:
            self._mistake(token, f"{name} has no value")
        # Internet Explorer's `filter: progid:…` is the one value with a colon
        elif ":" in value and not name.endswith("filter"):
            self._mistake(token, f"a colon in the value of {name}: is a semicolon missing?")

    def _mistake(self, token: Token, message: str) -> None:
        self.mistakes.append(Mistake(token.source_line, token.source_column, message))


def _tokenize(text: str, mistakes: list[Mistake]) -> list[Token]:
    """All tokens. A mark at the end tells which block, if any, is still open there."""
    # a form feed ends a line for tinycss2, and for no editor; an escape at the end takes one line end with it
    tokens: list[Token] = tinycss2.parse_component_value_list(f"{text.replace(chr(12), ' ')}\n\n{_END}")
    level, opener = tokens, None
    while level and (inner := _content(level[-1])) is not None:
        opener, level = level[-1], inner
    if level and level[-1].type == "ident" and level[-1].value == _END:
        level.pop()
    elif level and level[-1].type == "comment":
        opener = level[-1]
    if opener is not None:
        what = opener.type.removesuffix(" block")
        mistakes.append(Mistake(opener.source_line, opener.source_column, f"{what} is never closed"))
    return tokens


def _content(token: Token) -> list[Token] | None:
    inner: list[Token] | None = getattr(token, "content", None) or getattr(token, "arguments", None)
    return inner


def _token_errors(tokens: list[Token]) -> Iterator[Mistake]:
    for token in every(tokens):
        if token.type == "error":
            yield Mistake(token.source_line, token.source_column, token.message)


def every(tokens: list[Token]) -> Iterator[Token]:
    """All tokens and those inside them, in no order that means anything."""
    todo = [tokens]
    while todo:
        for token in todo.pop():
            yield token
            if token.type in _NESTING:
                todo.append(_content(token) or [])


def _no_declaration(part: list[Token]) -> str:
    if part[0] == "*":
        return (
            "an asterisk before a property: only Internet Explorer 7 took that, others drop the declaration"
        )
    return f"neither a declaration nor a rule: {excerpt(canonical(part) or '')}"


def canonical(tokens: list[Token]) -> str | None:
    """The tokens as text with single spaces; None if they nest too deeply to be written."""
    try:
        return " ".join(tinycss2.serialize(tokens).split())
    except RecursionError:
        return None


def _is_custom(part: list[Token]) -> bool:
    """Whether these tokens begin a custom property, whose value may hold blocks."""
    if not part or part[0].type != "ident" or not part[0].value.startswith("--"):
        return False
    return next((token for token in part[1:] if token.type not in _SILENT), None) == ":"


def _importance(value: list[Token]) -> tuple[list[Token], bool]:
    """The value without white space around it and without ``!important``, and whether it had that."""
    value = _trimmed(value)
    if len(value) > 1 and value[-1].type == "ident" and value[-1].lower_value == "important":
        before = _trimmed(value[:-1])
        if before and before[-1] == "!":
            return _trimmed(before[:-1]), True
    return value, False


def _trimmed(tokens: list[Token]) -> list[Token]:
    start, end = 0, len(tokens)
    while start < end and tokens[start].type == "whitespace":
        start += 1
    while end > start and tokens[end - 1].type == "whitespace":
        end -= 1
    return tokens[start:end]


def _plain(name: str) -> str:
    """A name without its vendor prefix."""
    return name.split("-", 2)[2] if name.startswith("-") and name.count("-") > 1 else name


def _kind(at: str) -> Kind:
    if at == "keyframes":
        return Kind.KEYFRAMES
    if at in _GROUPING:
        return Kind.GROUP
    return Kind.DESCRIPTORS if at else Kind.STYLE
