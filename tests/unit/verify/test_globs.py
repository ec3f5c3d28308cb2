from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.verify.globs import GlobError, GlobSet

CASES = [  # (pattern, matches, does not match), each as ruff 0.17 decides it
    ("/p/a", ["/p/a"], ["/p/a/b", "/p/aa"]),
    ("/p/a*", ["/p/a", "/p/ab", "/p/a/b/c"], ["/p/b"]),
    ("?.py", ["a.py", "/.py"], [".py", "ab.py", "é.py"]),
    ("??.py", ["é.py", "ab.py"], ["a.py"]),
    ("/p/a/**/b", ["/p/a/b", "/p/a/x/b", "/p/a/x/y/b"], ["/p/ab", "/p/a/xb"]),
    ("/p/a/**", ["/p/a/b", "/p/a/"], ["/p/a", "/p/ab"]),
    ("**/b", ["b", "/b", "/p/b"], ["/p/ab"]),
    ("**", ["", "/p/a"], []),
    ("/p/a**b", ["/p/ab", "/p/a/x/b"], ["/p/b"]),
    ("/p/**b", ["/p/b", "/p/x/b", "/p/xb"], ["/q/b"]),
    ("{a,b}.py", ["a.py", "b.py"], ["c.py", "{a,b}.py"]),
    ("a{,X}b", ["aXb"], ["ab"]),
    ("{a,{b,c}d}", ["a", "bd", "cd"], ["b", "d"]),
    ("{a/**,x}", ["a/b", "x"], ["a"]),
    ("[ab].py", ["a.py", "b.py"], ["c.py"]),
    ("[!ab].py", ["c.py", "/.py"], ["a.py"]),
    ("[^a].py", ["b.py"], ["a.py"]),
    ("[]a]", ["]", "a"], ["b"]),
    ("[!]a]", ["b"], ["]", "a"]),
    ("[a-]", ["a", "-"], ["b"]),
    ("a[\\[]b", ["a[b", "a\\b"], ["ab"]),
    ("\\{a\\}", ["{a}"], ["a"]),
    ("a,b", ["a,b"], ["a"]),
    ("a.b", ["a.b"], ["axb"]),
    ("*\n*", ["a\nb"], ["ab"]),
    ("é[é]x", [], ["ééx"]),
]


@pytest.mark.parametrize(("pattern", "matching", "others"), CASES)
def test_a_pattern_matches_as_it_does_for_ruff(pattern, matching, others):
    globs = GlobSet([pattern])
    assert [text for text in matching if not globs.matches(text)] == []
    assert [text for text in others if globs.matches(text)] == []


@pytest.mark.parametrize("pattern", ["{a", "a}b", "[", "[a", "[z-a]", "a\\"])
def test_what_globset_refuses_is_refused(pattern):
    with pytest.raises(GlobError):
        GlobSet([pattern])


@given(st.text(st.characters(exclude_characters="*?[]{}\\,", exclude_categories=["Cs"])))
def test_text_without_special_characters_matches_itself_alone(text):
    assert GlobSet([text, "unlike"]).matches(text)
    assert not GlobSet([text]).matches(text + "x")


@given(st.lists(st.text("ab/*?", max_size=4), max_size=3), st.text("ab/", max_size=5))
def test_a_set_matches_when_one_of_its_patterns_does(patterns, text):
    assert GlobSet(patterns).matches(text) == any(GlobSet([pattern]).matches(text) for pattern in patterns)


def test_names_that_are_not_utf8_are_matched_byte_by_byte():
    assert GlobSet(["n?.py"]).matches("n\udcff.py")
    assert not GlobSet(["n??.py"]).matches("n\udcff.py")
