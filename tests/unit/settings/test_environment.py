"""Settings from a shell: text becomes the setting's type, and misspelt names are told."""

from __future__ import annotations

import pytest

from dev_assistant.settings.environment import (
    environment_table,
    overrides_table,
    unknown_variables,
    variable_of,
)
from dev_assistant.settings.fields import Settings
from dev_assistant.settings.layers import Origin
from dev_assistant.settings.table import check


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("debounce_ms", "250", 250),
        ("verification_timeout_sec", "2.5", 2.5),
        ("enable_ruff", "false", False),
        ("enable_ruff", "1", True),
        ("watch_paths", "src, ../common/lib,", ("src", "../common/lib")),
        ("log_levels", "watch=debug, serve = error", {"watch": "debug", "serve": "error"}),
        ("workers", "auto", None),
        ("workers", "4", 4),
        ("log_level", " debug ", "debug"),
    ],
)
def test_text_becomes_a_value(name: str, text: str, value: object) -> None:
    layer, problems, _ = check(environment_table({variable_of(name): text}))
    assert problems == []
    assert layer.values == {name: value}
    assert layer.origins[name] == Origin(layer.kind, variable_of(name))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_variable_and_an_empty_one_is_not_set(name: str) -> None:
    assert not unknown_variables({variable_of(name): "x"})
    assert environment_table({variable_of(name): "x"}).values.keys() == {name}
    assert environment_table({variable_of(name): "  "}).values == {}


def test_a_wrong_value_names_its_variable() -> None:
    _, problems, _ = check(environment_table({"DEV_ASSISTANT_DEBOUNCE_MS": "soon"}))
    (problem,) = problems
    assert (problem.file, problem.key, problem.value) == (
        "environment",
        "DEV_ASSISTANT_DEBOUNCE_MS",
        '"soon"',
    )


def test_an_unknown_variable_is_a_warning_with_a_guess() -> None:
    environ = {"DEV_ASSISTANT_DEBOUNCE": "1", "DEV_ASSISTANT_CONFIG": "x", "OTHER": "y"}
    (warning,) = unknown_variables(environ)
    assert "DEV_ASSISTANT_DEBOUNCE is not a setting; did you mean DEV_ASSISTANT_DEBOUNCE_MS?" in warning


def test_options_that_were_not_given_say_nothing() -> None:
    layer, problems, _ = check(overrides_table({"debounce_ms": None, "workers": 3}))
    assert problems == []
    assert layer.values == {"workers": 3}
    assert layer.origins["workers"].key == "--workers"


def test_a_wrong_option_names_itself() -> None:
    _, (problem,), _ = check(overrides_table({"max_file_mb": -1}))
    assert (problem.file, problem.key) == ("command line", "--max-file-mb")
