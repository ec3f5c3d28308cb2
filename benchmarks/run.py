"""Measure scenarios beside their peers, keep what was found in ``results/``, and write ``REPORT.md``.

python benchmarks/run.py [--only NAME ...] [--quick] [--size 1k|10k|50k|100k ...] [--note TEXT] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import history
import report
from figures import Row, distribution
from scenario import Field, Scenario, Standing
from scenarios import SCENARIOS
from subject import end_with_us

SIZES = {"1k": 1_000, "10k": 10_000, "50k": 50_000, "100k": 100_000}


def measure(run: history.Run, arguments: argparse.Namespace, scratch: Path) -> None:
    """All that is asked for, one after the other; one that fails holds up no other."""
    with contextlib.ExitStack() as stack:
        standing = Standing(scratch, stack)
        for scenario, files in _asked(arguments):
            place = scratch / f"{scenario.name}-{files}"
            place.mkdir()
            field = Field(files, arguments.quick, place, standing, arguments.wheels)
            print(f"\n{scenario.name}, {files:,} files: {scenario.goal}", flush=True)
            _measure(run, scenario, field)
            history.save(run)  # a run that is ended has told what it had
            shutil.rmtree(place, ignore_errors=True)


def _measure(run: history.Run, scenario: Scenario, field: Field) -> None:
    begun = time.monotonic()
    try:
        rows = scenario.run(field)
    except Exception as error:  # noqa: BLE001  told of in the report
        traceback.print_exc()
        what = f"{type(error).__name__}: {error}".partition("\n")[0]
        taken = time.monotonic() - begun
        history.failed(run, name=scenario.name, files=field.files, seconds=taken, error=what)
        return
    history.add(run, name=scenario.name, files=field.files, seconds=time.monotonic() - begun, rows=rows)
    print("\n".join(table(rows)), flush=True)


def table(rows: list[Row]) -> Iterator[str]:
    """Samples, minimum, median and 95th percentile of each row, and the goals."""
    width = max(len(row.subject) for row in rows)
    for row in rows:
        if row.samples:
            d = distribution(row.samples)
            numbers = " ".join(f"{value:10.2f}" for value in (d.min, d.p50, d.p95))
            yield f"  {row.subject:{width}} {d.count:4} {numbers} {row.unit}, errors {row.errors}"
    for row in rows:
        for goal in row.goals:
            mark, sign = "reached" if goal.reached else "MISSED", "≥" if goal.least else "≤"
            yield f"  {mark:8} {row.subject}: {goal.text} {goal.value:.3g} {sign} {goal.limit:g}"


def _asked(arguments: argparse.Namespace) -> Iterator[tuple[Scenario, int]]:
    for scenario in SCENARIOS:
        if arguments.only and scenario.name not in arguments.only:
            continue
        sizes = scenario.quick if arguments.quick else scenario.full
        yield from ((scenario, files) for files in [SIZES[size] for size in arguments.size] or sizes)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--only", nargs="+", choices=names, default=[])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, at most 10,000 files")
    parser.add_argument(
        "--size", nargs="+", choices=list(SIZES), default=[], help="instead of each one's own"
    )
    parser.add_argument("--note", default="", help="a word on the machine for the report")
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    return parser.parse_args()


def main() -> int:
    arguments = _parse()
    end_with_us()
    run = history.new(profile="quick" if arguments.quick else "full", note=arguments.note)
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="da-") as scratch:
            measure(run, arguments, Path(scratch).resolve())
    finally:
        print(f"\n{time.monotonic() - begun:.0f} s, {report.write(history.runs())}")
    return 1 if any("error" in result for result in run["scenarios"]) else 0


if __name__ == "__main__":
    sys.exit(main())
