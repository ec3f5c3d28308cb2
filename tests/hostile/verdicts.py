"""What is a violation: in what a command printed, in what its processes did, in what became of the tree."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from dev_assistant.watch.git_objects import program
from hostile.sandbox import SOURCE, Answer, Sandbox

_OURS = re.compile(r"\x1b\[[0-9;]*m|\r\x1b\[K")  # colours, and a line of progress taken back
_STATUSES = frozenset({0, 1, 2, 3, 4, 5})
_OPEN_TAGS = frozenset({"image", "html_block", "html_inline"})


def of_answer(answer: Answer) -> Iterator[str]:
    """What is wrong with a command's end and its output."""
    if answer.status not in _STATUSES:
        yield f"{answer.name}: ended with {answer.status}: {answer.stderr[-300:]!r}"
    for stream in (answer.stdout, answer.stderr):
        yield from (f"{answer.name}: {wrong}" for wrong in _shown(stream))
        if b"internal error" in stream or b"Traceback (most recent" in stream:
            yield f"{answer.name}: {stream[-400:]!r}"
    if "--json" in answer.arguments and answer.stdout:
        yield from (f"{answer.name}: {wrong}" for wrong in _json(answer.stdout))


def _shown(stream: bytes) -> Iterator[str]:
    try:
        text = _OURS.sub("", stream.decode())
    except UnicodeDecodeError as error:
        yield f"output that is not UTF-8: {stream[error.start - 40 : error.end + 20]!r}"
        return
    for character in sorted(set(text) - {"\n", "\t"}):
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            at = text.index(character)
            yield f"a control character: {text[max(0, at - 60) : at + 20]!r}"
            return


def _json(stdout: bytes) -> Iterator[str]:
    """One document, or one a line; every text in it can be written as UTF-8."""
    try:
        documents = [json.loads(stdout)]
    except ValueError:
        try:
            documents = [json.loads(line) for line in stdout.splitlines()]
        except ValueError as error:
            yield f"output that is not JSON: {error}: {stdout[:200]!r}"
            return
    if re.search(rb"\\ud[89a-f][0-9a-f]{2}", stdout, re.IGNORECASE):
        for document in documents:
            try:
                json.dumps(document, ensure_ascii=False).encode()
            except UnicodeEncodeError as error:
                yield f"JSON with half a surrogate pair: {error.object[error.start - 60 : error.end + 20]!r}"


def of_journal(place: Sandbox, *, also: tuple[str, ...] = ()) -> list[str]:
    """Acts that were not allowed. ``also`` are further paths that may be written."""
    return sorted(
        {f"{what} {path!r}" for _, what, path in place.journaled() if not _allowed(place, what, path, also)}
    )


def _allowed(place: Sandbox, what: str, path: str, also: tuple[str, ...]) -> bool:
    if what in {"blocking", "code"}:
        return False
    if what == "program":
        return path in {str(place.python), str(place.python.with_name("ruff")), program()}
    if path.startswith((f"{place.home}/run/", f"{place.home}/.local/state/")) or path in {"/dev/null", *also}:
        return True
    if what == "socket":
        return False
    if path.startswith(f"{place.root}/"):
        return "RUNS" in path.removeprefix(str(place.root)).split("/")
    # the interpreter's own caches, as for every Python program
    return "/__pycache__/" in f"{path}/" and path.startswith((f"{SOURCE}/", sys.prefix, sys.base_prefix))


def snapshot(*tops: Path) -> dict[bytes, object]:
    """Everything below, but for RUNS/: kind, mode and content of each entry, by path as bytes."""
    found: dict[bytes, object] = {}
    for top in tops:  # by descriptors, since a path may be longer than a system call takes
        for directory, directories, names, descriptor in os.fwalk(os.fsencode(top)):
            directories[:] = [name for name in directories if name != b"RUNS"]
            for name in [*directories, *names]:
                found[os.path.join(directory, name)] = _identity(name, descriptor)
    return found


def _identity(name: bytes, directory: int) -> object:
    status = os.stat(name, dir_fd=directory, follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(name, dir_fd=directory)
    if not stat.S_ISREG(status.st_mode):
        return stat.S_IFMT(status.st_mode)
    if status.st_size > 0 == status.st_blocks:  # a hole: nobody has written anything
        return status.st_mode, status.st_size
    with open(os.open(name, os.O_RDONLY, dir_fd=directory), "rb") as file:
        return status.st_mode, hashlib.file_digest(file, "blake2b").hexdigest()


def differences(before: dict[bytes, object], after: dict[bytes, object]) -> list[str]:
    return [
        f"{path!r}: {before.get(path)} became {after.get(path)}"
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def headings(page: str) -> list[str]:
    """The headings of a Markdown page as a renderer sees them."""
    tokens = _tokens(page)
    return [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]


def rows(page: str, heading: str) -> int:
    """How many rows the table under a heading has, without its header."""
    tokens = _tokens(page)
    at = next(n for n, token in enumerate(tokens) if token.type == "inline" and token.content == heading)
    following = [token.type for token in tokens[at + 2 :]]
    section = following[: following.index("heading_open") if "heading_open" in following else None]
    return section.count("tr_open") - 1


def of_page(page: str) -> Iterator[str]:
    """What a renderer would make of a page beside text, tables, lists and links to our own pages."""
    yield from _shown(page.encode())
    for token in _tokens(page):
        for inner in (token, *(token.children or ())):
            if inner.type in _OPEN_TAGS:
                yield f"{inner.type}: {inner.content!r}"
            target = str(inner.attrGet("href") or "")
            if re.match(r"[a-z]+:|//", target):
                yield f"a link to {target!r}"


def _tokens(page: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").parse(page)
