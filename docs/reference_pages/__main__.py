"""``python -m reference_pages``, with docs/ on the path: write every generated file anew."""

from __future__ import annotations

import sys

from reference_pages.generated import GENERATED, REPOSITORY

for place, text in GENERATED.items():
    path = REPOSITORY / place
    made = text()
    if not path.exists() or path.read_text(encoding="utf-8") != made:
        path.write_text(made, encoding="utf-8")
        sys.stdout.write(f"{place}: written\n")
