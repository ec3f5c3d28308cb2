import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Clock
from dev_assistant.record.chain import GENESIS, day_files, read_day, verify_chain
from dev_assistant.record.database import StoreUnavailable
from dev_assistant.record.evidence import EvidenceUnavailable, JsonlEvidenceLog, Opened
from dev_assistant.record.lines import EvidenceLine, Repair
from fakes.record import evidence, full_disk

DAY = 86_400
NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z


class Head:
    """Where the head is kept, as a database would."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.refusing = False

    def load(self) -> str | None:
        return self.text

    def save(self, text: str) -> None:
        if self.refusing:
            raise StoreUnavailable("locked")
        self.text = text


@pytest.fixture
def head() -> Head:
    return Head()


@pytest.fixture
def noon() -> Clock:
    return Clock(NOON)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


Opener = Callable[[], JsonlEvidenceLog]


@pytest.fixture
def opened(directory: Path, head: Head, noon: Clock) -> Iterator[Opener]:
    """Opens the log, as often as a test wants; all are closed in the end."""
    logs: list[JsonlEvidenceLog] = []

    def open_log() -> JsonlEvidenceLog:
        logs.append(
            JsonlEvidenceLog(
                directory, project="demo", head=head.load, save_head=head.save, now=noon, retention_days=30
            )
        )
        return logs[-1]

    yield open_log
    for log in logs:
        log.close()


def lines(directory: Path) -> list[EvidenceLine]:
    found = [line for file in day_files(directory) for line in read_day(file)]
    assert all(isinstance(line, EvidenceLine) for line in found)
    return [line for line in found if isinstance(line, EvidenceLine)]


def told(directory: Path) -> list[str | None]:
    """The path of each line, or its trigger when it is about the log itself."""
    return [line.path or line.trigger for line in lines(directory)]


def cut(file: Path, size: int) -> None:
    os.truncate(file, file.stat().st_size - size)


def today(directory: Path) -> Path:
    return day_files(directory)[-1]


def test_opening_writes_nothing(opened: Opener, tmp_path: Path) -> None:
    opened().append([])

    assert list(tmp_path.iterdir()) == []


def test_lines_are_chained_named_by_their_place_and_known_to_the_head(
    opened: Opener, directory: Path, head: Head
) -> None:
    log = opened()
    log.append([evidence("a.py"), evidence("b.py")])
    log.append([evidence("c.py")])

    assert lines(directory)[0].prev == GENESIS
    assert verify_chain(directory, head=head.text) == []
    content = today(directory).read_bytes()
    for line in lines(directory):
        day, start = line.id.split(".")
        assert day == today(directory).stem
        assert json.loads(content[int(start) :].split(b"\n")[0])["id"] == line.id


def test_hits_of_one_append_are_one_line(opened: Opener, directory: Path) -> None:
    opened().append([evidence(f"{number}.py", cached=True) for number in range(10)])

    (line,) = lines(directory)
    assert [entry.path for entry in line.paths or ()] == [f"{number}.py" for number in range(10)]


def test_a_log_goes_on_where_the_last_one_ended(opened: Opener, directory: Path, head: Head) -> None:
    for name in ("a.py", "b.py", "c.py"):
        log = opened()
        assert log.opened == Opened()
        log.append([evidence(name)])
        log.close()

    assert told(directory) == ["a.py", "b.py", "c.py"]
    assert verify_chain(directory, head=head.text) == []


def test_a_closed_log_opens_again(opened: Opener, directory: Path) -> None:
    log = opened()
    log.append([evidence("a.py")])
    log.close()
    log.append([evidence("b.py")])

    assert told(directory) == ["a.py", "b.py"]


def test_every_day_has_its_file_and_the_chain_goes_on(
    opened: Opener, directory: Path, head: Head, noon: Clock
) -> None:
    log = opened()
    log.append([evidence("a.py")])
    noon.advance(DAY / 2 - 1)
    log.append([evidence("b.py")])
    noon.advance(1)
    log.append([evidence("c.py")])

    assert [path.name for path in day_files(directory)] == ["2026-01-01.jsonl", "2026-01-02.jsonl"]
    assert [len(path.read_bytes().splitlines()) for path in day_files(directory)] == [2, 1]
    assert verify_chain(directory, head=head.text) == []


def test_when_the_clock_goes_back_the_newest_file_is_continued(
    opened: Opener, directory: Path, head: Head, noon: Clock
) -> None:
    log = opened()
    log.append([evidence("a.py")])
    noon.advance(-3 * DAY)
    log.append([evidence("b.py")])
    opened().append([evidence("c.py")])

    assert [path.name for path in day_files(directory)] == ["2026-01-01.jsonl"]
    assert verify_chain(directory, head=head.text) == []


def test_old_days_are_deleted_and_the_anchor_keeps_the_chain_whole(
    opened: Opener, directory: Path, head: Head, noon: Clock
) -> None:
    log = opened()
    for _ in range(40):
        log.append([evidence()])
        noon.advance(DAY)

    assert len(day_files(directory)) == 31
    assert json.loads((directory / "anchor.json").read_bytes())["file"] == "2026-01-09.jsonl"
    assert verify_chain(directory, head=head.text) == []
    assert opened().opened == Opened()


def test_evidence_that_is_older_than_all_is_continued_from_its_anchor(
    opened: Opener, directory: Path, head: Head, noon: Clock
) -> None:
    log = opened()
    log.append([evidence("a.py")])
    log.close()
    noon.advance(100 * DAY)
    opened().append([evidence("b.py")])

    assert told(directory) == ["b.py"]
    assert verify_chain(directory, head=head.text) == []
    assert opened().opened == Opened()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(torn=st.integers(1, 10_000))
def test_a_torn_line_is_cut_off_and_told(tmp_path_factory: pytest.TempPathFactory, torn: int) -> None:
    directory, head = tmp_path_factory.mktemp("torn") / "evidence", Head()
    with log_in(directory, head) as log:
        log.append([evidence("a.py")])
        whole = today(directory).stat().st_size
        before = head.text
        log.append([evidence("b.py")])
    length = today(directory).stat().st_size - whole
    kept = length - 1 - torn % (length - 1)  # from one byte to all but the line feed
    os.truncate(today(directory), whole + kept)
    head.text = before
    with log_in(directory, head) as log:
        assert log.opened == Opened(torn_bytes=kept)
        log.append([evidence("c.py")])

    assert told(directory) == ["a.py", "repair", "c.py"]
    assert lines(directory)[1].repair == Repair(torn_bytes=kept)
    assert verify_chain(directory, head=head.text) == []


@contextmanager
def log_in(directory: Path, head: Head) -> Iterator[JsonlEvidenceLog]:
    log = JsonlEvidenceLog(directory, project="demo", head=head.load, save_head=head.save, now=Clock(NOON))
    with closing(log):
        yield log


def test_a_torn_first_line_of_a_day_is_told_too(
    opened: Opener, directory: Path, head: Head, noon: Clock
) -> None:
    log = opened()
    log.append([evidence("a.py")])
    log.close()
    (directory / "2026-01-02.jsonl").write_bytes(b'{"schema')
    noon.advance(DAY)

    assert opened().opened == Opened(torn_bytes=8)
    assert told(directory) == ["a.py", "repair"]
    assert verify_chain(directory, head=head.text) == []


def test_lines_after_the_head_are_taken_over(
    opened: Opener, directory: Path, head: Head, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "dev_assistant.record")
    log = opened()
    log.append([evidence("a.py")])
    head.refusing = True
    log.append([evidence("b.py")])
    log.append([evidence("c.py")])
    log.close()
    assert len(caplog.records) == 2
    head.refusing = False
    caplog.clear()

    assert opened().opened == Opened(ahead=2)
    assert len(caplog.records) == 1
    assert told(directory) == ["a.py", "b.py", "c.py"]
    assert opened().opened == Opened()


def test_without_a_head_the_log_is_taken_over(opened: Opener, directory: Path, head: Head) -> None:
    log = opened()
    log.append([evidence("a.py")])
    log.close()
    head.text = None
    opened().append([evidence("b.py")])

    assert told(directory) == ["a.py", "b.py"]
    assert verify_chain(directory, head=head.text) == []


def test_a_cut_tail_is_told_in_the_log_for_ever(
    opened: Opener, directory: Path, head: Head, caplog: pytest.LogCaptureFixture
) -> None:
    log = opened()
    log.append([evidence("a.py")])
    kept = today(directory).stat().st_size
    log.append([evidence("b.py")])
    log.close()
    lost = head.text
    os.truncate(today(directory), kept)

    assert opened().opened == Opened(ahead=1, missing=lost)
    assert lines(directory)[-1].repair == Repair(missing=lost)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert opened().opened == Opened()
    opened().append([evidence("c.py")])
    assert [(found.line, str(lost) in found.what) for found in verify_chain(directory)] == [(2, True)]


def test_evidence_that_was_deleted_is_told(opened: Opener, directory: Path, head: Head) -> None:
    log = opened()
    log.append([evidence("a.py")])
    log.close()
    lost = head.text
    today(directory).unlink()
    opened()

    assert [line.repair for line in lines(directory)] == [Repair(missing=lost)]


def delete(file: Path) -> None:
    file.unlink()


def shorten(file: Path) -> None:
    os.truncate(file, 0)


@pytest.mark.parametrize("disturb", [delete, shorten])
def test_what_is_done_to_the_file_of_an_open_log_is_told(
    opened: Opener, directory: Path, head: Head, disturb: Callable[[Path], None]
) -> None:
    log = opened()
    log.append([evidence("a.py")])
    lost = head.text
    disturb(today(directory))
    log.append([evidence("b.py")])

    assert told(directory) == ["repair", "b.py"]
    assert lines(directory)[0].repair == Repair(missing=lost)


def test_two_writers_do_not_break_the_chain(opened: Opener, directory: Path, head: Head) -> None:
    one, other = opened(), opened()
    for name in ("a.py", "b.py", "c.py"):
        one.append([evidence(f"1/{name}")])
        other.append([evidence(f"2/{name}")])

    assert len(told(directory)) == 6
    assert verify_chain(directory, head=head.text) == []


def test_a_full_disk_leaves_whole_lines_and_loses_none(opened: Opener, directory: Path, head: Head) -> None:
    log = opened()
    log.append([evidence("a.py")])
    whole = today(directory).read_bytes()
    with full_disk(len(whole) + 100):
        for _ in range(2):
            with pytest.raises(EvidenceUnavailable):
                log.append([evidence("b.py"), evidence("c.py")])
            assert today(directory).read_bytes() == whole
    log.append([evidence("b.py"), evidence("c.py")])

    assert told(directory) == ["a.py", "b.py", "c.py"]
    assert verify_chain(directory, head=head.text) == []


def test_a_gap_that_cannot_be_told_yet_is_told_later(opened: Opener, directory: Path, head: Head) -> None:
    log = opened()
    log.append([evidence("a.py")])
    log.close()
    lost = head.text
    shorten(today(directory))
    with full_disk(0):
        log = opened()
    log.append([evidence("b.py")])

    assert told(directory) == ["repair", "b.py"]
    assert lines(directory)[0].repair == Repair(missing=lost)


def test_a_link_is_never_followed(opened: Opener, directory: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    directory.mkdir()
    (directory / "2026-01-01.jsonl").symlink_to(outside / "file")
    with pytest.raises(EvidenceUnavailable):
        opened().append([evidence()])
    (directory / "2026-01-01.jsonl").unlink()
    directory.rmdir()
    directory.symlink_to(outside)
    with pytest.raises(EvidenceUnavailable, match="symbolic link"):
        opened().append([evidence()])

    assert (outside / "file").read_bytes() == b""
    assert os.listdir(outside) == ["file"]


def test_a_pipe_in_the_files_place_does_not_block(opened: Opener, directory: Path) -> None:
    directory.mkdir()
    os.mkfifo(directory / "2026-01-01.jsonl")

    with pytest.raises(EvidenceUnavailable):
        opened().append([evidence()])


def test_a_project_that_is_gone_is_not_made_anew(tmp_path: Path, head: Head) -> None:
    with log_in(tmp_path / "gone" / "evidence", head) as log, pytest.raises(EvidenceUnavailable):
        log.append([evidence()])
    assert list(tmp_path.iterdir()) == []


steps = st.lists(
    st.one_of(
        st.integers(1, 3),  # append so many entries
        st.sampled_from(["reopen", "next day", "crash before the head"]),
    ),
    max_size=12,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_in_the_daemons_life_the_chain_is_whole(
    tmp_path_factory: pytest.TempPathFactory, steps: Sequence[int | str]
) -> None:
    directory, head, clock = tmp_path_factory.mktemp("life") / "evidence", Head(), Clock(NOON)

    def open_log() -> JsonlEvidenceLog:
        return JsonlEvidenceLog(directory, project="demo", head=head.load, save_head=head.save, now=clock)

    log, appended = open_log(), 0
    for step in steps:
        match step:
            case int():
                log.append([evidence(f"{appended + number}.py") for number in range(step)])
                appended += step
            case "next day":
                clock.advance(DAY)
            case _:
                head.refusing = step != "reopen"
                log.append([evidence(f"{appended}.py")])
                appended += 1
                log.close()
                head.refusing = False
                log = open_log()
    log.close()

    assert told(directory) == [f"{number}.py" for number in range(appended)]
    assert verify_chain(directory, head=head.text) == []
