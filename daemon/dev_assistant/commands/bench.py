"""``bench``: how fast this workspace is judged on this machine, measured on a copy of it."""

from __future__ import annotations

import argparse

from dev_assistant.commands.output import root_of, seconds, write, write_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dev_assistant.diagnosis.speed import Measurement, Trial

HELP = "measure how fast this workspace is judged, on a copy of it, beside ruff"
EXAMPLES = """\
  dev-assistant bench                  everything cold, everything warm, and saves: a minute at most
  dev-assistant bench --seconds 300    for a large workspace; exit status 3 when that is not enough
  dev-assistant bench --json           with every sample
"""
_INCOMPLETE = 3


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=seconds, default=60.0, metavar="S", help="how long it may take (60 s)"
    )


def run(args: argparse.Namespace) -> int:
    """0, or 3 when time ran out before all was measured. Raises UserError."""
    from dev_assistant.diagnosis.speed import measure  # noqa: PLC0415  what --help need not pay

    trial = measure(root_of(args), workspace=args.workspace, seconds=args.seconds)
    if args.json:
        write_json(document(trial))
    else:
        write("".join(f"{line}\n" for line in told(trial)))
    return 0 if trial.complete else _INCOMPLETE


def document(trial: Trial) -> dict[str, Any]:
    """Times stand in ``meta``, as in every document."""
    measured = [
        {
            "what": each.what,
            "ms": each.ours,
            "p50_ms": each.median,
            "beside": each.beside,
            "beside_ms": each.theirs,
            "beside_p50_ms": each.median_beside,
        }
        for each in trial.measurements
    ]
    return {
        "schema": "dev-assistant/bench@1",
        "meta": {"complete": trial.complete, "measurements": measured},
        "files": trial.files,
        "python_files": trial.python_files,
        "left_out": trial.left_out,
    }


def told(trial: Trial) -> list[str]:
    """The same for people."""
    outside = f", {trial.left_out:,} outside of the workspace left out" if trial.left_out else ""
    lines = [f"{trial.files:,} files, {trial.python_files:,} of them Python{outside}; medians in ms"]
    lines += map(_line, trial.measurements)
    if not trial.complete:
        lines.append("not all was measured in time: add --seconds")
    return lines


def _line(measured: Measurement) -> str:
    ours, theirs = measured.median, measured.median_beside
    if ours is None or theirs is None:
        return f"{measured.what:<28} not in time"
    ratio = f"{ours / theirs:.2f} times" if theirs else ""
    return f"{measured.what:<28} {ours:>10,.1f}   {measured.beside:<22} {theirs:>10,.1f}   {ratio}"
