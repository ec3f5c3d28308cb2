"""From a logging call to an entry: structlog over the standard library's loggers, one for each component.

The levels are those of ``logging``, so they can change while the daemon runs, and what other packages log
arrives in the same file. Nothing global of structlog is configured: this package is also a library.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import traceback
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from dev_assistant.beats import Beats
from dev_assistant.errors import UserError
from dev_assistant.logs.lines import LEVELS, Entry, plain, sentence
from dev_assistant.logs.writer import LogWriter, Sink

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger

_ROOT = "dev_assistant"


def get_logger(component: str) -> BoundLogger:
    """The logger of a component: ``get_logger("watch").warning("events were lost", project=name)``."""
    return cast("BoundLogger", _Logger(component))


class _Logger:
    """structlog's, made when there is something to say: to import it takes 0.1 s, which a check saves."""

    def __init__(self, component: str) -> None:
        self._logger = logging.getLogger(f"{_ROOT}.{component}")

    def __getattr__(self, method: str) -> Any:
        level = logging.getLevelNamesMapping().get(method.upper(), logging.CRITICAL)
        return getattr(_bound(self._logger), method) if self._logger.isEnabledFor(level) else _ignored


def _ignored(*_: object, **__: object) -> None:
    """What the level leaves out."""


@functools.cache
def _bound(logger: logging.Logger) -> BoundLogger:
    import structlog  # noqa: PLC0415  see _Logger

    bound: BoundLogger = structlog.wrap_logger(
        logger,
        processors=[structlog.processors.format_exc_info, _hand_over],
        wrapper_class=structlog.stdlib.BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=True,
    )
    return bound


class _Message:
    """Handlers that are not ours, such as that of a command without a log, show it with its fields."""

    def __init__(self, event: str, fields: Mapping[str, object]) -> None:
        self.event = event
        self.fields = fields

    def __str__(self) -> str:
        try:
            return sentence(self.event, self.fields)
        except Exception:  # noqa: BLE001  a value that cannot be shown must not end the work it tells of
            return self.event


def _hand_over(_logger: object, _method: str, event: Any) -> tuple[tuple[_Message], dict[str, Any]]:
    return (_Message(str(event.pop("event", "")), event),), {"extra": {"fields": event}}


def set_levels(default: str, levels: Mapping[str, str]) -> None:
    """Set the level of all components, then of single ones; may be called again at any time.

    Raises UserError for a level that does not exist.
    """
    for level in (default, *levels.values()):
        if level not in LEVELS:
            raise UserError(f"{level!r} is not a log level", hint=f"use one of {', '.join(LEVELS)}")
    prefix = f"{_ROOT}."
    for name in [name for name in logging.root.manager.loggerDict if name.startswith(prefix)]:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger(_ROOT).setLevel(default.upper())
    for component, level in levels.items():
        logging.getLogger(prefix + component).setLevel(level.upper())


@contextlib.contextmanager
def logging_to(
    *sinks: Sink,
    level: str = "info",
    levels: Mapping[str, str] | None = None,
    beats: Beats | None = None,
) -> Iterator[LogWriter]:
    """Send all that this process logs to ``sinks``; at the end, what is pending is written."""
    set_levels(level, levels or {})
    writer = LogWriter(sinks, beats=beats)
    bridge = _Bridge(writer)
    writer.start()
    logging.root.addHandler(bridge)
    try:
        yield writer
    finally:
        logging.root.removeHandler(bridge)
        writer.close()


class _Bridge(logging.Handler):
    """Values are made plain on the caller's thread: the writer must not read what others still change."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._writer.put(_entry(record))
        except Exception:  # noqa: BLE001  a value that cannot be shown must not end the work it tells of
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        fields = {
            "message": repr(getattr(record.msg, "event", record.msg)),
            "exception": traceback.format_exc(),
        }
        self._writer.put(Entry(record.created, "error", "logs", "a line could not be shown", fields))


def _entry(record: logging.LogRecord) -> Entry:
    fields = {str(key): plain(value) for key, value in getattr(record, "fields", {}).items()}
    if record.exc_info:
        fields["exception"] = plain(logging.Formatter().formatException(record.exc_info))
    component = record.name.removeprefix(f"{_ROOT}.")
    event = record.msg.event if isinstance(record.msg, _Message) else record.getMessage()
    return Entry(record.created, record.levelname.lower(), component, event, fields)
