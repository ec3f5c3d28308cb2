"""What ``gate`` demands: limits on scores, on findings, and on what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from dev_assistant.model import Category, Severity
from dev_assistant.settings.marks import Checked, Unit, WorkspaceWide

KINDS = ("all", *Severity, *Category)


def _named(limits: Mapping[str, int]) -> Mapping[str, int]:
    unknown = [name for name in limits if name not in KINDS]
    if unknown:
        raise ValueError(f"{unknown[0]} is none of {', '.join(KINDS)}")
    return limits


FindingLimits = Annotated[Mapping[str, Annotated[int, Field(ge=0)]], AfterValidator(_named)]
"""Most findings of each severity, of each category, or of all."""

_NEW = {"error": 0, "warning": 0, "security": 0}
_ALL: dict[str, int] = {}


class Gating(Checked):
    """What ``gate`` demands."""

    gate_min_score: Annotated[
        float, Field(ge=0, le=10, description="Least score of the project with which the gate passes.")
    ] = 0.0
    gate_max_new: Annotated[
        FindingLimits,
        Field(
            description="Most new findings with which the gate passes, for each kind that is named: all, a "
            "severity (error, warning, info) or a category (lint, design, security, unfinished)."
        ),
    ] = _NEW
    gate_max_findings: Annotated[
        FindingLimits,
        Field(description="The same for all findings, new and old. None is limited by default."),
    ] = _ALL
    gate_max_failed: Annotated[
        int,
        Unit("files"),
        Field(ge=0, description="Most files that could not be judged for which the gate is not unknown."),
    ] = 0
    gate_min_coverage: Annotated[
        float,
        Unit("%"),
        Field(
            ge=0,
            le=100,
            description="Least share of the files to be judged that are, below which the gate is unknown. "
            "Skipped files are not to be judged.",
        ),
    ] = 100.0
    gate_min_workspace_score: Annotated[
        float,
        WorkspaceWide(),
        Field(ge=0, le=10, description="Least score of the workspace with which the gate passes."),
    ] = 0.0
