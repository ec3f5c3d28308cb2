"""The parts among which the coordinator divides its work, connected with one another.

All of them run on its thread and share its state; only it is told of messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dev_assistant.beats import Beats
from dev_assistant.model import Job, ProjectName, Urgency
from dev_assistant.ports import ChangeSource, Verifier
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.appraisal import Appraiser, Committed
from dev_assistant.service.appraising import Appraising
from dev_assistant.service.barriers import Barriers
from dev_assistant.service.configuration import Configuration
from dev_assistant.service.errands import Errand
from dev_assistant.service.feed import Feed
from dev_assistant.service.intake import Intake
from dev_assistant.service.judging import Judging
from dev_assistant.service.ledger import Ledger
from dev_assistant.service.messages import Message
from dev_assistant.service.opening import Opener
from dev_assistant.service.plan import Planner
from dev_assistant.service.releasing import Releasing
from dev_assistant.service.roster import Roster
from dev_assistant.service.scoping import Scoping
from dev_assistant.service.scribe import Batch
from dev_assistant.service.selection import EVERYTHING, Selection
from dev_assistant.service.state import ProjectState
from dev_assistant.service.surveys import Surveys
from dev_assistant.service.telling import Telling
from dev_assistant.service.territory import Territory
from dev_assistant.watch.git import GitTree


@dataclass(frozen=True, slots=True)
class Collaborators:
    """All that is called from the coordinator's thread. None of these calls blocks.

    ``beats`` is told what this and the errands' thread are at.
    """

    source: ChangeSource
    verifiers: Mapping[str, Verifier]
    queue: JobQueue[Job]
    feed: Feed
    run: Callable[[Errand, Urgency], None]
    save: Callable[[dict[ProjectName, Batch]], None]
    report: Callable[[], None]
    flush: Callable[[Callable[[], None]], None]
    retire: Callable[[ProjectName], None]
    opener: Opener
    load: Callable[[], Configuration]
    git_busy: Callable[[str], bool]
    head: Callable[[GitTree], Committed]
    selection: Selection = EVERYTHING
    beats: Beats = field(default_factory=Beats)


@dataclass(frozen=True, slots=True)
class Parts:
    """Owned by the coordinator's thread."""

    states: dict[ProjectName, ProjectState]
    ledger: Ledger
    barriers: Barriers
    scoping: Scoping
    surveys: Surveys
    intake: Intake
    appraising: Appraising
    judging: Judging
    releasing: Releasing
    roster: Roster


def connect(
    configuration: Configuration,
    *,
    collaborators: Collaborators,
    post: Callable[[Message], None],
    now: Callable[[], float],
    wall: Callable[[], int],
) -> Parts:
    """Make the parts; ``post`` hands in a message to the coordinator."""
    states: dict[ProjectName, ProjectState] = {}
    ledger, territory = Ledger(), Territory()
    scoping = Scoping(
        states=states,
        ledger=ledger,
        territory=territory,
        verifiers=collaborators.verifiers,
        run=collaborators.run,
        post=post,
        now=now,
    )
    surveys = Surveys(
        states=states,
        ledger=ledger,
        territory=territory,
        scoping=scoping,
        source=collaborators.source,
        run=collaborators.run,
        post=post,
        now=now,
        beats=collaborators.beats,
        selection=collaborators.selection,
    )
    appraising = Appraising(
        states=states,
        ledger=ledger,
        appraiser=Appraiser(collaborators.head),
        source=collaborators.source,
        run=collaborators.run,
        post=post,
        now=now,
    )
    judging = Judging(
        planner=Planner(territory=territory, wall=wall, beats=collaborators.beats),
        queue=collaborators.queue,
        telling=Telling(feed=collaborators.feed, now=now, wall=wall),
        appraise=appraising.ask,
        ripple=scoping.ripple,
        rescope=scoping.rescope,
        now=now,
    )
    roster = Roster(
        configuration,
        states=states,
        ledger=ledger,
        surveys=surveys,
        scoping=scoping,
        appraising=appraising,
        source=collaborators.source,
        opener=collaborators.opener,
        retire=collaborators.retire,
        discard=judging.discard,
        load=collaborators.load,
        run=collaborators.run,
        post=post,
        now=now,
    )
    return Parts(
        states=states,
        ledger=ledger,
        barriers=Barriers(ledger),
        scoping=scoping,
        surveys=surveys,
        intake=Intake(states=states, territory=territory, surveys=surveys, scoping=scoping, now=now),
        appraising=appraising,
        judging=judging,
        releasing=Releasing(judging=judging, sweep=scoping.sweep, git_busy=collaborators.git_busy),
        roster=roster,
    )
