"""What nobody takes for a secret."""

import pytest

from dev_assistant.analysis.dummies import is_dummy, is_local


@pytest.mark.parametrize(
    "value",
    [
        "password",
        "CHANGEME-please",
        "your-token-here",
        "xxxxxxxx",
        "${TOKEN}",
        "$TOKEN",
        "%(token)s",
        "{{ token }}",
        "<token>",
        "1234567890",
        "tGzv3JOkF0XG5Qx2TlKWIA",
        "my_test_value",
    ],
)
def test_dummies(value: str) -> None:
    assert is_dummy(value.encode())


@pytest.mark.parametrize("value", ["q8Zr2LwK9vTb", "correct horse", "a$b"])
def test_what_may_be_real(value: str) -> None:
    assert not is_dummy(value.encode())


def test_hosts() -> None:
    local = [b"localhost", b"127.0.0.1", b"db", b"host", b"db.example.com", b"printer.local", b"EXAMPLE.ORG"]
    assert [host for host in local if not is_local(host)] == []
    assert not is_local(b"db.intern.net")
    assert not is_local(b"10.0.0.5")
