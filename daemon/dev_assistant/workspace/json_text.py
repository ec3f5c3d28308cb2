"""JSON text with the line of every key.

The values come from the standard library alone; the walk here runs over text that it has accepted and finds
lines and keys that are given twice, of which ``json`` silently keeps the last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dev_assistant.errors import Problem
from dev_assistant.escape import visible

KeyPath = tuple[str | int, ...]

_PIECE = re.compile(r'\n|"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_BARE = re.compile(r"[A-Za-z0-9_$-]+")
_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """The value, the line of every key and element, and the keys that are given twice in one object."""

    value: object
    lines: Mapping[KeyPath, int]
    repeated: tuple[tuple[KeyPath, int], ...] = ()

    def place(self, path: KeyPath) -> tuple[str, int | None]:
        """How a key is spelled in full, and the line of it or of the nearest value around it."""
        known = (path[:end] for end in range(len(path), 0, -1) if path[:end] in self.lines)
        nearest = next(known, None)
        return spelled(path), None if nearest is None else self.lines[nearest]


def parse_json(data: bytes, *, file: str) -> JsonDocument | Problem:
    """Read UTF-8 JSON, with or without a byte order mark; the first mistake of syntax as a Problem."""
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        return Problem(
            file, "", f"not UTF-8 at byte {error.start}", line=data.count(b"\n", 0, error.start) + 1
        )
    except json.JSONDecodeError as error:
        return Problem(file, "", f"not JSON: {error.msg} (column {error.colno})", line=error.lineno)
    except (RecursionError, ValueError) as error:  # nested too deeply, NaN, a number of thousands of digits
        return Problem(file, "", f"not JSON: {error}")
    walk = _Walk()
    if not walk.run(text):
        return Problem(file, "", f"nested more than {_DEEPEST} levels deep")
    return JsonDocument(value, walk.lines, tuple(walk.repeated))


def spelled(path: KeyPath) -> str:
    """A key path for people: ``projects[0].name``, elements counted from 0."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." * bool(text) + (part if _BARE.fullmatch(part) else visible(json.dumps(part)))
    return text


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


@dataclass(slots=True)
class _Container:
    """An object or array that is still open. ``at`` is the key or position whose value comes next."""

    path: KeyPath
    is_array: bool
    at: str | int | None
    keys: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Walk:
    lines: dict[KeyPath, int] = field(default_factory=dict)
    repeated: list[tuple[KeyPath, int]] = field(default_factory=list)
    open: list[_Container] = field(default_factory=list)

    def run(self, text: str) -> bool:
        """False when the text is nested too deeply."""
        for piece, line in _pieces(text):
            if piece in {"{", "["}:
                self._enter(line, is_array=piece == "[")
            elif piece in {"}", "]"}:
                self.open.pop()
            elif piece == ",":
                self._next()
            elif piece != ":":
                self._scalar(piece, line)
            if len(self.open) > _DEEPEST:
                return False
        return True

    def _enter(self, line: int, *, is_array: bool) -> None:
        path = self._value(line)
        self.open.append(_Container(path, is_array, 0 if is_array else None))

    def _next(self) -> None:
        container = self.open[-1]
        container.at = container.at + 1 if isinstance(container.at, int) else None

    def _scalar(self, piece: str, line: int) -> None:
        container = self.open[-1] if self.open else None
        if container is None or container.at is not None:
            self._value(line)
            return
        key = str(json.loads(piece))
        container.at = key
        path = (*container.path, key)
        if key in container.keys:
            self.repeated.append((path, line))
        container.keys.add(key)
        self.lines[path] = line

    def _value(self, line: int) -> KeyPath:
        if not self.open:
            return ()
        container = self.open[-1]
        path = container.path if container.at is None else (*container.path, container.at)
        self.lines.setdefault(path, line)
        return path


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Brackets, separators, strings and other scalars, each with its line."""
    line = 1
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece == "\n":
            line += 1
        else:
            yield piece, line
