"""What workspace.json may say, and how it is told what it may not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.workspace.file import WORKSPACE_LIMIT, WorkspaceFile, parse_workspace, refusal
from dev_assistant.workspace.resolve import Resolver


def parse(directory: Path, content: object) -> WorkspaceFile:
    file = directory / "workspace.json"
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, encoding="utf-8")
    return parse_workspace(file, resolve=Resolver())


def first_problem(file: Path) -> str:
    return str(parse_workspace(file, resolve=Resolver()).problems[0].message)


def test_the_documented_form(tmp_path: Path) -> None:
    (tmp_path / "frontend").mkdir()
    parsed = parse(
        tmp_path,
        {
            "$schema": "x",
            "projects": [
                {"name": "frontend", "path": "./frontend", "watch_dirs": ["src"], "debounce_ms": 5},
                {"name": "backend", "path": "./backend"},
            ],
            "settings": {"workers": 3},
        },
    )
    assert parsed.problems == ()
    first, second = parsed.entries
    assert (first.name, first.root) == ("frontend", str(tmp_path / "frontend"))
    assert first.settings == {"watch_dirs": ["src"], "debounce_ms": 5}
    assert (second.name, second.root, second.settings) == ("backend", str(tmp_path / "backend"), {})
    assert parsed.settings == {"workers": 3}


def test_a_missing_directory_is_a_warning_with_its_line(tmp_path: Path) -> None:
    parsed = parse(tmp_path, '{"projects": [\n{"name": "a",\n "path": "nowhere"}]}')
    assert parsed.problems == ()
    (warning,) = parsed.warnings
    assert warning.startswith(f"{tmp_path}/workspace.json:3: projects[0].path: no such directory")


def test_five_mistakes_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "file.py").touch()
    parsed = parse(
        tmp_path,
        """{
  "projects": [
    {"name": "a", "path": "a"},
    {"name": "A", "path": "."},
    {"path": "b"},
    {"name": "c", "path": "~/c"},
    {"name": "d", "path": "file.py"}
  ],
  "setings": {}
}""",
    )
    told = [(problem.line, problem.key, problem.message) for problem in parsed.problems]
    assert told == [
        (9, "setings", "unknown key"),
        (4, "projects[1].name", "is not unique, see projects[0].name (case does not count)"),
        (5, "projects[2].name", "is missing"),
        (6, "projects[3].path", "invalid value"),
        (7, "projects[4].path", "is not a directory"),
    ]
    assert parsed.problems[0].suggestion == "settings"
    assert [entry.root is not None for entry in parsed.entries] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("content", "key", "message"),
    [
        ([], "", "invalid value"),
        ({}, "projects", "is missing"),
        ({"projects": []}, "projects", "names no project"),
        ({"projects": {}}, "projects", "invalid value"),
        ({"projects": [{"name": "a", "path": "a"}, "b"]}, "projects[1]", "invalid value"),
        ({"projects": [{"name": "a", "path": "a"}], "settings": 3}, "settings", "invalid value"),
        ({"projects": [{"name": None, "path": "a"}]}, "projects[0].name", "invalid value"),
        ({"projects": [{"name": " a", "path": "a"}]}, "projects[0].name", "invalid value"),
        ({"projects": [{"name": "a\x1b", "path": "a"}]}, "projects[0].name", "invalid value"),
        ({"projects": [{"name": "x" * 101, "path": "a"}]}, "projects[0].name", "invalid value"),
        ({"projects": [{"name": "a"}]}, "projects[0].path", "is missing"),
        ({"projects": [{"name": "a", "path": 1}]}, "projects[0].path", "invalid value"),
        ({"projects": [{"name": "a", "path": ""}]}, "projects[0].path", "invalid value"),
        ({"projects": [{"name": "a", "path": "a\0"}]}, "projects[0].path", "invalid value"),
        ({"projects": [{"name": "a", "path": "\ud800"}]}, "projects[0].path", "invalid value"),
        (
            '{"projects": [{"name": "a", "path": "a"}],\n"projects": [{"name": "b", "path": "b"}]}',
            "projects",
            "is given twice",
        ),
        ('{"projects": [{"name": "a",\n"path": "a", "path": "b"}]}', "projects[0].path", "is given twice"),
        ("{", "", "not JSON"),
    ],
)
def test_a_mistake(tmp_path: Path, content: object, key: str, message: str) -> None:
    (problem,) = parse(tmp_path, content).problems
    assert problem.file == str(tmp_path / "workspace.json")
    assert problem.key == key
    assert problem.message.startswith(message)


def test_null_is_shown_as_it_is_written(tmp_path: Path) -> None:
    (problem,) = parse(tmp_path, {"projects": [{"name": None, "path": "a"}]}).problems
    assert problem.value == "null"


def test_two_projects_in_one_directory_would_share_their_runs(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    parsed = parse(tmp_path, {"projects": [{"name": "a", "path": "a"}, {"name": "b", "path": "./link"}]})
    (problem,) = parsed.problems
    assert problem.message == "is the same directory as projects[0].path"


@pytest.mark.parametrize(
    "root", ["/", "/proc", "/proc/self", "/sys", "/sys/kernel", "/dev", "/dev/disk", "/home"]
)
def test_system_directories_are_refused(tmp_path: Path, root: str) -> None:
    if root == "/proc/self":
        root = os.path.realpath(root)
    assert refusal(root, home=None)
    parsed = parse(tmp_path, {"projects": [{"name": "a", "path": "./ok"}, {"name": "b", "path": root}]})
    assert [problem.key for problem in parsed.problems] == ["projects[1].path"]
    assert [entry.root is not None for entry in parsed.entries] == [True, False]


def test_the_way_up_and_links_do_not_hide_a_system_directory(tmp_path: Path) -> None:
    (tmp_path / "innocent").symlink_to("/")
    up = "../" * 40
    parsed = parse(tmp_path, {"projects": [{"name": "a", "path": "innocent"}, {"name": "b", "path": up}]})
    assert len(parsed.problems) == 2


def test_the_home_directory_itself_is_refused_and_what_lies_in_it_is_not(tmp_path: Path) -> None:
    file = tmp_path / "workspace.json"
    file.write_text('{"projects": [{"name": "a", "path": "."}, {"name": "b", "path": "work"}]}')
    parsed = parse_workspace(file, home=str(tmp_path), resolve=Resolver())
    assert [problem.key for problem in parsed.problems] == ["projects[0].path"]
    assert parsed.entries[1].root == str(tmp_path / "work")


def test_scratch_in_memory_is_an_ordinary_place() -> None:
    assert refusal("/dev/shm/work", home=None) is None
    assert refusal("/devices", home=None) is None
    assert refusal("/dev/shm", home=None)


def test_a_fifo_a_device_and_a_missing_file_are_told_and_do_not_block(tmp_path: Path) -> None:
    fifo = tmp_path / "workspace.json"
    os.mkfifo(fifo)
    for file in (fifo, Path(os.devnull)):
        assert first_problem(file) == "cannot be read: not a regular file"
    assert first_problem(tmp_path / "none.json") == "no such file"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "workspace.json"
    file.write_text('{"projects": [' + " " * WORKSPACE_LIMIT + "]}")
    assert "larger than" in first_problem(file)


def test_a_link_to_the_file_counts_from_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "w.json").write_text('{"projects": [{"name": "a", "path": "a"}]}')
    (tmp_path / "workspace.json").symlink_to("store/w.json")
    (entry,) = parse_workspace(tmp_path / "workspace.json", resolve=Resolver()).entries
    assert entry.root == str(tmp_path / "a")


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["a", "A", "../..", "/", "~", "", "\0", "name"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["projects", "name", "path", "settings", "x"]), inner, max_size=4)
    ),
)


@given(_values)
def test_no_content_makes_it_raise(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    parsed = parse(tmp_path_factory.mktemp("workspace"), value)
    assert parsed.problems or parsed.entries
    assert all(problem.file and problem.message for problem in parsed.problems)
