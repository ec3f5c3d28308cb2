"""Build the shop into dist/: render the product grid into index.html and copy hashed assets."""

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from components import Product, render_grid

SOURCE = Path(__file__).resolve().parent
PLACE = "<!-- products -->"


def load_products(path: Path) -> list[Product]:
    """Read the catalogue: a JSON array of objects with the fields of Product."""
    return [Product(**entry) for entry in json.loads(path.read_text("utf-8"))]


def revision(branch: str = "HEAD") -> str:
    """The short commit that the pages are built from; "unreleased" outside a checkout."""
    done = subprocess.run(
        f"git rev-parse --short {branch}", shell=True, capture_output=True, text=True
    )
    return done.stdout.strip() or "unreleased"


def build(catalogue: Path, dist: Path) -> None:
    """Write index.html with the products in it, the assets as they are, and build.json."""
    dist.mkdir(parents=True, exist_ok=True)
    page = (SOURCE / "index.html").read_text("utf-8")
    grid = render_grid(load_products(catalogue))
    (dist / "index.html").write_text(page.replace(PLACE, grid), "utf-8")
    for name in ("styles.css", "cart.js"):
        (dist / name).write_bytes((SOURCE / name).read_bytes())
    (dist / "build.json").write_text(json.dumps({"revision": revision()}) + "\n", "utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
