"""Whether the daemon agrees with ruff on real code, file by file, and what getting there costs.

python benchmarks/agree.py [--files 2676] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import agreement
import corpus
from subject import running


def measure(*, wheels: Path | None, files: int, scratch: Path) -> dict[str, float]:
    """Start cold, compare everything, restart. Raises Disagreement."""
    workspace = corpus.tree(scratch / "tree", files, wheels=wheels)
    print(f"{workspace.python_files} Python files in {', '.join(workspace.projects)}")
    begun = time.monotonic()
    with running(workspace.file, home=scratch / "home") as daemon:
        ready = time.monotonic() - begun
        daemon.settle(timeout=600)
        rows = {"ready_s": ready, "cold_s": time.monotonic() - begun}
        document = agreement.check(daemon)
        rows |= agreement.same_findings(workspace, document)
        rows |= agreement.same_totals(workspace, document)
        return rows | agreement.restart(daemon, workspace, before=document)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=2_676, help="all of the wheels once")
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        try:
            rows = measure(wheels=arguments.wheels, files=arguments.files, scratch=Path(scratch))
        except agreement.Disagreement as difference:
            raise SystemExit(f"the daemon is wrong: {difference}") from None
    for name, value in rows.items():
        print(f"{name:16} {value:12,.2f}")


if __name__ == "__main__":
    main()
