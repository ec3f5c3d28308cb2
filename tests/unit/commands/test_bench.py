from dev_assistant.commands.bench import document, told
from dev_assistant.diagnosis.speed import Measurement, Trial

WHOLE = Measurement("everything", (30.0, 10.0, 20.0), "ruff check", (10.0, 10.0, 16.0), cut=False)
CUT = Measurement("a save", (), "ruff check FILE", (), cut=True)


def test_medians_stand_beside_those_of_ruff() -> None:
    lines = told(Trial(1_200, 1_000, 0, (WHOLE,)))

    assert lines[0] == "1,200 files, 1,000 of them Python; medians in ms"
    assert lines[1].split() == ["everything", "20.0", "ruff", "check", "10.0", "2.00", "times"]
    assert len(lines) == 2


def test_what_was_not_in_time_and_what_was_left_out_is_told() -> None:
    lines = told(Trial(5, 4, 3, (WHOLE, CUT)))

    assert "3 outside of the workspace left out" in lines[0]
    assert lines[2].endswith("not in time")
    assert "--seconds" in lines[3]


def test_the_document_has_every_sample_and_says_whether_it_is_whole() -> None:
    found = document(Trial(5, 4, 0, (WHOLE, CUT)))

    assert found["schema"] == "dev-assistant/bench@1"
    assert (found["files"], found["python_files"], found["left_out"]) == (5, 4, 0)
    assert found["meta"]["complete"] is False
    first, second = found["meta"]["measurements"]
    assert (first["ms"], first["p50_ms"], first["beside_p50_ms"]) == ((30.0, 10.0, 20.0), 20.0, 10.0)
    assert second["p50_ms"] is None
