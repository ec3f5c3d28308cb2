from __future__ import annotations

import pytest

from dev_assistant.errors import ConfigError, DevAssistantError, Problem, ToolError, UserError


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.toml", "debounce_ms", "must be a number"), "a.toml: debounce_ms: must be a number"),
        (Problem("a.toml", "", "is not TOML", line=3), "a.toml:3: is not TOML"),
        (
            Problem("a.toml", "log_lvl", "unknown", 7, "'x'", "info, debug", "log_level"),
            "a.toml:7: log_lvl: unknown; got 'x'; allowed: info, debug; did you mean 'log_level'?",
        ),
    ],
)
def test_a_problem_names_place_value_and_what_is_allowed(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_all_problems_are_told_at_once() -> None:
    problems = [Problem("a.toml", "x", "bad", line=number) for number in (1, 2, 3)]
    error = ConfigError(problems)
    assert str(error).splitlines() == ["a.toml:1: x: bad", "a.toml:2: x: bad", "a.toml:3: x: bad"]
    assert error.problems == problems
    assert error.hint


def test_a_user_error_says_what_to_do_next() -> None:
    error = UserError("no such project", hint="see dev-assistant status")
    assert (str(error), error.hint) == ("no such project", "see dev-assistant status")
    assert UserError("x").hint == ""


def test_whose_error_it_is_can_be_told_apart() -> None:
    assert issubclass(ConfigError, UserError)
    assert not issubclass(ToolError, UserError)
    assert {UserError.__base__, ToolError.__base__} == {DevAssistantError}
