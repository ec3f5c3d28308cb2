from __future__ import annotations

from typing import get_args

import pytest

from dev_assistant.settings.fields import Settings, is_personal
from dev_assistant.settings.layers import merge
from dev_assistant.settings.profiles import PROFILES, profile_layer

SWITCHES = [name for name in Settings.model_fields if name.startswith("enable")]


def test_there_is_a_profile_for_every_name_that_can_be_chosen() -> None:
    assert {"none", *PROFILES} == set(get_args(Settings.model_fields["profile"].annotation))


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_sets_what_it_says_for_a_reason_and_says_so(name: str) -> None:
    effective = merge([profile_layer(name)])
    for setting, choice in PROFILES[name].items():
        assert getattr(effective.settings, setting) == choice.value != getattr(Settings(), setting)
        assert str(effective.origins[setting]) == f"profile {name}"
        assert choice.reason.endswith(".")


@pytest.mark.parametrize("name", PROFILES)
def test_no_profile_decides_what_is_judged_or_runs_anything(name: str) -> None:
    assert not {*SWITCHES, "deep", "profile", "cache_enabled"} & PROFILES[name].keys()
    assert not any(map(is_personal, PROFILES[name]))


def test_none_is_a_profile_that_sets_nothing() -> None:
    assert merge([profile_layer("none")]).settings == Settings()
