from __future__ import annotations

import re

from hypothesis import given

from dev_assistant.escape import visible
from dev_assistant.report.formats.github import LIMIT, data, github, value
from unit.report.formats.conftest import HOSTILE, PATHS

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def decoded(text: str) -> str:
    """As the runner of GitHub Actions reads a property or a message."""
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def shown(text: str) -> str:
    return "".join(char if char in "\r\n" else visible(char) for char in text)


def test_doubts_are_errors_and_advice_is_a_notice(full):
    lines = github(full).decode().splitlines()

    assert [COMMAND.fullmatch(line)[1] for line in lines] == [*["error"] * 4, "warning", "notice", "notice"]
    assert lines[0] == ("::error title=dev-assistant/incomplete::/w/gone does not exist or cannot be read")
    assert lines[4].startswith("::warning file=a.py,line=3,endLine=3,col=5,endColumn=6,title=F401 ")
    assert lines[4].endswith("::F401 `os` unused (fixable)")


@given(HOSTILE)
def test_the_runner_reads_back_what_was_written(foreign):
    assert decoded(data(foreign)) == shown(foreign)
    assert decoded(value(foreign)) == shown(foreign)
    assert not set(value(foreign)) & set(":,\r\n")


@given(PATHS, HOSTILE)
def test_no_name_ends_its_command(named, path, message):
    document = named(path, message)
    lines = github(document).decode().split("\n")

    assert lines.pop() == ""
    assert len(lines) == 2
    for line in lines:
        command = COMMAND.fullmatch(line)
        properties = dict(part.split("=", 1) for part in command[2].split(","))
        assert decoded(properties["file"]).endswith(shown(document.files[0].path.rpartition("/")[2]))


def test_a_cut_is_told_and_keeps_the_gravest(many):
    lines = github(many).decode().splitlines()

    assert len(lines) == LIMIT
    assert "title=E999" in lines[0]
    assert lines[-1] == "::notice title=dev-assistant::2,001 of 3,000 annotations are left out"
