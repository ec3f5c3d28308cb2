"""Names of assets that a browser may cache for ever: the content's hash is part of the name."""

import hashlib
import re
from pathlib import Path

HASHED = re.compile(r"^(?P<stem>.+)\.[0-9a-f]{8}(?P<suffix>\.\w+)$")


def hashed_name(path: Path) -> str:
    """``styles.css`` becomes ``styles.1a2b3c4d.css``."""
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    return f"{path.stem}.{digest[:8]}{path.suffix}"


def original_name(name: str) -> str:
    """The name before hashing; a name without a hash as it is."""
    match = HASHED.match(name)
    if match == None:
        return name
    return match["stem"] + match["suffix"]


def cache_control(name: str, seen: set[str] = set()) -> str:
    """The Cache-Control header: a year for a hashed name, a revalidation for anything else."""
    # TODO: serve fonts with a year as well, once they are hashed
    if original_name(name) != name:
        seen.add(name)
        return "public, max-age=31536000, immutable"
    return "no-cache"
