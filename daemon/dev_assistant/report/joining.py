"""Documents of several runs or machines as one, and what of it is not proved.

What files have in common is found when all parts of their project are there, from what each tells of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dev_assistant.analysis.structure.relations import Index
from dev_assistant.model import Finding, RelPath
from dev_assistant.report.documents import CheckDocument, check_document, results_in
from dev_assistant.report.merge import Results, merge, relate
from dev_assistant.report.sharding import missing


def joined(documents: Sequence[tuple[str, CheckDocument]], *, now: float) -> CheckDocument:
    """One document of many, each with the name that errors call it by; ``now`` is wall-clock.

    Raises UserError when the times of one do not fit its files.
    """
    results = rejoined(merge(results_in(document, source=source) for source, document in documents))
    metas = [document.meta for _, document in documents]
    meta = {
        "settled": all(meta.get("settled") is True for meta in metas),
        "generated_at": now,
        "missing": _union(metas, "missing"),
        "config_errors": _union(metas, "config_errors"),
        "missing_shards": [
            f"{name} {part}" for name, parts in sorted(results.shards.items()) for part in missing(parts)
        ],
    }
    return check_document(results, meta=meta, schema="results")


def rejoined(results: Results) -> Results:
    """With what files have in common, in projects of which the last part has come."""
    whole = {name for name, parts in results.shards.items() if not missing(parts)}
    if not whole:
        return results
    related = {name: _related(results, name) for name in whole}
    files = {
        key: relate(file, related[file.project].get(RelPath(file.path), ()))
        if file.project in whole
        else file
        for key, file in results.files.items()
    }
    return replace(
        results, files=files, shards={n: parts for n, parts in results.shards.items() if n not in whole}
    )


def _related(results: Results, project: str) -> Mapping[RelPath, tuple[Finding, ...]]:
    index = Index()
    index.update({RelPath(f.path): f.outline for f in results.files.values() if f.project == project})
    return index.relations().findings


def _union(metas: Iterable[Mapping[str, object]], name: str) -> list[str]:
    lists = [value for meta in metas if isinstance(value := meta.get(name), list)]
    return sorted({str(entry) for entries in lists for entry in entries})
