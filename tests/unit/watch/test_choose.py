"""Which source is taken, and that a worse one says why."""

import importlib
import os
import resource
import sys
from collections.abc import Iterator

import pytest

from dev_assistant.watch.choose import better_source, open_source


@pytest.fixture
def no_descriptor_left() -> Iterator[None]:
    """The process may open no file more: the cheapest way to be refused an inotify instance."""
    importlib.import_module("structlog")  # the first line that is logged would import it
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    probe = os.dup(0)
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify")
def test_linux_has_inotify() -> None:
    source = open_source(poll_interval=1.0)
    assert source.health().backend == "inotify"
    source.stop()


def test_polling_on_demand_needs_no_reason() -> None:
    health = open_source(prefer="polling", poll_interval=1.0).health()
    assert (health.backend, health.uncovered) == ("polling", ())


def test_watchdog_on_demand() -> None:
    source = open_source(prefer="watchdog", poll_interval=1.0)
    source.start(lambda _: None)
    assert source.health().backend == "watchdog"
    source.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify")
@pytest.mark.usefixtures("no_descriptor_left")
def test_polls_and_says_why_when_there_is_no_instance() -> None:
    health = open_source(poll_interval=1.0).health()
    assert health.backend == "polling"
    assert health.uncovered == ()
    assert health.note.startswith("inotify cannot be used (Too many open files")
    assert better_source(poll_interval=1.0) is None


def test_what_is_better_than_polling() -> None:
    assert better_source(prefer="polling", poll_interval=1.0) is None
    source = better_source(poll_interval=1.0)
    assert source is not None and source.health().backend != "polling"
    source.stop()
