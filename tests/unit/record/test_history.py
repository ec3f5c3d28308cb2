from pathlib import Path

from dev_assistant.model import RelPath
from dev_assistant.ports import Evidence
from dev_assistant.record.chain import GENESIS, Break
from dev_assistant.record.history import Told, history, latest
from dev_assistant.record.lines import encode_line, line_of
from fakes.record import evidence

NAMES = ("a.py", "b.py", "pkg/a.py")


def line(*entries: Evidence, project: str = "demo") -> bytes:
    return encode_line(line_of(entries, project=project, place="x.0", prev=GENESIS)) + b"\n"


def told(directory: Path, path: str) -> list[Told | Break]:
    return list(history(directory, RelPath(path), project="demo"))


def test_a_file_is_told_of_alone_and_in_batches_oldest_first(tmp_path: Path) -> None:
    batch = [evidence(name, cached=True) for name in NAMES]
    (tmp_path / "2026-01-02.jsonl").write_bytes(line(evidence("b.py")) + line(*batch))
    (tmp_path / "2026-01-01.jsonl").write_bytes(line(evidence("a.py")))

    first, second = told(tmp_path, "a.py")

    assert isinstance(first, Told)
    assert isinstance(second, Told)
    assert (first.file, first.line, first.cached) == ("2026-01-01.jsonl", 1, False)
    assert first.counts is not None
    assert (second.file, second.line, second.cached, second.counts) == ("2026-01-02.jsonl", 2, True, None)
    assert second.digest == batch[0].digest


def test_another_projects_lines_count_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "2026-01-01.jsonl").write_bytes(line(evidence("a.py"), project="other"))

    assert told(tmp_path, "a.py") == []


def test_a_damaged_line_that_names_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "2026-01-01.jsonl").write_bytes(b'{"path":"a.py"\n' + line(evidence("a.py")))

    damaged, sound = told(tmp_path, "a.py")

    assert isinstance(damaged, Break)
    assert (damaged.line, isinstance(sound, Told)) == (1, True)


def test_names_that_are_not_unicode_are_found(tmp_path: Path) -> None:
    name = 'odd\udcff"é.py'
    (tmp_path / "2026-01-01.jsonl").write_bytes(line(evidence(name)))

    assert len(told(tmp_path, name)) == 1


def test_the_last_word_is_that_of_the_newest_day(tmp_path: Path) -> None:
    (tmp_path / "2026-01-01.jsonl").write_bytes(line(evidence("a.py")) + line(evidence("old.py")))
    (tmp_path / "2026-01-02.jsonl").write_bytes(line(evidence("a.py")) + line(evidence("a.py", trigger="x")))

    last = latest(tmp_path, RelPath("a.py"), project="demo")

    assert last is not None
    assert (last.file, last.line, last.trigger) == ("2026-01-02.jsonl", 2, "x")
    older = latest(tmp_path, RelPath("old.py"), project="demo")
    assert older is not None and older.file == "2026-01-01.jsonl"
    assert latest(tmp_path, RelPath("never.py"), project="demo") is None
