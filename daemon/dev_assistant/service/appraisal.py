"""What makes files critical beside their names, found out where it may take long: by reading, and by git."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dev_assistant import files
from dev_assistant.model import Digest, RelPath
from dev_assistant.schedule.criticality import CriticalityRules
from dev_assistant.service.ranking import Facts, critical_import
from dev_assistant.settings import Settings
from dev_assistant.verify.registry import size_limit
from dev_assistant.watch.git import GitTree
from dev_assistant.watch.git_head import Changed, Unknown
from dev_assistant.watch.repositories import Repository

_GATHERED = 16 << 20
"""Bytes of files that are compared with HEAD in one go."""


class Committed(Protocol):
    """What HEAD holds of a working tree; see ``watch.git_head.Head``. Does not raise."""

    def refresh(self) -> object: ...
    def blob(self, path: str) -> str | None: ...
    def known(self, path: str, digest: Digest) -> Changed | Unknown: ...
    def changed(self, contents: Mapping[str, files.Content]) -> dict[str, Changed]: ...


class Question(NamedTuple):
    """What is known of the bytes at ``absolute``."""

    path: RelPath
    absolute: str
    known: Facts

    @property
    def digest(self) -> Digest:
        return self.known.digest


class Frame(NamedTuple):
    """A project as its files are appraised."""

    rules: CriticalityRules
    settings: Settings
    repositories: tuple[Repository, ...]


@dataclass(slots=True)
class Appraiser:
    """For one thread. ``head`` makes what tells of a working tree's HEAD."""

    head: Callable[[GitTree], Committed]
    _heads: dict[GitTree, Committed] = field(default_factory=dict)

    def appraise(self, frame: Frame, questions: Sequence[Question]) -> dict[RelPath, Facts]:
        """The facts of the files that still have these bytes."""
        by_tree: defaultdict[GitTree | None, list[Question]] = defaultdict(list)
        for question in questions:
            by_tree[_tree_of(frame, question.absolute)].append(question)
        answers: dict[RelPath, Facts] = {}
        for tree, asked in by_tree.items():
            answers.update(self._compared(frame, tree, asked) if tree else self._read(frame, asked))
        return answers

    def _read(self, frame: Frame, asked: Iterable[Question]) -> Iterator[tuple[RelPath, Facts]]:
        """Where there is no HEAD."""
        for question in asked:
            if question.known.read:
                yield question.path, Facts(question.digest, question.known.imports)
            elif (content := _content(frame, question)) is not None:
                yield question.path, Facts(question.digest, _imports(frame, question, content))

    def _compared(
        self, frame: Frame, tree: GitTree, asked: Iterable[Question]
    ) -> Iterator[tuple[RelPath, Facts]]:
        head = self._heads.get(tree) or self._heads.setdefault(tree, self.head(tree))
        head.refresh()
        gathered: dict[str, tuple[Question, files.Content]] = {}
        for question in asked:
            inside = question.absolute[len(tree.top.rstrip("/")) + 1 :]
            blob = head.blob(inside)
            changed = _changed(head, inside, question.known, blob)
            if question.known.read and not isinstance(changed, Unknown):
                imports = question.known.imports
                yield question.path, Facts(question.digest, imports, changed, blob=blob)
            elif (content := _content(frame, question)) is not None:
                gathered[inside] = question, content
            if sum(len(content.data) for _, content in gathered.values()) > _GATHERED:
                yield from _counted(frame, head, gathered)
                gathered = {}
        yield from _counted(frame, head, gathered)


def _counted(
    frame: Frame, head: Committed, gathered: Mapping[str, tuple[Question, files.Content]]
) -> Iterator[tuple[RelPath, Facts]]:
    changed = head.changed({inside: content for inside, (_, content) in gathered.items()}) if gathered else {}
    for inside, (question, content) in gathered.items():
        imports = _imports(frame, question, content)
        yield question.path, Facts(question.digest, imports, changed[inside], blob=head.blob(inside))


def _changed(head: Committed, inside: str, known: Facts, blob: str | None) -> Changed | Unknown:
    """As it was counted once, if that was against the same blob."""
    if blob is not None and known.blob == blob and known.changed is not None:
        return known.changed
    return head.known(inside, known.digest)


def _content(frame: Frame, question: Question) -> files.Content | None:
    """The bytes that are asked about, if they are still there."""
    limit, _ = size_limit(question.path, frame.settings)
    match files.read(question.absolute, limit=limit):
        case files.Content() as content if content.fingerprint.digest == question.digest:
            return content
        case _:
            return None


def _imports(frame: Frame, question: Question, content: files.Content) -> tuple[str, ...]:
    if question.known.read:
        return question.known.imports
    return critical_import(frame.rules, question.path, content.data)


def _tree_of(frame: Frame, path: str) -> GitTree | None:
    """That of the watch path which the file lies in."""
    return next(
        (each.tree for each in frame.repositories if path.startswith(each.top.rstrip("/") + "/")), None
    )
