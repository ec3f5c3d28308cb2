"""`TeamStatsAggregator` of the library: the statistics of one project, from its cache and its evidence alone.

Nothing is judged here. What nobody watched since it was judged is compared with the files on disk; what came
to be meanwhile, and what a change of the configuration would change, shows with the next check.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from dev_assistant.errors import UserError
from dev_assistant.files import Content, make_directory, read, write_atomically
from dev_assistant.places import Runs
from dev_assistant.record.remembered import Remembered, remembered
from dev_assistant.record.reuse import Reuse, reuse
from dev_assistant.report.artefacts import TEAM_DASHBOARD, TRENDS, project_artefacts
from dev_assistant.report.authors import AUTHORS, Attribution, authors_document, authors_section
from dev_assistant.report.stats import FileStats, TeamStats, collect_file_stats, collect_team_stats
from dev_assistant.report.trends import LIMIT
from dev_assistant.report.views import ProjectView
from dev_assistant.service.attribution import attribute
from dev_assistant.service.compared import compared
from dev_assistant.service.configuration import ConfiguredProject, load
from dev_assistant.service.critical_files import criticality_of
from dev_assistant.service.recalled import recalled
from dev_assistant.service.shards import Files
from dev_assistant.settings import Settings

_DATABASE = "verification.db"


class TeamStatsCollector:
    """Reads what ``cache_dir`` and ``evidence_dir`` hold at each call; keeps and changes nothing.

    Where ``cache_dir`` is PROJECT/RUNS/.cache the files are compared with those of the project: what differs
    is stale, what is gone is left out. From anywhere else they come as they were last saved.
    """

    def __init__(self, *, cache_dir: Path, evidence_dir: Path) -> None:
        self.database = Path(cache_dir) / _DATABASE
        self.root = _owner(Path(cache_dir), lambda runs: runs.database.parent)
        self._evidence_dir = Path(evidence_dir)

    def collect_file_stats(self) -> list[FileStats]:
        """Every file, by path. Raises UserError when there is no cache, or one that cannot be believed."""
        return collect_file_stats(self.remembered().files)

    def collect_team_stats(self, file_stats: Iterable[FileStats]) -> TeamStats:
        """The numbers over these files; ``cache_hit_rate`` is over all evidence that is kept.

        Raises UserError when the evidence cannot be read.
        """
        hits, misses = self.reuse()
        return collect_team_stats(file_stats, hits=hits, misses=misses)

    def remembered(self) -> Remembered:
        """The files, compared, and how critical they were found to be. Raises UserError."""
        known = remembered(self.database)
        if self.root is None:
            return known
        return known._replace(files=compared(known.files, root=str(self.root)))

    def reuse(self) -> Reuse:
        """What came from the cache. Raises UserError."""
        try:
            return reuse(self._evidence_dir)
        except OSError as error:
            raise UserError(
                f"the evidence in {self._evidence_dir} cannot be read: {error.strerror or error}",
                hint="dev-assistant doctor looks for the cause",
            ) from error


class TeamStatsAggregator:
    """Writes the statistics of one project into ``output_dir``, which is made when it is missing.

    ``attribution_seconds`` is how long git may take in all to say who wrote the lines with findings; None:
    nobody is asked, and nothing is said of people. ``workspace`` is the workspace.json with the project's
    name and settings, looked for from the project upwards when it is not given. ``wall`` is wall-clock time.
    """

    def __init__(
        self,
        cache_dir: Path,
        evidence_dir: Path,
        output_dir: Path,
        *,
        attribution_seconds: float | None = None,
        workspace: Path | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.collector = TeamStatsCollector(cache_dir=cache_dir, evidence_dir=evidence_dir)
        self._output = Path(output_dir)
        self._attribution_seconds = attribution_seconds
        self._workspace = workspace
        self._wall = wall

    def generate_report(self) -> Path:
        """Write ``team_dashboard.md``, which is returned, ``team_stats.json``, ``problem_files.json`` and
        ``trends.json``; with attribution ``authors.json`` too.

        Trends go on from the ``trends.json`` that stands there. Raises UserError, and OSError when the
        directory refuses.
        """
        known, now = self.collector.remembered(), self._wall()
        view = self._view(known)
        attribution = self._attribution(view)
        self._prepare()
        before = read(str(self._output / TRENDS), limit=LIMIT)
        artefacts = project_artefacts(
            view,
            trends=before.data if isinstance(before, Content) else None,
            now=now,
            authors=() if attribution is None else authors_section(attribution),
        )
        if attribution is not None:
            artefacts[AUTHORS] = authors_document(attribution, project=view.name, now=now)
        for name, data in artefacts.items():
            write_atomically(self._output / name, data)
        return self._output / TEAM_DASHBOARD

    def _view(self, known: Remembered) -> ProjectView:
        entry = self._entry()
        files = Files(known.files).publish()
        settings = Settings() if entry is None else entry.settings
        hits, misses = self.collector.reuse()
        return ProjectView(
            name=self._root.name if entry is None else entry.project.name,
            root=str(self._root),
            state="checked",
            reasons=(),
            files=files,
            tally=files.tally,
            hits=hits,
            misses=misses,
            relations=lambda: files.relations,
            ranks=recalled(known, criticality_of(settings), root=str(self._root)),
        )

    @property
    def _root(self) -> Path:
        """The project's; for a cache from elsewhere the directory that holds it."""
        return self.collector.root or self.collector.database.parent.resolve()

    def _entry(self) -> ConfiguredProject | None:
        """The project as the workspace has it; None when it is in none."""
        root = self.collector.root
        if root is None:
            return None
        configuration = load(self._workspace, cwd=root, environ=os.environ, overrides={})
        entries = (entry for entry in configuration.projects if entry.project.root == str(root))
        return next(entries, None)

    def _attribution(self, view: ProjectView) -> Attribution | None:
        if self._attribution_seconds is None:
            return None
        if self.collector.root is None:
            raise UserError(
                f"whose lines have findings cannot be told: {self.collector.database} lies in no project",
                hint="take PROJECT/RUNS/.cache as cache directory",
            )
        return attribute(view, database=self.collector.database, seconds=self._attribution_seconds)

    def _prepare(self) -> None:
        owner = _owner(self._output, lambda runs: runs.stats)
        if owner is None:
            self._output.mkdir(parents=True, exist_ok=True)
        else:
            Runs(owner).prepare()
            make_directory(self._output)


def _owner(directory: Path, place: Callable[[Runs], Path]) -> Path | None:
    """Whose RUNS/ has ``directory`` as this place. RUNS/ itself is not resolved: a link there is not ours."""
    absolute = Path(os.path.abspath(directory))
    owner = Path(os.path.realpath(absolute.parent.parent))
    return owner if place(Runs(owner)) == owner / absolute.parent.name / absolute.name else None
