"""What files have in common, as one of them is edited: found, gone again, and nobody else is asked."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.outline import pack
from dev_assistant.analysis.structure.relations import Relations
from dev_assistant.model import Checked, Job, Project, Result
from fakes.verifier import FakeAdvisor
from flows.world import World, workspace

BODY = "def f(x, y):\n" + "".join(f"    x.do_{step}(y)\n" for step in range(12))


class Analyst(FakeAdvisor):
    """Gives the outline that deep analysis gives."""

    def _verify(self, project: Project, job: Job) -> Result:
        result = super()._verify(project, job)
        if isinstance(result.verdict, Checked):
            data = Path(project.root, job.path).read_bytes()
            verdict = msgspec.structs.replace(result.verdict, outline=pack(analyse(data, {}).outline))
            return msgspec.structs.replace(result, verdict=verdict)
        return result


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = workspace(tmp_path, "app")
    for name, text in {"a": f"import b\n{BODY}", "b": "import c\n", "c": "x = 1\n"}.items():
        (root / "app").mkdir(exist_ok=True)
        (root / "app" / f"{name}.py").write_text(text)
    return World(root, advisor=Analyst()).start()


def relations(world: World) -> Relations:
    (project,) = world.coordinator.snapshot.projects
    return project.files.relations


def told(world: World) -> set[tuple[str, str]]:
    return {(path, each.rule) for path, found in relations(world).findings.items() for each in found}


def asked(world: World) -> list[str]:
    """Whose analysis was asked for since the last call."""
    judged = world.bench._verifiers["deep"].judged  # type: ignore[attr-defined]
    paths = list(judged)
    judged.clear()
    return paths


def test_an_edit_brings_them_and_its_undoing_takes_them(world: World) -> None:
    assert relations(world) == Relations(analysed=3)
    asked(world)
    world.write("app/c.py", f"import a\n{BODY}")
    world.settle()
    assert told(world) == {("a.py", "DA109"), ("c.py", "DA109"), ("a.py", "DA110")}
    assert asked(world) == ["c.py"]
    world.write("app/c.py", "x = 1\n")
    world.settle()
    assert relations(world) == Relations(analysed=3)
    assert asked(world) == []


def test_a_file_that_comes_or_goes_decides_for_others(world: World) -> None:
    world.write("app/c.py", "import a\n")
    world.settle()
    assert told(world) == {("a.py", "DA110")}
    asked(world)
    world.delete("app/b.py")
    world.settle()
    assert told(world) == set()
    world.write("app/b.py", "import c\n")
    world.settle()
    assert told(world) == {("a.py", "DA110")}
    assert asked(world) == []


def test_after_a_restart_they_are_known_without_any_analysis(world: World) -> None:
    world.write("app/c.py", f"import a\n{BODY}")
    world.settle()
    again = World(world.root, stores=world.stores, advisor=Analyst()).start()
    assert asked(again) == []
    assert relations(again) == relations(world)
    assert relations(World(world.root, advisor=Analyst()).start()) == relations(world)


def test_only_what_was_analysed_takes_part(world: World) -> None:
    world.write("app/c.py", f"import a\n{BODY}")
    world.write("app/pyproject.toml", '[tool.dev-assistant]\ndeep = "off"\n')
    world.settle()
    assert relations(world) == Relations()
