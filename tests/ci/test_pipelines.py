"""What config/ci offers, run: each step by a shell, in the order of the jobs, with what the platform sets.

Not run are installations, and the platforms' own actions but for those that carry files. The grammar of the
two platforms is not tested here: their schemas are large.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

import dev_assistant
from ci.github import Runner, Step
from ci.origin import OLD, Origin
from ci.program import on_path
from system import prepared
from system.daemon_process import RUFF_ALONE

REPOSITORY = Path(__file__).resolve().parents[2]
CI = REPOSITORY / "config" / "ci"
KEY = "0123456789abcdef" * 4
SHARDS = 3
PINNED = re.compile(r"[\w/-]+@[0-9a-f]{40}")
FAILED_BY_ONE = re.compile(r"gate failed: 1 of \d+ conditions does not hold; 1 new, 0 fixed, 8 kept")


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    settings = {f"DEV_ASSISTANT_{name.upper()}": value for name, value in RUFF_ALONE.items()}
    home = {name: value for name, value in os.environ.items() if name.startswith(("HOME", "XDG_"))}
    with on_path() as directory:
        yield {**home, **settings, "PATH": f"{directory}:/usr/local/bin:/usr/bin:/bin"}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory, environ: dict[str, str]) -> Origin:
    made = Origin(tmp_path_factory.mktemp("ci") / "origin", environ)
    made.change("harmless", {"one/b.py": f"# a comment\n{OLD}"})
    policy = "[tool.dev-assistant]\ngate_max_new = {all = 9}\n"
    made.change("worse", {"one/b.py": f"{OLD}import zlib\n", "one/pyproject.toml": policy})
    return made


def body(data: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(data)
    del document["meta"]
    return document


@pytest.fixture(scope="module")
def whole(origin: Origin) -> dict[str, Any]:
    """What one machine finds in ``worse``, merged or not: main has not changed since."""
    place = origin.clone("worse")
    out = place.with_suffix(".json")
    arguments = ["batch-verify", "--no-cache", "--output", str(out)]
    assert prepared.run(arguments, cwd=place, environ=origin.environ, timeout=60).returncode == 1
    return body(out.read_bytes())


# GitHub


def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CI / "github-actions.yml").read_text())
    return loaded


def github(origin: Origin, base: Path, branch: str, *, event: str, key: str) -> Runner:
    pull = event == "pull_request"
    values = {
        "secrets.DEV_ASSISTANT_CACHE_KEY": key,
        "secrets.DEV_ASSISTANT_CACHE_KEY != ''": str(bool(key)).lower(),
        "env.HAS_CACHE == 'true'": str(bool(key)).lower(),
        "env.HAS_CACHE == 'true' && github.event_name == 'push'": str(bool(key) and not pull).lower(),
        "github.event_name == 'pull_request' && 'HEAD^1' || 'HEAD'": "HEAD^1" if pull else "HEAD",
        "github.run_id": "1",
    }
    return Runner(
        workflow(), values, origin.environ, base, lambda depth: origin.clone(branch, f"--depth={depth}")
    )


def steps(runner: Runner) -> Iterator[Step]:
    yield from runner.run("verify")
    yield from runner.run("gate")


def test_github_harmless_push_passes_and_is_unknown_without_all_parts(origin: Origin, tmp_path: Path) -> None:
    runner = github(origin, tmp_path, "harmless-merged", event="push", key=KEY)
    *verified, merged, gate = steps(runner)

    assert [step.name for step in (*verified, merged, gate)] == ["verify"] * SHARDS + ["merge", "gate"]
    assert [step.status for step in (*verified, merged, gate)] == [0] * (SHARDS + 2), gate.output
    assert "0 new, 0 fixed, 8 kept against .dev-assistant-baseline.json" in gate.output
    assert "::warning" not in gate.output
    assert "one/a.py" in merged.summary
    assert (runner.artifacts / "dev-assistant-dashboard" / "dashboard.md").is_file()
    sarif = json.loads((runner.artifacts / "dev-assistant-sarif" / "dev-assistant.sarif").read_bytes())
    assert len(sarif["runs"][0]["results"]) == 8
    assert {path.parent.parent.name for path in runner.saved} == {"one", "two"}

    shutil.rmtree(runner.artifacts / "dev-assistant-part-2")
    gate = runner.run("gate")[-1]
    assert (gate.name, gate.status) == ("gate", 3)
    assert "results of shard one 2/3 are missing" in gate.output


def test_github_new_finding_of_a_fork_fails_though_it_loosens_its_gate(
    origin: Origin, tmp_path: Path, whole: dict[str, Any]
) -> None:
    runner = github(origin, tmp_path, "worse-merged", event="pull_request", key="")
    gate = list(steps(runner))[-1]

    assert (gate.name, gate.status) == ("gate", 1)
    assert "new: one: b.py:3:8: F401" in gate.output
    assert FAILED_BY_ONE.search(gate.output)
    assert [line for line in gate.output.splitlines() if line.startswith("::warning file=one/b.py,line=3,")]
    assert gate.output.count("::warning") == 1
    assert set(runner.installs) == {'python -m pip install "$PACKAGE"'}
    results = (runner.artifacts / "dev-assistant-dashboard" / "results.json").read_bytes()
    assert body(results) == whole


def test_github_jobs_have_few_permissions_and_actions_are_pinned() -> None:
    spec = workflow()
    used = [step["uses"] for job in spec["jobs"].values() for step in job["steps"] if "uses" in step]
    writing = [name for name, job in spec["jobs"].items() if "write" in job["permissions"].values()]
    assert [action for action in used if not PINNED.fullmatch(action)] == []
    assert spec["permissions"] == {}
    assert writing == ["code-scanning"]
    assert [step for step in spec["jobs"]["code-scanning"]["steps"] if "run" in step] == []
    assert "pull_request_target" not in spec[True], "it would run the code of forks with our secrets"


# GitLab

MERGE_REQUEST = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}


def verified(origin: Origin, branch: str, spec: Mapping[str, Any]) -> Path:
    """A checkout for the second job, with the artifacts of the first."""
    target = origin.clone(branch)

    def verify(index: int) -> None:
        place = origin.clone(branch, "--depth=1")
        node = {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(spec["parallel"])}
        given = {**origin.environ, **MERGE_REQUEST, **spec["variables"], **node}
        done = shell("\n".join(spec["script"]), place, given)
        assert done.returncode == 0, done.stderr
        carry(place, target, spec["artifacts"]["paths"])

    with ThreadPoolExecutor() as pool:
        list(pool.map(verify, range(1, spec["parallel"] + 1)))
    return target


def shell(script: str, cwd: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return execute(["sh", "-e", "-c", script], cwd, environ)


def execute(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, cwd=cwd, env=environ, timeout=120, text=True, capture_output=True
    )


def carry(source: Path, target: Path, patterns: list[str]) -> None:
    found = [path for pattern in patterns for path in source.glob(pattern)]
    assert found, f"no artifact by {patterns}"
    for path in found:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())


def test_gitlab_gate_demands_what_the_target_branch_does(origin: Origin, whole: dict[str, Any]) -> None:
    spec = yaml.safe_load((CI / "gitlab-ci.yml").read_text())
    gate = spec["dev-assistant gate"]
    place = verified(origin, "worse", spec[gate["needs"][0]])
    failed = shell("\n".join(gate["script"]), place, {**origin.environ, **MERGE_REQUEST})
    passed = shell("\n".join(gate["script"][1:]), place, origin.environ)

    assert (failed.returncode, bool(FAILED_BY_ONE.search(failed.stdout))) == (1, True), failed.stderr
    assert passed.returncode == 0, f"by its own policy: {passed.stdout}"
    assert body((place / "RUNS/ci/results.json").read_bytes()) == whole
    assert len(json.loads((place / "RUNS/ci/codequality.json").read_bytes())) == 9
    reports = [*gate["artifacts"]["paths"], *gate["artifacts"]["reports"].values()]
    assert [path for path in reports if not (place / path).is_file()] == []


# Any other


def test_script_joins_parts_and_ends_with_the_gates_status(origin: Origin) -> None:
    place = origin.clone("worse")
    parts = [verify_sh(place, origin, "part", part).returncode for part in ("2/2", "1/2")]
    judged = verify_sh(place, origin, "gate", "origin/main")

    assert parts == [0, 0]
    assert (judged.returncode, bool(FAILED_BY_ONE.search(judged.stdout))) == (1, True), judged.stderr
    assert verify_sh(place, origin, "gate").returncode == 0, "by its own policy"
    made = sorted(path.name for path in (place / "RUNS" / "ci").iterdir())
    assert made == ["checkstyle.xml", "dashboard.md", "junit.xml", "part1.json", "part2.json", "results.json"]


def test_script_refuses_what_it_does_not_know(origin: Origin, tmp_path: Path) -> None:
    done = verify_sh(tmp_path, origin, "parts")
    assert (done.returncode, done.stderr) == (2, "usage: verify.sh install | part I/N | gate [REV]\n")
    assert list(tmp_path.iterdir()) == []


def verify_sh(cwd: Path, origin: Origin, *arguments: str) -> subprocess.CompletedProcess[str]:
    return execute(["sh", str(CI / "verify.sh"), *arguments], cwd, origin.environ)


# All


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml", "verify.sh"])
def test_what_is_installed_is_this_version(name: str) -> None:
    pins = re.findall(r"dev-assistant\[all\]==([\w.]+)", (CI / name).read_text())
    assert pins == [dev_assistant.__version__]


def test_hook_manifest_says_what_pre_commit_needs() -> None:
    """By its rules id, name, entry and language are required, and nothing is named that it does not know."""
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert hook["language"] == "python"
    assert hook["entry"].split()[0] in project["scripts"]
