import pytest

from dev_assistant.model import FileRecord, FileState, RelPath, Skipped
from dev_assistant.record.rows import (
    DamagedError,
    digest_key,
    open_record,
    open_text,
    open_verdict,
    path_key,
    references,
    seal,
    seal_text,
)
from fakes.record import checked, digest, fresh

KEY = digest_key(digest("k"))
PATH = path_key(RelPath("src/\udcff.py"))


def test_values_come_back_with_their_keys() -> None:
    record = fresh(digest("k"), checked(1))

    assert open_verdict(KEY, seal(KEY, checked(2))) == (digest("k"), checked(2))
    assert open_record(PATH, seal(PATH, record)) == (RelPath("src/\udcff.py"), record)
    assert open_text(KEY, seal_text(KEY, "head")) == "head"


def test_references_are_the_keys_of_a_records_parts() -> None:
    assert references(PATH, seal(PATH, fresh(digest("k")))) == {KEY}
    assert references(PATH, seal(PATH, FileRecord(FileState.PENDING))) == set()


@pytest.mark.parametrize("position", range(len(seal(KEY, checked(1)))))
def test_no_flipped_bit_is_believed(position: int) -> None:
    damaged = bytearray(seal(KEY, checked(1)))
    damaged[position] ^= 1 << position % 8

    with pytest.raises(DamagedError):
        open_verdict(KEY, bytes(damaged))


def test_a_value_is_bound_to_its_key() -> None:
    with pytest.raises(DamagedError):
        open_verdict(digest_key(digest("l")), seal(KEY, checked()))


@pytest.mark.parametrize("value", [None, 3, 1.5, "text", b"", b"abc"])
def test_a_value_of_another_type_or_length_is_damage(value: object) -> None:
    with pytest.raises(DamagedError):
        open_record(PATH, value)
    with pytest.raises(DamagedError):
        open_record(value, seal(PATH, checked()))


def test_a_sound_value_of_another_kind_is_damage() -> None:
    with pytest.raises(DamagedError):
        open_record(PATH, seal(PATH, Skipped("not a record")))
    with pytest.raises(DamagedError):
        open_verdict(KEY, seal(KEY, fresh(digest("k"))))
    with pytest.raises(DamagedError):
        references(PATH, seal(PATH, {"parts": [{"key": "not hexadecimal"}]}))
