"""Names as they stand in a URL."""

import re
import sys
import unicodedata


def slug(name: str, max: int = 60) -> str:
    """Lower-case ASCII words joined by hyphens, cut at a word where possible."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = []
    for word in re.split(r"[^a-z0-9]+", plain.lower()):
        if word:
            words.append(word)
    text = "-".join(words)
    if len(text) <= max:
        return text
    else:
        return text[:max].rpartition("-")[0] or text[:max]


def unique(name: str, taken: set[str]) -> str:
    """The slug, with the first free number behind it when it is taken."""
    base = slug(name)
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return "{}-{}".format(base, number)
