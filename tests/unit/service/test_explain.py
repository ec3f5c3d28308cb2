from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dev_assistant.record.evidence import JsonlEvidenceLog
from dev_assistant.service.explain import Explainer
from fakes.record import evidence as told
from flows.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "x.py").touch()
    (tmp_path / "auth.py").write_text("BAD\n")
    (tmp_path / "excluded.py").touch()
    return World(tmp_path.resolve(), project=tmp_path.name).start()


def why(world: World, path: str) -> dict[str, Any]:
    reuse = {str(world.root / "auth.py"): (40, 39)}
    explainer = Explainer(world.coordinator, {"ruff": world.verifier}, reuse=reuse.get)  # type: ignore[dict-item]
    document: dict[str, Any] = explainer(str(world.root / path))
    return document["projects"][0]  # type: ignore[no-any-return]


def test_a_judged_file_names_its_judge_and_its_key(world: World) -> None:
    entry = why(world, "auth.py")
    assert (entry["state"], entry["passed"], entry["priority"]) == ("fresh", False, "normal")
    (judge,) = entry["verifiers"]
    assert (judge["name"], judge["version"], judge["decision"]) == ("ruff", "1.0", "included")
    assert judge["findings"] == 1
    record = world.record("auth.py")
    assert record is not None and judge["key"] == record.parts[0].key


def test_how_much_of_a_file_was_known_is_told(world: World) -> None:
    assert why(world, "auth.py")["definitions"] == {"analysed": 1, "reused": 39}
    assert why(world, "excluded.py")["definitions"] is None


def test_what_the_score_is_made_of_is_told(world: World) -> None:
    entry = why(world, "auth.py")
    assert (entry["score"], entry["rating"]) == (9.8, ["1 lint finding: -0.2"])


def test_what_makes_a_file_critical_is_told(world: World) -> None:
    entry = why(world, "auth.py")
    assert entry["criticality"] == {
        "score": 0.4,
        "reasons": ("name matches *auth*: 0.4",),
        "is_critical": False,
    }
    assert entry["deep"] == {"mode": "all", "reason": "all Python files that ruff judges"}
    world.write("auth.py", "import hmac\n")
    world.write("pyproject.toml", '[tool.dev-assistant]\ndeep = "critical"\n')
    world.settle()
    entry = why(world, "auth.py")
    assert (entry["criticality"]["score"], entry["priority"]) == (0.7, "high")
    assert entry["deep"]["reason"] == "critical files only; this one is: 0.7 of 0.5"
    assert why(world, "test_auth.py")["criticality"]["reasons"] == ("is a test: never critical",)
    assert why(world, "x.py")["deep"]["reason"] == "critical files only; this one is not: 0 of 0.5"


def test_the_file_that_configures_is_told(world: World) -> None:
    assert why(world, "auth.py")["verifiers"][0]["configured_by"] is None
    world.write("fake.toml", "x")
    world.settle()
    assert why(world, "auth.py")["verifiers"][0]["configured_by"] == "/fake.toml"


def test_the_last_evidence_is_told(world: World) -> None:
    assert why(world, "auth.py")["evidence"] is None
    evidence = world.root / "RUNS" / "evidence"
    evidence.mkdir(parents=True)
    log = JsonlEvidenceLog(evidence, project=world.project, head=lambda: None, save_head=lambda _: None)
    log.append([told("auth.py", trigger="scan"), told("auth.py"), told("other.py")])
    log.close()
    last = why(world, "auth.py")["evidence"]
    assert (last["verdict"], last["trigger"], last["cached"]) == ("passed", "save", False)
    assert last["id"] and last["time"].endswith("Z")


def test_an_ignored_file_names_where_the_walk_turns_away_and_the_rule(world: World) -> None:
    entry = why(world, "build/x.py")
    assert (entry["state"], entry["ignored"]) == ("unknown", "build")
    assert entry["reason"] == "ignored at build by build/ in .gitignore:1"
    world.write("a.gen.py", "")
    world.write(".gitignore", "# ours\n*.gen.py\n")
    assert why(world, "a.gen.py")["reason"] == "ignored by *.gen.py in .gitignore:2"


def test_the_setting_that_ignores_a_file_is_named(world: World) -> None:
    world.write("ign/x.py", "")
    world.write("pyproject.toml", '[tool.dev-assistant]\nignore = ["ign/"]\n')
    world.settle()
    place = world.root / "pyproject.toml"
    assert why(world, "ign/x.py")["reason"] == f"ignored at ign by ign/ in the setting ignore ({place}:2)"


def test_no_verifier_is_blamed_for_what_is_not_there_or_not_known_yet(world: World) -> None:
    assert why(world, "nofile.py")["reason"] == "no such file"
    world.write("new.py", "")
    assert why(world, "new.py")["reason"] == "not looked at yet"
    (world.root / "pkg").mkdir()
    assert why(world, "pkg")["reason"] == "is a directory"


def test_a_project_that_is_switched_off_is_the_reason(world: World) -> None:
    world.write("pyproject.toml", "[tool.dev-assistant]\nenabled = false\n")
    world.settle()
    assert why(world, "auth.py")["reason"] == "enabled = false: nothing of it is watched or judged"


def test_an_excluded_file_names_the_verifiers_reason(world: World) -> None:
    assert why(world, "excluded.py")["verifiers"][0]["decision"] == "excluded by fake.toml"


def test_a_type_that_nobody_knows(world: World) -> None:
    world.write("data.bin", "")
    assert why(world, "data.bin")["reason"] == "not a type of file that is judged"


def test_a_path_outside_has_no_entry(world: World) -> None:
    explainer = Explainer(world.coordinator, {}, reuse={}.get)
    assert explainer("/elsewhere/x.py")["projects"] == []
