"""Failpoints of this process, armed for the length of a block."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from dev_assistant import failpoints


@contextlib.contextmanager
def armed(text: str) -> Iterator[None]:
    failpoints.arm({failpoints.VARIABLE: text})
    try:
        yield
    finally:
        failpoints.arm({})
