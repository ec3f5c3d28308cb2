"""A program of others as a verifier: options of ours and the bytes decide, nothing else of the tree does.

A ``Tool`` says how its program is asked and what the answer means. That the answer is believed for all files
of a run or for none, that a file that breaks the program fails alone, and that every run ends is the same for
all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.model import Failed, Job, Project, Result, Skipped, Verdict
from dev_assistant.ports import Role, Scope
from dev_assistant.verify import content
from dev_assistant.verify.bisection import Answers, Bisection, scaled
from dev_assistant.verify.content import ContentScope, ContentVerifier, Source, one_line
from dev_assistant.verify.installed import Installed
from dev_assistant.verify.patience import Patience

_PROOF_SECONDS: Final = 5.0
_OUTPUT_LIMIT: Final = 256 << 20
_LONGEST_COMPLAINT: Final = 300


class Call(NamedTuple):
    """How a program is started: its path, the time that it has in seconds, and among which processes."""

    program: str
    timeout: float
    children: process.Children

    def run(self, arguments: Sequence[str], *, stdin: bytes | None = None) -> process.Completed:
        """One run to its end, from the root directory. Raises ToolError."""
        return process.run(
            [self.program, *arguments],
            cwd="/",
            timeout=self.timeout,
            stdin=stdin,
            limit=_OUTPUT_LIMIT,
            children=self.children,
        )


class Tool(Protocol):
    """One program: which files it is for, how it is asked, and what it answers.

    ``name`` is that of the program, ``extra`` the one of ours that brings it; ``options`` are all that
    decides beside bytes and path.
    """

    name: str
    extra: str
    suffixes: frozenset[str]
    options: Sequence[bytes]

    def unfit(self, source: Source) -> Skipped | Failed | None:
        """The verdict on what the program must not be given; None for all else."""

    def parts(self, texts: Mapping[str, bytes]) -> Iterable[Sequence[str]]:
        """The names of ``texts``, cut where they are too much for one run."""

    def judge(self, call: Call, texts: Mapping[str, bytes]) -> Mapping[str, Verdict]:
        """A verdict on each of ``texts`` by one run. Raises ToolError when it is not to be believed."""

    def finds_the_fault(self, call: Call) -> bool:
        """Whether it finds the one fault in a text of ours that has one. Raises ToolError."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How a tool is run: its program, the time for one file in seconds, patience with it, its processes."""

    tool: Tool
    program: str
    timeout: float
    patience: Patience = field(default_factory=Patience)
    children: process.Children = field(default_factory=process.Children)

    def check(self, texts: Mapping[str, bytes]) -> Answers:
        """A verdict on each text, by its name."""
        bisection = Bisection(lambda part: self._run(part, texts), self.prove, self.patience)
        verdicts: Answers = {}
        for part in self.tool.parts(texts):
            verdicts.update(bisection.check(part))
        return verdicts

    def prove(self) -> None:
        """Raises ToolError unless the program finds a fault where there is one."""
        if not self.tool.finds_the_fault(self._call(min(self.timeout, _PROOF_SECONDS))):
            raise ToolError(f"{self.tool.name} does not work: it does not find a fault that is there")

    def _run(self, names: Sequence[str], texts: Mapping[str, bytes]) -> Mapping[str, Verdict]:
        part = {name: texts[name] for name in names}
        size = sum(map(len, part.values()))
        return self.tool.judge(self._call(scaled(self.timeout, count=len(part), size=size)), part)

    def _call(self, timeout: float) -> Call:
        return Call(self.program, timeout, self.children)


class NativeVerifier(ContentVerifier):
    """Judges the files that ``tool`` is for. Thread-safe. ``timeout_seconds`` is for one file."""

    def __init__(self, tool: Tool, timeout_seconds: float = 10.0) -> None:
        roles = dict.fromkeys(tool.suffixes, Role.JUDGES)
        super().__init__(tool.name, roles=roles, options=tool.options, timeout_seconds=timeout_seconds)
        self._tool = tool
        self._installed = Installed(tool.name, extra=tool.extra)
        self._children = process.Children()
        self._lock = threading.Lock()
        self._patience = Patience()

    def version(self) -> str:
        """The version of the program beside our interpreter. Raises ToolError."""
        return self._installed.version(self._children)

    def prove(self) -> None:
        """Raises ToolError unless the program finds a fault where there is one."""
        Batch(self._tool, self._installed.path(), self._timeout, children=self._children).prove()
        with self._lock:
            self._patience = Patience()

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:  # noqa: ARG002
        """Judge jobs of one project; one result for each, in any order. Does not raise."""
        if not isinstance(scope, ContentScope):
            return self.not_ours(jobs)
        return content.judge(scope, jobs, lambda sources: self._judge(sources, scope.timeout))

    def close(self) -> None:
        """End all runs, which then fail; what is asked later begins anew."""
        ending, self._children = self._children, process.Children()
        ending.end()

    def _judge(self, sources: Sequence[Source], timeout: float) -> Answers:
        fit, verdicts = content.split(sources, self._tool.unfit)
        if fit:
            with self._lock:
                patience = self._patience
            batch = Batch(self._tool, self._installed.path(), timeout, patience, self._children)
            verdicts.update(batch.check({source.path: source.data for source in fit}))
        return verdicts


def ending(name: str, done: process.Completed) -> ToolError:
    """That a run of the tool ``name`` did not end as it should, and what it said."""
    ended = f"was killed by signal {-done.status}" if done.status < 0 else f"exited with {done.status}"
    return ToolError(f"{name} {ended}: {said(done.stderr.strip() or done.stdout)}")


def said(text: bytes) -> str:
    """The first words of what a program printed, in one line."""
    words = text.strip()[:_LONGEST_COMPLAINT]
    return one_line(words.decode("utf-8", "replace")) or "without a word"
