"""batch-verify and merge as pipelines use them: the same body for any workers, shards and order."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from system.prepared import run

SECONDS = 120.0
BODY = "def f(x, y):\n" + "".join(f"    x.do_{step}(y)\n" for step in range(12))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ci")
    (root / "home").mkdir()
    for name in ("api", "web"):
        (root / "w" / name / "src").mkdir(parents=True)
        (root / "w" / name / "pyproject.toml").write_text('[project]\nname = "x"\n')
        for number in range(4):
            (root / "w" / name / "src" / f"m{number}.py").write_text(f"import os\n{BODY}x = {number}\n")
    entries = [{"name": name, "path": name} for name in ("api", "web")]
    (root / "w" / "workspace.json").write_text(json.dumps({"projects": entries}))
    return root


def call(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {"HOME": str(root / "home"), "PATH": "/usr/bin:/bin"}
    return run(arguments, cwd=root / "w", environ=environ, timeout=SECONDS)


def batch(root: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return call(root, "batch-verify", *arguments, "--output", str(root / name))


def body(root: Path, name: str) -> dict[str, bytes]:
    """As it stands in the file, byte for byte, without what may differ."""
    members = msgspec.json.decode((root / name).read_bytes(), type=dict[str, msgspec.Raw])
    return {name: bytes(raw) for name, raw in members.items() if name not in ("meta", "schema")}


def test_workers_cache_shards_and_order_change_nothing(root: Path) -> None:
    assert batch(root, "cold.json", "--workers", "1", "--no-cache").returncode == 1
    assert batch(root, "two.json", "--workers", "2").returncode == 1
    assert batch(root, "kept.json", "--workers", "4").returncode == 1
    parts = [batch(root, f"part{n}.json", "--shard", f"{n}/3").returncode for n in (1, 2, 3)]
    assert set(parts) <= {0, 1, 5}
    merged = call(
        root, "merge", *(str(root / f"part{n}.json") for n in (3, 1, 2)), "-o", f"json={root}/m.json"
    )
    (root / "check.json").write_text(call(root, "check", "--json").stdout)

    assert merged.returncode == 1, merged.stderr
    whole = body(root, "cold.json")
    assert whole["project_findings"].count(b'"DA109"') == 8
    for name in ("two.json", "kept.json", "m.json", "check.json"):
        assert body(root, name) == whole, name


def test_a_missing_shard_is_told_and_no_success(root: Path) -> None:
    batch(root, "one.json", "--shard", "1/2")
    done = call(root, "merge", str(root / "one.json"), "-o", f"junit={root}/m.xml")

    assert done.returncode == 3
    assert "results of shard api 2/2 are missing" in done.stderr
    assert "results of shard api 2/2 are missing" in (root / "m.xml").read_text()


@pytest.mark.parametrize("command", ["batch-verify", "check", "gate"])
def test_suggestions_are_those_of_ruff(root: Path, command: str) -> None:
    call(root, command, "-o", f"rdjsonl={root}/{command}.rdjsonl")
    told = [json.loads(line) for line in (root / f"{command}.rdjsonl").read_text().splitlines()]
    unused = [line for line in told if line["code"]["value"] == "F401"]
    whole = {"start": {"line": 1, "column": 1}, "end": {"line": 2, "column": 1}}

    assert len(unused) == 8
    assert all(line["suggestions"] == [{"range": whole, "text": ""}] for line in unused)
    assert sum("suggestions" in line for line in told) == sum("can fix" in line["message"] for line in told)


def test_suggestions_are_also_for_files_beside_the_project(tmp_path: Path) -> None:
    entries = [{"name": "app", "path": "app", "watch_dirs": [".", "../lib"]}]
    for name in ("app/a.py", "lib/b.py", "workspace.json"):
        (tmp_path / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / name).write_text("import os\n")
    (tmp_path / "w" / "workspace.json").write_text(json.dumps({"projects": entries}))
    done = call(tmp_path, "check", "-o", "rdjsonl=-")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(line["location"]["path"] for line in told if "suggestions" in line) == [
        "app/a.py",
        "lib/b.py",
    ]


def test_paths_and_own_outputs(root: Path) -> None:
    inside = root / "w" / "web" / "results.json"
    assert call(root, "batch-verify", "--paths", "web", "--output", str(inside)).returncode == 1
    assert call(root, "batch-verify", "--paths", "web", "--output", str(inside)).returncode == 1
    files = json.loads(inside.read_text())["files"]
    inside.unlink()

    assert {file["project"] for file in files} == {"web"}
    assert len(files) == 5
    assert call(root, "batch-verify", "--paths", "web/nothing.py").returncode == 3


def test_mistakes_are_told_at_once(root: Path) -> None:
    for arguments in (["-o", "sarfi=x"], ["--shard", "4/3"], ["-o", "json=/nowhere/x.json"]):
        assert call(root, "batch-verify", *arguments).returncode == 2
    assert call(root, "merge", str(root / "none.json")).returncode == 2


def test_the_module_is_the_command(root: Path) -> None:
    command = [sys.executable, "-m", "dev_assistant.batch_verify", "--help"]
    assert "--shard I/N" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
