"""Shapes of secrets. Every token is put together at run time: this file holds none."""

import base64
import json
import random
import string
from collections.abc import Callable

import pytest

from dev_assistant.analysis.secret_shapes import checksum, found_shapes

WORD = string.ascii_letters + string.digits
BASE32 = "ABCDEFGHJKMNPQRTUVWXYZ234567"
Maker = Callable[[random.Random], str]


def some(rng: random.Random, alphabet: str, length: int) -> str:
    return "".join(rng.choices(alphabet, k=length))


def checked(begin: str) -> Maker:
    def make(rng: random.Random) -> str:
        body = some(rng, WORD, 30)
        return f"{begin}{body}{checksum(body.encode()).decode()}"

    return make


def plain(begin: str, length: int, alphabet: str = WORD) -> Maker:
    return lambda rng: begin + some(rng, alphabet, length)


def b64(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def jwt(rng: random.Random, header: dict[str, object], claims: dict[str, object]) -> str:
    return f"{b64(header)}.{b64(claims)}.{some(rng, WORD, 43)}"


def pem(rng: random.Random) -> str:
    body = "\n".join(some(rng, WORD + "+/", 64) for _ in range(3))
    return f"-----{'BEGIN'} EC PRIVATE {'KEY'}-----\n{body}\n-----END EC PRIVATE KEY-----"


def webhook(rng: random.Random) -> str:
    return f".com/services/T{some(rng, BASE32, 8)}/B{some(rng, BASE32, 8)}/{some(rng, WORD, 24)}"


def slack(rng: random.Random) -> str:
    return f"xb-{some(rng, string.digits, 12)}-{some(rng, string.digits, 12)}-{some(rng, WORD, 24)}"


MAKERS: dict[str, tuple[str, Maker]] = {
    "private-key": ("DA250", pem),
    "aws": ("DA251", plain("AK" + "IA", 16, BASE32)),
    "aws-temporary": ("DA251", plain("AS" + "IA", 16, BASE32)),
    **{f"github-{kind}": ("DA253", checked(f"gh{kind}" + "_")) for kind in "pousr"},
    "github-fine": ("DA253", lambda rng: "github" + f"_pat_{some(rng, WORD, 22)}_{some(rng, WORD, 59)}"),
    "github-signed": ("DA253", lambda rng: "ghs" + "_12345_" + jwt(rng, {"alg": "RS256"}, {"iss": "github"})),
    "gitlab": ("DA254", plain("glp" + "at-", 20)),
    "slack": ("DA255", lambda rng: "xo" + slack(rng)),
    "slack-hook": ("DA255", lambda rng: "hooks.slack" + webhook(rng)),
    "stripe": ("DA256", plain("sk_" + "live_", 24)),
    "google": ("DA257", plain("AI" + "za", 35)),
    "pypi": ("DA258", plain("pypi-" + "AgEIcHlwaS5vcmc", 100)),
    "npm": ("DA259", checked("npm" + "_")),
    "jwt": ("DA260", lambda rng: jwt(rng, {"alg": "HS256"}, {"sub": "somebody"})),
    "azure": ("DA261", lambda rng: "Account" + f"Key={some(rng, WORD, 86)}=="),
    "twilio": ("DA262", plain("S" + "K", 32, "0123456789abcdef")),
    "sendgrid": ("DA263", lambda rng: "S" + f"G.{some(rng, WORD, 22)}.{some(rng, WORD, 43)}"),
    "url": ("DA264", lambda rng: f"postgresql+psycopg://app:{some(rng, WORD, 12)}@db.intern.net:5432/app"),
}  # fmt: skip


def rules(text: str) -> list[str]:
    return [place.rule.id for place in found_shapes(text.encode())]


@pytest.mark.parametrize("name", MAKERS)
def test_each_shape_is_found_where_it_stands(name: str) -> None:
    rule, make = MAKERS[name]
    secret = make(random.Random(7))
    text = f"x = '{secret}'\n".encode()
    (place,) = found_shapes(text)
    assert place.rule.id == rule
    assert text[place.start : place.end].decode() in secret


@pytest.mark.parametrize(
    "name", [name for name in MAKERS if name not in {"private-key", "url", "azure", "slack-hook"}]
)
def test_nothing_begins_inside_a_word(name: str) -> None:
    assert rules("x" + MAKERS[name][1](random.Random(7))) == []


def test_the_checksum_is_the_one_that_github_published() -> None:
    """A token that was revoked when it was published as an example (its prefix is left out)."""
    assert checksum(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ") == b"0mLq17"


@pytest.mark.parametrize("begin", ["ghp" + "_", "npm" + "_"])
def test_a_wrong_checksum_is_no_token(begin: str) -> None:
    token = checked(begin)(random.Random(3))
    assert rules(token[:-1] + ("a" if token[-1] != "a" else "b")) == []


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE " + 'KEY-----" in text',
        "glpat-" + "x" * 20,
        "postgresql://scott:tiger@localhost/test",
        "postgres://app:app@db.intern.net/app",
        "redis://:changeme@cache.intern.net",
        "mysql://app:${PASSWORD}@db.intern.net",
        "https://user:Tr0ub4dor@intern.net/",
        "postgres://app:Tr0ub4dor3@example.com/app",
        "postgres://app:Tr0ub4dor3@127.0.0.1/app",
    ],
)
def test_examples_and_templates(text: str) -> None:
    assert rules(text) == []


def test_tokens_that_are_not_signed_or_demonstrate() -> None:
    rng = random.Random(1)
    claims: dict[str, object] = {"sub": "somebody"}
    assert rules(jwt(rng, {"alg": "HS256"}, claims).rpartition(".")[0] + ".") == []
    assert rules(jwt(rng, {"typ": "JWT"}, claims)) == []
    assert rules(jwt(rng, {"alg": "HS256"}, {"some": "payload"})) == []
