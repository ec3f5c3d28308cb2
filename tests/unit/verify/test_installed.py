from __future__ import annotations

import pytest

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.verify.installed import Installed


def test_the_version_of_a_tool_is_a_number():
    children = process.Children()
    ruff = Installed("ruff", extra="none")
    assert ruff.path() == process.tool("ruff")
    assert ruff.version(children)[0].isdecimal()
    assert ruff.version(children) == ruff.version(children)


def test_a_tool_that_is_missing_says_how_to_get_it():
    missing = Installed("no-such-tool", extra="js")
    for ask in (missing.path, lambda: missing.version(process.Children())):
        with pytest.raises(ToolError, match=r'no-such-tool is not .* pip install "dev-assistant\[js\]"$'):
            ask()
