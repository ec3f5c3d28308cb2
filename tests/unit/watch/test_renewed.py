from __future__ import annotations

from dataclasses import replace

from conftest import Clock
from dev_assistant.ports import Overflowed, SourceEvent, SourceHealth
from dev_assistant.watch.renewed import RenewedSource
from fakes.source import ScriptedSource


class Mortal(ScriptedSource):
    """A source whose thread can end."""

    alive = True
    stopped = False

    def health(self) -> SourceHealth:
        return replace(super().health(), alive=self.alive)

    def stop(self) -> None:
        self.stopped = True
        super().stop()


def test_a_dead_source_is_replaced_and_the_loss_is_told(clock: Clock) -> None:
    made: list[Mortal] = []

    def opened() -> Mortal:
        made.append(Mortal(clock))
        return made[-1]

    source, posted = RenewedSource(opened, now=clock), list[SourceEvent]()
    assert source.revive() == []
    source.start(posted.append)
    source.cover("/a")
    made[0].overflow()
    assert source.revive() == []
    made[0].alive = False
    assert not source.health().alive
    assert source.revive() == ["the source of events (inotify)"]
    assert posted == [Overflowed(1000.0), Overflowed(1000.0, "the source of events ended")]
    assert made[0].stopped and source.health().alive
    assert source.health().overflows == 2
    source.cover("/b")
    made[1].hint("/b/x.py")
    assert len(posted) == 3
    source.stop()
    made[1].alive = False
    assert source.revive() == []
    assert len(made) == 2


def test_polling_ends_when_something_better_can_be_had(clock: Clock) -> None:
    polling, inotify = ScriptedSource(clock, backend="polling"), ScriptedSource(clock)
    found: list[ScriptedSource | None] = [None, inotify]
    source, posted = (
        RenewedSource(lambda: polling, better=lambda: found.pop(0), now=clock),
        list[SourceEvent](),
    )
    source.start(posted.append)
    assert source.revive() == []
    assert source.health().backend == "polling"
    assert source.revive() == []
    assert source.health().backend == "inotify"
    assert posted == [Overflowed(1000.0, "changes are told again")]
    source.cover("/a")
    inotify.hint("/a/x.py")
    assert len(posted) == 2
    assert source.revive() == []  # a source that does not poll is not asked about
