from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from dev_assistant.errors import UserError
from dev_assistant.model import FileState, Measure, Part, Summary
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import check_document, read_results, relative_root
from dev_assistant.report.merge import result, result_of, results_of


@pytest.fixture
def results(finding, record):
    files = [
        result_of(
            record(F401=2), [finding(line=9), finding(line=2)], project="b", path="y.py", verified_at=5.0
        ),
        result_of(record(), [], project="b", path="a\udcff.py", verified_at=6.0),
        result_of(record(FileState.FAILED, "hung"), [], project="a", path="z.py", verified_at=7.0),
    ]
    return results_of({"b": "b", "a": "a", "empty": "empty"}, files)


def as_json(document):
    return json.loads(encode(document))


def test_what_files_have_in_common_stands_below_them_and_comes_back(finding, record):
    together = finding("DA109", line=4, message="f has the same 12 statements as g (b.py:3)")
    deep = Part("deep", "0" * 32, Summary("checked"), b"outline")
    analysed = replace(record(), parts=(deep,))
    files = [
        result_of(analysed, [], project="p", path="a.py", verified_at=1.0, related=[together]),
        result_of(record(), [], project="p", path="b.py", verified_at=1.0),
        result_of(
            replace(analysed, state=FileState.STALE),
            [],
            project="p",
            path="c.py",
            verified_at=1.0,
            related=[together],
        ),
    ]
    results = results_of({"p": "."}, files)
    document = as_json(check_document(results, meta={}))

    (row,) = document["project_findings"]
    assert (row["project"], row["path"], row["rule"], row["line"]) == ("p", "a.py", "DA109", 4)
    assert [file["analysed"] for file in document["files"]] == [True, False, False]
    assert document["summary"]["findings"] == 0
    assert document["files"][0]["score"] == 10.0
    assert read_results(json.dumps(document).encode(), source="x") == results


def test_a_document_without_what_files_have_in_common_is_read(results):
    document = as_json(check_document(results, meta={}))
    del document["project_findings"]
    assert read_results(json.dumps(document).encode(), source="x") == results


def test_a_pass_takes_a_proof_of_the_whole(finding, record):
    clean = results_of({"p": "."}, [result_of(record(), [], project="p", path="a.py", verified_at=1.0)])
    bad = result_of(record(F401=1), [finding()], project="p", path="a.py", verified_at=1.0)
    found = results_of({"p": "."}, [bad])
    for doubt in (
        {"settled": False},
        {"missing": ["/w/gone"]},
        {"missing_shards": ["p 2/2"]},
        {"config_errors": ["x"]},
    ):
        meta = {"settled": True, **doubt}
        assert check_document(clean, meta=meta).summary.passed is None
        assert check_document(found, meta=meta).summary.passed is False
    assert check_document(clean, meta={"settled": True}).summary.passed is True


def test_check_document_has_the_promised_form(results):
    document = as_json(check_document(results, meta={"workers": 2}))

    assert list(document) == ["schema", "meta", "summary", "projects", "files", "project_findings"]
    assert document["schema"] == "dev-assistant/check@1"
    assert document["meta"] == {"workers": 2, "verified_at": [7.0, 6.0, 5.0]}
    assert document["summary"] == {
        "files": 3,
        "fresh": 2,
        "stale": 0,
        "pending": 0,
        "failed": 1,
        "skipped": 0,
        "passed": None,
        "findings": 2,
        "counts": {"lint": 2, "design": 0, "security": 0, "unfinished": 0},
        "score": 9.8,
        "rating": ["2 lint findings: -0.2"],
    }
    assert [row["name"] for row in document["projects"]] == ["a", "b", "empty"]
    assert document["projects"][1] == {
        "name": "b",
        "root": "b",
        "files": 2,
        "fresh": 2,
        "stale": 0,
        "pending": 0,
        "failed": 0,
        "skipped": 0,
        "passed": False,
        "findings": 2,
        "counts": {"lint": 2, "design": 0, "security": 0, "unfinished": 0},
        "score": 9.8,
        "rating": ["2 lint findings: -0.2"],
    }
    assert [file["path"] for file in document["files"]] == ["z.py", "a\\xff.py", "y.py"]


def test_a_number_that_was_measured_goes_along(finding):
    measured = finding("DA120", measure=Measure("A.f", 21, 15)), finding("F401", line=2)
    file = result(measured, project="a", path="x.py", state=FileState.FRESH, verified_at=1.0, reason="")
    results = results_of({"a": "a"}, [file])
    data = encode(check_document(results, meta={}))

    first, second = json.loads(data)["files"][0]["findings"]
    assert first["measure"] == {"function": "A.f", "value": 21, "limit": 15}
    assert "measure" not in second
    assert read_results(data, source="x.json") == results


def test_passed_and_score_are_null_unless_fresh(results):
    failed, clean, found = as_json(check_document(results, meta={}))["files"]

    assert (failed["state"], failed["passed"], failed["score"], failed["reason"]) == (
        "failed",
        None,
        None,
        "hung",
    )
    assert (clean["passed"], clean["score"]) == (True, 10.0)
    assert (found["passed"], found["score"]) == (False, 9.6)


def test_findings_are_in_order_and_named(results):
    found = as_json(check_document(results, meta={}))["files"][2]["findings"]

    assert [finding["line"] for finding in found] == [2, 9]
    assert len({finding["id"] for finding in found}) == 2
    assert list(found[0]) == [
        "id",
        "rule",
        "category",
        "severity",
        "line",
        "column",
        "end_line",
        "end_column",
        "message",
        "fixable",
    ]


def test_the_body_does_not_know_when_or_where(finding, record):
    def run(at, files):
        made = [result_of(record(), [], project="p", path=path, verified_at=at) for path in files]
        document = as_json(check_document(results_of({"p": "."}, made), meta={"host": at}))
        del document["meta"]
        return document

    assert run(1.0, ["a.py", "b.py"]) == run(2.0, ["b.py", "a.py"])


def test_results_come_back_from_their_document(results):
    data = encode(check_document(results, meta={}, schema="results"), indent=1)

    assert json.loads(data)["schema"] == "dev-assistant/results@1"
    assert read_results(data, source="r.json") == results


def test_totals_in_a_document_are_not_believed(results):
    forged = as_json(check_document(results, meta={}))
    forged["summary"]["passed"] = True
    forged["files"][0] |= {"passed": True, "score": 10.0}

    again = as_json(check_document(read_results(json.dumps(forged).encode(), source="r.json"), meta={}))

    assert again["summary"]["passed"] is None
    assert again["files"][0]["passed"] is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda document: document.update(schema="dev-assistant/status@1"),
        lambda document: document["meta"].update(verified_at=[1.0]),
        lambda document: document["meta"].pop("verified_at"),
        lambda document: document["files"][0].update(state="green"),
        lambda document: document.pop("files"),
    ],
)
def test_a_document_that_cannot_be_trusted_is_the_users_to_mend(results, damage):
    document = as_json(check_document(results, meta={}))
    damage(document)

    with pytest.raises(UserError, match=r"^r\.json is not a results document"):
        read_results(json.dumps(document).encode(), source="r.json")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"schema": "\xff"}'])
def test_what_is_not_json_is_told(data):
    with pytest.raises(UserError, match="is not a results document"):
        read_results(data, source="r.json")


def test_a_files_order_in_the_document_is_free(finding):
    file = result(
        [finding(line=3), finding(line=1)],
        project="p",
        path="x",
        state=FileState.FRESH,
        verified_at=None,
        reason="",
    )
    document = as_json(check_document(results_of({}, [file]), meta={}))
    document["files"][0]["findings"].reverse()

    assert read_results(json.dumps(document).encode(), source="r").files["p", "x"] == file


def test_roots_are_relative_to_the_workspace():
    assert relative_root("/w/a/b", workspace="/w") == "a/b"
    assert relative_root("/w", workspace="/w") == "."
    assert relative_root("/other/\udcff", workspace="/w") == "../other/\\xff"
