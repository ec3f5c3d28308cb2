from __future__ import annotations

from dev_assistant.report.formats.plain_text import concise
from dev_assistant.report.formats.plain_text import full as in_full


def test_concise_is_a_line_each(full):
    assert concise(full).decode().splitlines() == [
        "services/api/src/broken.py:1:1: E999 unused",
        "a.py:3:5: F401 [*] `os` unused",
        "b.py:2:1: DA101 unused",
        "b.py:9:1: DA109 copy of b.py",
        "dev-assistant: /w/gone does not exist or cannot be read",
        "services/api/src/hung.py: failed: timeout",
        "services/api/src/late.py: pending: not judged",
        "3 findings in 7 files (4 fresh, 1 pending, 1 failed, 1 skipped); score 9.87",
    ]


def test_full_says_how_grave_and_what_to_do(full):
    text = in_full(full).decode()
    assert "web: logo.min.js (skipped: generated)" in text
    assert "info unfinished" in text or "info design" in text
    assert "clean.py" not in text
