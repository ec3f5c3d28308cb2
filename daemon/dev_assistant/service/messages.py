"""What the coordinator's inbox holds. Every other thread talks to it only through these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dev_assistant.model import Appraisal, ProjectName, RelPath, Result
from dev_assistant.ports import Scope, SourceEvent
from dev_assistant.service.configuration import Configuration
from dev_assistant.service.ledger import Epoch
from dev_assistant.service.ranking import Facts
from dev_assistant.watch.survey import Listing


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Directories that were looked at for a survey, in the order of the walk."""

    survey: int
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class SurveyEnded:
    """Every directory of a survey has been reported."""

    survey: int


@dataclass(frozen=True, slots=True)
class Scoped:
    """A project's configuration was read anew, by verifier, with the versions of the tools.

    ``epoch`` is the debt that this pays. ``walked``: a walk of the whole project went before.
    """

    project: ProjectName
    scopes: Mapping[str, Scope]
    versions: Mapping[str, str]
    epoch: Epoch
    walked: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker's answers."""

    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Appraised:
    """What an errand found out of the files that still have the bytes that were asked about."""

    number: int
    facts: Mapping[RelPath, Facts]


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was remembered of how critical a project's files are."""

    number: int
    appraisals: dict[RelPath, Appraisal]


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The configuration files were read anew, well or badly."""

    configuration: Configuration
    epoch: Epoch


@dataclass(frozen=True, slots=True)
class Barrier:
    """Call ``settled`` when everything that was written before this message is judged and recorded.

    ``cookie`` is a file that the sender writes into the cookie directory after sending this: its event
    comes behind the events of all earlier writes, and is told to ``arrived``. None: do not wait for events,
    and with ``survey`` look at everything instead.
    """

    settled: Callable[[], None]
    cookie: str | None = None
    arrived: Callable[[], None] = lambda: None
    survey: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Nobody waits for this cookie any more."""

    cookie: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """The findings of these paths are not where they should be: look them up or make them again."""

    paths: tuple[tuple[ProjectName, RelPath], ...]


@dataclass(frozen=True, slots=True)
class ToolChanged:
    """A project was judged by another version of a tool than its configuration was read for."""

    project: ProjectName


@dataclass(frozen=True, slots=True)
class CacheLost:
    """A project's store lost what was saved before: save all of it again."""

    project: ProjectName


@dataclass(frozen=True, slots=True)
class Reload:
    """Read the configuration files anew."""


@dataclass(frozen=True, slots=True)
class Relieve:
    """Memory is short: forget what is kept only to save time, and call ``done`` then."""

    done: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Stop:
    """End the coordinator's loop; what is queued stays dirty and is found again at the next start."""


Message = (
    SourceEvent
    | Surveyed
    | SurveyEnded
    | Scoped
    | Finished
    | Appraised
    | Recalled
    | Reloaded
    | Barrier
    | Withdraw
    | Recheck
    | ToolChanged
    | CacheLost
    | Reload
    | Relieve
    | Stop
)
