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
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from dev_assistant import __version__
from dev_assistant.beats import Beats
from dev_assistant.bootstrap import Assembly, Loading, assemble
from dev_assistant.commands.output import add_profile
from dev_assistant.errors import ConfigError, UserError, refused
from dev_assistant.logs import get_logger, logging_to
from dev_assistant.logs.rotation import RotatingFile
from dev_assistant.logs.writer import Sink, Terminal
from dev_assistant.places import Runs, Runtime, runtime_of
from dev_assistant.serve.server import ControlServer
from dev_assistant.service.configuration import Configuration
from dev_assistant.service.ending import write_ending
from dev_assistant.service.handshake import Readiness, daemon_command, daemon_options
from dev_assistant.service.instance import Instance
from dev_assistant.service.memory import Restarts
from dev_assistant.service.records import DiskRecords
from dev_assistant.service.stuck import patience
from dev_assistant.service.supervisor import PULSE, Supervisor, log_deaths
from dev_assistant.watch.choose import better_source, open_source
from dev_assistant.watch.renewed import RenewedSource

HELP = "run the daemon in this process"
EXAMPLES = ""

_STOP_SECONDS = 4.0
"""Of the 5 s in which a daemon has to be gone after SIGTERM."""

_QUICK = ("status", "stop", "threads")
_READY_PULSE = 0.1
_SWITCH_SECONDS = 0.0005
"""How long a thread that renders may keep the interpreter from one that has a save (default: 5 ms)."""
_LOG = get_logger("daemon")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--watch-dirs", nargs="+", type=Path, default=(), metavar="DIR")
    add_profile(parser)
    parser.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--foreground", action="store_true", help="also log to the terminal")
    parser.add_argument("--lock-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--restarts", nargs=2, type=float, default=(0, 0), help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """0 after an orderly stop, 2 when it cannot start or ended because of a defect of ours."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # it asks for stacks; until there are any it must not kill
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
    loading = Loading(args.workspace, args.root or Path.cwd(), {"profile": args.profile}, args.watch_dirs)
    configuration = loading()
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    runtime = runtime_of(configuration.root)
    options = daemon_options(
        configuration.root, workspace=args.workspace, watch_dirs=args.watch_dirs, profile=args.profile
    )
    instance = Instance.acquire(
        runtime,
        workspace=configuration.root,
        version=__version__,
        options=options,
        inherited=args.lock_fd,
    )
    if instance is None:
        readiness.running(None)
        return 0
    restarts = Restarts(int(args.restarts[0]), args.restarts[1])
    ending = _serve(
        configuration,
        foreground=args.foreground,
        loading=loading,
        runtime=runtime,
        instance=instance,
        readiness=readiness,
        restarts=restarts,
    )
    if isinstance(ending, Restarts):
        _run_anew(options, instance, ending, foreground=args.foreground)
    return 2 if ending else 0


def _run_anew(
    options: tuple[str, ...], instance: Instance, restarts: Restarts, *, foreground: bool
) -> NoReturn:
    """Become a fresh interpreter under the same pid, with the same lock."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    extra = [
        *("--lock-fd", str(instance.bequeath())),
        *("--restarts", str(restarts.count), repr(restarts.at)),
        *(["--foreground"] if foreground else []),
    ]
    command = daemon_command(options, *extra)
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606  our own interpreter


def _serve(
    configuration: Configuration,
    *,
    foreground: bool,
    loading: Loading,
    runtime: Runtime,
    instance: Instance,
    readiness: Readiness,
    restarts: Restarts,
) -> str | Restarts:
    """Why it failed, "" after an orderly stop; or that it is to be run anew."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    stopping = _stop_on_signals()
    runs = Runs(configuration.root)
    refusal = _prepare(runs)
    beats = Beats(patience(timeout_seconds=configuration.settings.verification_timeout_sec))
    with ExitStack() as stack:
        sinks: list[Sink] = [RotatingFile(runs.log)]
        if foreground:
            sinks.append(Terminal(sys.stderr.write, colour=sys.stderr.isatty()))
        settings = configuration.settings
        levels = dict(settings.log_levels)
        log = stack.enter_context(logging_to(*sinks, level=settings.log_level, levels=levels, beats=beats))
        log_deaths()
        if refusal:
            _LOG.warning("the disk refuses: tried again with each write", reason=refusal)
        interval = settings.poll_interval_sec
        source = RenewedSource(
            partial(open_source, poll_interval=interval, beats=beats),
            better=partial(better_source, poll_interval=interval, beats=beats),
        )
        assembly = assemble(
            configuration,
            loading=loading,
            source=source,
            records=DiskRecords(beats),
            stop=stopping.set,
            beats=beats,
            restarts=restarts,
            log_trouble=lambda: log.trouble,
        )
        server = ControlServer(runtime.socket, assembly.answers.handlers, quick=_QUICK)
        supervisor = Supervisor(
            assembly.daemon,
            parts=(source, assembly.daemon.errands, *assembly.daemon.workers, server, log),
            beats=beats,
            outdated=lambda: assembly.overview.outdated,
            governor=assembly.governor,
            vitals=assembly.vitals,
        )
        return _Watch(assembly, server, supervisor, runtime, instance, readiness, stopping, loading).run()


def _prepare(runs: Runs) -> str:
    """Why nothing can be written there, or ""; a full or read-only disk is told in ``degraded`` later on."""
    try:
        runs.prepare()
        runs.forget_cookies()
    except OSError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class _Watch:
    """The assembled daemon from its start to its end, on the main thread."""

    assembly: Assembly
    server: ControlServer
    supervisor: Supervisor
    runtime: Runtime
    instance: Instance
    readiness: Readiness
    stopping: threading.Event
    loading: Loading

    def run(self) -> str | Restarts:
        """As ``_serve``."""
        daemon, supervisor = self.assembly.daemon, self.supervisor
        self.assembly.stacks.listen()
        _LOG.info("starting", pid=os.getpid(), version=self.instance.owner.version)
        _note(self.runtime, "running")
        self.server.start()
        daemon.start()
        try:
            self._until_ready()
            self._supervise()
        finally:
            _LOG.info("restarting in place" if supervisor.restarting else "stopping")
            left = self.server.stop(timeout=1.0) + daemon.stop(_STOP_SECONDS)
            _LOG.info("stopped", unfinished=left, failed=daemon.failed)
        if supervisor.restarting and not daemon.failed:
            return self.assembly.governor.restarts
        _note(self.runtime, "failed" if daemon.failed else "stopped", daemon.failed)
        return daemon.failed

    def _until_ready(self) -> None:
        daemon, stopping = self.assembly.daemon, self.stopping
        look_at = time.monotonic() + PULSE
        while not (daemon.coordinator.ready.wait(_READY_PULSE) or stopping.is_set()):
            if time.monotonic() >= look_at:
                self.supervisor.look()
                look_at = time.monotonic() + PULSE
        if daemon.failed or stopping.is_set():
            self.readiness.failed(daemon.failed or "it was told to stop", hint="dev-assistant logs")
            return
        self.readiness.ready(self.instance.owner)
        _LOG.info("ready", directories=self.assembly.answers.source.health().directories)

    def _supervise(self) -> None:
        """Until the daemon is told to stop, has to, or is to be run anew."""
        while not self.stopping.wait(PULSE):
            self.supervisor.look()
            if not self.instance.intact():
                _LOG.error("the lock file was removed: this daemon ends, so that there are never two")
                return
            if self.supervisor.restarting and self._can_start():
                return

    def _can_start(self) -> bool:
        """Whether the configuration lets a daemon start: one that runs keeps the last good one."""
        if not self.loading().problems:
            return True
        _LOG.error("no restart for memory: it would not get past the configuration as it is now")
        self.supervisor.restarting = False
        return False


def _note(runtime: Runtime, state: str, reason: str = "") -> None:
    """Leave word of how the daemon is, for those who find it gone."""
    try:
        write_ending(runtime, state=state, pid=os.getpid(), reason=reason)
    except OSError as error:
        _LOG.warning("the status file cannot be written", error=str(error))


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
