"""Settings as they are written in one place, checked and turned into a ``Layer``.

A mistake costs its own key only: every other key of the table still holds, and all mistakes are told.
"""

from __future__ import annotations

import difflib
import enum
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from dev_assistant.errors import Problem
from dev_assistant.escape import visible
from dev_assistant.settings.fields import Settings, is_personal, is_workspace_wide
from dev_assistant.settings.layers import Layer, LayerKind, Origin

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

KeyPath = tuple[str | int, ...]
PHASE_C = "phase-c"
_SHOWN = 80  # characters of an offending value
_OWN = frozenset({LayerKind.USER, LayerKind.ENVIRONMENT, LayerKind.COMMAND_LINE})
"""Places that no repository brings along."""

_TOLD = 100  # mistakes of one table; there may be a million


class Wide(enum.Enum):
    """What becomes of a workspace-wide setting in this table."""

    HOLDS = "holds"
    IGNORED = "ignored"  # a project's own file, which also has to serve when the project is run alone
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Table:
    """Raw settings of one place.

    ``place`` tells for a path below the table how it is spelled in full and on which line it stands.
    ``beside`` are the names of keys that stand in the same table and are no settings.
    """

    kind: LayerKind
    source: str
    values: Mapping[str, object]
    place: Callable[[KeyPath], tuple[str, int | None]]
    wide: Wide = Wide.HOLDS
    beside: tuple[str, ...] = ()

    def origin(self, path: KeyPath) -> Origin:
        key, line = self.place(path)
        is_file = self.kind not in {LayerKind.ENVIRONMENT, LayerKind.COMMAND_LINE}
        return Origin(self.kind, key, self.source if is_file else None, line)

    def problem(self, path: KeyPath, message: str, **details: str | None) -> Problem:
        key, line = self.place(path)
        return Problem(self.source, key, message, line=line, **details)


@dataclass(slots=True)
class _Report:
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check(table: Table) -> tuple[Layer, list[Problem], list[str]]:
    """The values that hold, every mistake, and warnings."""
    if not table.values:
        return Layer(table.kind, {}, {}), [], []
    report = _Report()
    raw, paths = _flatten(table, report)
    _drop_personal(table, raw, paths, report)
    _drop_misplaced(table, raw, paths, report)
    checked = _validated(table, raw, paths, report)
    origins = dict(_origins(table, checked, paths))
    return Layer(table.kind, checked, origins), report.problems, report.warnings


def shown(value: object) -> str:
    """A value as JSON, for a message: short, without control characters."""
    text = visible(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    if len(name) > _SHOWN:
        return None
    matches = difflib.get_close_matches(name.casefold().replace("-", "_"), list(known), n=1)
    return matches[0] if matches else None


def _flatten(table: Table, report: _Report) -> tuple[dict[str, object], dict[str, KeyPath]]:
    """Lift the cache settings out of ``phase-c``; a value that both spell must be the same."""
    raw = {key: value for key, value in table.values.items() if key != PHASE_C}
    paths: dict[str, KeyPath] = {key: (key,) for key in raw}
    nested = table.values.get(PHASE_C, {})
    if not isinstance(nested, Mapping):
        report.problems.append(_mistyped(table, (PHASE_C,), nested, "a table of cache settings"))
        return raw, paths
    for key, value in nested.items():
        path = (PHASE_C, key)
        if key not in _phase_c_keys():
            suggestion = closest(key, _phase_c_keys())
            report.problems.append(table.problem(path, "unknown cache setting", suggestion=suggestion))
        elif key in raw and raw[key] != value:
            first, _ = table.place((key,))
            message = f"differs from {first}, which is {shown(raw[key])}"
            report.problems.append(table.problem(path, message, value=shown(value)))
            del raw[key]  # neither is known to be meant
        else:
            raw[key] = value
            paths.setdefault(key, path)
    return raw, paths


def _phase_c_keys() -> list[str]:
    return [name for name in Settings.model_fields if name.startswith("cache_")]


def _drop_personal(
    table: Table, raw: dict[str, object], paths: Mapping[str, KeyPath], report: _Report
) -> None:
    """A repository must not be able to run programs: what would is refused wherever one may have written."""
    if table.kind in _OWN:
        return
    for name in [name for name in raw if name in Settings.model_fields and is_personal(name)]:
        del raw[name]
        allowed = "only in config.toml of your configuration directory, or in the environment"
        report.problems.append(table.problem(paths[name], "would run a program", allowed=allowed))


def _drop_misplaced(
    table: Table, raw: dict[str, object], paths: Mapping[str, KeyPath], report: _Report
) -> None:
    if table.wide is Wide.HOLDS:
        return
    for name in [name for name in raw if name in Settings.model_fields and is_workspace_wide(name)]:
        del raw[name]
        problem = table.problem(
            paths[name], "holds for the whole workspace", allowed='only in "settings" of workspace.json'
        )
        if table.wide is Wide.REFUSED:
            report.problems.append(problem)
        else:
            report.warnings.append(f"{problem}; ignored here")


def _validated(
    table: Table, raw: dict[str, object], paths: Mapping[str, KeyPath], report: _Report
) -> dict[str, object]:
    # what a person types in a shell has no types of its own; what stands in a file has
    strict = None if table.kind not in {LayerKind.ENVIRONMENT, LayerKind.COMMAND_LINE} else False
    try:
        settings = Settings.model_validate(raw, strict=strict)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        report.problems.extend(_problem_of(table, one, paths) for one in islice(errors, _TOLD))
        if len(errors) > _TOLD:
            report.problems.append(table.problem((), f"{len(errors) - _TOLD:,} more mistakes like these"))
        bad = {str(one["loc"][0]) for one in errors}
        settings = Settings.model_validate({k: v for k, v in raw.items() if k not in bad}, strict=strict)
    return {name: getattr(settings, name) for name in settings.model_fields_set}


def _problem_of(table: Table, error: ErrorDetails, paths: Mapping[str, KeyPath]) -> Problem:
    name = str(error["loc"][0])
    rest = error["loc"][1:]
    if error["type"] == "extra_forbidden":
        suggestion = closest(name, [*Settings.model_fields, *table.beside, PHASE_C])
        return table.problem((name,), "unknown setting", suggestion=suggestion)
    path = (*paths[name], *(part for part in rest if part != "[key]"))
    if error["type"] == "value_error":
        return table.problem(path, str(error["ctx"]["error"]), value=shown(error["input"]))
    suggestion = closest(str(error["input"]), _words(name)) if error["type"] == "literal_error" else None
    return _mistyped(table, path, error["input"], allowed_text(name), suggestion)


def _mistyped(
    table: Table, path: KeyPath, value: object, allowed: str, suggestion: str | None = None
) -> Problem:
    return table.problem(path, "invalid value", value=shown(value), allowed=allowed, suggestion=suggestion)


def _origins(
    table: Table, checked: Mapping[str, object], paths: Mapping[str, KeyPath]
) -> Iterator[tuple[str, Origin]]:
    for name, value in checked.items():
        yield name, table.origin(paths[name])
        if isinstance(value, Mapping):
            for entry in value:
                yield f"{name}.{entry}", table.origin((*paths[name], entry))


def allowed_text(name: str) -> str:
    """What a setting may be, in words."""
    return _in_words(_properties()[name])


@functools.cache
def _properties() -> Mapping[str, Any]:
    """The settings' JSON Schema, which takes 8 ms to make."""
    properties: Mapping[str, Any] = Settings.model_json_schema()["properties"]
    return properties


def _words(name: str) -> Sequence[str]:
    schema = _properties()[name]
    words: Sequence[str] = schema.get("enum") or schema["additionalProperties"]["enum"]
    return words


def _in_words(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_in_words(option) for option in schema["anyOf"] if option.get("type") != "null")
    if "const" in schema:
        return shown(schema["const"])
    if "enum" in schema:
        return ", ".join(schema["enum"])
    match schema["type"]:
        case "boolean":
            return "true or false"
        case "integer":
            return f"a whole number{_limits(schema)}"
        case "number":
            return f"a number{_limits(schema)}"
        case "array":
            return "a list of strings" + (", not empty" if schema.get("minItems") else "")
        case "object":
            return f"a table whose values are: {_in_words(schema['additionalProperties'])}"
        case _:
            return "a string"


def _limits(schema: Mapping[str, Any]) -> str:
    low = f" from {schema['minimum']:,}" if "minimum" in schema else ""
    low = f" above {schema['exclusiveMinimum']:,}" if "exclusiveMinimum" in schema else low
    return f"{low} up to {schema['maximum']:,}" if "maximum" in schema else low
