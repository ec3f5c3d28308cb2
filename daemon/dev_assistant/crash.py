"""Our own mistakes: the traceback goes into a file that is a ready bug report."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence

from dev_assistant import __version__


def write_report(error: BaseException, arguments: Sequence[str]) -> str:
    """Write the report into a new private file; its path."""
    text = [
        f"dev-assistant {__version__}, Python {sys.version.split()[0]}, {platform.platform()}",
        f"arguments: {list(arguments)!r}",
        "",
        *traceback.format_exception(error),
    ]
    with tempfile.NamedTemporaryFile(
        "w",
        prefix="dev-assistant-crash-",
        suffix=".txt",
        delete=False,
        encoding="utf-8",
        errors="backslashreplace",
    ) as report:
        report.write("\n".join(text))
    return report.name
