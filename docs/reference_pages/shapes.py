"""The types of our documents as a reader of JSON knows them."""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import types
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from reference_pages.markdown import code, prose, slug, table

_PLAIN: Mapping[object, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "true or false",
    bytes: "string, Base64",
    type(None): "null",
    dt.date: "string, `YYYY-MM-DD`",
    object: "anything",
}


def section(shape: type) -> list[str]:
    """What is said of a type and its fields."""
    return [prose(inspect.getdoc(shape) or ""), table(["field", "type"], _rows(shape))]


def parts(shape: type) -> Iterator[type]:
    """The types with fields that a type is made of, itself first, each once."""
    found = [shape]
    for each in found:
        yield each
        for hint in _hints(each).values():
            found += [part for part in _inside(hint) if part not in found]


def title(shape: type) -> str:
    """``FindingRow`` is "Finding row"."""
    name = shape.__name__
    return name[0] + "".join(f" {char.lower()}" if char.isupper() else char for char in name[1:])


def _rows(shape: type) -> Iterator[list[str]]:
    omitted = getattr(getattr(shape, "__struct_config__", None), "omit_defaults", False)
    optional = set(_defaults(shape)) if omitted else set()
    for name, hint in _hints(shape).items():
        absent = name in optional or msgspec.UnsetType in get_args(hint)
        yield [code(name), _told(hint) + ", or absent" * absent]


def _defaults(shape: type) -> list[str]:
    return [field.name for field in msgspec.structs.fields(shape) if not field.required]


def _hints(shape: type) -> dict[str, Any]:
    return {name: hint for name, hint in get_type_hints(shape).items() if not name.startswith("_")}


def _inside(hint: object) -> Iterator[type]:
    for part in get_args(hint):
        yield from _inside(part)
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, msgspec.Struct)):
        yield hint


def _told(hint: Any) -> str:
    """A type in words, as Markdown. A named tuple is an array, as msgspec writes it."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        return " or ".join(_told(part) for part in inner if part is not msgspec.UnsetType)
    if origin is Literal:
        return " or ".join(code(f'"{value}"') for value in inner)
    if origin is tuple:
        several = inner[-1] is ... or len(set(inner)) == 1
        return f"array of {_told(inner[0])}" if several else f"array: {', '.join(map(_told, inner))}"
    if origin in {dict, Mapping}:
        return f"object: by name, {_told(inner[1])}"
    return _named(hint)


def _named(hint: Any) -> str:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hasattr(hint, "__supertype__"):
        return _told(hint.__supertype__)
    if issubclass(hint, tuple):
        return "array: " + ", ".join(f"{code(name)} {_told(part)}" for name, part in _hints(hint).items())
    if issubclass(hint, enum.Enum):
        return " or ".join(code(f'"{member.value}"') for member in hint)
    return f"[{title(hint).lower()}](#{slug(title(hint))})"
