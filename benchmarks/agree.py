"""Whether the daemon agrees with ruff on real code, file by file, and what getting there costs.

python benchmarks/agree.py [--copies 1] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import corpus
import figures
import scenarios
from subject import running


def measure(*, wheels: Path | None, copies: int, scratch: Path) -> dict[str, float]:
    """Start cold, compare everything, restart. Raises Disagreement."""
    workspace = corpus.build(scratch / "tree", sources=corpus.wheels(wheels), copies=copies)
    print(f"{workspace.python_files} Python files in {', '.join(workspace.projects)}")
    begun = time.monotonic()
    with running(workspace.file, home=scratch / "home") as daemon:
        ready = time.monotonic() - begun
        daemon.settle(timeout=600)
        rows = {"ready_s": ready, "cold_s": time.monotonic() - begun}
        document = scenarios.check(daemon)
        rows |= scenarios.same_findings(workspace, document)
        rows |= scenarios.same_totals(workspace, document)
        return rows | scenarios.restart(daemon, workspace, before=document)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--copies", type=int, default=1, help="unpack each wheel so many times")
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        try:
            rows = measure(wheels=arguments.wheels, copies=arguments.copies, scratch=Path(scratch))
        except scenarios.Disagreement as difference:
            raise SystemExit(f"the daemon is wrong: {difference}") from None
    for name, value in rows.items():
        print(f"{name:16} {value:12,.2f}")
    print(figures.save("agree", setting={"copies": arguments.copies}, rows=rows))


if __name__ == "__main__":
    main()
