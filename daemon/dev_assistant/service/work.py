"""What a worker does with a batch: group it by verifier, and answer every job of it, come what may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from dev_assistant.beats import Beats
from dev_assistant.errors import ToolError
from dev_assistant.model import Failed, Job, Moved, Project, ProjectName, Result
from dev_assistant.ports import Scope, Verifier
from dev_assistant.schedule.cost import Costs, Piece
from dev_assistant.service.messages import Finished, ToolChanged


class Assignment(NamedTuple):
    """By what the files of a project are judged: scopes and versions of tools, by verifier."""

    project: Project
    scopes: Mapping[str, Scope]
    versions: Mapping[str, str]


Assignments = Mapping[ProjectName, Assignment]


class Bench:
    """Called on workers' threads. ``assignments`` gives what the coordinator last assigned; ``costs`` learn
    what the work took.
    """

    def __init__(
        self,
        *,
        verifiers: Mapping[str, Verifier],
        assignments: Callable[[], Assignments],
        post: Callable[[Finished | ToolChanged], None],
        costs: Costs | None = None,
        beats: Beats | None = None,
    ) -> None:
        self._verifiers = verifiers
        self._assignments = assignments
        self._post = post
        self._costs = costs or Costs()
        self._beats = beats or Beats()

    def run(self, jobs: Sequence[Job]) -> None:
        """Judge jobs of one project. Work that is out of date by now is answered with Moved."""
        by_verifier: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            by_verifier[job.verifier].append(job)
        for name, mine in by_verifier.items():
            with self._beats.at(f"judging with {name}", _batch(mine), stage=name):
                results = tuple(self._judged(name, mine))
            self._post(Finished(results))

    def _judged(self, name: str, jobs: Sequence[Job]) -> Sequence[Result]:
        assignment = self._assignments().get(jobs[0].project)
        if assignment is None or name not in assignment.scopes:
            return _all_moved(jobs)
        results = self._verifiers[name].verify(assignment.project, assignment.scopes[name], jobs)
        self._costs.learn(name, map(_piece, jobs), sum(result.duration_ms for result in results) / 1000)
        if self._version(name) == assignment.versions[name]:
            return results
        self._post(ToolChanged(assignment.project.name))
        return _all_moved(jobs)

    def _version(self, name: str) -> str:
        """The version after judging; "" when the tool is gone, whose results say so themselves."""
        try:
            return self._verifiers[name].version()
        except (ToolError, OSError):
            return ""

    def failed(self, jobs: Sequence[Job], error: BaseException) -> None:
        """A verifier raised: a defect of ours, which must not leave its files waiting."""
        reason = Failed(f"internal error: {error!r}")
        self._post(Finished(tuple(Result(job, reason, 0.0) for job in jobs)))


def seconds_of(costs: Costs, job: Job) -> float:
    """What a job will probably take within a batch."""
    return costs.predict(job.verifier, _piece(job))


def _piece(job: Job) -> Piece:
    return Piece((job.project, job.path), job.stat.size)


def _batch(jobs: Sequence[Job]) -> str:
    """What a person needs to find the culprit: the project, a path, and how many more there are."""
    more = f" and {len(jobs) - 1:,} more" if len(jobs) > 1 else ""
    return f"{jobs[0].project}: {jobs[0].path}{more}"


def _all_moved(jobs: Sequence[Job]) -> list[Result]:
    return [Result(job, Moved(), 0.0) for job in jobs]
