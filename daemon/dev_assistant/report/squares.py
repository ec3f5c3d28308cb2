"""Areas in proportion, as near to squares as they can be.

Bruls, Huizing, van Wijk: Squarified Treemaps (2000): a row along the shorter side takes in areas for as long
as that makes its worst one more square.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


def squares(weights: Sequence[float], box: Box) -> list[Box]:
    """A box for each weight, which are positive and come largest first; together they fill ``box``."""
    boxes: list[Box] = []
    scale = box.width * box.height / sum(weights) if weights else 0.0
    areas = [weight * scale for weight in weights]
    while areas:
        side = min(box.width, box.height)
        count = 1
        while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(areas[:count], side):
            count += 1
        row, box = _row(areas[:count], box)
        boxes += row
        areas = areas[count:]
    return boxes


def _worst(areas: Sequence[float], side: float) -> float:
    """How far the least square one of a row is from one: 1 is a square."""
    total = sum(areas)
    return max(side * side * max(areas) / total**2, total**2 / (side * side * min(areas)))


def _row(areas: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """The boxes of a row along the shorter side, and what it leaves."""
    total, at, boxes = sum(areas), 0.0, []
    x, y, width, height = box
    if width >= height:
        thick = total / height
        for area in areas:
            boxes.append(Box(x, y + at, thick, area / thick))
            at += area / thick
        return boxes, Box(x + thick, y, max(0.0, width - thick), height)
    thick = total / width
    for area in areas:
        boxes.append(Box(x + at, y, area / thick, thick))
        at += area / thick
    return boxes, Box(x, y + thick, width, max(0.0, height - thick))
