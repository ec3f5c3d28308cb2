"""The places where settings come from, and how they are laid over one another.

Lists replace, they are never joined; only tables (``log_levels``, ``gate_max_new``) are merged by entry.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev_assistant.places import user_config_directory
from dev_assistant.settings.fields import Settings


class LayerKind(enum.StrEnum):
    """From the weakest to the strongest."""

    DEFAULT = "default"
    PROFILE = "profile"
    USER = "user file"
    WORKSPACE = "workspace"
    ENTRY = "workspace project"
    PROJECT = "project"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


_STRENGTH = {kind: strength for strength, kind in enumerate(LayerKind)}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: ``key`` as it is spelled there; ``line`` from 1, None if unknown."""

    layer: LayerKind
    key: str = ""
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.file is None:
            return f"{self.layer} {self.key}".rstrip()
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{self.layer} {place} {self.key}"


@dataclass(frozen=True, slots=True)
class Layer:
    """Checked values of one place, and the origin of each; entries of tables by their dotted name too."""

    kind: LayerKind
    values: Mapping[str, object]
    origins: Mapping[str, Origin]


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds after all layers, and why. ``origins`` has a row for every setting."""

    settings: Settings
    origins: Mapping[str, Origin]


def merge(layers: Sequence[Layer]) -> Effective:
    """Lay ``layers`` over the defaults; the strongest kind wins, in whatever order they are given."""
    values: dict[str, object] = {}
    origins = dict.fromkeys(Settings.model_fields, Origin(LayerKind.DEFAULT))
    for layer in sorted(layers, key=lambda layer: _STRENGTH[layer.kind]):
        for name, value in layer.values.items():
            values[name] = _laid_over(values.get(name), value)
        origins.update(layer.origins)
    return Effective(Settings.model_validate(values), origins)


def user_file(environ: Mapping[str, str]) -> Path:
    """The user's own settings: $DEV_ASSISTANT_CONFIG, else config.toml in the platform's place for it."""
    chosen = environ.get("DEV_ASSISTANT_CONFIG")
    if chosen:
        return Path(chosen)
    return user_config_directory() / "config.toml"


def _laid_over(below: object, above: object) -> object:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **above}
    return above
