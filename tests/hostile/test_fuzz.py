"""Whatever is written in a file or sent to a socket: no crash, and an error that says where."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dev_assistant.errors import UserError
from dev_assistant.record.lines import decode_line
from dev_assistant.serve.protocol import REQUEST_BYTES, decode_request, encode_request
from dev_assistant.serve.server import ControlServer
from dev_assistant.service.configuration import load
from dev_assistant.verify.globs import GlobError, translate
from dev_assistant.verify.ruff_batch import Batch
from dev_assistant.verify.ruff_config import Finder
from dev_assistant.watch.gitignore import NO_RULES, Origin, parse

_FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
_DEEP = b"[" * 100_000
_TEXT = st.text(max_size=30)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
_PATHS = _TEXT | st.sampled_from(
    ["../..", "/", "/proc", "~", "\0", "\ud800", "a/../a", "A", "a", "", "x" * 5_000]
)
_ENTRY = st.fixed_dictionaries(
    {}, optional={"name": _TEXT | _JSON, "path": _PATHS | _JSON, "watch_dirs": _JSON}
)
_WORKSPACE = st.fixed_dictionaries(
    {"projects": st.lists(_ENTRY | _JSON, max_size=4) | _JSON, "settings": _JSON}
)
_TOML = st.lists(
    st.sampled_from(
        ["[tool.dev-assistant]", "[tool.ruff]", "extend", "ignore", "watch_paths", "=", "[", "]", "\n"]
    )
    | st.sampled_from(['"\\u0000"', '"../.."', "9" * 5_000, "1e999", "nan", "{", "}", "'", '"""', "\ufeff"])
    | _TEXT,
    max_size=20,
).map("".join)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fuzz")
    (made / "a").mkdir()
    return made


def loaded(place: Path, home: str = "/nowhere") -> None:
    """Load what stands in ``place``; every problem names its file."""
    configuration = load(None, cwd=place, environ={"HOME": home}, overrides={})
    for problem in configuration.all_problems:
        assert problem.file.startswith(str(place)), problem
        assert str(problem)


@_FEW
@given(st.binary(max_size=200) | (_WORKSPACE | _JSON).map(lambda value: json.dumps(value).encode()))
@example(_DEEP)
@example(b'{"projects": [{"name": "a", "path": "a", "watch_paths": ["\\u0000", "\\ud800"]}]}')
@example(b'{"projects": [' + b",".join(b'{"name":"n%d","path":"a"}' % n for n in range(2_000)) + b"]}")
@example(b'{"projects": 1' + b"0" * 5_000 + b"}")
def test_workspace_json(place: Path, data: bytes) -> None:
    (place / "workspace.json").write_bytes(data)
    loaded(place)


@_FEW
@given(st.binary(max_size=200) | _TOML.map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"a = " + _DEEP)
@example(b"[tool.dev-assistant]\nwatch_paths = " + b"[" * 300 + b"]" * 300)
def test_pyproject(place: Path, data: bytes) -> None:
    (place / "workspace.json").unlink(missing_ok=True)
    (place / "pyproject.toml").write_bytes(data)
    loaded(place)
    finder = Finder()
    config = finder.governing(str(place))
    if config is not None:
        finder.chain(config)


@given(st.binary(max_size=100), st.binary(min_size=1, max_size=40))
@example(b"*a" * 500 + b"b", b"a" * 250)
def test_gitignore(data: bytes, name: bytes) -> None:
    standing = NO_RULES.under(parse(data, origin=Origin.GIT))
    standing.strongest(name.decode("latin-1"), is_dir=False)
    standing.inside(name.decode("latin-1")).strongest("x", is_dir=True)


@given(st.text(alphabet="ab/*?[]{},!\\", max_size=24), st.text(alphabet="ab/", max_size=12))
@example("*a" * 200 + "b", "a" * 4_000)
@example("**/a/" * 200 + "b", "a/" * 2_000)
@example("{a,{b,*}}*" * 2, "ab" * 2_000)
@example("{" * 5_000, "a")
def test_patterns_of_ruff(pattern: str, path: str) -> None:
    try:
        expression = translate(pattern)
    except GlobError:
        return
    re.fullmatch(expression, path.encode(), re.DOTALL)


@given(st.text(alphabet="ab/*?", max_size=10), st.text(alphabet="ab/", max_size=8))
def test_patterns_match_what_an_exhaustive_search_matches(pattern: str, path: str) -> None:
    """Without ``**``, whose meaning has tests of its own: a star is any text, tried everywhere."""
    if "**" in pattern:
        return
    exhaustive = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    found = re.fullmatch(translate(pattern), path.encode(), re.DOTALL)
    assert (found is None) == (re.fullmatch(exhaustive, path, re.DOTALL) is None)


@given(st.binary(max_size=100) | _JSON.map(lambda value: json.dumps(value).encode()))
@example(_DEEP)
@example(b'{"protocol": 1, "method": ' + b"9" * 5_000 + b"}")
def test_requests(data: bytes) -> None:
    with pytest.raises(UserError, match=r"request|protocol"):
        decode_request(data)


@given(st.binary(max_size=100) | _JSON.map(lambda value: json.dumps(value).encode()))
@example(_DEEP)
def test_evidence_lines(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_line(data)


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"name": 1}', "\\377\\000", '{"fix": {"a": ' + "[" * 50_000]
)
def test_lines_of_ruff(tmp_path: Path, line: str) -> None:
    """A ruff that prints nonsense fails its file, and says what it printed."""
    (tmp_path / "line").write_text(line)
    ruff = tmp_path / "ruff"
    ruff.write_text(f"#!/bin/sh\ncat '{tmp_path}/line'\nexit 1\n")
    ruff.chmod(0o755)
    verdict = Batch(str(ruff), str(tmp_path), 10.0).check(["/x.py"])["/x.py"]
    assert "not a finding" in getattr(verdict, "reason", ""), verdict


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    """A server with one method, which answers with its parameters."""
    path = tmp_path / "s"
    made = ControlServer(path, {"echo": lambda params: params}, quick=("echo",))
    made.start()
    yield path
    assert made.stop() == []


def asked(path: Path, *pieces: bytes) -> bytes:
    """The first reply to what is sent piece by piece."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(path))
        with contextlib.suppress(BrokenPipeError):  # it may have answered and hung up before it has it all
            for piece in pieces:
                connection.sendall(piece)
        return connection.makefile("rb").readline()


@pytest.mark.linux
def test_frames(server: Path) -> None:
    whole = encode_request("echo", {"text": "x"})
    assert b"longer than" in asked(server, b"x" * (REQUEST_BYTES + (1 << 17)))
    assert b"not JSON" in asked(server, _DEEP + b"\n")
    assert b"unknown method" in asked(server, encode_request("\x1b[2J", {}))
    with socket.socket(socket.AF_UNIX) as half:
        half.connect(str(server))
        half.sendall(whole[:10])
        assert json.loads(asked(server, *(bytes([byte]) for byte in whole))) == {"result": {"text": "x"}}
