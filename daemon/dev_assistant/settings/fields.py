"""Every setting with its type, limits, default, unit and reason.

This is the only list of settings there is: the reference, the JSON Schema, ``config/default.toml`` and the
environment variables are derived from it. Relative ``watch_paths`` count from each project's root.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from dev_assistant.settings.alerting import Alerting
from dev_assistant.settings.cores import MOST_WORKERS, default_workers
from dev_assistant.settings.gating import Gating
from dev_assistant.settings.marks import (
    ChangedLines,
    Checked,
    Codes,
    LogLevel,
    Paths,
    Patterns,
    Personal,
    Text,
    Unit,
    Weight,
    Workers,
    WorkspaceWide,
)

AUTO = "auto"


def _from_cores(value: object) -> object:
    return None if value == AUTO else value


_CRITICAL_NAMES = (
    *("*auth*", "*login*", "*oauth*", "*session*", "*permission*", "*access_control*"),
    *("*security*", "*crypto*", "*encrypt*", "*password*", "*passwd*", "*credential*", "*secret*", "*token*"),
    *("*payment*", "*billing*", "*invoice*", "*checkout*", "*transaction*", "*migration*", "*admin*"),
)
_CRITICAL_IMPORTS = (
    *("hashlib", "hmac", "secrets", "ssl", "cryptography", "jwt", "passlib", "bcrypt", "nacl"),
    *("subprocess", "pickle", "marshal", "ctypes", "sqlite3", "sqlalchemy", "psycopg", "stripe"),
)
_CORE_DIRECTORIES = ("core", "services", "api", "models", "auth", "security", "domain", "kernel")
_TESTS = (
    *("test_*", "*_test.*", "*.test.*", "*.spec.*", "conftest.py"),
    *("tests/", "test/", "__tests__/", "spec/", "fixtures/"),
)
_DOCUMENTS = ("*.md", "*.rst", "*.txt", "*.adoc", "docs/", "doc/")


class Watching(Checked):
    """What is watched."""

    enabled: Annotated[
        bool, Field(description="Watch and verify this project. A project that is off stays listed as off.")
    ] = True
    watch_paths: Annotated[
        Paths,
        Field(
            description="Directories to watch, from the project's root; they may lie outside of it. "
            "Replaces watch_dirs of workspace.json. The whole project when not given."
        ),
    ] = (".",)
    ignore: Annotated[
        Patterns,
        Field(
            description="Further paths to leave out, in .gitignore syntax, "
            "on top of the .gitignore files and the built-in list."
        ),
    ] = ()
    debounce_ms: Annotated[
        int,
        Unit("ms"),
        Field(
            ge=0,
            le=60_000,
            description="Upper limit of the quiet window that gathers repeated writes of one file; 0 waits "
            "for nothing. A lone save is verified at once whatever stands here.",
        ),
    ] = 100


class Verifying(Watching):
    """What is verified, and by what."""

    verification_timeout_sec: Annotated[
        float,
        Unit("s"),
        Field(
            gt=0,
            le=3600,
            description="Longest time for one file, scaled for a batch. A file that takes longer counts as "
            "failed, never as clean.",
        ),
    ] = 10.0
    max_file_mb: Annotated[
        float,
        Unit("MB"),
        Field(
            gt=0,
            le=1024,
            description="Larger files are skipped, with this reason: a linter needs about ten times a file's "
            "size in memory.",
        ),
    ] = 5.0
    max_document_mb: Annotated[
        float,
        Unit("MB"),
        Field(
            gt=0,
            le=1024,
            description="The same for documents and data: Markdown, HTML, JSON, TOML, YAML and plain text.",
        ),
    ] = 10.0
    enable_ruff: Annotated[
        bool,
        Field(description="Verify Python files with ruff. When off they are skipped, never passed."),
    ] = True
    deep: Annotated[
        Literal["all", "critical", "off"],
        Field(
            description="Which Python files are analysed for security, complexity, structure and "
            "unfinished work. What is found is advice: it counts in the score and keeps no file from passing."
        ),
    ] = "all"
    deep_ignore_in_tests: Annotated[
        Codes,
        Field(description="Rules of ruff whose advice is not wanted on tests: by default S101, assert."),
    ] = ("S101",)
    enable_scripts: Annotated[
        bool, Field(description="Verify JavaScript and TypeScript with oxlint. When off they are skipped.")
    ] = True
    enable_styles: Annotated[bool, Field(description="Verify CSS. When off it is skipped.")] = True
    enable_markup: Annotated[bool, Field(description="Verify HTML. When off it is skipped.")] = True
    enable_data: Annotated[
        bool, Field(description="Verify JSON, TOML and YAML. When off they are skipped.")
    ] = True
    enable_documents: Annotated[
        bool, Field(description="Verify Markdown with rumdl. When off it is skipped.")
    ] = True
    enable_text: Annotated[
        bool,
        Field(
            description="Look for secrets, conflict markers and broken encodings in every file that is "
            "verified."
        ),
    ] = True


class Remembering(Verifying):
    """What is kept, and for how long."""

    enable_evidence: Annotated[
        bool,
        Field(description="Keep an append-only record of every verdict under RUNS/evidence."),
    ] = True
    log_retention_days: Annotated[
        int,
        Unit("days"),
        Field(ge=1, le=36_500, description="How long evidence files are kept; they are rotated daily."),
    ] = 30
    cache_enabled: Annotated[
        bool,
        Field(description="Reuse a verdict for the same bytes, configuration and tool version."),
    ] = True
    cache_ttl_seconds: Annotated[
        float,
        Unit("s"),
        Field(
            ge=0, le=31_536_000, description="How long an unused verdict stays in memory; 0 keeps none there."
        ),
    ] = 300.0
    cache_max_entries: Annotated[
        int,
        Unit("entries"),
        Field(
            ge=0, le=10_000_000, description="Most verdicts kept in memory for a project; 0 keeps none there."
        ),
    ] = 1000
    cache_disk_max_mb: Annotated[
        float,
        Unit("MB"),
        Field(
            gt=0,
            le=1_048_576,
            description="Size of a project's cache on disk; the oldest unused verdicts go.",
        ),
    ] = 200.0
    cache_disk_days: Annotated[
        float,
        Unit("days"),
        Field(
            gt=0,
            le=36_500,
            description="How long an unused verdict stays on disk, so that switching back to a branch costs "
            "no work.",
        ),
    ] = 30.0


class Ranking(Remembering):
    """What goes first."""

    criticality_threshold: Annotated[
        float,
        Field(ge=0, le=1, description="Score from which a file is critical and verified before others."),
    ] = 0.5
    criticality_name_weight: Annotated[Weight, Field(description="Score for a critical name.")] = 0.4
    criticality_import_weight: Annotated[Weight, Field(description="Score for a critical import.")] = 0.3
    criticality_change_weight: Annotated[Weight, Field(description="Score for many changed lines.")] = 0.2
    criticality_directory_weight: Annotated[Weight, Field(description="Score for a core directory.")] = 0.1
    criticality_changed_lines: Annotated[
        ChangedLines,
        Unit("lines"),
        Field(description="Lines added and removed since git's HEAD above which they are many."),
    ] = 100
    critical_patterns: Annotated[
        Patterns, Field(description="File names whose mistakes cost most, as globs.")
    ] = _CRITICAL_NAMES
    critical_imports: Annotated[
        Patterns, Field(description="Modules whose import makes a file more critical, with all in them.")
    ] = _CRITICAL_IMPORTS
    core_directories: Annotated[
        Patterns, Field(description="Names of directories that much else rests on.")
    ] = _CORE_DIRECTORIES
    test_patterns: Annotated[
        Patterns,
        Field(
            description="Globs of names, or directories ending in /, that hold tests: last, never critical."
        ),
    ] = _TESTS
    document_patterns: Annotated[
        Patterns,
        Field(description="Globs of names, or directories ending in /, that hold documents: verified last."),
    ] = _DOCUMENTS


JUDGING: Final = frozenset({*Verifying.model_fields, *Ranking.model_fields}) - {
    *("enabled", "debounce_ms", "verification_timeout_sec"),
    *(set(Remembering.model_fields) - set(Verifying.model_fields)),
}
"""The settings that decide which files are judged, and what is looked for in them."""


class Settings(Ranking, Gating, Alerting):
    """Effective settings of one project, or of the workspace: complete and checked."""

    profile: Annotated[
        Literal["none", "development", "production"],
        WorkspaceWide(),
        Field(
            description="A set of values that lies above the defaults and below everything else; "
            "config/profiles/ shows what each one sets, and why."
        ),
    ] = "none"
    workers: Annotated[
        Workers | None,
        WorkspaceWide(),
        Unit("threads"),
        BeforeValidator(_from_cores, json_schema_input_type=Workers | Literal["auto"]),
        Field(
            description='Batches verified at the same time; "auto" begins with half of the usable cores and '
            "one more, and follows the load, up to 6."
        ),
    ] = None
    memory_limit_mb: Annotated[
        int,
        WorkspaceWide(),
        Unit("MB"),
        Field(
            ge=1,
            le=1_048_576,
            description="Memory of the daemon with its tools above which it drops its caches, then restarts "
            "its tools, then itself.",
        ),
    ] = 1024
    audit_interval_sec: Annotated[
        float,
        WorkspaceWide(),
        Unit("s"),
        Field(
            gt=0,
            le=604_800,
            description="Pause between two comparisons of the whole tree with what is known, which find what "
            "no event told.",
        ),
    ] = 300.0
    poll_interval_sec: Annotated[
        float,
        WorkspaceWide(),
        Unit("s"),
        Field(gt=0, le=86_400, description="Pause between two looks where the system offers no events."),
    ] = 2.0
    stats_interval_ms: Annotated[
        int,
        WorkspaceWide(),
        Unit("ms"),
        Field(ge=0, le=3_600_000, description="Dashboards and statistics are written at most this often."),
    ] = 500
    log_level: Annotated[
        LogLevel, WorkspaceWide(), Field(description="Least severity that goes into the log.")
    ] = "info"
    log_levels: Annotated[
        Mapping[Text, LogLevel],
        WorkspaceWide(),
        Field(description="Severity for single components, which overrides log_level there."),
    ] = {}

    def worker_count(self, *, cores: int) -> int:
        """``workers``, or what suits this number of usable cores."""
        return self.workers if self.workers is not None else default_workers(cores)

    def worker_range(self, *, cores: int) -> tuple[int, int]:
        """The fewest and the most workers: what is set is kept to."""
        count = self.worker_count(cores=cores)
        return (min(2, count), MOST_WORKERS) if self.workers is None else (count, count)


def is_workspace_wide(name: str) -> bool:
    """Whether a setting belongs to the daemon and not to one project."""
    return any(isinstance(mark, WorkspaceWide) for mark in Settings.model_fields[name].metadata)


def is_personal(name: str) -> bool:
    """Whether a setting is the user's alone to decide."""
    return any(isinstance(mark, Personal) for mark in Settings.model_fields[name].metadata)


def unit_of(name: str) -> str:
    """The unit of a setting's number; empty when it has none."""
    marks = Settings.model_fields[name].metadata
    return next((mark.name for mark in marks if isinstance(mark, Unit)), "")
