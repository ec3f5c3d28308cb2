"""A store that forgets: for a judgement that neither believes nor leaves a cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dev_assistant.model import Appraisal, Digest, FileRecord, RelPath, Verdict
from dev_assistant.ports import Evidence


class VolatileStore:
    """Implements ``VerdictStore`` in memory. One thread saves, any other may find."""

    def __init__(self) -> None:
        self._files: dict[RelPath, FileRecord] = {}
        self._verdicts: dict[Digest, Verdict] = {}
        self._appraisals: dict[RelPath, Appraisal] = {}

    def load(self) -> dict[RelPath, FileRecord]:
        return dict(self._files)

    def appraisals(self) -> dict[RelPath, Appraisal]:
        return {path: self._appraisals[path] for path in self._appraisals.keys() & self._files.keys()}

    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        return {key: self._verdicts[key] for key in keys if key in self._verdicts}

    def save(
        self,
        files: Mapping[RelPath, FileRecord | None],
        verdicts: Mapping[Digest, Verdict],
        appraisals: Mapping[RelPath, Appraisal] = MappingProxyType({}),
    ) -> None:
        self._verdicts.update(verdicts)
        self._appraisals.update(appraisals)
        for path, record in files.items():
            if record is None:
                self._files.pop(path, None)
                self._appraisals.pop(path, None)
            else:
                self._files[path] = record

    def close(self) -> None:
        """Nothing to close."""


class LastEvidence:
    """Implements ``EvidenceLog`` in memory: the newest entry of each path."""

    def __init__(self) -> None:
        self.entries: dict[RelPath, Evidence] = {}

    def append(self, entries: Sequence[Evidence]) -> None:
        self.entries.update({entry.path: entry for entry in entries})

    def close(self) -> None:
        """Nothing to close."""


class NoEvidence:
    """Implements ``EvidenceLog`` for judgements that leave no trace."""

    def append(self, entries: Sequence[Evidence]) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing to close."""
