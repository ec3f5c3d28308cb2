"""rumdl as a verifier of Markdown.

The bytes of the jobs go to it over a pipe, under names that are ours: so nothing of the tree can configure
it, no link leads anywhere, and a verdict depends on the bytes alone. Comments in the text that turn a rule
off hold; they can turn none on.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from dev_assistant.errors import ToolError
from dev_assistant.model import Category, Finding, Severity, Skipped, Verdict
from dev_assistant.verify import tangle
from dev_assistant.verify.content import Source, one_line
from dev_assistant.verify.findings import checked
from dev_assistant.verify.native import Call, ending, said

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
_MOST_DOCUMENTS: Final = 256
_MOST_BYTES: Final = 16 << 20  # of documents in one run
_FINDINGS: Final = 1
_MOST_PAIRS: Final = (tangle.MOST, tangle.MOST_PER_BYTE)
_TANGLED: Final = (
    "it would take rumdl too long, which compares each heading with each link, each comment with each line, "
    "each fenced code block with each indented one, and marks within a line"
)
_IGNORED_OPTION = re.compile(rb"^\[(?:cli|config) warning\][^\n]*", re.MULTILINE)


class _Line(msgspec.Struct, frozen=True, gc=False):
    """One finding; ``column`` counts code points from 1."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    fixable: bool = False


_DECODER = msgspec.json.Decoder(_Line)


class Rumdl:
    """How rumdl is asked, and what it says."""

    name = "rumdl"
    extra = "markdown"
    suffixes = frozenset({".md", ".markdown"})
    options: Sequence[bytes] = (*map(str.encode, _OPTIONS), b"%d+%d" % _MOST_PAIRS)

    def unfit(self, source: Source) -> Skipped | None:
        """NUL ends a text on the way to rumdl, and stands in no document; the others would take minutes."""
        if b"\0" in source.data:
            return Skipped("not a text: it holds a NUL byte")
        return Skipped(_TANGLED) if tangle.is_too_much(source.data) else None

    def parts(self, texts: Mapping[str, bytes]) -> Iterator[list[str]]:
        """As many as go through a pipe at once."""
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

    def judge(self, call: Call, texts: Mapping[str, bytes]) -> dict[str, Verdict]:
        """The names are anything: rumdl sees others."""
        told = zip(texts, _ask(call, list(texts.values())), strict=True)
        return {name: checked(map(_finding, lines)) for name, lines in told}

    def finds_the_fault(self, call: Call) -> bool:
        """A link to nowhere."""
        return [line.rule for line in _ask(call, [_PROOF])[0]] == [_FAULT]


def _ask(call: Call, texts: Sequence[bytes]) -> list[list[_Line]]:
    """What rumdl says of each text. Raises ToolError when it is not to be believed."""
    token = secrets.token_hex(8)  # so that no text can link to another one of the run
    names = {f"{token}-{number}.md": number for number in range(len(texts))}
    stdin = b"".join(name.encode() + b"\0" + text + b"\0" for name, text in zip(names, texts, strict=True))
    done = call.run(_OPTIONS, stdin=stdin)
    lines = [_decode(line) for line in done.stdout.splitlines()]
    if done.status != (_FINDINGS if lines else 0):
        raise ending("rumdl", done)
    if ignored := _IGNORED_OPTION.search(done.stderr):
        raise ToolError(f"rumdl does not know an option: {said(ignored.group())}")
    told: list[list[_Line]] = [[] for _ in texts]
    for line in lines:
        if line.file not in names:
            raise ToolError(f"rumdl reported on {line.file}, which was not asked for")
        told[names[line.file]].append(line)
    return told


def _decode(line: bytes) -> _Line:
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ToolError(f"rumdl printed what is not a finding: {said(line)}") from None


def _finding(line: _Line) -> Finding:
    """rumdl tells where a finding begins, and not where it ends."""
    place = (line.line, line.column, line.line, line.column)
    message = one_line(line.message)
    return Finding(line.rule, Category.LINT, Severity.WARNING, *place, message, fixable=line.fixable)
