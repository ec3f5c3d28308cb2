"""What a value shows without its property: units, hexadecimal colours, and of which kind it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dev_assistant.analysis.css_rules import INVALID_HEX_COLOUR, UNKNOWN_UNIT
from dev_assistant.analysis.css_sheet import Declaration, Token, every
from dev_assistant.analysis.source_lines import SourceLines, excerpt
from dev_assistant.model import Finding

_UNITS = """
em rem ex rex cap rcap ch rch ic ric lh rlh vw svw lvw dvw vh svh lvh dvh vi svi lvi dvi vb svb lvb dvb
vmin svmin lvmin dvmin vmax svmax lvmax dvmax cqw cqh cqi cqb cqmin cqmax cm mm q in pt pc px
deg grad rad turn s ms hz khz dpi dpcm dppx x fr db st
"""

UNITS = frozenset(_UNITS.split())
"""CSS Values and Units Level 4, Containment Level 3 (cq…), Grid Level 2 (fr) and Speech (dB, st)."""

_HEX = re.compile(r"(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_LOOKS_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_OLD_EXPLORER = ("\t", "\0", "\ufffd")
_LATE_KEYWORDS = """
anywhere balance break-word break-spaces clip contents fit-content flex flow-root grab grabbing grid
inline-block inline-flex inline-grid match-parent max-content min-content pointer pretty stable sticky
stretch subgrid end start text zoom-in zoom-out isolate plaintext plus-lighter inset-area optional
"""
_NEWER = frozenset(_LATE_KEYWORDS.split())
"""Keywords that came later than others: in a second declaration they follow a deliberate fallback."""


def value_findings(declaration: Declaration, lines: SourceLines) -> Iterator[Finding]:
    """Units and colours. Custom properties may hold anything, and are left alone."""
    if declaration.name.startswith("--") or is_for_old_explorer(declaration):
        return
    for token in every(declaration.value):
        if token.type == "dimension" and token.lower_unit not in UNITS:
            span = lines.stretch(
                token.source_line, token.source_column, len(token.representation) + len(token.unit)
            )
            yield UNKNOWN_UNIT.at(span, f"{excerpt(token.unit, 30)} is no unit of CSS")
        elif token.type == "hash" and _is_broken_colour(declaration.name, token):
            span = lines.stretch(token.source_line, token.source_column, len(token.value) + 1)
            yield INVALID_HEX_COLOUR.at(span, f"#{excerpt(token.value, 30)} is no colour")


def is_for_old_explorer(declaration: Declaration) -> bool:
    r"""For old versions of Internet Explorer alone: ``filter: progid:…``, or ``\9`` or ``\0`` at the end."""
    if not declaration.value:
        return False
    last = declaration.value[-1]
    text = last.unit if last.type == "dimension" else getattr(last, "value", "")
    return ":" in declaration.value or (isinstance(text, str) and text.endswith(_OLD_EXPLORER))


def _is_broken_colour(name: str, token: Token) -> bool:
    """Only for properties that take colours and no ids, or for what can hardly be an id."""
    if _HEX.fullmatch(token.value):
        return False
    takes_colour = name.endswith(("color", "shadow")) or name in (
        "background",
        "border",
        "fill",
        "stroke",
        "outline",
    )
    return takes_colour or bool(_LOOKS_HEX.fullmatch(token.value) and not name.startswith("nav-"))


def kind_of(value: list[Token]) -> tuple[str, ...]:
    """The shape of a value: two of a different shape are a value and its fallback, not a slip."""
    return tuple(_shape(token) for token in value if token.type != "whitespace")


def _shape(token: Token) -> str:
    match token.type:
        case "dimension":
            return f"unit {token.lower_unit}"
        case "function":
            return f"function {token.lower_name} of {_inside(token)}"
        case "ident":
            name = token.lower_value
            return name if name.startswith("-") or name in _NEWER else "ident"
        case "literal":
            return str(token.value)
        case other:
            return str(other)


def _inside(function: Token) -> list[str]:
    """The units and functions that it uses: ``calc(100dvh - 1px)`` is no slip after ``calc(100vh - 1px)``."""
    nested = list(every(function.arguments))
    units = {token.lower_unit for token in nested if token.type == "dimension"}
    return sorted(units | {token.lower_name for token in nested if token.type == "function"})
