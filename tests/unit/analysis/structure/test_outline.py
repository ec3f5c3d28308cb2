"""An outline as bytes: small, whole again when read, and nothing when it is not one of ours."""

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.facts import Body, Import
from dev_assistant.analysis.structure.outline import Copy, Outline, pack, unpack

COPY = Copy("Class.method", Span(120, 9, 120, 15), Body(b"12345678", 14))
IMPORT = Import("package.module", ("one", "two"), 1, (), 3)


def test_an_outline_comes_back_as_it_was() -> None:
    outline = Outline((COPY,), (IMPORT,))
    assert unpack(pack(outline)) == outline


def test_a_file_that_gives_nothing_was_analysed_nevertheless() -> None:
    assert unpack(pack(analyse(b"x = 1\n", {}).outline)) == Outline()


def test_an_outline_is_small() -> None:
    assert len(pack(Outline((COPY,), (IMPORT,)))) < 70


def test_what_only_a_program_writes_is_not_kept() -> None:
    assert pack(Outline((COPY,) * 5_000)) == b""


def test_none_and_that_of_another_version_are_none() -> None:
    assert unpack(b"") is None
    assert unpack(b"\x93\x01\x02\x03") is None
    assert unpack(b"nonsense") is None
