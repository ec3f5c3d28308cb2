"""The list of settings: promised defaults, limits, and that each one explains itself."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from dev_assistant.settings.alerting import Alerting
from dev_assistant.settings.fields import Settings, is_workspace_wide, unit_of

PROMISED = {
    "enabled": True,
    "watch_paths": (".",),
    "debounce_ms": 100,
    "verification_timeout_sec": 10.0,
    "log_retention_days": 30,
    "enable_ruff": True,
    "enable_evidence": True,
    "cache_enabled": True,
    "cache_ttl_seconds": 300,
    "cache_max_entries": 1000,
    "cache_disk_max_mb": 200,
    "cache_disk_days": 30,
    "criticality_threshold": 0.5,
    "criticality_name_weight": 0.4,
    "criticality_import_weight": 0.3,
    "criticality_change_weight": 0.2,
    "criticality_directory_weight": 0.1,
    "criticality_changed_lines": 100,
    "max_file_mb": 5.0,
    "workers": None,
    "audit_interval_sec": 300,
    "memory_limit_mb": 1024,
    "poll_interval_sec": 2.0,
    "stats_interval_ms": 500,
    "log_level": "info",
}


@pytest.mark.parametrize(("name", "value"), PROMISED.items())
def test_promised_defaults(name: str, value: object) -> None:
    assert getattr(Settings(), name) == value


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description is not None
    assert description.endswith(".")


@pytest.mark.parametrize(
    "name", [n for n in Settings.model_fields if n.endswith(("_ms", "_sec", "_mb", "_days"))]
)
def test_every_quantity_has_a_unit(name: str) -> None:
    assert unit_of(name)


def test_the_defaults_pass_their_own_checks() -> None:
    assert Settings.model_validate(Settings().model_dump()) == Settings()


def test_only_the_daemons_settings_are_workspace_wide() -> None:
    wide = {name for name in Settings.model_fields if is_workspace_wide(name)}
    assert wide == {
        *("workers", "memory_limit_mb", "audit_interval_sec", "poll_interval_sec", "stats_interval_ms"),
        *("log_level", "log_levels", "profile", "gate_min_workspace_score", *Alerting.model_fields),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("debounce_ms", -1),
        ("debounce_ms", True),
        ("debounce_ms", 1.5),
        ("enabled", 1),
        ("verification_timeout_sec", 0),
        ("verification_timeout_sec", float("nan")),
        ("criticality_threshold", 1.01),
        ("criticality_name_weight", -0.1),
        ("criticality_changed_lines", 0.5),
        ("workers", 0),
        ("workers", "many"),
        ("log_level", "loud"),
        ("watch_paths", []),
        ("watch_paths", "src"),
        ("watch_paths", ["~/src"]),
        ("watch_paths", ["a\0b"]),
        ("ignore", [" "]),
        ("ignore", ["two\nlines"]),
        ("unheard_of", 1),
    ],
)
def test_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({name: value})


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().debounce_ms = 5  # type: ignore[misc]


def test_auto_workers_follow_the_cores_and_a_number_does_not() -> None:
    assert Settings.model_validate({"workers": "auto"}).worker_count(cores=4) == 3
    assert Settings(workers=9).worker_count(cores=4) == 9


def test_limits_of_the_gate_name_kinds_of_findings() -> None:
    assert Settings(gate_max_new={"all": 3, "info": 1, "design": 0}).gate_max_new["all"] == 3
    for wrong in ({"errors": 0}, {"error": -1}, {"error": "0"}):
        with pytest.raises(ValidationError):
            Settings(gate_max_new=wrong)
