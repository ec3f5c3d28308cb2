"""What settings are made of: their types with their limits, and the marks that say more about them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LogLevel = Literal["debug", "info", "warning", "error", "critical"]


@dataclass(frozen=True, slots=True)
class Unit:
    """What the number of a setting counts."""

    name: str


@dataclass(frozen=True, slots=True)
class WorkspaceWide:
    """Marks a setting of the one daemon, which a project among others cannot decide."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a setting that runs a program: only the user may decide it, and no file of a repository."""


def _one_line(text: str) -> str:
    if not text.strip() or any(char in text for char in "\0\n\r"):
        raise ValueError("must be one line of text that is not blank")
    return text


def _path(text: str) -> str:
    if text == "~" or text.startswith("~/"):
        raise ValueError("~ is not expanded")
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        raise ValueError("cannot be the name of a file") from None
    return text


def _not_empty(paths: tuple[str, ...]) -> tuple[str, ...]:
    if not paths:
        raise ValueError("names no directory: enabled = false is the way to watch none")
    return paths


Text = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
Workers = Annotated[int, Field(ge=1, le=64)]
Weight = Annotated[float, Field(ge=0, le=1)]
ChangedLines = Annotated[int, Field(ge=0, le=10_000_000)]
Patterns = Annotated[tuple[Text, ...], Field(strict=False)]
Codes = Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z]+\d{3,4}$")], ...], Field(strict=False)]
Paths = Annotated[
    tuple[Annotated[Text, AfterValidator(_path)], ...],
    Field(strict=False, json_schema_extra={"minItems": 1}),
    AfterValidator(_not_empty),
]


class Checked(BaseModel):
    """Settings that are strict about what is written, and do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
