"""What keeps a result as a whole from being a proof, by the ``meta`` of its document.

Imports the standard library alone, because hooks wait for it: ``meta`` may come from ``json.loads``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def unproved(meta: Mapping[str, object]) -> list[str]:
    """The reasons: time that ran out, paths, shards, the configuration. None is about a single file."""
    return [*_reasons(meta), *configuration_errors(meta)]


def configuration_errors(meta: Mapping[str, object]) -> list[str]:
    """Mistakes in spite of which files were judged, by the last good configuration or by the defaults."""
    return _texts(meta.get("config_errors"))


def _reasons(meta: Mapping[str, object]) -> Iterator[str]:
    if meta.get("settled") is not True:
        yield "not everything was judged in time"
    yield from (f"{path} does not exist or cannot be read" for path in _texts(meta.get("missing")))
    yield from (f"results of shard {part} are missing" for part in _texts(meta.get("missing_shards")))


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else []
