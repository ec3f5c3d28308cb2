from __future__ import annotations

import json

from dev_assistant.analysis.structure.relations import Relations
from dev_assistant.model import Criticality, FileState
from dev_assistant.report.stats import (
    collect_file_stats,
    collect_team_stats,
    problem_files,
    team_stats,
    top_rules,
    workspace_stats,
)
from dev_assistant.report.tally import tally_of

META = {"generated_at": "now"}


def test_team_stats_has_the_promised_numbers(project, record):
    files = {"a.py": record(F401=2, S101=1), "b.py": record(), "c.py": record(FileState.SKIPPED, "off")}

    document = json.loads(team_stats(project(files=files, hits=3, misses=1), meta=META))

    assert document["schema"] == "dev-assistant/team-stats@1"
    assert document["meta"] == {"generated_at": "now", "cache_hit_rate": 0.75, "cache": {}}
    assert document["counts"] == {"lint": 2, "design": 0, "security": 1, "unfinished": 0}
    assert document["top_rules"][0] == {"rule": "F401", "verifier": "ruff", "findings": 2, "files": 1}
    assert document["distribution"] == [0] * 8 + [1, 0, 1]
    expected = {
        "name": "backend",
        "root": ".",
        "total_files": 3,
        "fresh": 2,
        "skipped": 1,
        "passed": False,
        "avg_quality_score": 9.3,
        "pass_rate": 0.5,
        "total_violations": 3,
        "total_security_issues": 1,
        "critical_files": 0,
    }
    assert {key: document[key] for key in expected} == expected


def test_what_files_have_in_common_is_counted(project, workspace):
    first, second = Relations(3, duplicates=((), ())), Relations(2, cycles=((),))
    projects = [project("a", relations=lambda: first), project("b", relations=lambda: second)]

    document = json.loads(workspace_stats(workspace(*projects), meta=META))

    rows = (document["workspace"], *document["projects"])
    numbers = [(row["analysed"], row["duplicates"], row["import_cycles"]) for row in rows]
    assert numbers == [(5, 2, 1), (3, 2, 0), (2, 0, 1)]


def test_critical_files_are_counted(project, workspace, record):
    ranks = {"a.py": Criticality(0.7, (), is_critical=True), "b.py": Criticality(0.4, (), is_critical=False)}
    view = project(files={"a.py": record(), "b.py": record()}, ranks=ranks)
    assert json.loads(team_stats(view, meta=META))["critical_files"] == 1
    document = json.loads(workspace_stats(workspace(view, project("more")), meta=META))
    assert document["workspace"]["critical_files"] == 1
    assert [row["critical_files"] for row in document["projects"]] == [1, 0]


def test_unknown_is_null_and_not_zero(project, record):
    document = json.loads(team_stats(project(files={"a.py": record(FileState.FAILED)}), meta=META))

    assert [document[key] for key in ("passed", "avg_quality_score", "pass_rate")] == [None] * 3
    assert document["meta"]["cache_hit_rate"] is None


def test_workspace_weighs_projects_by_their_files(project, workspace, record):
    big = project("big", {f"{n}.py": record() for n in range(3)}, hits=1)
    small = project("small", {"x.py": record(S101=4)}, misses=1)

    document = json.loads(workspace_stats(workspace(small, big), meta=META))

    assert document["workspace"]["avg_quality_score"] == 9.0
    assert document["workspace"]["total_files"] == 4
    assert [(row["name"], row["root"]) for row in document["projects"]] == [
        ("big", "big"),
        ("small", "small"),
    ]
    assert document["meta"]["cache_hit_rate"] == {"": 0.5, "big": 1.0, "small": 0.0}


def test_problem_files_are_the_worst_fifty(project, record):
    files = {f"{n:03}.py": record(F401=1 + n % 9) for n in range(60)} | {"bad\udcff.py": record(S101=3)}

    document = json.loads(problem_files(project(files=files), meta=META))

    assert document["project"] == "backend"
    assert len(document["files"]) == 50
    assert document["files"][0] == {
        "path": "bad\\xff.py",
        "score": 7.0,
        "findings": 3,
        "counts": {"lint": 0, "design": 0, "security": 3, "unfinished": 0},
        "top_rules": [{"rule": "S101", "findings": 3}],
    }


def test_bodies_do_not_depend_on_the_order_of_discovery(project, record):
    files = {"a.py": record(F401=1), "b.py": record(E501=1), "c.py": record(C901=2)}
    turned = dict(reversed(files.items()))

    for write in (team_stats, problem_files):
        assert write(project(files=files), meta=META) == write(project(files=turned), meta=META)


def test_top_rules_go_by_findings_then_files_then_name(record):
    tally = tally_of([record(E501=2, F401=1, C901=1), record(F401=1, S101=9)])

    assert [rule.code for rule, _ in top_rules(tally, limit=3)] == ["S101", "F401", "E501"]


def test_library_collects_files_and_team(record):
    files = collect_file_stats({"b.py": record(S101=1), "a.py": record(), "c.py": record(FileState.STALE)})
    team = collect_team_stats(files, hits=1, misses=3)

    assert [(f.path, f.passed, f.violations, f.security_issues, f.quality_score) for f in files] == [
        ("a.py", True, 0, 0, 10.0),
        ("b.py", False, 1, 1, 9.0),
        ("c.py", None, 0, 0, None),
    ]
    assert (team.total_files, team.avg_quality_score, team.pass_rate) == (3, 9.5, 0.5)
    assert (team.total_violations, team.total_security_issues, team.cache_hit_rate) == (1, 1, 0.25)
