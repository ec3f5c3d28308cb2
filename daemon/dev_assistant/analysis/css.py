"""Style sheets: what browsers drop without a word, and what makes a sheet hard to change.

For ``.css`` alone: SCSS, Sass and Less are other languages, whose files would be full of errors here. Style
elements and attributes in HTML are not looked into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dev_assistant.analysis.capping import capped
from dev_assistant.analysis.css_blocks import block_findings
from dev_assistant.analysis.css_rules import (
    DUPLICATE_RULE,
    HIGH_SPECIFICITY,
    IMPORTANT_AT_LEAST,
    IMPORTANT_OVERUSE,
    IMPORTANT_SHARE,
    MAX_CLASSES,
    MAX_IDS,
    PARSE_ERROR,
    RULES,
)
from dev_assistant.analysis.css_selectors import NONE, Specificity, specificity
from dev_assistant.analysis.css_sheet import Block, Declaration, Kind, Mistake, Sheet, canonical
from dev_assistant.analysis.css_values import value_findings
from dev_assistant.analysis.left_out import TEMPLATE, LeftOut, in_template
from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.source_lines import SourceLines, decode, excerpt
from dev_assistant.model import Finding

__all__ = ["RULES", "check"]

_COMPARED = 20
"""Rules with one selector that a further one is compared with, so that a thousand of them stay cheap."""

_LOOKED_AT = 10
"""Mistakes that may show a template, of which most files have one."""


def check(data: bytes) -> Iterator[Finding]:
    """Findings of a style sheet by line; at most a quota of each rule.

    Bytes that are no text become U+FFFD, which CSS takes as a letter. Raises LeftOut for a template.
    """
    lines = SourceLines(decode(data))
    try:
        found = list(_Judgement(lines).findings())
    except ValueError:  # Python's int() refuses thousands of digits, which tinycss2 passes on
        found = [PARSE_ERROR.at(Span(1, 1, 1, 1), "cannot be read: it has a number of thousands of digits")]
    yield from capped(sorted(found, key=_place))


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.line, finding.column, finding.rule


@dataclass(slots=True)
class _Judgement:
    """One pass over the blocks of a sheet, with what has to be remembered from one to the next."""

    lines: SourceLines
    contexts: dict[tuple[int, str], int] = field(default_factory=dict)
    context_of: dict[int, int] = field(default_factory=dict)
    specificity_of: dict[int, Specificity] = field(default_factory=dict)
    alike: dict[tuple[int, str], list[Block]] = field(default_factory=dict)
    declarations: int = 0
    important: int = 0

    def findings(self) -> Iterator[Finding]:
        sheet = Sheet(self.lines.text)
        blocks = list(sheet.blocks())
        for block in blocks:
            yield from self._of_block(block)
        if any(map(self._in_template, sheet.mistakes[:_LOOKED_AT])):
            raise LeftOut(TEMPLATE)
        for mistake in sheet.mistakes:
            span = self.lines.stretch(mistake.line, mistake.column, 1)
            yield PARSE_ERROR.at(span, excerpt(mistake.message, 150))
        yield from self._overuse()

    def _in_template(self, mistake: Mistake) -> bool:
        return in_template(self.lines.text, self.lines.offset(mistake.line, mistake.column))

    def _of_block(self, block: Block) -> Iterator[Finding]:
        self.declarations += len(block.declarations)
        self.important += sum(declaration.important for declaration in block.declarations)
        yield from block_findings(block, self.lines)
        for declaration in block.declarations:
            yield from value_findings(declaration, self.lines)
        head = canonical(block.prelude)
        yield from self._specificity(block, head)
        yield from self._repeated(block, head)

    def _specificity(self, block: Block, head: str | None) -> Iterator[Finding]:
        """Nested in a rule, ``&`` and what stands without it count the rule around."""
        around = self.specificity_of.get(id(block.parent)) if block.parent else None
        if block.kind is not Kind.STYLE or (block.parent and block.parent.kind is Kind.KEYFRAMES):
            self.specificity_of[id(block)] = around or NONE
            return
        own = specificity(block.prelude, around)
        self.specificity_of[id(block)] = own
        if own.ids > MAX_IDS or own.classes > MAX_CLASSES:
            shown = excerpt(head or "", 80)
            yield HIGH_SPECIFICITY.at(
                self._span(block, head), f"specificity ({own.ids}, {own.classes}, {own.types}) of {shown}"
            )

    def _repeated(self, block: Block, head: str | None) -> Iterator[Finding]:
        outer = self.context_of.get(id(block.parent), 0)
        name = head if head is not None else f"\0{len(self.contexts)}"
        context = self.contexts.setdefault((outer, name), len(self.contexts) + 1)
        self.context_of[id(block)] = context
        if head is None or block.has_rules or block.kind is Kind.GROUP or not block.declarations:
            return
        others = self.alike.setdefault((outer, head), [])
        if len(others) < _COMPARED and (
            first := next((one for one in others if _says_the_same(one, block)), None)
        ):
            message = f"{excerpt(head, 80)} repeats the rule in line {first.token.source_line} word by word"
            yield DUPLICATE_RULE.at(self._span(block, head), message)
        elif len(others) < _COMPARED:
            others.append(block)

    def _overuse(self) -> Iterator[Finding]:
        if self.important > max(IMPORTANT_AT_LEAST, IMPORTANT_SHARE * self.declarations):
            share = self.important / self.declarations
            message = f"{self.important} of {self.declarations} declarations ({share:.0%}) are !important"
            yield IMPORTANT_OVERUSE.at(Span(1, 1, 1, 1), message)

    def _span(self, block: Block, head: str | None) -> Span:
        return self.lines.stretch(block.token.source_line, block.token.source_column, len(head or ""))


def _says_the_same(one: Block, other: Block) -> bool:
    """The same declarations in the same order; what nests too deeply to be written out is like nothing."""
    if [d.name for d in one.declarations] != [d.name for d in other.declarations]:
        return False
    said = [_said(declaration) for declaration in one.declarations]
    return None not in said and said == [_said(declaration) for declaration in other.declarations]


def _said(declaration: Declaration) -> tuple[str, bool] | None:
    text = canonical(declaration.value)
    return None if text is None else (text, declaration.important)
