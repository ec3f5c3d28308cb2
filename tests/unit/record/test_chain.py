import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dev_assistant.record.chain import (
    GENESIS,
    LINE_LIMIT,
    Anchor,
    Break,
    End,
    Inspection,
    Kind,
    Tail,
    check_end,
    day_files,
    hash_of,
    iter_lines,
    read_anchor,
    read_day,
    tail_of,
    verify_chain,
    write_anchor,
)
from dev_assistant.record.lines import EvidenceLine, Repair, encode_line, line_of, repair_line
from fakes.record import evidence

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")


def chain(length: int, prev: str = GENESIS) -> list[bytes]:
    lines = []
    for number in range(length):
        made = line_of([evidence(f"{number}.py")], project="demo", place=f"x.{number}", prev=prev)
        lines.append(encode_line(made))
        prev = hash_of(lines[-1])
    return lines


def write(directory: Path, lines: Sequence[bytes], per_day: int = 2) -> None:
    for number, day in enumerate(DAYS):
        own = lines[number * per_day : (number + 1) * per_day]
        (directory / f"{day}.jsonl").write_bytes(b"".join(line + b"\n" for line in own))


@pytest.fixture
def lines(tmp_path: Path) -> list[bytes]:
    """Six lines, two a day."""
    lines = chain(6)
    write(tmp_path, lines)
    return lines


def test_a_chain_as_it_was_written_has_no_break(tmp_path: Path, lines: list[bytes]) -> None:
    assert verify_chain(tmp_path) == []
    assert verify_chain(tmp_path, head=hash_of(lines[-1])) == []


def test_no_evidence_is_a_whole_chain(tmp_path: Path) -> None:
    assert verify_chain(tmp_path) == verify_chain(tmp_path / "absent") == []


def test_a_head_that_lags_is_met_on_the_way(tmp_path: Path, lines: list[bytes]) -> None:
    assert verify_chain(tmp_path, head=hash_of(lines[2])) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_shows(tmp_path: Path, data: st.DataObject) -> None:
    lines = chain(6)
    write(tmp_path, lines)
    file = tmp_path / f"{data.draw(st.sampled_from(DAYS))}.jsonl"
    content = bytearray(file.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)

    assert verify_chain(tmp_path, head=hash_of(lines[-1])) != []


@pytest.mark.parametrize("missing", range(6))
def test_a_missing_line_shows(tmp_path: Path, missing: int) -> None:
    lines = chain(6)
    write(tmp_path, lines[:missing] + lines[missing + 1 :])

    assert len(verify_chain(tmp_path, head=hash_of(lines[-1]))) == 1


def test_the_place_of_a_missing_line_is_told(tmp_path: Path) -> None:
    lines = chain(6)
    write(tmp_path, lines[:3] + lines[4:])

    (found,) = verify_chain(tmp_path)
    assert (found.file, found.line) == ("2026-01-02.jsonl", 2)


def test_a_missing_file_shows(tmp_path: Path, lines: list[bytes]) -> None:
    (tmp_path / "2026-01-01.jsonl").unlink()
    assert [(found.file, found.line) for found in verify_chain(tmp_path)] == [("2026-01-02.jsonl", 1)]
    for day in DAYS[1:]:
        (tmp_path / f"{day}.jsonl").unlink()

    assert [found.line for found in verify_chain(tmp_path, head=hash_of(lines[-1]))] == [0]


def test_an_unfinished_line_shows(tmp_path: Path, lines: list[bytes]) -> None:
    with open(tmp_path / "2026-01-03.jsonl", "ab") as handle:
        handle.write(b'{"schema"')

    found = verify_chain(tmp_path, head=hash_of(lines[-1]))
    assert found == [Break("2026-01-03.jsonl", 3, "unfinished line", Kind.TORN)]


def test_a_cut_line_that_was_whole_once_is_no_crash(tmp_path: Path, lines: list[bytes]) -> None:
    newest = tmp_path / "2026-01-03.jsonl"
    newest.write_bytes(newest.read_bytes()[:-9])

    found = verify_chain(tmp_path, head=hash_of(lines[-1]))
    assert [(one.line, one.kind) for one in found] == [(2, Kind.TORN), (0, Kind.BROKEN)]


def test_an_unfinished_line_before_the_newest_file_is_no_crash(tmp_path: Path, lines: list[bytes]) -> None:
    with open(tmp_path / "2026-01-01.jsonl", "ab") as handle:
        handle.write(b'{"schema"')

    assert [(one.line, one.kind) for one in verify_chain(tmp_path)] == [(3, Kind.BROKEN)]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"schema":' * 5000, "not an evidence line"),
        (b"[" * 200_000, "not an evidence line"),
        (b"\xff\x00", "not an evidence line"),
        (b"{}", "not an evidence line"),
        (b"x" * (LINE_LIMIT + 9), "not an evidence line"),
    ],
    ids=("nested objects", "nested lists", "no text", "nothing", "huge"),
)
def test_nonsense_is_told_with_its_line(tmp_path: Path, lines: list[bytes], line: bytes, what: str) -> None:
    write(tmp_path, [*lines[:2], line, *lines[3:]])

    found = verify_chain(tmp_path)
    assert [(one.file, one.line) for one in found] == [("2026-01-02.jsonl", 1), ("2026-01-02.jsonl", 2)]
    assert what in found[0].what


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"size":10', b'"size":NaN'), (b'"score":10.0', b'"score":Infinity'), (b'"size":10', b'"size":1e999')],
)
def test_a_number_that_is_none_is_no_evidence(
    tmp_path: Path, lines: list[bytes], old: bytes, new: bytes
) -> None:
    assert old in lines[5], lines[5]
    write(tmp_path, [*lines[:5], lines[5].replace(old, new)])

    (found,) = verify_chain(tmp_path)
    assert (found.line, "not an evidence line" in found.what) == (2, True)


def test_a_key_that_stands_twice_is_no_evidence(tmp_path: Path, lines: list[bytes]) -> None:
    write(tmp_path, [*lines[:5], lines[5][:-1] + b',"verdict":"passed"}'])

    (found,) = verify_chain(tmp_path)
    assert (found.line, found.what) == (2, "not an evidence line: the key 'verdict' stands 2 times")


def test_a_key_that_a_later_version_writes_is_no_break(tmp_path: Path) -> None:
    write(tmp_path, [chain(1)[0][:-1] + b',"later":{"a":1}}'])

    assert verify_chain(tmp_path) == []


def test_an_inspection_counts_and_hands_out_every_sound_line(tmp_path: Path, lines: list[bytes]) -> None:
    met: list[tuple[str, int]] = []
    inspection = Inspection(tmp_path, each=lambda file, number, line: met.append((file, number)))

    assert list(inspection.run()) == []
    assert (inspection.files, inspection.lines, inspection.projects) == (3, 6, {"demo": 6})
    assert met == [(f"{day}.jsonl", number) for day in DAYS for number in (1, 2)]


def test_a_gap_that_the_log_told_of_shows(tmp_path: Path) -> None:
    made = repair_line(Repair(missing="abc"), time=0, project="demo", place="x.0", prev=GENESIS)
    write(tmp_path, [encode_line(made)])

    assert [(found.line, "abc" in found.what) for found in verify_chain(tmp_path)] == [(1, True)]


def test_a_torn_line_that_was_mended_is_no_break(tmp_path: Path) -> None:
    made = repair_line(Repair(torn_bytes=9), time=0, project="demo", place="x.0", prev=GENESIS)
    write(tmp_path, [encode_line(made)])

    assert verify_chain(tmp_path) == []


def test_an_anchor_stands_for_what_was_deleted(tmp_path: Path, lines: list[bytes]) -> None:
    write_anchor(tmp_path, Anchor(file="2026-01-01.jsonl", last_hash=hash_of(lines[1])))
    assert verify_chain(tmp_path) == []  # a crash before the file went
    (tmp_path / "2026-01-01.jsonl").unlink()
    assert verify_chain(tmp_path, head=hash_of(lines[1])) == []
    write_anchor(tmp_path, Anchor(file="2026-01-01.jsonl", last_hash=hash_of(lines[0])))

    assert [(found.file, found.line) for found in verify_chain(tmp_path)] == [("2026-01-02.jsonl", 1)]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"x":' + b"[" * 50_000, b'{"file":"\xff","last_hash":""}'])
def test_an_anchor_that_cannot_be_read_shows(tmp_path: Path, lines: list[bytes], content: bytes) -> None:
    (tmp_path / "anchor.json").write_bytes(content)

    assert [found.file for found in verify_chain(tmp_path)] == ["anchor.json"]


def test_only_days_are_evidence_files(tmp_path: Path, lines: list[bytes]) -> None:
    (tmp_path / "notes.jsonl").write_text("x")
    (tmp_path / "2026-01-04.jsonl.bak").write_text("x")
    (tmp_path / "2026-01-05.jsonl").symlink_to(tmp_path / "notes.jsonl")
    os.mkfifo(tmp_path / "2026-01-06.jsonl")

    assert [path.stem for path in day_files(tmp_path)] == list(DAYS)


def test_lines_are_counted_and_placed(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"one\n\nthree")

    assert [tuple(raw) for raw in iter_lines(tmp_path / "x")] == [
        (1, 4, b"one", True),
        (2, 5, b"", True),
        (3, 10, b"three", False),
    ]


def test_a_line_over_the_limit_is_one_line_and_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "2026-01-01.jsonl"
    with open(path, "wb") as handle:
        handle.truncate(2 * LINE_LIMIT + 5)
        handle.seek(0, os.SEEK_END)
        handle.write(b"\nlast\n")

    assert [(raw.number, len(raw.data), raw.whole) for raw in iter_lines(path)] == [
        (1, LINE_LIMIT, True),
        (2, 4, True),
    ]


def test_a_day_is_read_with_what_is_wrong_in_its_place(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "2026-01-01.jsonl"
    path.write_bytes(lines[0] + b"\nnonsense\n" + lines[1] + b"\n")

    kinds = [type(line) for line in read_day(path)]
    assert kinds == [EvidenceLine, Break, EvidenceLine]


def test_the_tail_is_seen_from_the_head(tmp_path: Path, lines: list[bytes]) -> None:
    last = hash_of(lines[5])

    assert tail_of(tmp_path, last) == Tail(last, 0, None)
    assert tail_of(tmp_path, hash_of(lines[4])) == Tail(last, 1, None)
    assert tail_of(tmp_path, hash_of(lines[1])) == Tail(last, 4, None)
    assert tail_of(tmp_path, "unknown") == Tail(last, 6, "unknown")
    assert tail_of(tmp_path, None).last == last


def test_the_tail_of_nothing_is_the_anchor_or_the_beginning(tmp_path: Path) -> None:
    assert tail_of(tmp_path, None) == tail_of(tmp_path, GENESIS) == Tail(GENESIS, 0, None)
    assert tail_of(tmp_path, "lost") == Tail(GENESIS, 0, "lost")
    write_anchor(tmp_path, Anchor(file="2026-01-01.jsonl", last_hash="abc"))

    assert tail_of(tmp_path, "abc") == tail_of(tmp_path, None) == Tail("abc", 0, None)


def test_an_anchor_comes_back(tmp_path: Path) -> None:
    assert read_anchor(tmp_path) is None
    write_anchor(tmp_path, Anchor(file="2026-01-01.jsonl", last_hash="abc"))

    assert read_anchor(tmp_path) == Anchor(file="2026-01-01.jsonl", last_hash="abc")


def test_the_end_of_a_whole_chain_is_whole(tmp_path: Path, lines: list[bytes]) -> None:
    assert check_end(tmp_path, head=hash_of(lines[-1])) == End(2, [])
    assert check_end(tmp_path, head=hash_of(lines[1])) == End(2, [])
    assert check_end(tmp_path, head=None) == End(2, [])
    assert check_end(tmp_path / "absent", head=None) == End(0, [])


def test_at_the_end_a_changed_torn_or_missing_line_shows(tmp_path: Path, lines: list[bytes]) -> None:
    head, day = hash_of(lines[-1]), tmp_path / f"{DAYS[-1]}.jsonl"
    day.write_bytes(lines[4].replace(b"4.py", b"5.py") + b"\n" + lines[5] + b"\n{")
    found = check_end(tmp_path, head=head)
    assert [(one.line, one.kind) for one in found.breaks] == [(2, Kind.BROKEN), (3, Kind.TORN)]
    day.write_bytes(lines[4] + b"\n")
    (missing,) = check_end(tmp_path, head=head).breaks
    assert head in missing.what
    for name in DAYS:
        (tmp_path / f"{name}.jsonl").unlink()
    (missing,) = check_end(tmp_path, head=head).breaks
    assert head in missing.what


def test_of_a_long_file_only_the_end_is_judged(tmp_path: Path, lines: list[bytes]) -> None:
    day = tmp_path / f"{DAYS[-1]}.jsonl"
    day.write_bytes(b"nonsense\n" * 200_000 + lines[5] + b"\n")
    found = check_end(tmp_path, head=hash_of(lines[5]))
    assert 100_000 < found.lines < 120_000
    assert found.breaks[0].line > 80_000
