"""The whole configuration: every layer, every way to name projects, and every kind of breakage."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dev_assistant.service.configuration import Configuration, load
from dev_assistant.settings.layers import LayerKind


@dataclass
class Tree:
    """A workspace directory in the making, with one way to load it."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> Path:
        assert not os.path.isabs(path)
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def workspace(self, *projects: Mapping[str, object], **settings: object) -> Path:
        document: dict[str, object] = {"projects": projects}
        if settings:
            document["settings"] = settings
        return self.write("workspace.json", json.dumps(document, indent=1))

    def pyproject(self, project: str, text: str) -> Path:
        return self.write(os.path.join(project, "pyproject.toml"), f"[tool.dev-assistant]\n{text}\n")

    def load(
        self,
        *,
        cwd: str = "",
        workspace: Path | None = None,
        watch_dirs: Sequence[str] = (),
        **overrides: object,
    ) -> Configuration:
        environ = {"DEV_ASSISTANT_CONFIG": str(self.root / "user.toml"), **self.environ}
        directories = [Path(directory) for directory in watch_dirs]
        return load(
            workspace, cwd=self.root / cwd, environ=environ, overrides=overrides, watch_dirs=directories
        )


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def in_user_file(tree: Tree, value: int) -> None:
    tree.write("user.toml", f"debounce_ms = {value}\n")


def in_workspace(tree: Tree, value: int) -> None:
    file = tree.root / "workspace.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "settings": {"debounce_ms": value}}))


def in_entry(tree: Tree, value: int) -> None:
    file = tree.root / "workspace.json"
    document = json.loads(file.read_text())
    document["projects"][0]["debounce_ms"] = value
    file.write_text(json.dumps(document))


def in_pyproject(tree: Tree, value: int) -> None:
    tree.pyproject("a", f"debounce_ms = {value}")


def in_environment(tree: Tree, value: int) -> None:
    tree.environ["DEV_ASSISTANT_DEBOUNCE_MS"] = str(value)


def on_command_line(tree: Tree, value: int) -> None:
    tree.environ["option"] = str(value)


WAYS: list[tuple[LayerKind, Callable[[Tree, int], None]]] = [
    (LayerKind.USER, in_user_file),
    (LayerKind.WORKSPACE, in_workspace),
    (LayerKind.ENTRY, in_entry),
    (LayerKind.PROJECT, in_pyproject),
    (LayerKind.ENVIRONMENT, in_environment),
    (LayerKind.COMMAND_LINE, on_command_line),
]
PAIRS = list(itertools.combinations(WAYS, 2))


@pytest.mark.parametrize(("weak", "strong"), PAIRS, ids=[f"{a[0].name}-{b[0].name}" for a, b in PAIRS])
def test_precedence(
    tree: Tree,
    weak: tuple[LayerKind, Callable[[Tree, int], None]],
    strong: tuple[LayerKind, Callable[[Tree, int], None]],
) -> None:
    tree.workspace({"name": "a", "path": "a"})
    strong[1](tree, 22)
    weak[1](tree, 11)
    option = tree.environ.pop("option", None)
    overrides = {} if option is None else {"debounce_ms": int(option)}
    configuration = tree.load(**overrides)
    (project,) = configuration.projects
    assert configuration.all_problems == ()
    assert project.settings.debounce_ms == 22
    assert project.origins["debounce_ms"].layer is strong[0]


def test_the_documented_workspace(tree: Tree) -> None:
    for directory in ("frontend/src", "frontend/components", "backend/api"):
        (tree.root / directory).mkdir(parents=True)
    file = tree.workspace(
        {"name": "frontend", "path": "./frontend", "watch_dirs": ["src", "components"]},
        {"name": "backend", "path": "./backend", "watch_dirs": ["api", "services"]},
    )
    configuration = tree.load(cwd="frontend/src")
    assert (configuration.root, configuration.file) == (tree.root, file)
    assert configuration.all_problems == ()
    frontend, backend = configuration.projects
    assert frontend.project.root == str(tree.root / "frontend")
    assert frontend.project.watch_paths == tuple(
        str(tree.root / "frontend" / d) for d in ("src", "components")
    )
    assert frontend.missing == ()
    assert backend.missing == (str(tree.root / "backend" / "services"),)
    assert configuration.warnings == (f"backend: {tree.root}/backend/services does not exist (watched for)",)


def test_watch_paths_replace_watch_dirs_and_may_leave_the_project(tree: Tree) -> None:
    tree.write("common/lib/x.py", "")
    tree.workspace({"name": "a", "path": "a", "watch_dirs": ["src"]})
    tree.pyproject("a", 'watch_paths = ["../common/lib", ".", "./"]')
    (project,) = tree.load().projects
    assert project.project.watch_paths == (str(tree.root / "common/lib"), str(tree.root / "a"))


def test_a_broken_pyproject_costs_only_itself(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a", "debounce_ms": 7}, {"name": "b", "path": "b"})
    tree.write("a/pyproject.toml", "[tool.dev-assistant\n")
    tree.pyproject("b", "debounce_ms = 9")
    configuration = tree.load()
    broken, good = configuration.projects
    assert configuration.problems == ()
    assert [problem.line for problem in broken.problems] == [1]
    assert broken.settings.debounce_ms == 7
    assert (good.problems, good.settings.debounce_ms) == ((), 9)


def test_all_mistakes_of_all_files_at_once(tree: Tree) -> None:
    tree.workspace(
        {"name": "a", "path": "a", "debounce": 1}, {"name": "a", "path": "b", "typo": 2}, debounce_ms="x"
    )
    tree.pyproject("a", "enabled = 3")
    tree.write("user.toml", "workers = -1\n")
    tree.environ["DEV_ASSISTANT_MAX_FILE_MB"] = "big"
    told = [(Path(p.file).name, p.key, p.line) for p in tree.load().all_problems]
    assert told == [
        ("user.toml", "workers", 1),
        ("environment", "DEV_ASSISTANT_MAX_FILE_MB", None),
        ("workspace.json", "projects[0].debounce", 6),
        ("workspace.json", "projects[1].name", 9),
        ("workspace.json", "projects[1].typo", 11),
        ("workspace.json", "settings.debounce_ms", 15),
        ("pyproject.toml", "tool.dev-assistant.enabled", 2),
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"projects": []}', '{"projects": [{"name": "x"}]}'])
def test_a_workspace_without_usable_entry_has_problems_and_no_projects(tree: Tree, text: str) -> None:
    tree.write("workspace.json", text)
    configuration = tree.load(debounce_ms=3)
    assert configuration.projects == ()
    assert configuration.problems
    assert configuration.settings.debounce_ms == 3


def test_a_workspace_that_is_named_and_not_there_is_told(tree: Tree) -> None:
    (problem,) = tree.load(workspace=Path("nowhere.json")).problems
    assert (problem.file, problem.message) == (str(tree.root / "nowhere.json"), "no such file")


@pytest.mark.parametrize("named", ["w", "w/workspace.json"])
def test_a_workspace_is_named_by_file_or_directory(tree: Tree, named: str) -> None:
    tree.write("w/workspace.json", '{"projects": [{"name": "a", "path": "."}]}')
    configuration = tree.load(workspace=Path(named))
    assert configuration.root == tree.root / "w"
    assert [one.project.name for one in configuration.projects] == ["a"]


def test_a_project_that_is_off_stays_in_the_list(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a"})
    tree.pyproject("a", "enabled = false")
    (project,) = tree.load().projects
    assert project.settings.enabled is False


def test_what_belongs_to_the_workspace_cannot_be_decided_by_one_of_its_projects(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a"}, workers=2)
    tree.pyproject("a", "workers = 9")
    configuration = tree.load()
    assert configuration.settings.workers == 2
    assert configuration.all_problems == ()
    assert any("workers: holds for the whole workspace" in warning for warning in configuration.warnings)


def test_a_lone_project_decides_for_itself(tree: Tree) -> None:
    tree.pyproject("a", "workers = 9\nlog_levels.watch = 'debug'")
    tree.write("a/src/deep/x.py", "")
    configuration = tree.load(cwd="a/src/deep")
    (project,) = configuration.projects
    assert (configuration.root, configuration.file) == (tree.root / "a", None)
    assert project.project.watch_paths == (str(tree.root / "a"),)
    assert configuration.settings.workers == project.settings.workers == 9
    assert configuration.origins["log_levels.watch"].line == 3
    assert configuration.warnings == ()


def test_no_configuration_at_all_is_the_directory_alone(tree: Tree) -> None:
    (tree.root / "x").mkdir()
    configuration = tree.load(cwd="x")
    (project,) = configuration.projects
    assert (project.project.name, project.project.root) == ("x", str(tree.root / "x"))
    assert configuration.all_problems == ()


def test_watch_dirs_go_to_the_innermost_project_that_holds_them(tree: Tree) -> None:
    for directory in ("a/inner/src", "a/src", "b", "elsewhere"):
        (tree.root / directory).mkdir(parents=True)
    tree.workspace(
        {"name": "a", "path": "a", "watch_dirs": ["replaced"]},
        {"name": "inner", "path": "a/inner"},
        {"name": "b", "path": "b"},
    )
    configuration = tree.load(cwd="a", watch_dirs=["src", "inner/src", "../elsewhere"])
    watched = {one.project.name: one.project.watch_paths for one in configuration.projects}
    assert watched == {"a": (str(tree.root / "a/src"),), "inner": (str(tree.root / "a/inner/src"),)}
    (problem,) = configuration.problems
    assert (problem.key, problem.value) == ("--watch-dirs", str(tree.root / "elsewhere"))


def test_watch_dirs_without_a_workspace_go_to_the_nearest_pyproject(tree: Tree) -> None:
    tree.pyproject("one/api", "debounce_ms = 1\nworkers = 5")
    tree.pyproject("two/api", "debounce_ms = 2")
    for directory in ("one/api/src", "two/api/src", "here/lib"):
        (tree.root / directory).mkdir(parents=True)
    configuration = tree.load(cwd="here", watch_dirs=["../one/api/src", "../two/api/src", "lib", "absent"])
    shown = [(one.project.name, one.project.root, one.settings.debounce_ms) for one in configuration.projects]
    assert configuration.root == tree.root / "here"
    assert shown == [
        ("api", str(tree.root / "one/api"), 1),
        ("api-2", str(tree.root / "two/api"), 2),
        ("here", str(tree.root / "here"), 100),
    ]
    assert configuration.projects[2].missing == (str(tree.root / "here/absent"),)
    assert configuration.projects[2].origins["watch_paths"].key == "--watch-dirs"
    assert configuration.settings.workers is None


def test_a_pyproject_in_the_home_directory_adopts_nothing(tree: Tree) -> None:
    tree.environ["HOME"] = str(tree.root)
    tree.pyproject("", "debounce_ms = 1")
    tree.write("lib/x.py", "")
    tree.write("here/x.py", "")
    (project,) = tree.load(cwd="here", watch_dirs=["../lib"]).projects
    assert project.project.root == str(tree.root / "here")
    assert project.project.watch_paths == (str(tree.root / "lib"),)


def test_a_mistake_of_the_current_project_is_told_once_with_watch_dirs(tree: Tree) -> None:
    tree.pyproject("", "enabled = 3")
    tree.pyproject("sub", "")
    assert len(tree.load(watch_dirs=["sub"]).all_problems) == 1
    assert len(tree.load(watch_dirs=["."]).all_problems) == 1


@pytest.mark.parametrize("watched", ["/", "/proc", "/dev/fd", "file.txt"])
def test_what_cannot_be_watched_is_a_problem_of_its_project(tree: Tree, watched: str) -> None:
    tree.write("a/file.txt", "")
    tree.workspace({"name": "a", "path": "a"})
    tree.pyproject("a", f'watch_paths = ["{watched}", "src"]')
    (project,) = tree.load().projects
    (problem,) = project.problems
    assert (problem.line, problem.key) == (2, "tool.dev-assistant.watch_paths")
    assert problem.message.startswith("cannot be watched: ")
    assert project.project.watch_paths == (str(tree.root / "a/src"),)


def test_the_home_directory_alone_is_not_watched(tree: Tree) -> None:
    tree.environ["HOME"] = str(tree.root)
    configuration = tree.load()
    (problem,) = configuration.all_problems
    assert "is the home directory" in problem.message
    assert configuration.projects[0].project.watch_paths == ()


def test_a_repository_of_the_whole_home_is_not_the_current_project(tree: Tree) -> None:
    tree.environ["HOME"] = str(tree.root)
    tree.write(".git/HEAD", "")
    tree.write("scratch/x.py", "")
    configuration = tree.load(cwd="scratch")
    assert configuration.root == tree.root / "scratch"
    assert configuration.all_problems == ()


def test_every_file_that_decides_is_a_source(tree: Tree) -> None:
    file = tree.workspace({"name": "a", "path": "a"}, {"name": "b", "path": "b"})
    pyproject = tree.pyproject("a", "")
    sources = tree.load().sources
    assert sources == (tree.root / "user.toml", file, pyproject, tree.root / "b" / "pyproject.toml")


def test_a_workspace_file_that_may_appear_is_a_source(tree: Tree) -> None:
    (tree.root / "lone").mkdir()
    assert tree.root / "lone" / "workspace.json" in tree.load(cwd="lone").sources


def test_an_unknown_variable_is_a_warning(tree: Tree) -> None:
    tree.environ["DEV_ASSISTANT_WORKER"] = "2"
    assert any("did you mean DEV_ASSISTANT_WORKERS?" in warning for warning in tree.load().warnings)


def test_both_spellings_of_the_cache_settings(tree: Tree) -> None:
    tree.workspace(
        {"name": "a", "path": "a", "phase-c": {"cache_max_entries": 3}}, {"name": "b", "path": "b"}
    )
    tree.pyproject("a", "cache_ttl_seconds = 1\n[tool.dev-assistant.phase-c]\ncache_enabled = false")
    tree.pyproject("b", "cache_ttl_seconds = 1\n[tool.dev-assistant.phase-c]\ncache_ttl_seconds = 2")
    a, b = tree.load().projects
    assert (a.settings.cache_max_entries, a.settings.cache_ttl_seconds, a.settings.cache_enabled) == (
        3,
        1,
        False,
    )
    assert [problem.line for problem in b.problems] == [4]


def test_names_that_are_not_text_are_escaped(tree: Tree) -> None:
    odd = os.fsdecode(os.fsencode(tree.root) + b"/\xff\x1b")
    Path(odd).mkdir()
    (project,) = tree.load(cwd=odd).projects
    assert project.project.name == "\\xff\\x1b"
    assert project.project.root == odd


REFUSED = "would run a program"


@pytest.mark.parametrize("profile", ["development", "production"])
def test_a_profile_lies_above_the_defaults_and_below_everything_else(tree: Tree, profile: str) -> None:
    tree.workspace({"name": "a", "path": "a"}, profile=profile, stats_interval_ms=77)
    tree.pyproject("a", "log_retention_days = 3")
    configuration = tree.load()
    assert configuration.all_problems == ()
    assert configuration.settings.stats_interval_ms == 77
    assert configuration.settings.log_level != "info"
    assert str(configuration.origins["log_level"]) == f"profile {profile}"
    (project,) = configuration.projects
    assert project.settings.log_retention_days == 3
    assert project.settings.log_level == configuration.settings.log_level


def test_a_profile_is_chosen_by_whoever_is_nearest(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a"}, profile="development")
    tree.environ["DEV_ASSISTANT_PROFILE"] = "production"
    assert tree.load().settings.log_level == "warning"
    assert tree.load(profile="none").settings.log_level == "info"


def test_a_lone_project_may_choose_a_profile(tree: Tree) -> None:
    tree.pyproject("", 'profile = "production"')
    configuration = tree.load()
    assert configuration.all_problems == ()
    assert configuration.settings.alert_failed_files == 1


def test_an_unknown_profile_is_a_mistake_with_a_guess(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a"}, profile="prodction")
    (problem,) = tree.load().all_problems
    assert "production" in str(problem)


def in_workspace_settings(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a"}, alert_command=["touch", "owned"])


def in_workspace_entry(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a", "alert_command": ["touch", "owned"]})


def in_project_of_a_workspace(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a"})
    tree.pyproject("a", 'alert_command = ["touch", "owned"]')


def in_lone_project(tree: Tree) -> None:
    tree.pyproject("", 'alert_command = ["touch", "owned"]')


@pytest.mark.parametrize(
    "place", [in_workspace_settings, in_workspace_entry, in_project_of_a_workspace, in_lone_project]
)
def test_no_file_that_a_repository_may_bring_runs_a_program(
    tree: Tree, place: Callable[[Tree], None]
) -> None:
    place(tree)
    configuration = tree.load()
    assert configuration.settings.alert_command == ()
    assert [project.settings.alert_command for project in configuration.projects] == [()]
    (problem,) = configuration.all_problems
    assert REFUSED in str(problem)


def test_the_user_may_run_a_program(tree: Tree) -> None:
    tree.workspace({"name": "a", "path": "a"})
    tree.write("user.toml", 'alert_command = ["notify-send", "dev-assistant"]')
    assert tree.load().settings.alert_command == ("notify-send", "dev-assistant")
    tree.environ["DEV_ASSISTANT_ALERT_COMMAND"] = "logger,-t,dev"
    assert tree.load().settings.alert_command == ("logger", "-t", "dev")
    assert tree.load().all_problems == ()
