from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from dev_assistant.diagnosis.attendance import daemon, runtime
from dev_assistant.service.ending import write_ending

IDLE = {"state": "idle", "pid": 7, "version": version("dev-assistant")}


def test_a_runtime_directory_that_is_ours_alone(ward: Any, only: Any) -> None:
    assert only(runtime(ward.case()), "ok").value == "mode 0700"


def test_a_runtime_directory_that_others_can_read(ward: Any, only: Any) -> None:
    ward.runtime.directory.chmod(0o755)
    found = only(runtime(ward.case()), "warning")
    assert found.advice == f"chmod 700 {ward.runtime.directory}"


def test_a_runtime_directory_that_others_can_write_is_refused(ward: Any, only: Any) -> None:
    directory = ward.runtime.directory
    directory.chmod(0o777)
    case = ward.case()
    found = only(runtime(case), "problem")
    assert "only you can write" in found.what
    assert f"chmod 700 {directory}" in found.advice
    assert list(daemon(case)) == []


def test_no_daemon(ward: Any, only: Any) -> None:
    assert only(daemon(ward.case()), "ok").what == "does not run"
    ward.runtime.socket.touch()
    assert "the socket of one that was killed is left" in only(daemon(ward.case()), "ok").what


def test_a_daemon_that_failed_says_why(ward: Any, only: Any) -> None:
    write_ending(ward.runtime, state="failed", pid=7, reason="the scribe ended")
    found = only(daemon(ward.case()), "warning")
    assert found.what.endswith("failed: the scribe ended")
    assert found.value == "pid 7"


def test_a_daemon_that_answers(ward: Any, only: Any) -> None:
    ward.serve(status=lambda _: IDLE)
    assert only(daemon(ward.case()), "ok").value == "pid 7, idle"


def test_a_daemon_of_another_version_degraded_and_stuck(ward: Any) -> None:
    hanging = {"thread": "worker-1", "operation": "judging", "subject": "a.py", "age_s": 90.0, "advice": "x"}
    ward.serve(status=lambda _: {**IDLE, "version": "0.0.1", "degraded": ["full"], "stuck": [hanging]})
    found = list(daemon(ward.case()))
    assert [each.level for each in found] == ["warning", "problem", "warning", "ok"]
    assert found[0].advice == "dev-assistant restart"
    assert found[1].what == "is stuck: worker-1 has been judging a.py"
    assert found[2].value == "full"


def test_a_lock_that_is_held_and_a_socket_that_is_silent(ward: Any, only: Any) -> None:
    ward.hold()
    ward.runtime.lock.write_text(json.dumps({"pid": 7}))
    found = only(daemon(ward.case()), "problem")
    assert "holds the lock and does not answer" in found.what
    assert "doctor --threads" in found.advice


def test_a_daemon_that_answers_with_nonsense(ward: Any, only: Any) -> None:
    ward.serve(status=lambda _: "idle")
    assert "nonsense" in only(daemon(ward.case()), "problem").what


def test_a_link_in_the_place_of_the_lock(ward: Any, only: Any) -> None:
    ward.runtime.lock.symlink_to("/etc/passwd")
    found = only(daemon(ward.case()), "problem")
    assert str(ward.runtime.lock) in found.what
    assert found.advice == f"remove {ward.runtime.directory}"
