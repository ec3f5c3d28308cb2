"""What every ``EvidenceLog`` promises: what was appended is there, in order; what was refused is not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev_assistant.model import RelPath
from dev_assistant.ports import EvidenceLog
from dev_assistant.record.chain import day_files
from dev_assistant.record.evidence import EvidenceUnavailable, JsonlEvidenceLog, read_day
from dev_assistant.record.lines import EvidenceLine
from fakes.record import MemoryEvidenceLog, evidence


@dataclass
class Subject:
    """A log, how to read its paths back, and how to make it refuse."""

    log: EvidenceLog
    paths: Callable[[], list[str]]
    refuse: Callable[[bool], None]


def on_disk(directory: Path) -> Subject:
    head: list[str] = []

    def paths() -> list[str]:
        lines = [line for file in day_files(directory) for line in read_day(file)]
        assert all(isinstance(line, EvidenceLine) for line in lines)
        return [path for line in lines if isinstance(line, EvidenceLine) for path in paths_of(line)]

    def refuse(refusing: bool) -> None:
        away = directory.with_name("away")
        if refusing:
            directory.rename(away) if directory.exists() else away.mkdir()
            directory.write_text("no directory")
        else:
            directory.unlink()
            away.rename(directory)

    log = JsonlEvidenceLog(
        directory, project="demo", head=lambda: head[-1] if head else None, save_head=head.append
    )
    return Subject(log, paths, refuse)


def paths_of(line: EvidenceLine) -> list[str]:
    return [line.path] if line.path is not None else [entry.path for entry in line.paths or ()]


def in_memory() -> Subject:
    log = MemoryEvidenceLog()

    def refuse(refusing: bool) -> None:
        log.refusing = refusing

    return Subject(log, lambda: [entry.path for entry in log.entries], refuse)


@pytest.fixture(params=["jsonl", "memory"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    subject = on_disk(tmp_path / "evidence") if request.param == "jsonl" else in_memory()
    yield subject
    subject.log.close()


def test_a_new_log_is_empty(subject: Subject) -> None:
    assert subject.paths() == []


def test_entries_are_there_as_soon_as_they_were_appended(subject: Subject) -> None:
    subject.log.append([evidence("a.py")])
    assert subject.paths() == ["a.py"]
    subject.log.append([evidence("c.py"), evidence("b.py", cached=True), evidence("a.py")])

    assert subject.paths() == ["a.py", "c.py", "b.py", "a.py"]


def test_every_hit_of_a_batch_is_there(subject: Subject) -> None:
    names = [f"{number}.py" for number in range(2_500)]
    subject.log.append([evidence(name, cached=True) for name in names])

    assert subject.paths() == names


def test_appending_nothing_is_nothing(subject: Subject) -> None:
    subject.log.append([])

    assert subject.paths() == []


def test_what_was_refused_was_not_added_and_can_be_tried_again(subject: Subject) -> None:
    subject.refuse(True)
    with pytest.raises(EvidenceUnavailable):
        subject.log.append([evidence("a.py")])
    subject.refuse(False)
    assert subject.paths() == []
    subject.log.append([evidence("a.py")])

    assert subject.paths() == ["a.py"]


def test_names_that_are_not_utf8_are_kept(subject: Subject) -> None:
    subject.log.append([evidence(RelPath("src/\udcff.py"))])

    assert subject.paths() in ([RelPath("src/\udcff.py")], ["src/\\xff.py"])


def test_closing_twice_is_closing_once(subject: Subject) -> None:
    subject.log.append([evidence()])
    subject.log.close()
    subject.log.close()
