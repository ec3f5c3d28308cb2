import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import RelPath
from dev_assistant.record.keys import KeyParts, verdict_key
from fakes.record import digest

PARTS = KeyParts(
    digest=digest("bytes"),
    executable=False,
    path=RelPath("src/a.py"),
    verifier="ruff",
    version="0.17.5",
    basis=digest("configuration"),
    schema=1,
)
OTHER: dict[type, object] = {str: "other", bool: True, int: 2}


@pytest.mark.parametrize("field", KeyParts.__struct_fields__)
def test_changing_any_field_changes_the_key(field: str) -> None:
    changed = msgspec.structs.replace(PARTS, **{field: OTHER[type(getattr(PARTS, field))]})

    assert verdict_key(changed) != verdict_key(PARTS)


def test_a_key_is_the_same_in_every_process_and_version() -> None:
    assert verdict_key(PARTS) == "bceb427d360828c5de2b9ae381116ce7"


def test_a_name_that_is_not_utf8_has_a_key_of_its_own() -> None:
    names = ["src/\udcff.py", "src/\udcfe.py", "src/\\udcff.py", "src/\xff.py"]

    assert len({verdict_key(msgspec.structs.replace(PARTS, path=name)) for name in names}) == len(names)


text = st.text(st.characters(max_codepoint=sys.maxunicode, categories=None), max_size=6)
fields = st.tuples(text, st.booleans(), text, text, text, text, st.integers(0, 300))


@given(fields, fields)
def test_different_parts_never_share_a_key(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    assert (verdict_key(KeyParts(*one)) == verdict_key(KeyParts(*other))) == (one == other)


@given(text, text, text)
def test_text_cannot_move_over_a_boundary(left: str, moved: str, right: str) -> None:
    before = msgspec.structs.replace(PARTS, verifier=left + moved, version=right)
    after = msgspec.structs.replace(PARTS, verifier=left, version=moved + right)

    assert (verdict_key(before) == verdict_key(after)) == (moved == "")
