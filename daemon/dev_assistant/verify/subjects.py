"""Jobs made ready to be judged, and compared with the disk once they have been.

A verdict is handed out only if the bytes, the configuration and the surroundings that the job names were
there before and are there afterwards; ``Moved`` otherwise, and the file is judged again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dev_assistant import files
from dev_assistant.model import Failed, Job, Moved, RelPath, Verdict
from dev_assistant.verify.content import ANY_SIZE, unchanged
from dev_assistant.verify.modules import dotted_imports
from dev_assistant.verify.ruff_scope import RuffScope
from dev_assistant.verify.surroundings import Place, View

NOT_UTF8: Final = "stream did not contain valid UTF-8"
"""ruff's own words, so that a file fails alike whoever reads it."""


class Subject(NamedTuple):
    """A job with what was read for it; ``text`` is None where the bytes were left for ruff to read.

    ``imports`` are the dotted names that ruff looks up below the source roots.
    """

    job: Job
    path: str
    name: str
    place: Place
    text: str | None
    imports: set[str]


@dataclass(slots=True)
class Turn:
    """One call to the verifier: prepare every job, judge what is left, settle. ``read``: have all bytes."""

    scope: RuffScope
    read: bool
    verdicts: dict[RelPath, Verdict | Moved] = field(default_factory=dict)
    _view: View = field(init=False)

    def __post_init__(self) -> None:
        self._view = self.scope.view()

    def prepare(self, job: Job) -> Subject | None:
        """The subject of a job; None when its verdict is known already."""
        path = self.scope.absolute(job.path)
        directory, _, name = path.rpartition("/")
        place = self._view.place(directory)
        if self._view.basis(place, path, name) != job.basis:
            self.scope.forget()
            self.verdicts[job.path] = Moved()
        elif place.group.problem:
            broken = self.scope.current([place])
            self.verdicts[job.path] = Failed(place.group.problem) if broken else Moved()
        elif not self.read and not place.group.asks_first_party(name):
            return Subject(job, path, name, place, None, set())
        else:
            return self._read(job, path, name, place)
        return None

    def settle(self, subjects: Sequence[Subject]) -> None:
        """Take back what was judged while something changed."""
        if not subjects:
            return
        view = self.scope.view()
        current = self.scope.current([subject.place for subject in subjects])
        for subject in subjects:
            if not (current and self._surrounded(subject, view) and unchanged(subject.path, subject.job)):
                self.verdicts[subject.job.path] = Moved()

    def outer_package(self, place: Place) -> str | None:
        """The ``__init__.py`` of a package around this one, from which a directory without one parts it."""
        within, directory = True, place.path
        while True:
            here = self._view.place(directory).packages.endswith("1")
            if here and not within:
                return directory + "/__init__.py"
            within &= here
            if directory in self.scope.folders or directory == "/":
                return None
            directory = os.path.dirname(directory)

    def _read(self, job: Job, path: str, name: str, place: Place) -> Subject | None:
        content = files.read(path, limit=ANY_SIZE)
        if isinstance(content, files.Unreadable):
            self.verdicts[job.path] = Failed(content.reason)
        elif not isinstance(content, files.Content) or content.fingerprint.digest != job.digest:
            self.verdicts[job.path] = Moved()
        else:
            return self._decoded(Subject(job, path, name, place, None, set()), content.data)
        return None

    def _decoded(self, subject: Subject, data: bytes) -> Subject | None:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.verdicts[subject.job.path] = Failed(NOT_UTF8)
            return None
        place = subject.place
        if not place.group.asks_first_party(subject.name):
            return subject._replace(text=text)
        imports = self._view.foreign(place, dotted_imports(data))
        if not self._view.tells(place, subject.path, imports):
            self.scope.widen(place, subject.path, imports)
            self.verdicts[subject.job.path] = Moved()
            return None
        return subject._replace(text=text, imports=imports)

    def _surrounded(self, subject: Subject, view: View) -> bool:
        """Whether what the verdict depends on beside the file is what the job names."""
        place = view.place(subject.place.path)
        same = view.basis(place, subject.path, subject.name) == subject.job.basis
        if same and (not subject.imports or self.scope.settle(place, subject.imports)):
            return True
        self.scope.forget()
        return False
