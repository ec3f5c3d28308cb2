"""What every verifier promises, whatever it runs."""

from __future__ import annotations

import pytest

from dev_assistant.model import Failed, Moved, RelPath, Urgency
from dev_assistant.ports import Included
from dev_assistant.verify.registry import verifiers
from unit.verify.judging import directories, job, judge, project, write

SAMPLES = {
    "ruff": ("a.py", "import os\n"),
    "oxlint": ("a.js", "debugger;\n"),
    "rumdl": ("a.md", "[a]()\n"),
    "css": ("a.css", "a { colour: red }\n"),
    "html": ("a.html", "<img src=a>\n"),
    "data": ("a.json", '{"a": 1, "a": 2}\n'),
    "text": ("a.txt", "<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n"),
    "deep": ("a.py", "def f():\n    raise NotImplementedError\n"),
}
"""For each verifier a file that it has something to say of."""


@pytest.fixture(name="verifier", params=[verifier.name for verifier in verifiers(timeout_seconds=1.0)])
def _verifier(request):
    every = {verifier.name: verifier for verifier in verifiers(timeout_seconds=30.0)}
    yield every[request.param]
    for verifier in every.values():
        verifier.close()


@pytest.fixture(name="path")
def _path(tmp_path, verifier):
    name, text = SAMPLES[verifier.name]
    write(tmp_path, {name: text, "sub/" + name: text})
    return name


@pytest.fixture(name="beside")
def _beside(tmp_path, path):
    """What a verifier may build on: the scope of ruff, which comes first."""
    first, *_ = verifiers(timeout_seconds=30.0)
    yield {first.name: first.scope(project(tmp_path), directories(tmp_path))}
    first.close()


@pytest.fixture(name="scope")
def _scope(tmp_path, verifier, path, beside):
    return verifier.scope(project(tmp_path), directories(tmp_path), beside=beside)


def test_every_job_has_one_result(tmp_path, verifier, scope, path):
    for urgency in Urgency:
        jobs = [job(scope, path, urgency), job(scope, "sub/" + path, urgency)]
        results = verifier.verify(project(tmp_path), scope, jobs)
        assert sorted(results, key=lambda r: r.job.path) == sorted(results, key=lambda r: jobs.index(r.job))
        assert {result.job for result in results} == set(jobs)
        assert all(result.duration_ms >= 0 for result in results)


def test_the_same_bytes_have_the_same_verdict_whoever_waits(tmp_path, verifier, scope, path):
    verdicts = [judge(verifier, project(tmp_path), scope, [path], urgency) for urgency in Urgency]
    assert verdicts[0] == verdicts[1]
    assert verdicts[0][path].findings


def test_a_file_that_changed_or_went_gives_no_verdict(tmp_path, verifier, scope, path):
    for urgency in Urgency:
        asked = [job(scope, path, urgency), job(scope, "sub/" + path, urgency)]
        (tmp_path / path).write_text(f"# changed for {urgency}\n")
        (tmp_path / "sub" / path).unlink()
        assert [r.verdict for r in verifier.verify(project(tmp_path), scope, asked)] == [Moved(), Moved()]
        write(tmp_path, {"sub/" + path: SAMPLES[verifier.name][1]})


def test_claims_and_digests_are_stable(tmp_path, verifier, scope, path, beside):
    again = verifier.scope(project(tmp_path), directories(tmp_path), beside=beside)
    assert again.digest == scope.digest
    assert again.claims(RelPath(path)) == scope.claims(RelPath(path))
    assert isinstance(scope.claims(RelPath(path)), Included)
    assert verifier.handles(RelPath(path))


def test_a_file_of_no_interest_is_not_claimed(scope):
    assert scope.claims(RelPath("picture.png")) is None


def test_the_version_is_known(verifier):
    assert verifier.version()
    assert verifier.version() == verifier.version()


def test_closing_twice_is_fine_and_work_can_go_on(tmp_path, verifier, scope, path):
    verifier.close()
    verifier.close()
    [result] = verifier.verify(project(tmp_path), scope, [job(scope, path, Urgency.INTERACTIVE)])
    assert not isinstance(result.verdict, (Failed, Moved))


def test_nothing_is_written_into_the_tree(tmp_path, verifier, scope, path):
    before = sorted(tmp_path.rglob("*"))
    for urgency in Urgency:
        judge(verifier, project(tmp_path), scope, [path], urgency)
    assert sorted(tmp_path.rglob("*")) == before
