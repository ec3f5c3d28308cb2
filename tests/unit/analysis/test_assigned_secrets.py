"""Literals that look random; every one is made at run time."""

import random
import string
import uuid

import pytest

from dev_assistant.analysis.assigned_secrets import entropy, found_assigned, is_random

WORD = string.ascii_letters + string.digits


def made(length: int = 24, alphabet: str = WORD, seed: int = 11) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))


def found(line: str, name: str = "a.py") -> list[str]:
    data = line.encode()
    return [data[place.start : place.end].decode() for place in found_assigned(name, data)]


@pytest.mark.parametrize(
    "line",
    [
        "api_key = '{}'",
        'PASSWORD = "{}"',
        "const clientSecret = `{}`;",
        '  "authToken": "{}",',
        "db['password'] = '{}'",
        "secret: str = '{}'",
        "connect(token='{}')",
        "if token == '{}':",
        "password => '{}'",
        'accessKey := "{}"',
    ],
)
def test_assignments(line: str) -> None:
    assert found(line.format(made())) == [made()]


@pytest.mark.parametrize("name", [".env", "app.ini", "deploy.yml", "prod.env", "x.properties"])
def test_quotes_are_not_needed_everywhere(name: str) -> None:
    line = f"API_TOKEN={made()}\r\nother=1\n"
    assert found(line, name) == [made()]
    assert found(line, "a.py") == []


@pytest.mark.parametrize(
    "line",
    [
        "token = os.environ['{}']",
        "token_url = '{}'",
        "password_hash = '{}'",
        "next_token = '{}'",
        "color = '{}'",
        "secret = f('{}')",
        "token = '{} and more'",
        "secretName: '{}'",
    ],
)
def test_other_uses(line: str) -> None:
    assert found(line.format(made())) == []


def test_the_secret_key_of_aws_is_called_so() -> None:
    secret = made(40)
    (place,) = found_assigned("credentials", f"aws_secret_access_key = {secret}\n".encode())
    assert place.rule.id == "DA252"


@pytest.mark.parametrize(
    "value",
    [
        "django.contrib.auth.tokens.default",
        "my-super-long-name-of-a-thing-1",
        "a" * 40,
        "aaaaaaaa11111111",
        "12345678901234567890",
        "abcdefghijklmnopqrst",
        "/usr/share/keys/file1.pem",
        str(uuid.UUID(int=2**127 + 12345)),
        "short1A",
        "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ",
        "",
    ],
)
def test_words_paths_and_numbers_are_not_random(value: str) -> None:
    assert not is_random(value.encode())


@pytest.mark.parametrize(("alphabet", "length"), [(WORD, 20), (string.hexdigits[:16], 32), (WORD + "+/", 40)])
def test_most_of_what_is_generated_is(alphabet: str, length: int) -> None:
    values = [made(length, alphabet, seed).encode() for seed in range(200)]
    assert sum(map(is_random, values)) >= 190


def test_entropy() -> None:
    assert entropy(b"") == 0
    assert entropy(b"aaaa") == 0
    assert entropy(b"abcd") == 2
