"""Which layer wins, and that every value knows where it came from."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from dev_assistant.settings.fields import Settings
from dev_assistant.settings.layers import Layer, LayerKind, Origin, merge, user_file

WRITTEN = [kind for kind in LayerKind if kind is not LayerKind.DEFAULT]


def layer(kind: LayerKind, **values: object) -> Layer:
    return Layer(kind, values, {name: Origin(kind, name, "file", 1) for name in values})


@pytest.mark.parametrize(("weak", "strong"), list(itertools.combinations(WRITTEN, 2)))
def test_the_stronger_layer_wins_in_any_order(weak: LayerKind, strong: LayerKind) -> None:
    layers = [layer(weak, debounce_ms=1), layer(strong, debounce_ms=2)]
    for order in (layers, layers[::-1]):
        effective = merge(order)
        assert effective.settings.debounce_ms == 2
        assert effective.origins["debounce_ms"].layer is strong


def test_what_nobody_says_is_the_default() -> None:
    effective = merge([])
    assert effective.settings == Settings()
    assert set(effective.origins) == set(Settings.model_fields)
    assert {str(origin) for origin in effective.origins.values()} == {"default"}


def test_lists_replace_and_the_table_of_levels_is_merged() -> None:
    effective = merge(
        [
            layer(LayerKind.USER, ignore=("a", "b"), log_levels={"watch": "debug", "serve": "error"}),
            layer(LayerKind.WORKSPACE, ignore=("c",), log_levels={"watch": "info"}),
        ]
    )
    assert effective.settings.ignore == ("c",)
    assert effective.settings.log_levels == {"watch": "info", "serve": "error"}


def test_an_origin_reads_as_a_place() -> None:
    assert (
        str(Origin(LayerKind.PROJECT, "tool.x", "/p/pyproject.toml", 3))
        == "project /p/pyproject.toml:3 tool.x"
    )
    assert str(Origin(LayerKind.ENVIRONMENT, "DEV_ASSISTANT_X")) == "environment DEV_ASSISTANT_X"


def test_the_users_file_can_be_chosen() -> None:
    assert user_file({"DEV_ASSISTANT_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert user_file({}).parts[-2:] == ("dev-assistant", "config.toml")
