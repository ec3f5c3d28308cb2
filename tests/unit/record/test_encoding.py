import msgspec
import pytest

from dev_assistant.model import Failed, Verdict
from dev_assistant.record.encoding import encode
from fakes.record import checked

ENCODER = msgspec.json.Encoder()


def test_ordinary_values_are_encoded_as_they_are() -> None:
    assert encode(ENCODER, Failed("naïve: C:\\x")) == ENCODER.encode(Failed("naïve: C:\\x"))


@pytest.mark.parametrize(("reason", "told"), [("bad \udcff.py", "bad \\xff.py"), ("\ud800!", "\\ud800!")])
def test_text_that_is_not_unicode_is_told_in_escapes(reason: str, told: str) -> None:
    encoded = encode(ENCODER, Failed(reason))

    assert msgspec.json.decode(encoded, type=Failed) == Failed(told)


def test_escapes_reach_into_nested_values_and_leave_the_rest_alone() -> None:
    encoded = encode(ENCODER, checked(2, message="in \udc80"))

    assert msgspec.json.decode(encoded, type=Verdict) == checked(2, message="in \\x80")


def test_bytes_beside_such_text_stay_bytes() -> None:
    verdict = msgspec.structs.replace(checked(1, message="in \udc80"), outline=b"\x92\xff")
    encoded = encode(msgspec.msgpack.Encoder(), verdict)

    assert msgspec.msgpack.decode(encoded, type=Verdict).outline == b"\x92\xff"
