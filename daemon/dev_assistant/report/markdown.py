"""Pieces of Markdown that hold whatever a repository is called.

Foreign text stands in code spans only: there GitHub makes no mention, link, formula or image of it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from dev_assistant.escape import markdown_code

_BLOCKS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_WIDTH = 24
_LONGEST = 160
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # no file is called so, but a configuration may say it
_UPWARD = re.compile(r"(`\]\()(\.\./[^)\s]*)(?=\))")
NOTHING = "-"


def code(foreign: str, *, longest: int = _LONGEST) -> str:
    """A code span, cut at ``longest`` characters; a dash for nothing."""
    if not foreign.strip():
        return NOTHING
    return markdown_code(foreign if len(foreign) <= longest else foreign[: longest - 1] + "…")


def file_code(path: str) -> str:
    """A code span of a path, of which the end tells more than the beginning."""
    return code(path if len(path) <= _LONGEST else "…" + path[1 - _LONGEST :])


def link(path: str, *, to: str) -> str:
    """A link that shows ``path`` and leads to the relative path ``to``."""
    return f"[{file_code(path)}]({target(to)})"


def target(path: str) -> str:
    """A relative path as a link's target: each byte that could mean anything is percent-encoded."""
    return quote(_NO_BYTE.sub("\ufffd", path).encode("utf-8", "surrogateescape"), safe="/")


def moved(page: str, *, by: str) -> str:
    """A page whose relative links hold in another directory; ``by`` leads from there to where it was."""
    return _UPWARD.sub(lambda found: found[1] + posixpath.normpath(f"{target(by)}/{found[2]}"), page)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> list[str]:
    """A table of finished cells; columns from the ``left``-th on are numbers and stand to the right."""
    rule = ["---" if column < left else "--:" for column in range(len(header))]
    return [_row(header), _row(rule), *map(_row, rows)]


def chart(lines: Iterable[tuple[str, int]]) -> list[str]:
    """Labelled horizontal bars in a fenced block; labels are ours, not foreign."""
    pairs = list(lines)
    most = max((value for _, value in pairs), default=0)
    wide = max((len(label) for label, _ in pairs), default=0)
    bars = [f"{label:>{wide}} {_bar(value, most):<{_WIDTH}} {value:,}".rstrip() for label, value in pairs]
    return ["```text", *bars, "```"]


def spark(values: Sequence[float | None]) -> str:
    """One block a value, scaled from the least to the greatest; a dot where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return "·" * len(values)
    low, high = min(known), max(known)
    step = (high - low) / (len(_LEVELS) - 1) or 1.0
    return "".join("·" if value is None else _LEVELS[round((value - low) / step)] for value in values)


def plural(count: int, noun: str, many: str = "") -> str:
    """``1 file``, ``12 files``; ``many`` where an s will not do."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def number(value: float | None) -> str:
    """Two decimals; a dash for unknown."""
    return NOTHING if value is None else f"{value:.2f}"


def percent(rate: float | None) -> str:
    """A share from 0 to 1, rounded down to a tenth of a percent, so that 100 % means all."""
    return NOTHING if rate is None else f"{int(rate * 1000) / 10:g} %"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _bar(value: int, most: int) -> str:
    """At least a sliver for anything that is not zero."""
    eighths = max(1, value * _WIDTH * 8 // most) if value else 0
    return "█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()
