"""TOML text with the line of every key.

The values come from tomli alone; the scanner here only finds lines. It runs over text that tomli has
accepted, so it may be loose, and where it loses its way it knows fewer lines, never wrong values.
"""

from __future__ import annotations

import contextlib
import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

import tomli

from dev_assistant.errors import Problem
from dev_assistant.escape import visible

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?""""{0,2}|\'\'\'.*?\'\'\'\'{0,2}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL
)
_ATOM = re.compile(r"[^\s,\]}#]+(?: \d\d:\d\d[^\s,\]}#]*)?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """Values and their lines; ``lines`` may lack entries."""

    values: Mapping[str, object]
    lines: Mapping[KeyPath, int]

    def place(self, path: KeyPath) -> tuple[str, int | None]:
        """How a key is spelled in full, and the line of it or of the nearest table around it."""
        known = (path[:end] for end in range(len(path), 0, -1) if path[:end] in self.lines)
        nearest = next(known, None)
        return dotted(path), None if nearest is None else self.lines[nearest]


def parse_toml(data: bytes, *, file: str) -> TomlDocument | Problem:
    """Read UTF-8 TOML, with or without a byte order mark; the first mistake of syntax as a Problem."""
    try:
        text = data.decode("utf-8-sig")
        values = tomli.loads(text)
    except UnicodeDecodeError as error:
        return Problem(
            file, "", f"not UTF-8 at byte {error.start}", line=data.count(b"\n", 0, error.start) + 1
        )
    except tomli.TOMLDecodeError as error:
        return Problem(file, "", f"not TOML: {visible(error.msg)} (column {error.colno})", line=error.lineno)
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of thousands of digits
        return Problem(file, "", f"not TOML: {visible(str(error))}")
    return TomlDocument(values, lines_of(text))


def dotted(path: KeyPath) -> str:
    """A key path as TOML spells it, with ``[n]`` for the n-th element of a list, from 0."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." * bool(text) + (part if _BARE.fullmatch(part) else visible(json.dumps(part)))
    return text


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line of each key, table and list element of valid TOML."""
    scanner = _Scanner(text)
    with contextlib.suppress(_LostError):
        scanner.document()
    return scanner.lines


class _LostError(Exception):
    """The scanner met something that it does not know."""


@dataclass(slots=True)
class _Scanner:
    text: str
    position: int = 0
    lines: dict[KeyPath, int] = field(default_factory=dict)
    tables: dict[KeyPath, int] = field(default_factory=dict)  # elements so far of each [[array of tables]]
    breaks: list[int] = field(default_factory=list)

    def document(self) -> None:
        self.breaks = [match.start() for match in re.finditer("\n", self.text)]
        table: KeyPath = ()
        while self._after_blank():
            if self._here("["):
                table = self._header()
            else:
                self._statement(table)

    def _header(self) -> KeyPath:
        line = self._line()
        is_array = self._here("[[")
        self.position += 1 + is_array
        keys = self._key()
        self._expect("]]" if is_array else "]")
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._newest((*path, key))
            self.lines.setdefault(path, line)
        path = (*path, keys[-1])
        self.lines.setdefault(path, line)
        if is_array:
            self.tables[path] = self.tables.get(path, 0) + 1
        path = self._newest(path)
        self.lines.setdefault(path, line)
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        """``[[a]]`` then ``[a.b]``: the second speaks of the last ``a``."""
        return (*path, self.tables[path] - 1) if path in self.tables else path

    def _statement(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._expect("=")
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if len(path) > _DEEPEST:
            raise _LostError
        self._after_blank()
        self.lines.setdefault(path, self._line())
        if self._here("["):
            self._elements(path, "]")
        elif self._here("{"):
            self._elements(path, "}")
        else:
            self._skip(_STRING if self.text[self.position : self.position + 1] in {'"', "'"} else _ATOM)

    def _elements(self, path: KeyPath, end: str) -> None:
        self.position += 1
        count = 0
        while self._after_blank() and not self._here(end):
            if end == "]":
                self._value((*path, count))
            else:
                self._statement(path)
            count += 1
            self._after_blank()
            self.position += self._here(",")
        self._expect(end)

    def _key(self) -> list[str]:
        keys = [_decoded(self._skip(_KEY).group(1))]
        while self._here("."):
            self.position += 1
            keys.append(_decoded(self._skip(_KEY).group(1)))
        return keys

    def _skip(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self.text, self.position)
        if match is None:
            raise _LostError
        self.position = match.end()
        return match

    def _after_blank(self) -> bool:
        """Skip blanks and comments; whether anything follows."""
        self._skip(_BLANK)
        return self.position < len(self.text)

    def _here(self, token: str) -> bool:
        return self.text.startswith(token, self.position)

    def _expect(self, token: str) -> None:
        if not self._here(token):
            raise _LostError
        self.position += len(token)

    def _line(self) -> int:
        return bisect_left(self.breaks, self.position) + 1


def _decoded(key: str) -> str:
    if key[0] not in "\"'":
        return key
    (decoded,) = tomli.loads(f"{key} = 0")
    return str(decoded)
