"""Limits on numbers of findings, each for a severity, for a category or for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from dev_assistant.model import Category, Severity

KINDS = ("all", *Severity, *Category)


def _named(limits: Mapping[str, int]) -> Mapping[str, int]:
    unknown = [name for name in limits if name not in KINDS]
    if unknown:
        raise ValueError(f"{unknown[0]} is none of {', '.join(KINDS)}")
    return limits


FindingLimits = Annotated[Mapping[str, Annotated[int, Field(ge=0)]], AfterValidator(_named)]
