from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.errors import UserError
from dev_assistant.files import Content, read
from dev_assistant.model import FileRecord, FileState, RelPath, part_of
from dev_assistant.places import Runs
from dev_assistant.record.evidence import JsonlEvidenceLog
from dev_assistant.record.store import SqliteVerdictStore
from dev_assistant.service.team_stats import TeamStatsAggregator
from fakes.record import checked, digest, evidence

NOON = 1_700_049_600.0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clean file, one with two findings, and what a daemon would have kept of them."""
    root = tmp_path / "app"
    root.mkdir()
    (root / "pyproject.toml").write_text('[tool.dev-assistant]\ncritical_patterns = ["b.py"]\n')
    runs = Runs(root)
    runs.prepare()
    with closing(SqliteVerdictStore(runs.database)) as store:
        for name, findings in (("a.py", 0), ("b.py", 2)):
            (root / name).write_text(f"{name!r}\n")
            content = read(str(root / name), limit=100)
            assert isinstance(content, Content)
            key, verdict = digest(name), checked(findings)
            part = part_of(verdict, verifier="ruff", key=key)
            record = FileRecord(FileState.FRESH, content.fingerprint, (part,))
            store.save({RelPath(name): record}, {key: verdict})
    log = JsonlEvidenceLog(runs.evidence, project="app", head=lambda: None, save_head=lambda _: None)
    log.append([evidence("a.py", cached=True), evidence("b.py"), evidence("b.py"), evidence("b.py")])
    log.close()
    return root


def aggregator(root: Path, **changed: object) -> TeamStatsAggregator:
    runs = Runs(root)
    places = {"cache_dir": runs.database.parent, "evidence_dir": runs.evidence, "output_dir": runs.stats}
    return TeamStatsAggregator(**{**places, "wall": lambda: NOON, **changed})


def written(root: Path, name: str) -> dict[str, object]:
    document = json.loads((Runs(root).stats / name).read_bytes())
    assert isinstance(document, dict)
    return document


def test_the_collector_gives_the_numbers(project: Path) -> None:
    collector = aggregator(project).collector
    files = collector.collect_file_stats()
    stats = collector.collect_team_stats(files)

    assert [(file.path, file.violations, file.passed) for file in files] == [
        ("a.py", 0, True),
        ("b.py", 2, False),
    ]
    assert (stats.total_files, stats.avg_quality_score, stats.pass_rate) == (2, 9.8, 0.5)
    assert (stats.total_violations, stats.total_security_issues, stats.cache_hit_rate) == (2, 0, 0.25)


def test_the_report_is_written(project: Path) -> None:
    page = aggregator(project).generate_report()

    assert page == Runs(project).stats / "team_dashboard.md"
    assert "# Project `app`" in page.read_text()
    assert "25 % from the cache" in page.read_text()
    assert "Whose lines" not in page.read_text()
    assert written(project, "team_stats.json")["critical_files"] == 0
    assert [file["path"] for file in written(project, "problem_files.json")["files"]] == ["b.py"]
    assert [day["date"] for day in written(project, "trends.json")["days"]] == ["2023-11-15"]
    assert not (Runs(project).stats / "authors.json").exists()


def test_trends_go_on_from_those_that_stand_there(project: Path) -> None:
    aggregator(project, wall=lambda: NOON - 86_400).generate_report()
    aggregator(project).generate_report()
    assert [day["date"] for day in written(project, "trends.json")["days"]] == ["2023-11-14", "2023-11-15"]


def test_what_changed_since_is_not_passed_off_as_judged(project: Path) -> None:
    (project / "a.py").write_text("other\n")
    (project / "b.py").unlink()
    (file,) = aggregator(project).collector.collect_file_stats()
    assert (file.path, file.state, file.quality_score) == ("a.py", FileState.STALE, None)


def test_a_cache_from_elsewhere_is_taken_as_it_was_saved(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "restored"
    Runs(project).database.parent.rename(cache)
    team = aggregator(project, cache_dir=cache, output_dir=tmp_path / "build" / "stats")

    assert team.generate_report() == tmp_path / "build" / "stats" / "team_dashboard.md"
    assert [file.state for file in team.collector.collect_file_stats()] == [FileState.FRESH] * 2


def test_whose_lines_they_are_is_said_on_demand_alone(project: Path) -> None:
    page = aggregator(project, attribution_seconds=60.0).generate_report()
    assert "- Of 2 findings nobody can say: `no git repository`" in page.read_text()
    assert written(project, "authors.json")["unknown"] == {"no git repository": 2}


def test_authors_of_a_cache_from_elsewhere_are_refused(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "restored"
    Runs(project).database.parent.rename(cache)
    with pytest.raises(UserError, match="lies in no project"):
        aggregator(project, cache_dir=cache, attribution_seconds=60.0).generate_report()


def test_no_cache_is_told_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        aggregator(tmp_path).generate_report()
    assert list(tmp_path.iterdir()) == []


def test_no_evidence_says_nothing_of_the_cache(project: Path, tmp_path: Path) -> None:
    collector = aggregator(project, evidence_dir=tmp_path / "none").collector
    assert collector.collect_team_stats(collector.collect_file_stats()).cache_hit_rate is None


def test_evidence_that_cannot_be_read_is_told(project: Path) -> None:
    file = project / "pyproject.toml"
    with pytest.raises(UserError, match="cannot be read"):
        aggregator(project, evidence_dir=file).collector.collect_team_stats([])


def test_a_link_in_the_place_of_ours_is_refused(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Runs(project).stats.symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic link"):
        aggregator(project).generate_report()

    Runs(project).stats.unlink()
    Runs(project).root.rename(tmp_path / "RUNS")
    Runs(project).root.symlink_to(tmp_path / "RUNS")
    with pytest.raises(UserError, match="symbolic link"):
        aggregator(project).generate_report()
    assert list(elsewhere.iterdir()) == []


def test_paths_may_be_relative_and_go_through_links(project: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project)
    before = Path.cwd()
    os.chdir(tmp_path / "link")
    try:
        team = TeamStatsAggregator(
            cache_dir=Path("RUNS/.cache"), evidence_dir=Path("RUNS/evidence"), output_dir=Path("RUNS/stats")
        )
        assert team.generate_report() == Path("RUNS/stats/team_dashboard.md")
    finally:
        os.chdir(before)
    assert team.collector.root == project
    assert (Runs(project).stats / "team_dashboard.md").is_file()
