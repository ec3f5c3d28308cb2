"""Samples as tables and JSON. Only figures of one run are comparable: the machine's noise is part of each."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from corpus import RESULTS


@dataclass(frozen=True, slots=True)
class Figures:
    """A distribution in the samples' unit. ``missed`` attempts had no answer in time and are not in it."""

    count: int
    min: float
    p50: float
    p95: float
    max: float
    missed: int = 0


def figures(samples: Sequence[float], *, missed: int = 0) -> Figures:
    """Of at least one sample; p95 by linear interpolation between ranks."""
    ranked = sorted(samples)
    p95 = statistics.quantiles(ranked, n=20, method="inclusive")[18] if len(ranked) > 1 else ranked[0]
    return Figures(len(ranked), ranked[0], statistics.median(ranked), p95, ranked[-1], missed)


def table(rows: Mapping[str, Figures], *, unit: str, base: str | None = None) -> str:
    """Plain text; with ``base`` a column of medians relative to that row."""
    width = max(map(len, rows))
    lines = [f"{'':{width}}  {'n':>4} {'min':>8} {'p50':>8} {'p95':>8} {'max':>8} {unit}  missed  p50 ratio"]
    for name, row in rows.items():
        ratio = f"{row.p50 / rows[base].p50:8.1f}x" if base is not None and base in rows else ""
        numbers = " ".join(f"{value:8.2f}" for value in (row.min, row.p50, row.p95, row.max))
        lines.append(f"{name:{width}}  {row.count:4d} {numbers} {'':{len(unit)}}  {row.missed:6d}  {ratio}")
    return "\n".join(lines)


def save(name: str, *, setting: Mapping[str, object], rows: Mapping[str, Figures | float]) -> Path:
    """Write ``results/NAME-TIME.json`` with what is needed to read it later."""
    document = {
        "benchmark": name,
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "versions": {package: version(package) for package in ("dev-assistant", "ruff", "watchfiles")},
        "setting": dict(setting),
        "rows": {key: asdict(row) if isinstance(row, Figures) else row for key, row in rows.items()},
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{time.strftime('%Y%m%dT%H%M%S')}.json"
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path
