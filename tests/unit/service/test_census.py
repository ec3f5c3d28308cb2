from __future__ import annotations

from conftest import Clock
from dev_assistant.service.census import Census, types_in_memory


class Kept:
    """Something that is easily found again."""


def test_the_type_that_grew_most_stands_first(clock: Clock) -> None:
    census = Census(now=clock)
    first = census.take()
    assert first["since_s"] is None
    assert {kind["grown"] for kind in first["types"]} == {0}
    kept = [Kept() for _ in range(5000)]
    clock.advance(7.0)
    second = census.take()
    assert second["since_s"] == 7.0
    assert second["types"][0] == {"type": f"{__name__}.Kept", "objects": len(kept), "grown": 5000}
    assert second["objects"] >= first["objects"] + 5000
    assert second["before_mb"]["daemon"] > 1


def test_what_is_gone_is_not_counted() -> None:
    assert types_in_memory()[f"{__name__}.Kept"] == 0
