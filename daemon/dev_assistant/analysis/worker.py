"""A process that analyses files until its input ends. It may be killed, and then loses nothing.

It speaks JSON-RPC with ``Content-Length`` frames over its pipes, like a language server. What it reads it
digests: whoever asked compares, and so knows which bytes the answer is about.
"""

from __future__ import annotations

import os
import sys
from typing import IO, Final

import msgspec

from dev_assistant import files
from dev_assistant.analysis.left_out import LeftOut
from dev_assistant.analysis.studies import STUDIES, Studying
from dev_assistant.errors import ToolError
from dev_assistant.model import Digest, Finding

METHOD: Final = "analyse"


class Task(msgspec.Struct, frozen=True, gc=False):
    """The absolute ``path`` of a file of at most ``limit`` bytes, and its ``name`` in the project."""

    path: bytes
    name: bytes
    limit: int


class Request(msgspec.Struct, frozen=True, gc=False):
    """Files for one analysis, by its name in ``studies``."""

    analysis: str
    tasks: tuple[Task, ...]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What was found in the bytes that ``digest`` names; None: there is no such file, or not for us.

    With ``failure`` nothing is known of it; with ``left_out`` it is not judged. All else is as in
    ``studies.Study``.
    """

    digest: Digest | None
    findings: tuple[Finding, ...] = ()
    failure: str = ""
    left_out: str = ""
    definitions: int = 0
    reused: int = 0
    outline: bytes = b""


class _Call(msgspec.Struct, frozen=True, gc=False):
    id: int
    params: Request


class _Error(msgspec.Struct, frozen=True, gc=False):
    message: str


class _Reply(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    id: int
    result: tuple[Answer, ...] | None = None
    error: _Error | None = None


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer requests in turn until ``source`` ends."""
    decoder = msgspec.json.Decoder(_Call)
    while (length := _length(source)) is not None:
        body = msgspec.json.encode(_answer(decoder.decode(source.read(length))))
        sink.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        sink.flush()


def analyse(request: Request) -> tuple[Answer, ...]:
    """One answer for each task, in order. Raises ToolError when there is no such analysis."""
    study = STUDIES.get(request.analysis)
    if study is None:
        raise ToolError(f"there is no analysis {request.analysis!r}")
    return tuple(_judged(study, task) for task in request.tasks)


def _answer(call: _Call) -> _Reply:
    try:
        return _Reply(call.id, analyse(call.params))
    except ToolError as error:
        return _Reply(call.id, error=_Error(str(error)))


def _judged(study: Studying, task: Task) -> Answer:
    content = files.read(os.fsdecode(task.path), limit=task.limit)
    if isinstance(content, files.Unreadable):
        return Answer(None, failure=content.reason)
    if not isinstance(content, files.Content):
        return Answer(None)
    digest = content.fingerprint.digest
    try:
        studied = study(os.fsdecode(task.name), content.data)
    except LeftOut as reason:
        return Answer(digest, left_out=str(reason))
    except (ToolError, ImportError) as error:
        return Answer(digest, failure=str(error))
    except (RecursionError, MemoryError) as error:
        return Answer(digest, failure=f"too much for the analysis: {type(error).__name__}")
    return Answer(
        digest,
        studied.findings,
        definitions=studied.definitions,
        reused=studied.reused,
        outline=studied.outline,
    )


def _length(source: IO[bytes]) -> int | None:
    """The size of the request that follows; None at the end of the input."""
    length = None
    while line := source.readline(1024).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return length


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
