"""What the coordinator publishes: one immutable value that every reader takes as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dev_assistant.model import Criticality, Project, RelPath
from dev_assistant.service.shards import View
from dev_assistant.service.state import ProjectState


@dataclass(frozen=True, slots=True)
class ProjectSnapshot:
    """One project: ``unread`` are directories that cannot be listed, with the reason; ``parked`` are files
    that broke their tool twice; ``ranks`` are of the files with any points of criticality.

    ``cache`` counts by verifier what was found in memory, on disk and nowhere.
    ``oldest`` is when its oldest unsettled path became so (monotonic seconds).

    Two are equal when a report would say the same of them.
    """

    project: Project
    missing: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    tool_error: str
    files: View
    hits: int
    misses: int
    cache: Mapping[str, tuple[int, int, int]]
    missed_by_events: int
    parked: tuple[RelPath, ...]
    ranks: Mapping[RelPath, Criticality]
    owed: int = field(compare=False)
    oldest: float | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The workspace; ``owed`` counts unsettled paths, surveys and configuration reads. Of the ``disabled``
    projects nothing is known but that they are there.

    ``looks_every``: while events are lost again and again, the seconds between two looks at everything, else
    0. ``last_audit`` is monotonic seconds.
    """

    projects: tuple[ProjectSnapshot, ...] = ()
    problems: tuple[str, ...] = ()
    disabled: tuple[Project, ...] = ()
    starting: bool = True
    looks_every: float = 0.0
    owed: int = field(default=0, compare=False)
    last_audit: float | None = field(default=None, compare=False)


def photograph(states: Iterable[ProjectState]) -> tuple[ProjectSnapshot, ...]:
    """The present state of each project, by name."""
    return tuple(_project(state) for state in sorted(states, key=lambda state: state.project.name))


def _project(state: ProjectState) -> ProjectSnapshot:
    oldest = next(iter(state.debts.values()), None)  # insertion order is the order of arrival
    return ProjectSnapshot(
        project=state.project,
        missing=tuple(sorted(state.missing)),
        unread=tuple(sorted(state.unread.items())),
        problems=state.problems,
        tool_error=state.tool_error,
        files=state.files.publish(),
        hits=state.hits,
        misses=state.misses,
        cache=dict(state.verdicts.by_kind),
        missed_by_events=state.missed_by_events,
        parked=state.left_alone(),
        ranks=state.ranking.publish(),
        owed=len(state.debts),
        oldest=oldest.since if oldest is not None else None,
    )
