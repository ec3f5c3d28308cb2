"""A verifier that is a pure function of the bytes: every ``BAD`` is a finding, ``CRASH`` cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from dev_assistant.errors import ToolError
from dev_assistant.files import Content, digest_of, read
from dev_assistant.model import (
    Blame,
    Category,
    Checked,
    Failed,
    Finding,
    Job,
    Moved,
    Project,
    RelPath,
    Result,
    Severity,
    Verdict,
)
from dev_assistant.ports import NOTHING_BESIDE, Excluded, Included, Reach, Role, Scope, Unasked, all_asked

CONFIG = "fake.toml"


class FakeScope:
    """Python files below ``root``; ``fake.toml`` in the root is the configuration."""

    def __init__(
        self, config: bytes, on_claim: Callable[[], object] = lambda: None, *, role: Role = Role.JUDGES
    ) -> None:
        self.config = config
        self.on_claim = on_claim
        self.role = role
        self.digest = digest_of(config)

    def claims(self, path: RelPath) -> Included | Excluded | None:
        self.on_claim()
        if not path.endswith(".py"):
            return None
        if path.endswith("excluded.py"):
            return Excluded("excluded by fake.toml")
        return Included(self.digest, self.role)

    def configures(self, path: RelPath) -> bool:
        return path == CONFIG

    def reach(self, path: RelPath) -> Reach:
        return Reach.CONFIGURATION if path == CONFIG else Reach.ITSELF

    def outside(self) -> tuple[str, ...]:
        return ()

    def configured_by(self, path: RelPath) -> str | None:
        return f"/{CONFIG}" if self.config else None


class FakeVerifier:
    """Implements ``Verifier``; ``judged`` lists what it was asked, in order."""

    name = "ruff"
    role = Role.JUDGES
    fault = b"BAD"

    def __init__(self) -> None:
        self.judged: list[RelPath] = []
        self.release = "1.0"
        self.broken = ""
        self.before: Callable[[Job], None] = lambda job: None
        self.on_claim: Callable[[], object] = lambda: None

    def handles(self, path: RelPath) -> bool:
        return path.endswith(".py")

    def version(self) -> str:
        return self.release

    def prove(self) -> None:
        if self.broken:
            raise ToolError(self.broken)

    def scope(
        self,
        project: Project,
        directories: Iterable[str],
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,
        unasked: Unasked = all_asked,
    ) -> FakeScope:
        config = Path(project.root, CONFIG)
        return FakeScope(config.read_bytes() if config.exists() else b"", self._claimed, role=self.role)

    def _claimed(self) -> None:
        self.on_claim()

    def verify(self, project: Project, scope: FakeScope, jobs: Sequence[Job]) -> list[Result]:  # type: ignore[override]
        return [self._verify(project, job) for job in jobs]

    def _verify(self, project: Project, job: Job) -> Result:
        self.judged.append(job.path)
        self.before(job)
        if self.broken:
            return Result(job, Failed(self.broken, Blame.TOOL), 1.0)
        seen = read(f"{project.root}/{job.path}", limit=1_000_000)
        if not isinstance(seen, Content) or seen.fingerprint.digest != job.digest:
            return Result(job, Moved(), 1.0)
        return Result(job, verdict_of(seen.data, self.fault, advice=self.role is Role.ADVISES), 1.0)

    def close(self) -> None:
        """Nothing runs."""


class FakeAdvisor(FakeVerifier):
    """Its findings, every ``ODD``, are advice."""

    name = "deep"
    role = Role.ADVISES
    fault = b"ODD"


def verdict_of(data: bytes, fault: bytes = b"BAD", *, advice: bool = False) -> Verdict:
    """What the fake says of these bytes."""
    if b"CRASH" in data:
        return Failed("the tool crashed", Blame.FILE)
    lines = data.decode("utf-8", "replace").splitlines()
    severity = Severity.INFO if advice else Severity.WARNING
    rule = f"{fault.decode()}1"
    return Checked(
        tuple(
            Finding(rule, Category.LINT, severity, number, 1, number, 4, "bad", False)
            for number, line in enumerate(lines, 1)
            if fault.decode() in line
        )
    )
