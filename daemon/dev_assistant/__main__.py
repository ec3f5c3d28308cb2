"""``python -m dev_assistant`` and the ``dev-assistant`` script."""

from __future__ import annotations

import sys

from dev_assistant.cli import main

if __name__ == "__main__":
    sys.exit(main())
