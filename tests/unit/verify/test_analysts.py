from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from dev_assistant.analysis.worker import Answer, Task
from dev_assistant.errors import ToolError
from dev_assistant.files import digest_of
from dev_assistant.verify.analysts import Analysts

LIMIT = 1_000


@pytest.fixture
def analysts() -> Iterator[Analysts]:
    made = Analysts()
    yield made
    made.close()


def task(path: Path) -> Task:
    return Task(os.fsencode(path), os.fsencode(path.name), LIMIT)


def own() -> list[psutil.Process]:
    """The analysts among our children; not one that is gone and was not reaped yet."""
    found = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "dev_assistant.analysis.worker" in process.cmdline():
                found.append(process)
    return found


def test_answers_are_about_the_bytes_that_they_name(analysts: Analysts, tmp_path: Path) -> None:
    names = ("a.css", os.fsdecode(b"\xff\n.css"))
    for name in names:
        (tmp_path / name).write_bytes(b"a { color: red }\n")
    answers = analysts.ask("css", [task(tmp_path / name) for name in names], timeout=10)
    assert answers == (Answer(digest_of(b"a { color: red }\n")),) * 2


def test_what_is_no_file_of_ours_has_no_digest(analysts: Analysts, tmp_path: Path) -> None:
    (tmp_path / "large.css").write_bytes(b"a {}" * LIMIT)
    (tmp_path / "link.css").symlink_to("large.css")
    os.mkfifo(tmp_path / "fifo.css")
    names = ("large.css", "link.css", "fifo.css", "absent.css")
    answers = analysts.ask("css", [task(tmp_path / name) for name in names], timeout=10)
    assert answers == (Answer(None),) * 4


def test_a_process_lives_on_and_one_that_died_is_replaced(analysts: Analysts, tmp_path: Path) -> None:
    (tmp_path / "a.css").write_bytes(b"")
    analysts.ask("css", [task(tmp_path / "a.css")], timeout=10)
    (first,) = own()
    analysts.ask("css", [task(tmp_path / "a.css")], timeout=10)
    assert own() == [first]
    first.kill()
    first.wait(10)
    assert len(analysts.ask("css", [task(tmp_path / "a.css")], timeout=10)) == 1
    assert first not in own()


def test_a_file_goes_to_the_process_that_saw_it(analysts: Analysts, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.py" for name in "abcdefgh"]
    for path in paths:
        path.write_text(f"{path.stem} = 1\ndef {path.stem}(): pass\n")
    with ThreadPoolExecutor(4) as threads:
        asked = list(threads.map(lambda path: analysts.ask("python", [task(path)], timeout=30), paths))
    assert [answer.reused for (answer,) in asked] == [0] * 8
    assert len(own()) > 1
    for path in (*paths, *reversed(paths)):
        (answer,) = analysts.ask("python", [task(path)], timeout=30)
        assert answer.reused == answer.definitions == 2


def test_one_that_hangs_is_ended_and_told(analysts: Analysts, tmp_path: Path) -> None:
    analysts.ask("css", [], timeout=10)
    (process,) = own()
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(ToolError, match=r"analysis of css: .* did not answer in time"):
        analysts.ask("css", [], timeout=0.1)
    assert own() == []


def test_an_analysis_that_is_not_there_is_told(analysts: Analysts) -> None:
    with pytest.raises(ToolError, match=r"analysis of astrology: .*astrology"):
        analysts.ask("astrology", [], timeout=10)


def test_as_many_at_once_as_ask(analysts: Analysts, tmp_path: Path) -> None:
    (tmp_path / "a.css").write_bytes(b"a { color: red }")
    with ThreadPoolExecutor(6) as threads:
        asked = [
            threads.submit(analysts.ask, "css", [task(tmp_path / "a.css")], timeout=30) for _ in range(24)
        ]
        answers = {each.result() for each in asked}
    assert len(answers) == 1
    assert 1 <= len(own()) <= 6


def test_closed_it_leaves_no_process(analysts: Analysts) -> None:
    analysts.ask("css", [], timeout=10)
    analysts.close()
    assert own() == []
