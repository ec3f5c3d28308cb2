from __future__ import annotations

from dev_assistant.model import FileState
from dev_assistant.report.recommend import recommendations


def only(view, **changed):
    return recommendations((view,), **changed)


def test_nothing_to_do_says_nothing(project, record):
    assert only(project(files={"a.py": record()})) == []


def test_frequent_rule_comes_with_its_command(project, record):
    assert only(project(files={"a.py": record(F401=2), "b.py": record(F401=1)})) == [
        (
            "Fix the 3 `F401` in 2 files of `backend`; "
            "what ruff can mend by itself: `ruff check --select F401 --fix`."
        )
    ]


def test_a_rule_that_ruff_does_not_know_comes_without(project, record):
    foreign = project(files={"a.py": record(verifier="deep", C901=1)})
    syntax = project(files={"a.py": record(**{"invalid-syntax": 1})})

    assert only(foreign) == ["Fix the 1 `C901` in 1 file of `backend`."]
    assert only(syntax) == ["Fix the 1 `invalid-syntax` in 1 file of `backend`."]


def test_failures_come_by_reason(project, record):
    files = {"a.py": record(FileState.FAILED, "hung"), "b.py": record(FileState.FAILED, "hung")}

    assert only(project(files=files)) == ["2 files of `backend` could not be verified: `hung`."]


def test_waiting_files_are_worth_a_wait(project, record):
    (sentence,) = only(project(files={"a.py": record(FileState.STALE), "b.py": record(FileState.PENDING)}))

    assert sentence.startswith("2 files not verified yet: `dev-assistant wait`")


def test_configuration_errors_come_first(project, record):
    view = project(files={"a.py": record(F401=1)}, config_errors=("pyproject.toml:3: bad",))

    first, second, _ = only(view, config_errors=("workspace.json:1: bad",))

    assert first.startswith("Correct the configuration: `workspace.json:1: bad`")
    assert second.startswith("Correct the configuration: `pyproject.toml:3: bad`")


def test_a_missing_directory_is_named(project):
    assert only(project(state="missing")) == [
        "Create the directory `/w/backend` of `backend`, or correct its path in `workspace.json`."
    ]


def test_watch_limit_and_lost_events_say_how(project, watch):
    blind = watch(overflows=1, uncovered=(("/a", "sysctl x=1"), ("/b", "sysctl x=1"), ("/c", "denied")))

    sentences = only(project(), watch=blind)

    assert (
        sentences[0]
        == "Changes in 2 directories without a watch are noticed by the audit alone: `sysctl x=1`."
    )
    assert sentences[1].endswith("by the audit alone: `denied`.")
    assert "`fs.inotify.max_queued_events`" in sentences[2]


def test_security_goes_before_style_and_names_the_file(project, record):
    view = project(files={"a.py": record(F401=9), "risky.py": record(S101=1)})

    assert only(view)[0] == "Look at the 1 security finding first, above all in `risky.py` of `backend`."


def test_a_very_low_score_is_a_place_to_start(project, record):
    bad = project(files={"bad.py": record(S101=4, C901=6)})

    assert only(bad)[-1] == "Start with `bad.py` of `backend`: its score of 3.00 is the lowest."


def test_there_are_at_most_eight(project, record):
    files = {f"{n}.py": record(FileState.FAILED, f"r{n}") for n in range(9)}
    files |= {"bad.py": record(S101=9, C901=9, F401=9, E501=9), "p.py": record(FileState.PENDING)}

    assert len(only(project(files=files, config_errors=("a", "b", "c", "d")))) == 8


def test_a_broken_tool_comes_once_for_all_that_it_cannot_judge(project, record):
    files = {"a.py": record(FileState.FAILED, "gone"), "b.py": record(FileState.FAILED, "too long")}
    views = [project(name, files, state="error", reasons=("gone",)) for name in ("a", "b")]

    first, *rest = recommendations(views)

    assert first == "Nothing of 2 projects can be judged: `gone`. `dev-assistant doctor` tries the tool."
    assert len(rest) == 2
    assert all("too long" in sentence for sentence in rest)


def test_of_parked_files_one_is_named(project):
    assert only(project(parked=("b.py", "a.py"))) == [
        "Change or exclude `a.py` of `backend` and 1 other file: it breaks what judges it."
    ]
