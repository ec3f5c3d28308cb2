from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev_assistant.crash import write_report


def test_the_report_is_private_and_says_what_happened() -> None:
    with pytest.raises(ValueError, match="odd") as raised:
        int("odd")
    path = Path(write_report(raised.value, ["check", "a\udcff.py"]))
    text = path.read_text()
    assert "ValueError" in text and "test_crash.py" in text and "check" in text
    assert os.stat(path).st_mode & 0o077 == 0
    path.unlink()
