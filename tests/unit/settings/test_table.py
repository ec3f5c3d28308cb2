"""From what is written to checked values and problems with their place."""

from __future__ import annotations

from typing import Any

import pytest

from dev_assistant.settings.fields import Settings
from dev_assistant.settings.layers import LayerKind
from dev_assistant.settings.table import KeyPath, Table, Wide, allowed_text, check, shown


def place(path: KeyPath) -> tuple[str, int]:
    return "t." + "/".join(map(str, path)), 10 + len(path)


def table(values: dict[str, object], **more: Any) -> Table:
    return Table(LayerKind.PROJECT, "file.toml", values, place, **more)


def test_values_come_out_checked_with_their_origin() -> None:
    layer, problems, warnings = check(table({"ignore": ["a"], "log_levels": {"watch": "debug"}}))
    assert (problems, warnings) == ([], [])
    assert layer.values == {"ignore": ("a",), "log_levels": {"watch": "debug"}}
    assert layer.origins["ignore"].line == 11
    assert layer.origins["log_levels.watch"].key == "t.log_levels/watch"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"debounce_mss": 1}, "11: t.debounce_mss: unknown setting; did you mean 'debounce_ms'?"),
        ({"Debounce-MS": 1}, "11: t.Debounce-MS: unknown setting; did you mean 'debounce_ms'?"),
        ({"zzzz": 1}, "11: t.zzzz: unknown setting"),
        (
            {"debounce_ms": "1"},
            '11: t.debounce_ms: invalid value; got "1"; allowed: a whole number from 0 up to 60,000',
        ),
        (
            {"max_file_mb": 0},
            "11: t.max_file_mb: invalid value; got 0; allowed: a number above 0 up to 1,024",
        ),
        ({"enabled": "yes"}, '11: t.enabled: invalid value; got "yes"; allowed: true or false'),
        (
            {"watch_paths": ["a", 3]},
            "12: t.watch_paths/1: invalid value; got 3; allowed: a list of strings, not empty",
        ),
        (
            {"workers": 0},
            '11: t.workers: invalid value; got 0; allowed: a whole number from 1 up to 64 or "auto"',
        ),
        (
            {"log_level": "DEBUG"},
            (
                '11: t.log_level: invalid value; got "DEBUG"; '
                "allowed: debug, info, warning, error, critical; did you mean 'debug'?"
            ),
        ),
        (
            {"log_levels": {"a": "errror"}},
            (
                '12: t.log_levels/a: invalid value; got "errror"; allowed: a table whose values are: '
                "debug, info, warning, error, critical; did you mean 'error'?"
            ),
        ),
        ({"watch_paths": ["~"]}, '12: t.watch_paths/0: ~ is not expanded; got "~"'),
        (
            {"watch_paths": []},
            "11: t.watch_paths: names no directory: enabled = false is the way to watch none; got []",
        ),
        ({"phase-c": 3}, "11: t.phase-c: invalid value; got 3; allowed: a table of cache settings"),
        (
            {"phase-c": {"cache_ttl": 3}},
            "12: t.phase-c/cache_ttl: unknown cache setting; did you mean 'cache_ttl_seconds'?",
        ),
        ({"phase-c": {"debounce_ms": 3}}, "12: t.phase-c/debounce_ms: unknown cache setting"),
    ],
)
def test_a_mistake_is_told_with_its_place(values: dict[str, object], told: str) -> None:
    _, (problem,), _ = check(table(values))
    assert str(problem) == f"file.toml:{told}"


def test_all_mistakes_are_told_and_the_rest_holds() -> None:
    layer, problems, _ = check(table({"debounce_ms": -1, "enabled": 0, "typo": 1, "max_file_mb": 2}))
    assert len(problems) == 3
    assert layer.values == {"max_file_mb": 2.0}


@pytest.mark.parametrize(
    "values",
    [
        {"cache_ttl_seconds": 60},
        {"phase-c": {"cache_ttl_seconds": 60}},
        {"cache_ttl_seconds": 60, "phase-c": {"cache_ttl_seconds": 60}},
    ],
)
def test_both_spellings_of_the_cache_settings_hold(values: dict[str, object]) -> None:
    layer, problems, _ = check(table(values))
    assert problems == []
    assert layer.values == {"cache_ttl_seconds": 60.0}


def test_an_origin_in_phase_c_points_there() -> None:
    layer, _, _ = check(table({"phase-c": {"cache_enabled": False}}))
    assert layer.origins["cache_enabled"].key == "t.phase-c/cache_enabled"


def test_two_spellings_that_differ_are_a_problem_and_neither_holds() -> None:
    layer, (problem,), _ = check(table({"cache_max_entries": 5, "phase-c": {"cache_max_entries": 6}}))
    assert problem.message == "differs from t.cache_max_entries, which is 5"
    assert problem.value == "6"
    assert layer.values == {}


def test_a_projects_file_cannot_decide_for_the_workspace() -> None:
    layer, problems, (warning,) = check(table({"workers": 3, "debounce_ms": 1}, wide=Wide.IGNORED))
    assert problems == []
    assert layer.values == {"debounce_ms": 1}
    assert "t.workers: holds for the whole workspace" in warning
    layer, (problem,), warnings = check(table({"workers": 3}, wide=Wide.REFUSED))
    assert (layer.values, warnings) == ({}, [])
    assert problem.key == "t.workers"


def test_neighbours_are_suggested_too() -> None:
    _, (problem,), _ = check(table({"watch_dir": []}, beside=("watch_dirs",)))
    assert problem.suggestion == "watch_dirs"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_can_say_what_is_allowed(name: str) -> None:
    assert allowed_text(name)


def test_a_shown_value_is_short_and_harmless() -> None:
    assert shown("\x1b[2J\ud800") == '"\\u001b[2J\\ud800"'
    assert len(shown("x" * 5000)) == 80
