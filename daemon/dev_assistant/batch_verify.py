"""``python -m dev_assistant.batch_verify``: the command ``batch-verify``, as a module to run."""

from __future__ import annotations

import sys

from dev_assistant.cli import main

if __name__ == "__main__":
    sys.exit(main(["batch-verify", *sys.argv[1:]]))
