"""``daemon-run``: the daemon itself, in this process. ``start`` runs it; people do with ``--foreground``.

The lock comes first and is never given back by hand: the kernel does that when the process is gone, so
whoever finds it free knows that nothing of the daemon is left.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from contextlib import ExitStack, suppress
from importlib.metadata import version
from pathlib import Path

from dev_assistant.bootstrap import Assembly, DiskRecords, Loading, assemble
from dev_assistant.errors import ConfigError, UserError, refused
from dev_assistant.logs import get_logger, logging_to
from dev_assistant.logs.rotation import RotatingFile
from dev_assistant.logs.writer import Sink, Terminal
from dev_assistant.places import Runs, Runtime, runtime_of
from dev_assistant.serve.server import ControlServer
from dev_assistant.service.configuration import Configuration
from dev_assistant.service.handshake import Readiness, daemon_options
from dev_assistant.service.instance import Instance
from dev_assistant.watch.choose import open_source

HELP = "run the daemon in this process"
EXAMPLES = ""

_STOP_SECONDS = 4.0
"""Of the 5 s in which a daemon has to be gone after SIGTERM."""

_PULSE = 5.0
"""Seconds between two looks whether the lock is still ours and all threads live."""

_READY_PULSE = 0.1
_SWITCH_SECONDS = 0.0005
"""How long a thread that renders may keep the interpreter from one that has a save (default: 5 ms)."""
_LOG = get_logger("daemon")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--watch-dirs", nargs="+", type=Path, default=(), metavar="DIR")
    parser.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--foreground", action="store_true", help="also log to the terminal")


def run(args: argparse.Namespace) -> int:
    """0 after an orderly stop, 2 when it cannot start or ended because of a defect of ours."""
    readiness = Readiness(args.ready_fd)
    try:
        return _run(args, readiness)
    except (UserError, OSError) as error:
        refusal = error if isinstance(error, UserError) else refused(error)
        if refusal is not None:
            readiness.failed(str(refusal), hint=refusal.hint)
        if args.ready_fd is None or refusal is None:
            raise
        return 2


def _run(args: argparse.Namespace, readiness: Readiness) -> int:
    loading = Loading(args.workspace, args.root or Path.cwd(), {}, args.watch_dirs)
    configuration = loading()
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    runtime = runtime_of(configuration.root)
    options = daemon_options(configuration.root, workspace=args.workspace, watch_dirs=args.watch_dirs)
    instance = Instance.acquire(
        runtime, workspace=configuration.root, version=version("dev-assistant"), options=options
    )
    if instance is None:
        readiness.running(None)
        return 0
    return _serve(
        configuration,
        foreground=args.foreground,
        loading=loading,
        runtime=runtime,
        instance=instance,
        readiness=readiness,
    )


def _serve(
    configuration: Configuration,
    *,
    foreground: bool,
    loading: Loading,
    runtime: Runtime,
    instance: Instance,
    readiness: Readiness,
) -> int:
    sys.setswitchinterval(_SWITCH_SECONDS)
    stopping = _stop_on_signals()
    runs = Runs(configuration.root)
    with suppress(OSError):  # a full or read-only disk: told in ``degraded``, and tried again with each write
        runs.prepare()
        runs.forget_cookies()
    with ExitStack() as stack:
        sinks: list[Sink] = [RotatingFile(runs.log)]
        if foreground:
            sinks.append(Terminal(sys.stderr.write, colour=sys.stderr.isatty()))
        settings = configuration.settings
        log = stack.enter_context(
            logging_to(*sinks, level=settings.log_level, levels=dict(settings.log_levels))
        )
        assembly = assemble(
            configuration,
            loading=loading,
            source=open_source(poll_interval=settings.poll_interval_sec),
            records=DiskRecords(),
            stop=stopping.set,
            log_trouble=lambda: log.trouble,
        )
        return _watch(assembly, runtime, instance, readiness, stopping)


def _watch(
    assembly: Assembly,
    runtime: Runtime,
    instance: Instance,
    readiness: Readiness,
    stopping: threading.Event,
) -> int:
    daemon = assembly.daemon
    server = ControlServer(runtime.socket, assembly.answers.handlers)
    _LOG.info("starting", pid=os.getpid(), version=instance.owner.version)
    server.start()
    daemon.start()
    try:
        _until_ready(assembly, instance, readiness, stopping)
        while not stopping.wait(_PULSE) and not daemon.ended.is_set():
            if not instance.intact():
                _LOG.error("the lock file was removed: this daemon ends, so that there are never two")
                break
    finally:
        _LOG.info("stopping")
        left = server.stop(timeout=1.0) + daemon.stop(_STOP_SECONDS)
        _LOG.info("stopped", unfinished=left, failed=daemon.failed)
    return 2 if daemon.failed else 0


def _until_ready(
    assembly: Assembly, instance: Instance, readiness: Readiness, stopping: threading.Event
) -> None:
    ready = assembly.daemon.coordinator.ready
    while not (ready.wait(_READY_PULSE) or stopping.is_set()):
        continue
    if assembly.daemon.failed or stopping.is_set():
        readiness.failed(assembly.daemon.failed or "it was told to stop", hint="dev-assistant logs")
        return
    readiness.ready(instance.owner)
    _LOG.info("ready", directories=assembly.answers.source.health().directories)


def _stop_on_signals() -> threading.Event:
    """Set by the first SIGTERM or SIGINT; the second one ends the process at once."""
    stopping = threading.Event()

    def stop(number: int, _frame: object) -> None:
        if stopping.is_set():
            os._exit(128 + number)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return stopping
