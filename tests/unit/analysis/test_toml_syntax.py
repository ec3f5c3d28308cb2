"""TOML: what the parser says, and what it is never asked."""

import pytest

from dev_assistant.analysis.toml_syntax import toml_findings


def told(text: str) -> list[tuple[int, int, str]]:
    return [(found.line, found.column, found.message) for found in toml_findings(text)]


def test_valid() -> None:
    assert told('a = 1\r\n[t]\nb.c = """[[{{"""\nd = 2026-01-01\n[[x]]\n[[x]]\n') == []
    assert told("") == []


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a = 1\na = 2\n", 2, "Cannot overwrite a value"),
        ("[t]\n[t]\n", 2, "Cannot declare"),
        ("a = \n", 1, "Invalid value"),
        ("a = 2026-13-01\n", 1, "not TOML"),
        ("x = 1\na = '''\nb", 3, "not TOML"),
        ("a = [1,\n", 2, "not TOML"),
    ],
)
def test_the_place_of_a_mistake(text: str, line: int, part: str) -> None:
    ((at, _, message),) = told(text)
    assert at == line
    assert part in message


def test_control_characters_of_the_file_are_not_repeated() -> None:
    (found,) = toml_findings("a = '\x1b'")
    assert found.message.isprintable()


@pytest.mark.parametrize("bomb", ["a = " + "[" * 100_000, "a = " + "{a=" * 100_000, "a." * 100_000 + "a = 1"])
def test_a_bomb_is_a_finding(bomb: str) -> None:
    ((_, column, message),) = told(bomb)
    assert message == "nested more than 100 levels deep: not read"
    assert column < 500


def test_what_only_looks_like_a_bomb() -> None:
    brackets = "[" * 500
    assert told(f"a = '{brackets}' # {brackets}\nb = '''\n{brackets}'''\nc = \"\\\"{brackets}\"") == []
    assert told("a = [" + "0.5, " * 500 + "]") == []
    assert told('a = "' + "a." * 500 + '"') == []


def test_a_number_of_thousands_of_digits() -> None:
    ((line, _, message),) = told("a = " + "9" * 5000)
    assert line == 1
    assert "digits" in message
