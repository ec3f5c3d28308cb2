from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.model import (
    Checked,
    Digest,
    Failed,
    Job,
    Moved,
    Priority,
    Project,
    ProjectName,
    RelPath,
    Result,
    Stat,
    Urgency,
)
from dev_assistant.ports import Scope, Verifier
from dev_assistant.schedule.cost import Costs
from dev_assistant.service.messages import Finished, ToolChanged
from dev_assistant.service.work import Assignment, Assignments, Bench, seconds_of
from fakes.verifier import FakeScope, FakeVerifier

APP = ProjectName("app")
PROJECT = Project(APP, "/w/app", ("/w/app",))

Posted = list[Finished | ToolChanged]


class Clean(FakeVerifier):
    """Finds nothing; ``during`` happens while it judges, ``gone`` makes its version untold afterwards."""

    def __init__(self, during: Callable[[Clean], None] = lambda verifier: None) -> None:
        super().__init__()
        self.gone = False
        self._during = during

    def version(self) -> str:
        if self.gone:
            raise ToolError("ruff is not installed")
        return super().version()

    def verify(self, project: Project, scope: FakeScope, jobs: Sequence[Job]) -> list[Result]:
        self.judged += [job.path for job in jobs]
        self._during(self)
        return [Result(job, Checked(), 1.0) for job in jobs]


def job(path: str, *, verifier: str = "ruff") -> Job:
    return Job(
        project=APP,
        path=RelPath(path),
        digest=Digest("d"),
        stat=Stat(1, 1, 1, 1, 0o100644),
        verifier=verifier,
        basis=Digest("b"),
        key=Digest(f"{verifier} {path}"),
        priority=Priority.NORMAL,
        urgency=Urgency.INTERACTIVE,
        since=0.0,
        trigger="save",
    )


def assigned(*verifiers: str) -> Assignments:
    scopes: dict[str, Scope] = {name: FakeScope(b"") for name in verifiers}
    return {APP: Assignment(PROJECT, scopes, dict.fromkeys(verifiers, "1.0"))}


def bench(assignments: Assignments, **verifiers: Verifier | FakeVerifier) -> tuple[Bench, Posted]:
    posted: Posted = []
    made = Bench(
        verifiers=verifiers,  # type: ignore[arg-type]
        assignments=lambda: assignments,
        post=posted.append,
    )
    return made, posted


def finished(posted: Posted) -> list[tuple[str, object]]:
    """Path and verdict of every answer."""
    answers = [message for message in posted if isinstance(message, Finished)]
    return [(result.job.path, result.verdict) for answer in answers for result in answer.results]


def upgrade(verifier: Clean) -> None:
    verifier.release = "2.0"


def vanish(verifier: Clean) -> None:
    verifier.gone = True


def test_every_job_is_answered_by_its_own_verifier() -> None:
    ruff, other = Clean(), Clean()
    work, posted = bench(assigned("ruff", "other"), ruff=ruff, other=other)

    work.run([job("a.py"), job("b.py", verifier="other"), job("c.py")])

    assert (ruff.judged, other.judged) == (["a.py", "c.py"], ["b.py"])
    assert finished(posted) == [("a.py", Checked()), ("c.py", Checked()), ("b.py", Checked())]


@pytest.mark.parametrize(
    "assignments", [{}, assigned("other")], ids=["project left", "verifier switched off"]
)
def test_work_that_nobody_is_assigned_to_has_moved(assignments: Assignments) -> None:
    ruff = Clean()
    work, posted = bench(assignments, ruff=ruff)

    work.run([job("a.py"), job("b.py")])

    assert finished(posted) == [("a.py", Moved()), ("b.py", Moved())]
    assert ruff.judged == []


@pytest.mark.parametrize("change", [upgrade, vanish])
def test_a_tool_that_changes_while_it_judges_is_told_of_and_its_answers_are_dropped(
    change: Callable[[Clean], None],
) -> None:
    work, posted = bench(assigned("ruff"), ruff=Clean(change))

    work.run([job("a.py"), job("b.py")])

    assert ToolChanged(APP) in posted
    assert finished(posted) == [("a.py", Moved()), ("b.py", Moved())]


def test_a_tool_that_stays_as_it_was_is_not_told_of() -> None:
    work, posted = bench(assigned("ruff"), ruff=Clean())

    work.run([job("a.py")])

    assert ToolChanged(APP) not in posted


def test_a_verifier_that_raises_fails_the_files_it_had() -> None:
    work, posted = bench(assigned("ruff"), ruff=Clean())

    work.failed([job("a.py"), job("b.py")], ValueError("a defect"))

    reason = Failed("internal error: ValueError('a defect')")
    assert finished(posted) == [("a.py", reason), ("b.py", reason)]


def test_what_judging_takes_is_learned_by_verifier() -> None:
    costs, jobs = Costs(), [job(f"{number}.py") for number in range(100)]
    made = Bench(
        verifiers={"ruff": Clean()},  # type: ignore[dict-item]
        assignments=lambda: assigned("ruff"),
        post=lambda _: None,
        costs=costs,
    )
    for _ in range(3):
        made.run(jobs)
    assert seconds_of(costs, jobs[0]) == pytest.approx(0.001, rel=0.1)  # as long as Clean says of each
    assert seconds_of(costs, job("a.css", verifier="css")) == pytest.approx(0.0005, rel=0.1)
