"""The log: events with fields, one JSON object a line, written by a thread of its own.

A logging call never waits: when the writer is behind, lines are dropped, counted, and the count is told.
"""

from dev_assistant.logs.loggers import get_logger, logging_to, set_levels
from dev_assistant.logs.writer import LogWriter

__all__ = ["LogWriter", "get_logger", "logging_to", "set_levels"]
