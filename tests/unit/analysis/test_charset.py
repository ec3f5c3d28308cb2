"""Encodings by mark and by declaration."""

import codecs

import pytest

from dev_assistant.analysis.charset import byte_order_mark, declared, decoded, readable


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"# -*- coding: latin-1 -*-\n", "iso8859-1"),
        (b"# vim: set fileencoding=cp1252 :\n", "cp1252"),
        (b'<?xml version="1.0" encoding="ISO-8859-15"?>', "iso8859-15"),
        (b'<meta charset="windows-1251">', "cp1251"),
        (b'@charset "koi8-r";', "koi8-r"),
        (b'"Content-Type: text/plain; charset=EUC-JP\\n"', "euc_jp"),
        (b"coding: no-such-thing", None),
        (b"plain text about encoding", None),
        (b" " * 2000 + b"coding: latin-1", None),
    ],
)
def test_what_is_declared(head: bytes, encoding: str | None) -> None:
    assert declared(head) == encoding


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8"])
def test_marks(encoding: str) -> None:
    data = "\ufeffgrün".encode(encoding)
    mark = byte_order_mark(data)
    assert mark is not None
    assert (mark.encoding, decoded(data), readable(data)) == (encoding, "grün", "grün")


def test_without_a_mark_it_is_utf_8() -> None:
    assert byte_order_mark(b"a") is None
    assert decoded("ü".encode()) == "ü"
    with pytest.raises(UnicodeDecodeError):
        decoded(b"\xfc")


def test_readable_keeps_one_character_for_each_broken_byte() -> None:
    assert len(readable(b"a\xff\xfeb")) == 4
    assert readable(codecs.BOM_UTF16_LE + b"a\0b") == "a\ufffd"
