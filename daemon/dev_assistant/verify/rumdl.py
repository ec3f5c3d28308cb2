"""rumdl as a verifier of Markdown.

The bytes of the jobs go to it over a pipe, under names that are ours: so nothing of the tree can configure
it, no link leads anywhere, and a verdict depends on the bytes alone. Comments in the text that turn a rule
off hold; they can turn none on.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from dev_assistant import process
from dev_assistant.errors import ToolError
from dev_assistant.model import (
    Category,
    Failed,
    Finding,
    Job,
    Project,
    RelPath,
    Result,
    Severity,
    Skipped,
    Verdict,
)
from dev_assistant.ports import NOTHING_BESIDE, Role, Scope
from dev_assistant.verify import content
from dev_assistant.verify.bisection import Answers, Bisection, scaled
from dev_assistant.verify.content import ContentScope, Source, one_line
from dev_assistant.verify.findings import checked
from dev_assistant.verify.installed import Installed
from dev_assistant.verify.patience import Patience

SUFFIXES: Final = frozenset({".md", ".markdown"})

RULES: Final = (
    "MD001",  # a heading skips a level
    "MD011",  # (text)[target], which is no link
    "MD018",  # "#Heading", which is no heading
    "MD024",  # two headings alike in one section: the second has no anchor that anybody expects
    "MD037",  # "* text *", which is no emphasis
    "MD042",  # a link to nowhere
    "MD045",  # an image without a text in its place
    "MD046",  # a code block that never ends swallows all the rest; it also finds two kinds of blocks mixed
    "MD051",  # a link to a heading that is not there
    "MD052",  # a reference that is defined nowhere
    "MD053",  # a definition that nothing refers to
    "MD056",  # a row of a table with other columns than its head
    "MD062",  # blanks around the target of a link
    "MD066",  # a footnote that is not defined, or not used
    "MD068",  # an empty footnote
    "MD069",  # "- - text": a list within a list by mistake
    "MD070",  # a fence that an inner fence ends too early
    "MD075",  # rows of a table without a head
    "MD083",  # text that was decoded wrongly
    "MD084",  # characters that nobody sees
    "MD086",  # a comment that never ends swallows all the rest
    "MD091",  # Markdown within an HTML block, which is shown as it stands
    "MD094",  # bytes that are not UTF-8
    "MD095",  # a target with characters that look like others
)
"""What is a mistake whoever writes: in 71 READMEs of packages 12 of the 6,209 findings of all rules.

Left out, with their findings there:
length of lines, 4,870: MD013; HTML, which is allowed, 1,014: MD033;
blanks and blank lines, 165: MD009, MD012, MD022, MD031, MD032, MD064, MD076;
indents that are shown alike, 60: MD005, MD007, MD077, MD085;
style and taste, 50: MD003, MD004, MD014, MD026, MD029, MD034 to MD036, MD040, MD048 to MD050, MD054, MD055,
MD059 to MD061, MD063, MD081, MD088, MD089, MD093; what a page begins with, 5: MD025, MD041;
shown alike, none: MD010, MD019 to MD021, MD023, MD027, MD028, MD030, MD038, MD039, MD047, MD058, MD065,
MD071, MD090; order: MD067, MD072, MD073; nothing unless configured: MD043, MD044; other programs' files:
MD074, MD078, MD079; as MD024, but across sections: MD080; sections without a text: MD082; comments for
another linter: MD087. MD057, 33, looks at other files, which a verdict must not depend on; MD092, marks of a
merge, are found in every kind of text, and a finding counts once.
"""
_OPTIONS: Final = (
    "check",
    "--isolated",
    "--no-cache",
    "--quiet",
    "--output-format=json-lines",
    "--flavor=standard",
    "--fail-on=any",
    "--stdin-batch",
    "--stdin-batch-closed-world",
    "--config=MD024.siblings-only = true",
    f"--enable={','.join(RULES)}",
)
_PROOF: Final = b"[link]()\n"
_FAULT: Final = "MD042"
_PROOF_SECONDS: Final = 5.0
_MOST_DOCUMENTS: Final = 256
_MOST_BYTES: Final = 16 << 20  # of documents in one run
_OUTPUT_LIMIT: Final = 256 << 20
_FINDINGS: Final = 1
_IGNORED_OPTION = re.compile(rb"^\[(?:cli|config) warning\][^\n]*", re.MULTILINE)
_LONGEST_COMPLAINT: Final = 300


class _Line(msgspec.Struct, frozen=True, gc=False):
    """One finding; ``column`` counts code points from 1."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    fixable: bool = False


_DECODER = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class Batch:
    """How rumdl is run: its path, the time for one file in seconds, patience with it, and its processes."""

    rumdl: str
    timeout: float
    patience: Patience = field(default_factory=Patience)
    children: process.Children = field(default_factory=process.Children)

    def check(self, texts: Mapping[str, bytes]) -> Answers:
        """A verdict on each text, by whatever name it has."""
        bisection = Bisection(lambda part: self._run(part, texts), self.prove, self.patience)
        verdicts: Answers = {}
        for part in _parts(texts):
            verdicts.update(bisection.check(part))
        return verdicts

    def prove(self) -> None:
        """Raises ToolError unless rumdl finds the one fault in a text that has one."""
        found = self._ask([_PROOF], timeout=min(self.timeout, _PROOF_SECONDS))
        if [line.rule for line in found[0]] != [_FAULT]:
            raise ToolError("rumdl does not work: it does not find a fault that is there")

    def _run(self, names: Sequence[str], texts: Mapping[str, bytes]) -> Answers:
        timeout = scaled(self.timeout, count=len(names))
        told = self._ask([texts[name] for name in names], timeout=timeout)
        return {
            name: checked(_finding(line) for line in lines) for name, lines in zip(names, told, strict=True)
        }

    def _ask(self, texts: Sequence[bytes], *, timeout: float) -> list[list[_Line]]:
        """What rumdl says of each text. Raises ToolError when it is not to be believed."""
        token = secrets.token_hex(8)  # so that no text can link to another one of the run
        names = {f"{token}-{number}.md": number for number in range(len(texts))}
        stdin = b"".join(
            name.encode() + b"\0" + text + b"\0" for name, text in zip(names, texts, strict=True)
        )
        done = process.run(
            [self.rumdl, *_OPTIONS],
            cwd="/",
            timeout=timeout,
            stdin=stdin,
            limit=_OUTPUT_LIMIT,
            children=self.children,
        )
        lines = [_decode(line) for line in done.stdout.splitlines()]
        if done.status != (_FINDINGS if lines else 0):
            raise ToolError(_ending(done))
        if ignored := _IGNORED_OPTION.search(done.stderr):
            raise ToolError(f"rumdl does not know an option: {_said(ignored.group())}")

        told: list[list[_Line]] = [[] for _ in texts]
        for line in lines:
            if line.file not in names:
                raise ToolError(f"rumdl reported on {line.file}, which was not asked for")
            told[names[line.file]].append(line)
        return told


class RumdlVerifier:
    """Judges Markdown with rumdl. Thread-safe. ``timeout_seconds`` is for one file."""

    name = "rumdl"

    def __init__(self, timeout_seconds: float = 10.0) -> None:
        self._timeout = timeout_seconds
        self._installed = Installed("rumdl", extra="markdown")
        self._children = process.Children()
        self._lock = threading.Lock()
        self._patience = Patience()

    def handles(self, path: RelPath) -> bool:
        """By the suffix."""
        return content.suffix(path) in SUFFIXES

    def version(self) -> str:
        """The version of the rumdl beside our interpreter. Raises ToolError."""
        return self._installed.version(self._children)

    def prove(self) -> None:
        """Raises ToolError unless rumdl finds the fault in a text that is known to have one."""
        Batch(self._installed.path(), self._timeout, children=self._children).prove()
        with self._lock:
            self._patience = Patience()

    def scope(
        self,
        project: Project,
        directories: Iterable[str],  # noqa: ARG002  nothing in them decides
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,  # noqa: ARG002
    ) -> ContentScope:
        """All Markdown of the project, by the options of ours."""
        digest = content.options_digest(*map(str.encode, _OPTIONS))
        timeout = self._timeout if timeout_seconds is None else timeout_seconds
        return ContentScope(project.root, dict.fromkeys(SUFFIXES, Role.JUDGES), digest, timeout)

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:  # noqa: ARG002
        """Judge jobs of one project; one result for each, in any order. Does not raise."""
        if not isinstance(scope, ContentScope):
            return [Result(job, Failed("the scope is not one of rumdl's"), 0.0) for job in jobs]
        return content.judge(scope, jobs, lambda sources: self._judge(sources, scope.timeout))

    def close(self) -> None:
        """End all runs, which then fail; what is asked later begins anew."""
        ending, self._children = self._children, process.Children()
        ending.end()

    def _judge(self, sources: Sequence[Source], timeout: float) -> dict[str, Verdict]:
        fit, verdicts = content.split(sources, _unfit)
        if fit:
            with self._lock:
                patience = self._patience
            batch = Batch(self._installed.path(), timeout, patience, self._children)
            verdicts.update(batch.check({source.path: source.data for source in fit}))
        return verdicts


def _unfit(source: Source) -> Skipped | None:
    """NUL ends a text on the way to rumdl, and stands in no document."""
    return Skipped("not a text: it holds a NUL byte") if b"\0" in source.data else None


def _parts(texts: Mapping[str, bytes]) -> Iterator[list[str]]:
    """Cut the list of texts where it is too long or too large for one run."""
    part: list[str] = []
    size = 0
    for name, text in texts.items():
        if part and (len(part) >= _MOST_DOCUMENTS or size + len(text) > _MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(name)
        size += len(text)
    if part:
        yield part


def _decode(line: bytes) -> _Line:
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ToolError(f"rumdl printed what is not a finding: {_said(line)}") from None


def _finding(line: _Line) -> Finding:
    """rumdl tells where a finding begins, and not where it ends."""
    place = (line.line, line.column, line.line, line.column)
    message = one_line(line.message)
    return Finding(line.rule, Category.LINT, Severity.WARNING, *place, message, fixable=line.fixable)


def _ending(done: process.Completed) -> str:
    ended = f"was killed by signal {-done.status}" if done.status < 0 else f"exited with {done.status}"
    return f"rumdl {ended}: {_said(done.stderr)}"


def _said(text: bytes) -> str:
    said = text.strip()[:_LONGEST_COMPLAINT]
    return one_line(said.decode("utf-8", "replace")) or "without a word"
