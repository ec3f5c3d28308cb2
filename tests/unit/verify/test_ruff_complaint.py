from __future__ import annotations

import pytest

from dev_assistant.verify.ruff_complaint import explain

TOML = b"""ruff failed
  Cause: Failed to parse /p/sub/ruff.toml
  Cause: TOML parse error at line 3, column 1
  |
3 | secret
  | ^^^^
unknown field `nope`
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            b"ruff failed\n  Cause: Required version `>9` does not match\n",
            "Required version `>9` does not match",
        ),
        (b"", "ruff failed without a word"),
        (
            TOML,
            "sub/ruff.toml:3: unknown field `nope`",
        ),
        (
            b"ruff failed\n  Cause: Unknown rule `Z` from `/p/ruff.toml`\n",
            "Unknown rule `Z` from `ruff.toml`",
        ),
    ],
)
def test_ruffs_words_in_one_line(text, told):
    assert explain(text, root="/p") == told


def test_a_long_complaint_is_cut():
    assert len(explain(b"x" * 5000, root="/p")) == 300
