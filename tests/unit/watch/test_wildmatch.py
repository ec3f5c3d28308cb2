"""Details that the comparison with git (test_gitignore) may not meet, and the cost of hostile patterns."""

import pytest

from dev_assistant.watch.wildmatch import translate


@pytest.mark.parametrize(
    ("segment", "matching", "others"),
    [
        ("a?c", ["abc", "a.c"], ["ac", "abbc"]),
        ("*.py", [".py", "a.py"], ["a.pyc"]),
        ("a*b*c", ["abc", "axbxc", "abbcc"], ["acb", "abcx"]),
        ("a**b", ["ab", "axxb"], ["a"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[!a-c]", ["d"], ["b"]),
        ("[^a]", ["b"], ["a"]),
        ("[a\\]]", ["a", "]"], ["\\"]),
        ("[\\a-c]", ["b"], ["\\"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[[:digit:]x]", ["7", "x"], [":", "d"]),
        ("[[:x]", ["[", ":", "x"], ["]"]),
        ("[[x:]]", ["[]", ":]"], ["[", "x"]),
        ("[z-a]", ["z"], ["a", "m"]),
        ("[!z-a]", ["a", "m"], ["z"]),
        ("\\*", ["*"], ["\\*", "x"]),
        ("(a|b)+", ["(a|b)+"], ["a"]),
        ("a\nb?", ["a\nbc"], ["a"]),
    ],
)
def test_a_segment_matches_as_in_git(segment: str, matching: list[str], others: list[str]) -> None:
    glob = translate(segment)
    assert glob is not None
    assert [text for text in matching + others if glob.matches(text)] == matching


@pytest.mark.parametrize(
    "segment", ["", "[", "[a", "[]", "[!]", "a\\", "[[:nonsense:]]", "[[:digit:", "[a-\\"]
)
def test_a_broken_segment_matches_nothing(segment: str) -> None:
    assert translate(segment) is None


def test_a_hostile_pattern_ends() -> None:
    glob = translate("*a" * 60 + "*z")
    assert glob is not None
    assert not glob.matches("a" * 255)  # minutes and more with an expression that backtracks
    assert glob.matches("a" * 254 + "z")
