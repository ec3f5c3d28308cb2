"""TOML values with lines: the lines against an oracle that searches the text."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.errors import Problem
from dev_assistant.settings.toml_text import KeyPath, TomlDocument, dotted, lines_of, parse_toml


def document(data: bytes) -> TomlDocument:
    parsed = parse_toml(data, file="f")
    assert isinstance(parsed, TomlDocument)
    return parsed


EXAMPLE = '''\
# comment with [brackets] and = signs
title = "a # b ] = \\" c"
[tool.dev-assistant]
watch_paths = [
    "src",  # "no"
    # another
    '../common/lib',
]
text = """
[not.a.table]
x = 1
"""
literal = \'\'\'
[nor.this]\'\'\'
when = 1979-05-27 07:32:00
point = { x = 1, y.z = [2, { w = 3 }] }
[tool.dev-assistant.phase-c]
cache_enabled = true
"quoted key" = 1
a.'b.c'.d = 2
[[rows]]
n = 1
[rows.inner]
m = 2
[[rows]]
n = 3
[[rows.inner2]]
k = 4
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("tool", "dev-assistant"), 3),
        (("tool", "dev-assistant", "watch_paths"), 4),
        (("tool", "dev-assistant", "watch_paths", 0), 5),
        (("tool", "dev-assistant", "watch_paths", 1), 7),
        (("tool", "dev-assistant", "text"), 9),
        (("tool", "dev-assistant", "literal"), 13),
        (("tool", "dev-assistant", "when"), 15),
        (("tool", "dev-assistant", "point", "y", "z", 1, "w"), 16),
        (("tool", "dev-assistant", "phase-c", "cache_enabled"), 18),
        (("tool", "dev-assistant", "phase-c", "quoted key"), 19),
        (("tool", "dev-assistant", "phase-c", "a", "b.c", "d"), 20),
        (("rows", 0, "n"), 22),
        (("rows", 0, "inner", "m"), 24),
        (("rows", 1, "n"), 26),
        (("rows", 1, "inner2", 0, "k"), 28),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines(path: KeyPath, line: int, ending: str) -> None:
    data = EXAMPLE.replace("\n", ending).encode()
    tomli.loads(data.decode())
    assert document(data).lines[path] == line


def test_no_line_of_what_only_looks_like_a_key() -> None:
    assert not [path for path in lines_of(EXAMPLE) if path[0] in {"not", "nor"}]


def leaves(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def written(value: object, draw: st.DrawFn) -> str:
    """A value inline, broken over lines wherever TOML lets it be."""
    if isinstance(value, list):
        gap = draw(st.sampled_from(["", " ", "\n", " # ] , =\n"]))
        return "[" + gap + "".join(f"{written(item, draw)},{gap}" for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(key)} = {written(item, draw)}" for key, item in value.items()) + "}"
        )
    return json.dumps(value)


def tables(value: dict[str, object], path: KeyPath, draw: st.DrawFn) -> str:
    """A table's own values first, then its tables under headers of their own."""
    own, below = "", ""
    for key, item in value.items():
        deeper = (*path, key)
        header = ".".join(json.dumps(part) for part in deeper)
        if isinstance(item, dict) and draw(st.booleans()):
            below += f"[ {header} ] # [x]\n" + tables(item, deeper, draw)
        else:
            own += f"{draw(st.sampled_from(['', '  ']))}{json.dumps(key)} = {written(item, draw)}\n"
            own += draw(st.sampled_from(["", "\n", "# [a] = 1\n"]))
    return own + below


@st.composite
def documents(draw: st.DrawFn) -> str:
    names = st.text(st.sampled_from('ab.-"# ]=é'), min_size=1, max_size=4)
    strings = st.text(st.sampled_from("ab\"'#[]{}=,\\ "), max_size=8)
    shapes = st.recursive(
        strings | st.just(0),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=12,
    )
    shape = draw(st.dictionaries(names, shapes, max_size=4))
    numbers = iter(range(1_000_001, 2_000_000))
    return tables(numbered(shape, numbers), (), draw)


def numbered(shape: dict[str, object], numbers: Iterator[int]) -> dict[str, object]:
    """The same shape, each 0 replaced by a number that occurs once in the whole text."""

    def swap(value: object) -> object:
        if isinstance(value, dict):
            return {key: swap(item) for key, item in value.items()}
        if isinstance(value, list):
            return [swap(item) for item in value]
        return next(numbers) if value == 0 else value

    return {key: swap(item) for key, item in shape.items()}


@given(documents())
def test_every_number_is_on_its_line(text: str) -> None:
    values = tomli.loads(text)
    lines = lines_of(text)
    rows = text.split("\n")
    for path, value in leaves(values):
        assert path in lines
        if isinstance(value, int):
            assert str(value) in rows[lines[path] - 1]


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        (b"a = 1\nb = [1,\n", 3, "not TOML"),
        (b"a = 1\na = 2\n", 2, "not TOML"),
        (b"a = 1\nb = '\xff'\n", 2, "not UTF-8 at byte 11"),
        (b"a = " + b"[" * 5000, None, "not TOML"),
        (b"a = " + b"9" * 5000, None, "not TOML"),
    ],
)
def test_syntax(data: bytes, line: int | None, part: str) -> None:
    problem = parse_toml(data, file="f")
    assert isinstance(problem, Problem)
    assert part in problem.message
    if line is not None:
        assert problem.line is not None
        assert problem.line in {line, line + 1}  # tomli tells the end of the statement


@given(st.binary(max_size=60) | st.text(st.sampled_from("a=[]{}\"'\n#.1 "), max_size=40).map(str.encode))
def test_nothing_makes_it_raise(data: bytes) -> None:
    assert isinstance(parse_toml(data, file="f"), TomlDocument | Problem)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert document(b"\xef\xbb\xbfa = 1").values == {"a": 1}


def test_the_place_of_what_is_not_there_is_the_table_around_it() -> None:
    known = document(b"\n[t]\na = 1\n")
    assert known.place(("t", "b", 0)) == ("t.b[0]", 2)
    assert known.place(("x",)) == ("x", None)


def test_deep_nesting_costs_lines_only() -> None:
    text = "a = " + "[" * 100 + "]" * 100 + "\nb = 1\n"
    known = document(text.encode())
    assert known.lines[("a",)] == 1
    assert "b" in known.values


def test_keys_are_spelled_as_in_toml() -> None:
    assert dotted(("tool", "dev-assistant", "a b", 2)) == 'tool.dev-assistant."a b"[2]'
