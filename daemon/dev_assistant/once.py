"""Judging once, without a daemon: the daemon's own parts, started, asked and stopped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from dev_assistant import __version__
from dev_assistant.bootstrap import Assembly, Loading, assemble
from dev_assistant.errors import ConfigError, UserError
from dev_assistant.model import ProjectName, RelPath
from dev_assistant.places import runtime_of
from dev_assistant.ports import Evidence
from dev_assistant.record.volatile import LastEvidence
from dev_assistant.report.documents import CheckDocument
from dev_assistant.service.instance import Instance
from dev_assistant.service.records import BorrowedRecords, DiskRecords, Records, VolatileRecords
from dev_assistant.service.revision import Copy, Stored, copy_out
from dev_assistant.service.selection import EVERYTHING, Selection
from dev_assistant.service.session import Progress, look_once, unshown
from dev_assistant.watch.nothing import NoSource


def check_once(
    *,
    workspace: Path | None,
    watch_dirs: Sequence[Path],
    paths: Sequence[str],
    cached: bool,
    timeout: float,
    workers: int | None = None,
    selection: Selection = EVERYTHING,
    progress: Progress = unshown,
    reports: bool = True,
) -> CheckDocument:
    """Judge everything once without a daemon: the check document. Raises UserError and ConfigError.

    Not ``cached``: no cache is believed, and nothing is written anywhere. Of everything only what is in the
    ``selection`` is judged, and of that ``paths`` are told. Without ``reports`` no dashboards are written.
    """
    overrides: dict[str, object] = {} if cached else {"cache_enabled": False, "enable_evidence": False}
    if workers is not None:
        overrides["workers"] = workers
    records = DiskRecords(reports=reports) if cached else VolatileRecords()
    loading = Loading(workspace, Path.cwd(), overrides, watch_dirs)
    root, assembly = _for_one_look(loading, records, selection)
    with _alone(root) if cached else nullcontext():
        return look_once(assembly.daemon, assembly.answers, paths=paths, timeout=timeout, progress=progress)


def judge_anew(
    *, workspace: Path | None, timeout: float
) -> tuple[CheckDocument, dict[ProjectName, Mapping[RelPath, Evidence]]]:
    """Judge everything without any cache and write nothing: the check document, and the evidence by project.

    Raises UserError and ConfigError.
    """
    overrides: dict[str, object] = {"cache_enabled": False, "enable_evidence": True}
    logs: dict[ProjectName, LastEvidence] = defaultdict(LastEvidence)
    _, assembly = _for_one_look(Loading(workspace, Path.cwd(), overrides), VolatileRecords(logs.__getitem__))
    document = look_once(assembly.daemon, assembly.answers, paths=(), timeout=timeout)
    return document, {name: log.entries for name, log in logs.items()}


@contextmanager
def look_at(
    stored: Stored, *, workspace: Path | None, cached: bool, timeout: float, tops: Collection[str] = ()
) -> Iterator[tuple[Copy, CheckDocument]]:
    """Judge what git has stored: a copy of it, which lives as long as the context, and its check document.

    ``tops`` are the working trees that the copy has, else all. ``cached``: the caches of the originals are
    read, and keep what is learned unless somebody else writes them. Raises UserError, with status 3 when
    there is no such version, and ConfigError.
    """
    present = Loading(workspace, Path.cwd(), {})()
    overrides: dict[str, object] = {"enable_evidence": False}
    if not cached:
        overrides["cache_enabled"] = False
    with copy_out(present, stored, tops=tops) as copy:
        file = None if present.file is None else Path(copy.copied(str(present.file)))
        loading = Loading(file, Path(copy.copied(str(present.root))), overrides)
        copy.refuse_strangers(loading())
        with _held(present.root) if cached else nullcontext() as alone:
            roots = [entry.project.root for entry in present.projects] if alone else []
            records = BorrowedRecords(copy.original, keep=roots) if cached else VolatileRecords()
            _, assembly = _for_one_look(loading, records)
            document = look_once(assembly.daemon, assembly.answers, paths=(), timeout=timeout)
        yield copy, document


def _for_one_look(
    loading: Loading, records: Records, selection: Selection = EVERYTHING
) -> tuple[Path, Assembly]:
    """The workspace's root, and what looks at it once. Raises UserError and ConfigError."""
    configuration = loading()
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    source = NoSource()
    made = assemble(
        configuration,
        loading=loading,
        source=source,
        records=records,
        stop=lambda: None,
        selection=selection,
    )
    return configuration.root, made


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """As ``_held``, or not at all: raises UserError."""
    with _held(root) as instance:
        if instance is None:
            raise UserError("a daemon or another check is at work here", hint="try again, or add --no-cache")
        yield


@contextmanager
def _held(root: Path) -> Iterator[Instance | None]:
    """The daemon's lock, so that nobody else writes the same RUNS/ meanwhile; None when somebody has it."""
    instance = Instance.acquire(runtime_of(root), workspace=root, version=__version__, serving=False)
    try:
        yield instance
    finally:
        if instance is not None:
            instance.release()
