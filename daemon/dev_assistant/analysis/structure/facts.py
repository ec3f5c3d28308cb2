"""What one definition gives on its own: kept under its digest, and put together by `analyse`.

Lines count from 1 at the definition's first line, so that facts stay true when the definition moves.
"""

from __future__ import annotations

import enum

import msgspec

from dev_assistant.analysis.rules import Span


class Hollow(enum.StrEnum):
    """What stands in place of a body."""

    NO = "no"
    EMPTY = "empty"  # pass or ..., and neither a docstring nor a comment that says why
    RAISES = "raises"  # raise NotImplementedError, and no word of subclasses


class Found(msgspec.Struct, frozen=True, gc=False):
    """A finding in the making: its lines count from 1 at the definition. No ``limit``: no number."""

    rule: str
    span: Span
    message: str
    value: int = 0
    limit: int = 0


class Construct(msgspec.Struct, frozen=True, gc=False):
    """``self.attribute = CLASS(...)`` in ``__init__``; ``name`` may be dotted."""

    name: str
    attribute: str
    span: Span


class Body(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function's body for the search of duplicates: what is left when names and literals are taken out.

    ``digest`` has 8 bytes: among a million bodies two meet by chance once in forty million projects.
    """

    digest: bytes
    statements: int


class FunctionFacts(msgspec.Struct, frozen=True, tag="function", gc=False):
    """``uses`` are the names that follow the first parameter and a dot; ``decorators`` have no dots."""

    found: tuple[Found, ...] = ()
    uses: tuple[str, ...] = ()
    constructs: tuple[Construct, ...] = ()
    decorators: tuple[str, ...] = ()
    hollow: Hollow = Hollow.NO
    body: Body | None = None


class ClassFacts(msgspec.Struct, frozen=True, tag="class", gc=False):
    """``bases`` are dotted, without subscripts, as ``metaclass`` is; ``decorators`` as in FunctionFacts."""

    bases: tuple[str, ...] = ()
    metaclass: str = ""
    decorators: tuple[str, ...] = ()


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """``import module`` (no ``names``) or ``from module import names``, with ``level`` leading dots.

    ``bound`` are the names that it gives to the module. ``line`` counts from 1 in the file; in ModuleFacts it
    is the index among the module's own logical lines.
    """

    module: str
    names: tuple[str, ...]
    level: int
    bound: tuple[str, ...]
    line: int


class ModuleFacts(msgspec.Struct, frozen=True, tag="module", gc=False):
    """What is imported while the module is imported: not for types alone, and not in functions or classes."""

    imports: tuple[Import, ...] = ()


Facts = FunctionFacts | ClassFacts | ModuleFacts
