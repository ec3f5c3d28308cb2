"""Many files through one ``ruff check``, whose verdict on all of them is believed or on none.

The flags matter: with ``fix-only`` in a project's configuration and only
``--no-fix``, ruff rewrites sources and reports them clean; with ``force-exclude`` it silently checks nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.model import Failed, Finding
from dev_assistant.verify.bisection import Answers, Bisection, parts, printed, scaled
from dev_assistant.verify.findings import Position, checked, finding, portable
from dev_assistant.verify.patience import Patience
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
_PROOF: Final = (
    "check",
    "--isolated",
    "--no-cache",
    "--output-format=json-lines",
    "--select=F401",
    "--stdin-filename=proof.py",
    "-",
)
_FAULTY: Final = b"import os\n"
_FAULT: Final = "F401"
_PROOF_SECONDS: Final = 5.0
_OUTPUT_LIMIT = 1 << 30
_FINDINGS = 1
_IO_ERROR = "io-error"
_NO_FIX: Final = msgspec.Raw(b"null")
_TROUBLE = re.compile(rb"^(?:error|thread '|ruff failed).*", re.MULTILINE)
_UNREAD = re.compile(rb"^warning: Failed to lint (.*?): ([^:\n]*)$", re.MULTILINE | re.DOTALL)


class _Line(msgspec.Struct, frozen=True, gc=False):
    """One finding as ruff writes it; ``location`` is None for a finding on a whole file."""

    name: str
    message: str
    filename: str
    code: str | None = None
    location: Position | None = None
    end_location: Position | None = None
    fix: msgspec.Raw = _NO_FIX
    cell: int | None = None


_DECODER = msgspec.json.Decoder(_Line)
_START = Position(1, 1)


def _unseen(path: str, finding: Finding, fix: msgspec.Raw) -> None:
    """Mostly it is enough to know that there is a fix."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How ruff is run: its path, the directory to run it in, and the time for one file in seconds.

    ``patience`` is with a ruff that fails whatever it is given; ``children`` owns the processes. ``flags``
    come before the files and end with ``--``. ``fixes`` is given each fix as ruff writes it, with its finding
    and the absolute path; a file that is run again gives them again.
    """

    ruff: str
    cwd: str
    timeout: float
    patience: Patience = field(default_factory=Patience)
    children: process.Children = field(default_factory=process.Children)
    flags: tuple[str, ...] = FLAGS
    fixes: Callable[[str, Finding, msgspec.Raw], None] = _unseen

    def check(self, paths: Sequence[str], *, beside: Sequence[str] = ()) -> Answers:
        """A verdict on each of ``paths`` (absolute). ``beside`` are named to ruff too, and not judged.

        The second kind is for rules that look at what else is checked in the same run.
        """
        bisection = Bisection(lambda part: self._run(part, beside), self.prove, self.patience)
        verdicts: Answers = {}
        for part in parts(paths):
            verdicts.update(bisection.check(part))
        return verdicts

    def prove(self) -> None:
        """Raises ToolError unless ruff finds the one fault in a line that has one."""
        command = [self.ruff, *_PROOF]
        timeout = min(self.timeout, _PROOF_SECONDS)
        done = process.run(command, cwd="/", timeout=timeout, stdin=_FAULTY, children=self.children)
        try:
            rules = [_DECODER.decode(line).code for line in done.stdout.splitlines()]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ToolError(f"ruff does not work: it printed what is not a finding: {error}") from None
        if done.status != _FINDINGS or rules != [_FAULT]:
            raise ToolError(f"ruff does not work: {_ending(done.status, done.stderr, self.cwd)}")

    def _run(self, paths: Sequence[str], beside: Sequence[str]) -> Answers:
        answers = _Answers(self.cwd, paths, beside, self.fixes)
        others = [path for path in beside if path not in answers.known]
        timeout = scaled(self.timeout, count=len(paths))
        done = run_lines(
            [self.ruff, *self.flags, *paths, *others],
            answers.take,
            cwd=self.cwd,
            timeout=timeout,
            limit=_OUTPUT_LIMIT,
            children=self.children,
        )
        trouble = _TROUBLE.search(done.stderr)
        if done.status != (_FINDINGS if answers.any else 0):
            raise ToolError(_ending(done.status, done.stderr, self.cwd))
        if trouble:
            raise ToolError(trouble.group().decode("utf-8", "replace"))
        for name, reason in _UNREAD.findall(done.stderr):
            answers.unread(os.path.join(self.cwd, os.fsdecode(name)), reason.decode("utf-8", "replace"))
        return answers.verdicts()


@dataclass(slots=True)
class _Answers:
    """Collects the lines of one run under the paths that were asked for.

    ruff prints a name that is not UTF-8 with replacement characters; ``parts`` sees to it that no two names
    of a run are printed alike.
    """

    cwd: str
    paths: Sequence[str]
    beside: Sequence[str]
    fixes: Callable[[str, Finding, msgspec.Raw], None]
    known: Mapping[str, str] = field(init=False)
    any: bool = field(init=False, default=False)
    _findings: dict[str, list[Finding]] = field(init=False)
    _failures: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.known = {printed(path): path for path in self.paths}
        self._findings = {name: [] for name in self.known}

    def take(self, line: bytes) -> None:
        """One line of output. Raises ToolError when it is not a finding on a file that was asked for."""
        if not line:
            return
        try:
            found = _DECODER.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ToolError(f"ruff printed what is not a finding: {error}") from None
        self.any = True
        findings = self._findings.get(found.filename)
        if findings is None:
            if found.filename in {printed(other) for other in self.beside}:
                return
            raise ToolError(f"ruff reported on {found.filename}, which was not asked for")
        if found.name == _IO_ERROR:
            self._failures[self.known[found.filename]] = found.message
        else:
            made = _finding(found, self.cwd)
            findings.append(made)
            if made.fixable:
                self.fixes(self.known[found.filename], made, found.fix)

    def unread(self, path: str, reason: str) -> None:
        """ruff could not read a file, which without E902 selected it only mentions. Raises ToolError."""
        asked = self.known.get(printed(path))
        if asked is None:
            raise ToolError(f"ruff could not read {path}: {reason}")
        self._failures[asked] = reason

    def verdicts(self) -> Answers:
        found: Answers = {self.known[name]: checked(findings) for name, findings in self._findings.items()}
        return found | {path: Failed(reason) for path, reason in self._failures.items()}


def _finding(line: _Line, cwd: str) -> Finding:
    start = line.location or _START
    message = portable(line.message, line.filename, root=cwd)
    if line.cell is not None:
        message = f"cell {line.cell}: {message}"
    end = line.end_location or start
    return finding(line.code or line.name, message, start, end, fixable=line.fix != _NO_FIX)


def _ending(status: int, stderr: bytes, cwd: str) -> str:
    ended = f"was killed by signal {-status}" if status < 0 else f"exited with {status}"
    return f"ruff {ended}: {explain(stderr, root=cwd)}"
