"""Advice on Python beside the project's own run: ruff by rules of ours, structure and cognitive complexity.

What the project's own run looks for is not looked for again, so that a finding counts once. Files that it
leaves out get no advice either; what it cannot parse has no structure.
"""

from __future__ import annotations

import functools
import os
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from dev_assistant import process
from dev_assistant.analysis.worker import Answer, Task
from dev_assistant.model import (
    Blame,
    Checked,
    Digest,
    Failed,
    Finding,
    Job,
    Project,
    RelPath,
    Result,
    Severity,
    Verdict,
)
from dev_assistant.ports import NOTHING_BESIDE, Included, Reach, Role, Scope, Unasked, all_asked
from dev_assistant.verify import content, ruff_deep
from dev_assistant.verify.analysed import Library, own_version
from dev_assistant.verify.analysts import Analysts
from dev_assistant.verify.bisection import Answers, Bisection, scaled
from dev_assistant.verify.categories import SYNTAX
from dev_assistant.verify.content import ANY_SIZE, Source, options_digest
from dev_assistant.verify.findings import checked
from dev_assistant.verify.patience import Patience
from dev_assistant.verify.ruff import RuffVerifier, lives
from dev_assistant.verify.ruff_scope import RuffScope
from dev_assistant.verify.surroundings import View

_ANALYSIS: Final = "python"
_STRUCTURED: Final = (".py", ".pyw")
_MOST_FILES: Final = 64  # in one request to an analyst
_REMEMBERED: Final = 1_000


class Reuse(NamedTuple):
    """Of the ``definitions`` of a file ``reused`` had been analysed before, in it or elsewhere."""

    definitions: int
    reused: int


@dataclass(frozen=True, slots=True)
class DeepScope:
    """The files that the project's own run judges. ``timeout`` is for one file, in seconds."""

    own: RuffScope
    timeout: float
    unasked: Unasked

    @property
    def digest(self) -> Digest:
        return self.own.digest

    def absolute(self, path: RelPath) -> str:
        return self.own.absolute(path)

    def claims(self, path: RelPath) -> Included | None:
        """By what the project's own run looks for, and what is unasked: that is left out."""
        selected = self.own.selected(path, self.own.seen)
        return None if selected is None else Included(_basis(selected | self.unasked(path)), Role.ADVISES)

    def left_out(self, path: RelPath, view: View) -> frozenset[str]:
        """Of the rules of ours those that are not looked for."""
        return _left_out((self.own.selected(path, view) or frozenset()) | self.unasked(path))

    def configures(self, path: RelPath) -> bool:  # noqa: ARG002  ruff's scope says so
        return False

    def reach(self, path: RelPath) -> Reach:  # noqa: ARG002
        return Reach.ITSELF

    def outside(self) -> tuple[str, ...]:
        return ()

    def configured_by(self, path: RelPath) -> str | None:
        """What the project's own run looks for stands there, and is left out here."""
        return self.own.configured_by(path)


class NoScope:
    """Without the project's own run there is nothing to advise on."""

    digest = Digest("")

    def claims(self, path: RelPath) -> None:  # noqa: ARG002
        return None

    def configures(self, path: RelPath) -> bool:  # noqa: ARG002
        return False

    def reach(self, path: RelPath) -> Reach:  # noqa: ARG002
        return Reach.ITSELF

    def outside(self) -> tuple[str, ...]:
        return ()

    def configured_by(self, path: RelPath) -> None:  # noqa: ARG002
        return None


class DeepVerifier:
    """Thread-safe. ``timeout_seconds`` is for one file; ``own`` is the verifier of the project's own run."""

    name = "deep"

    def __init__(self, timeout_seconds: float, *, own: RuffVerifier, analysts: Analysts) -> None:
        self._timeout = timeout_seconds
        self._own = own
        self._analysts = analysts
        self._children = process.Children()
        self._living = ruff_deep.Living()
        self._lock = threading.Lock()
        self._patience = Patience(), Patience()
        self._reuse: OrderedDict[str, Reuse] = OrderedDict()

    def handles(self, path: RelPath) -> bool:
        """Python, where its structure is ours to tell."""
        return path.endswith(_STRUCTURED)

    def version(self) -> str:
        """Of ruff, of our own code and of complexipy. Raises ToolError."""
        return f"{own_version()}, ruff {self._own.version()}, {Library('complexipy', 'deep').version()}"

    def prove(self) -> None:
        """Raises ToolError when ruff does not work, or no process can be started."""
        self._own.prove()
        self._analysts.ask(_ANALYSIS, (), timeout=self._timeout)
        with self._lock:
            self._patience = Patience(), Patience()

    def scope(
        self,
        project: Project,  # noqa: ARG002  that of the own run says it all
        directories: Iterable[str],  # noqa: ARG002
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,
        unasked: Unasked = all_asked,
    ) -> DeepScope | NoScope:
        """What the project's own run judges; nothing where there is none."""
        own = beside.get(self._own.name)
        timeout = self._timeout if timeout_seconds is None else timeout_seconds
        return DeepScope(own, timeout, unasked) if isinstance(own, RuffScope) else NoScope()

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:  # noqa: ARG002
        """Judge jobs of one project; one result for each. Does not raise."""
        if not isinstance(scope, DeepScope):
            return [Result(job, Failed("the scope is not one of deep analysis"), 0.0) for job in jobs]
        return content.judge(scope, jobs, lambda sources: self._judge(scope, sources))

    def reuse(self, path: str) -> Reuse | None:
        """How much of a file (absolute path) was known when it was last analysed; None: not lately."""
        with self._lock:
            return self._reuse.get(path)

    def close(self) -> None:
        """End all that runs; what is asked later begins anew."""
        ending, self._children = self._children, process.Children()
        ending.end()
        self._living.close()
        self._analysts.close()

    def _judge(self, scope: DeepScope, sources: Sequence[Source]) -> Answers:
        with ThreadPoolExecutor(1) as beside:  # somebody may wait: a start of ruff and an analysis take alike
            wanted = [source for source in sources if source.path.endswith(_STRUCTURED)]
            structuring = beside.submit(self._by_structure, scope, wanted)
            ruled = self._by_rules(scope, sources)
            structured = structuring.result()
        return {
            path: _together(answer, structured.get(path) if _is_parsed(answer) else None)
            for path, answer in ruled.items()
        }

    def _by_rules(self, scope: DeepScope, sources: Sequence[Source]) -> Answers:
        """ruff's verdicts; raises ToolError when it is not there."""
        view = scope.own.view()
        left_out = {source.path: scope.left_out(source.job.path, view) for source in sources}
        answers = self._by_living(scope, sources, left_out) if lives([s.job for s in sources]) else {}
        groups: defaultdict[frozenset[str], list[str]] = defaultdict(list)
        for path, except_rules in left_out.items():
            if path not in answers:
                groups[except_rules].append(path)
        for except_rules, paths in groups.items():
            answers |= ruff_deep.judge(
                paths,
                except_rules=except_rules,
                timeout=scope.timeout,
                patience=self._patience[0],
                children=self._children,
            )
        return answers

    def _by_living(
        self, scope: DeepScope, sources: Sequence[Source], left_out: Mapping[str, frozenset[str]]
    ) -> Answers:
        texts = {source.path: text for source in sources if (text := _text(source.data)) is not None}
        return self._living.judge(
            texts,
            except_rules=left_out,
            version=self._own.version(),
            timeout=scope.timeout,
            children=self._children,
        )

    def _by_structure(self, scope: DeepScope, sources: Sequence[Source]) -> Answers:
        by_path = {source.path: source for source in sources}

        def run(paths: Sequence[str]) -> Answers:
            tasks = [Task(os.fsencode(p), os.fsencode(by_path[p].job.path), ANY_SIZE) for p in paths]
            size = sum(len(by_path[path].data) for path in paths)
            timeout = scaled(scope.timeout, count=len(paths), size=size)
            told = zip(paths, self._analysts.ask(_ANALYSIS, tasks, timeout=timeout), strict=True)
            return {path: self._told(by_path[path], answer) for path, answer in told}

        bisection = Bisection(run, self.prove, self._patience[1])
        answers: Answers = {}
        for part in _parts(list(by_path)):
            answers |= bisection.check(part)
        return answers

    def _told(self, source: Source, answer: Answer) -> Verdict:
        if answer.failure:
            return Failed(answer.failure, Blame.FILE if answer.digest else Blame.UNKNOWN)
        if answer.digest != source.job.digest:
            return Failed("the file changed while it was analysed")
        with self._lock:
            self._reuse[source.path] = Reuse(answer.definitions, answer.reused)
            self._reuse.move_to_end(source.path)
            if len(self._reuse) > _REMEMBERED:
                self._reuse.popitem(last=False)
        return Checked(answer.findings, answer.outline)


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _is_parsed(answer: Verdict) -> bool:
    return isinstance(answer, Checked) and all(found.rule != SYNTAX for found in answer.findings)


def _together(ruled: Verdict, structured: Verdict | None) -> Verdict:
    """One verdict, all of it advice. That a file cannot be parsed is the project's own run to tell."""
    for answer in (ruled, structured):
        if isinstance(answer, Failed):
            return answer
    answers = [answer for answer in (ruled, structured) if isinstance(answer, Checked)]
    found = checked(_advice(found) for answer in answers for found in answer.findings if found.rule != SYNTAX)
    return Checked(found.findings, answers[-1].outline)


def _advice(found: Finding) -> Finding:
    return msgspec.structs.replace(found, severity=Severity.INFO)


def _parts(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(paths), _MOST_FILES):
        yield paths[start : start + _MOST_FILES]


@functools.lru_cache(maxsize=256)
def _left_out(selected: frozenset[str]) -> frozenset[str]:
    """Of the codes that the project's own run looks for those that are ours as well."""
    return frozenset(filter(ruff_deep.asks, selected))


@functools.lru_cache(maxsize=256)
def _basis(selected: frozenset[str]) -> Digest:
    return options_digest(*map(str.encode, ruff_deep.flags(ruff_deep.RULES, _left_out(selected))))
