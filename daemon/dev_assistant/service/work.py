"""What a worker does with a batch: group it by verifier, and answer every job of it, come what may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from dev_assistant.model import Failed, Job, Moved, Project, ProjectName, Result
from dev_assistant.ports import Scope, Verifier
from dev_assistant.service.messages import Finished

Assignments = Mapping[ProjectName, tuple[Project, Mapping[str, Scope]]]


class Bench:
    """Called on workers' threads. ``assignments`` gives what the coordinator last assigned."""

    def __init__(
        self,
        *,
        verifiers: Mapping[str, Verifier],
        assignments: Callable[[], Assignments],
        post: Callable[[Finished], None],
    ) -> None:
        self._verifiers = verifiers
        self._assignments = assignments
        self._post = post

    def run(self, jobs: Sequence[Job]) -> None:
        """Judge jobs of one project. Work that is out of date by now is answered with Moved."""
        by_verifier: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            by_verifier[job.verifier].append(job)
        for name, mine in by_verifier.items():
            project, scopes = self._assignments().get(mine[0].project, (None, {}))
            scope = scopes.get(name)
            if project is None or scope is None:
                self._post(Finished(tuple(Result(job, Moved(), 0.0) for job in mine)))
            else:
                self._post(Finished(tuple(self._verifiers[name].verify(project, scope, mine))))

    def failed(self, jobs: Sequence[Job], error: BaseException) -> None:
        """A verifier raised: a defect of ours, which must not leave its files waiting."""
        reason = Failed(f"internal error: {error!r}")
        self._post(Finished(tuple(Result(job, reason, 0.0) for job in jobs)))
