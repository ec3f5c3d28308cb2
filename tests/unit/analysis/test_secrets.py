"""Secrets are told by kind and place; the value appears nowhere."""

import random
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis import secrets
from dev_assistant.analysis.capping import LONGEST_MESSAGE, MOST
from dev_assistant.analysis.secret_shapes import checksum
from dev_assistant.model import Category, Finding

REPOSITORY = Path(__file__).resolve().parents[3]
SUFFIXES = {".py", ".md", ".toml", ".json", ".yaml", ".yml", ".css", ".html", ".js", ".sh"}


def value(length: int = 24, seed: int = 5) -> str:
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))


def token(seed: int = 5) -> str:
    body = value(30, seed)
    return "ghp" + f"_{body}{checksum(body.encode()).decode()}"


def check(text: str, name: str = "a.py") -> list[Finding]:
    return list(secrets.check(name, text.encode()))


def test_kind_and_place() -> None:
    (finding,) = check(f"# é\nx = '{token()}'\n")
    assert (finding.rule, finding.category) == ("DA253", Category.SECURITY)
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (2, 6, 2, 46)
    assert finding.message == "GitHub personal access token in the file"


def test_no_part_of_a_value_is_told() -> None:
    found = check(f"a = '{token()}'\napi_key = '{value()}'\n")
    assert [finding.rule for finding in found] == ["DA253", "DA290"]
    told = " ".join(map(repr, found))
    for secret in (token()[4:], value()):
        assert [
            part for part in zip(*(secret[n:] for n in range(4)), strict=False) if "".join(part) in told
        ] == []


def test_a_token_that_is_assigned_is_told_once_in_the_order_of_the_file() -> None:
    found = check(f"secret = '{value()}'\ntoken = '{token()}'\nsecret_token = '{value(seed=6)}'\n")
    assert [(finding.line, finding.rule) for finding in found] == [(1, "DA290"), (2, "DA253"), (3, "DA290")]


def test_marks_allow_a_line() -> None:
    line = f"token = '{token()}'"
    assert check(f"{line}  # pragma: allowlist secret\n") == []
    assert check(f"# pragma: allowlist nextline secret\n{line}\n") == []
    assert len(check(f"# pragma: allowlist secret\n{line}\n")) == 1
    assert len(check(f"# pragma: allowlist nextline secret\n\n{line}\n")) == 1
    assert len(check(f"{line}\n{line}  # pragma: allowlist secret\n")) == 1


def test_a_mark_counts_in_a_line_of_any_length() -> None:
    line = f"token = '{token()}'  # pragma: allowlist secret"
    assert check("x" * 10_000 + " " + line + " " + "x" * 10_000) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_whatever_the_encoding(encoding: str) -> None:
    data = f"\ufeffé\ntoken = '{token()}'\n".encode(encoding)
    assert [(found.line, found.column) for found in secrets.check("a.ps1", data)] == [(2, 10)]


def test_many_are_counted() -> None:
    found = check(f"x = '{token()}'\n" * (MOST + 7))
    assert len(found) == MOST
    assert found[-1].message.endswith("(and 7 more of this rule)")


def test_this_repository_holds_none() -> None:
    roots = [REPOSITORY / name for name in ("daemon", "tests/unit/analysis", "docs", "config", "examples")]
    files = [path for root in roots for path in root.rglob("*") if path.suffix in SUFFIXES]
    assert len(files) > 100
    assert [(path, found) for path in files for found in secrets.check(path.name, path.read_bytes())] == []


@pytest.mark.parametrize("rule", secrets.RULES, ids=lambda rule: rule.id)
def test_rules_are_explained(rule: secrets.rules.Rule) -> None:
    assert rule.id.startswith("DA2")
    assert rule.category is Category.SECURITY
    assert rule.rationale.endswith(".")
    assert check(rule.example) == []


HOSTILE = [
    "eyJ",
    "eyJ.",
    "eyJaaaaaaaaaa.",
    "://a:b",
    "://",
    "token",
    "token='",
    "token=" + " " * 8,
    "SG.",
    "a",
]
HOSTILE += ["-----BEGIN ", "-----BEGIN A PRIVATE KEY-----", "secretaccesskey=", "xoxb-12345678-", "ghp_", "="]


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_repetition_ends(part: str) -> None:
    """Any of these took minutes were a pattern not linear; the time limit of the suite is the judge."""
    assert len(check(part * (60_000 // len(part)))) <= MOST * len(secrets.RULES)


WORDS = [
    "token = '",
    "password: ",
    "AKIA",
    "eyJ",
    "://u:",
    "@h",
    "'",
    "\n",
    "é",
    "pragma: allowlist secret",
    token(),
]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(WORDS).map(str.encode) | st.binary(max_size=30)))
def test_any_bytes(parts: list[bytes]) -> None:
    data = b"".join(parts)
    found = list(secrets.check("a.env", data))
    assert found == list(secrets.check("a.env", data))
    for finding in found:
        assert 1 <= finding.line <= data.count(b"\n") + data.count(b"\r") + 1
        assert 1 <= finding.column <= finding.end_column <= len(data) + 1
        assert finding.message.isprintable()
        assert len(finding.message) <= LONGEST_MESSAGE
