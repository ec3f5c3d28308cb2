from __future__ import annotations

import pytest
from pydantic import ValidationError

from dev_assistant.settings.alerting import Alerting
from dev_assistant.settings.fields import Settings, is_workspace_wide

THRESHOLDS = ["alert_score", "alert_failed_files", "alert_queue_sec", "alert_memory_mb", "alert_save_p95_ms"]


def test_all_of_it_is_the_daemons() -> None:
    assert all(is_workspace_wide(name) for name in Alerting.model_fields)


@pytest.mark.parametrize("name", THRESHOLDS)
def test_a_threshold_of_zero_is_none_and_less_is_a_mistake(name: str) -> None:
    assert getattr(Settings.model_validate({name: 0}), name) == 0
    for value in (-1, True, "5", float("nan"), float("inf"), 10**12):
        with pytest.raises(ValidationError):
            Settings.model_validate({name: value})


@pytest.mark.parametrize("command", ["notify-send", [""], ["a\0b"], ["a\nb"], [1], [["x"]]])
def test_a_command_is_a_list_of_words(command: object) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"alert_command": command})


@pytest.mark.parametrize("seconds", [0, -1, float("inf")])
def test_an_operation_may_take_some_time(seconds: float) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"slow_operation_sec": seconds})
