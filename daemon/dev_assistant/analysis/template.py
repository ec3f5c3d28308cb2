"""Whether a text is a template (Jinja, Helm, mustache, ERB), which is not yet what its suffix says."""

from __future__ import annotations

import re

_MARK = re.compile(
    r"\"(?:[^\"\\\n]++|\\.)*\"?"  # what stands in quotes is a value that somebody fills in later
    r"|'[^'\n]*+'"
    r"|(?<!\S)#[^\n]*+"
    r"|(\{\{|\{%|<%)"
)


def is_template(text: str) -> bool:
    """Whether a mark of a template stands outside of quotes and ``#`` comments."""
    if "{{" not in text and "{%" not in text and "<%" not in text:
        return False
    return any(match.group(1) for match in _MARK.finditer(text))
