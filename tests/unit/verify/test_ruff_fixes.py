"""The replacement for a finding, against what ruff itself makes of the file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dev_assistant import process
from dev_assistant.verify.ruff_fixes import Replacement, replacements

FAULTY = {
    "line": "import os\nx = 1\n",
    "characters": 's = "é𐐀"; y = s == None\n',
    "two edits": "from typing import List\nx = 1\ny: List[int] = []\n",
    "two insertions at one place": (
        "from __future__ import annotations\n\nfrom collections.abc import Iterable\nimport os\n\n\n"
        "def f(a: Iterable[str]) -> None:\n    os.remove(a)\n"
    ),
    "carriage returns": "x = 1\r\nimport os\r\ny = not x in [1]\r\n",
    "no end of line": "x = 1\nimport os",
    "form feed": "x = 1\n\x0c\nimport os\n",
    "last line": "x = 1\ny = not x in [1]",
    "f-string": "x = 'é', f'\\n'\n",
}


def put(root: Path, source: str) -> str:
    (root / "ruff.toml").write_text(
        'lint.select = ["F401", "F541", "E711", "E713", "UP006", "UP035", "PLW1510", "TC003"]\n'
    )
    (root / "a.py").write_bytes(source.encode())
    return str(root / "a.py")


def found(root: Path, path: str) -> list[tuple[str, Replacement]]:
    fixes = replacements(str(root), [path], timeout=30).get(path, {})
    return sorted((finding.rule, replacement) for finding, replacement in fixes.items())


def applied(source: str, replacement: Replacement) -> bytes:
    data = source.encode()
    lines = data.splitlines(keepends=True) if "\x0c" not in source else data.split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + ("\x0c" in source))
    start = starts[replacement.line - 1] + replacement.column - 1
    end = starts[replacement.end_line - 1] + replacement.end_column - 1
    return data[:start] + replacement.text.encode() + data[end:]


@pytest.mark.parametrize("source", FAULTY.values(), ids=FAULTY)
def test_a_replacement_does_what_ruff_does(source: str, tmp_path: Path) -> None:
    path = put(tmp_path, source)
    rules = {rule for rule, _ in found(tmp_path, path)}
    assert rules
    for rule, replacement in found(tmp_path, path):
        command = [process.tool("ruff"), "check", "--no-cache", "--fix-only", "--unsafe-fixes", "-q"]
        command += [f"--select={rule}", "--stdin-filename", path, "-"]
        done = subprocess.run(
            command, input=source.encode(), cwd=tmp_path, capture_output=True, check=True, timeout=60
        )
        assert applied(source, replacement) == done.stdout, rule


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = 1\n", id="clean"),
        pytest.param("\ufeffimport os\n", id="byte-order mark"),
        pytest.param("import (\n", id="not Python"),
        pytest.param("import subprocess\nsubprocess.run([])\n", id="only to look at"),
    ],
)
def test_what_has_none(source: str, tmp_path: Path) -> None:
    assert found(tmp_path, put(tmp_path, source)) == []


def test_what_is_no_text_has_none(tmp_path: Path) -> None:
    path = put(tmp_path, "")
    Path(path).write_bytes(b"# -*- coding: latin-1 -*-\nx = '\xe9'\nimport os\n")
    assert found(tmp_path, path) == []
    assert found(tmp_path, str(tmp_path / "gone.py")) == []
    (tmp_path / "a.ipynb").write_text("{}")
    assert found(tmp_path, str(tmp_path / "a.ipynb")) == []
