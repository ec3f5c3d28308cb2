"""Many files through one ``ruff check``.

A run either gives a verdict on every file or is not believed at all: then it is repeated in halves, until the
file that breaks ruff is alone. The flags matter: with ``fix-only`` in a project's configuration and only
``--no-fix``, ruff rewrites sources and reports them clean; with ``force-exclude`` it silently checks nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from dev_assistant.errors import ToolError
from dev_assistant.model import Checked, Failed, Finding
from dev_assistant.verify.findings import Position, checked, finding
from dev_assistant.verify.ruff_complaint import explain
from dev_assistant.verify.stream import run_lines

FLAGS: Final = (
    "check",
    "--no-fix",
    "--no-fix-only",
    "--no-cache",
    "--no-force-exclude",
    "--output-format=json-lines",
    "--",
)
_MOST_FILES = 512  # a run's findings of all rules on so many files are some 50 MB
_MOST_BYTES = 96_000  # of arguments, well below what any system takes
_OUTPUT_LIMIT = 1 << 30
_FILE_SHARE = 0.05  # what each further file adds to the time of a run, as a share of a single file's
_PATIENCE = 16  # so many runs without one success: it is not a file's fault
_FINDINGS = 1
_IO_ERROR = "io-error"
_TROUBLE = re.compile(rb"^(?:error|thread '|ruff failed).*", re.MULTILINE)
_UNREAD = re.compile(rb"^warning: Failed to lint (.*?): ([^:\n]*)$", re.MULTILINE | re.DOTALL)


class _Fix(msgspec.Struct, frozen=True, gc=False):
    """That there is a fix; what it would do is of no concern here."""


class _Line(msgspec.Struct, frozen=True, gc=False):
    """One finding as ruff writes it; ``location`` is None for a finding on a whole file."""

    name: str
    message: str
    filename: str
    code: str | None = None
    location: Position | None = None
    end_location: Position | None = None
    fix: _Fix | None = None
    cell: int | None = None


_DECODER = msgspec.json.Decoder(_Line)
_START = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """How ruff is run: its path, the directory to run it in, and the time for one file in seconds."""

    ruff: str
    cwd: str
    timeout: float

    def check(self, paths: Sequence[str], *, beside: Sequence[str] = ()) -> dict[str, Checked | Failed]:
        """A verdict on each of ``paths`` (absolute). ``beside`` are named to ruff too, and not judged.

        The second kind is for rules that look at what else is checked in the same run.
        """
        verdicts: dict[str, Checked | Failed] = {}
        patience = _Patience()
        for part in _parts(paths):
            self._bisect(part, beside, verdicts, patience)
        return verdicts

    def _bisect(
        self,
        paths: Sequence[str],
        beside: Sequence[str],
        verdicts: dict[str, Checked | Failed],
        patience: _Patience,
    ) -> None:
        if patience.lost:
            verdicts.update(dict.fromkeys(paths, Failed(patience.reason)))
            return
        try:
            verdicts.update(self._run(paths, beside))
            patience.succeeded()
        except ToolError as error:
            patience.failed(str(error))
            if len(paths) == 1:
                verdicts[paths[0]] = Failed(str(error))
                return
            middle = len(paths) // 2
            self._bisect(paths[:middle], beside, verdicts, patience)
            self._bisect(paths[middle:], beside, verdicts, patience)

    def _run(self, paths: Sequence[str], beside: Sequence[str]) -> dict[str, Checked | Failed]:
        answers = _Answers(paths, beside)
        others = [path for path in beside if path not in answers.known]
        timeout = scaled(self.timeout, count=len(paths))
        done = run_lines(
            [self.ruff, *FLAGS, *paths, *others],
            answers.take,
            cwd=self.cwd,
            timeout=timeout,
            limit=_OUTPUT_LIMIT,
        )
        trouble = _TROUBLE.search(done.stderr)
        if done.status != (_FINDINGS if answers.any else 0):
            raise ToolError(_ending(done.status, done.stderr, self.cwd))
        if trouble:
            raise ToolError(trouble.group().decode("utf-8", "replace"))
        for name, reason in _UNREAD.findall(done.stderr):
            answers.unread(os.path.join(self.cwd, os.fsdecode(name)), reason.decode("utf-8", "replace"))
        return answers.verdicts()


class _Patience:
    """Tells a file that breaks ruff from a ruff that is broken."""

    def __init__(self) -> None:
        self._failures = 0
        self._successes = 0
        self.reason = ""

    @property
    def lost(self) -> bool:
        return self._successes == 0 and self._failures >= _PATIENCE

    def succeeded(self) -> None:
        self._successes += 1

    def failed(self, reason: str) -> None:
        self._failures += 1
        self.reason = reason


@dataclass(slots=True)
class _Answers:
    """Collects the lines of one run under the paths that were asked for.

    ruff prints a name that is not UTF-8 with replacement characters; ``_parts`` sees to it that no two names
    of a run are printed alike.
    """

    paths: Sequence[str]
    beside: Sequence[str]
    known: Mapping[str, str] = field(init=False)
    any: bool = field(init=False, default=False)
    _findings: dict[str, list[Finding]] = field(init=False)
    _failures: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.known = {printed(path): path for path in self.paths}
        self._findings = {path: [] for path in self.paths}

    def take(self, line: bytes) -> None:
        """One line of output. Raises ToolError when it is not a finding on a file that was asked for."""
        if not line:
            return
        try:
            found = _DECODER.decode(line)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ToolError(f"ruff printed what is not a finding: {error}") from None
        self.any = True
        path = self.known.get(found.filename)
        if path is None:
            if found.filename in {printed(other) for other in self.beside}:
                return
            raise ToolError(f"ruff reported on {found.filename}, which was not asked for")
        if found.name == _IO_ERROR:
            self._failures[path] = found.message
        else:
            self._findings[path].append(_finding(found))

    def unread(self, path: str, reason: str) -> None:
        """ruff could not read a file, which without E902 selected it only mentions. Raises ToolError."""
        asked = self.known.get(printed(path))
        if asked is None:
            raise ToolError(f"ruff could not read {path}: {reason}")
        self._failures[asked] = reason

    def verdicts(self) -> dict[str, Checked | Failed]:
        found = {path: checked(findings) for path, findings in self._findings.items()}
        return found | {path: Failed(reason) for path, reason in self._failures.items()}


def printed(path: str) -> str:
    """``path`` as ruff prints it."""
    return os.fsencode(path).decode("utf-8", "replace")


def _finding(line: _Line) -> Finding:
    start = line.location or _START
    message = line.message if line.cell is None else f"cell {line.cell}: {line.message}"
    end = line.end_location or start
    return finding(line.code or line.name, message, start, end, fixable=line.fix is not None)


def _parts(paths: Iterable[str]) -> Iterator[list[str]]:
    """Cut a list of paths where it is too long for one run, or where two would be printed alike."""
    part: dict[str, str] = {}
    size = 0
    later: list[str] = []
    for path in dict.fromkeys(paths):
        name = printed(path)
        if name in part:
            later.append(path)
            continue
        part[name] = path
        size += len(os.fsencode(path)) + 1
        if len(part) >= _MOST_FILES or size >= _MOST_BYTES:
            yield list(part.values())
            part, size = {}, 0
    if part:
        yield list(part.values())
    if later:
        yield from _parts(later)


def scaled(timeout: float, *, count: int) -> float:
    """The time for ``count`` files when one has ``timeout``; both in seconds."""
    return timeout * (1 + _FILE_SHARE * (count - 1))


def _ending(status: int, stderr: bytes, cwd: str) -> str:
    ended = f"was killed by signal {-status}" if status < 0 else f"exited with {status}"
    return f"ruff {ended}: {explain(stderr, root=cwd)}"
