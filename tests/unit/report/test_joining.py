from __future__ import annotations

import random

import pytest

from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.outline import pack
from dev_assistant.analysis.structure.relations import Index
from dev_assistant.errors import UserError
from dev_assistant.model import FileState, RelPath
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import check_document, read_document
from dev_assistant.report.joining import joined
from dev_assistant.report.merge import result, results_of
from dev_assistant.report.sharding import WHOLE, Shard

BODY = "def f(x, y):\n" + "".join(f"    x.do_{step}(y)\n" for step in range(12))
SOURCES = {RelPath(f"m{n}.py"): BODY if n % 3 == 0 else f"x = {n}\n" for n in range(12)}
OUTLINES = {path: pack(analyse(text.encode(), {}).outline) for path, text in SOURCES.items()}


def run(finding, part=WHOLE, *, at=1.0, line=1, **meta):
    """The document that the run of a part of the sources gives, as it is read from a file."""
    index = Index()
    index.update(OUTLINES)
    related = index.relations().findings if part == WHOLE else {}
    files = [
        result(
            [finding(line=line)],
            project="app",
            path=path,
            state=FileState.FRESH,
            verified_at=None,
            reason="",
            analysed=True,
            related=related.get(path, ()),
            outline=b"" if part == WHOLE else OUTLINES[path],
        )
        for path in SOURCES
        if part.holds("app", path)
    ]
    shards = {} if part == WHOLE else {"app": frozenset({part})}
    results = results_of({"app": "."}, files, shards)
    told = {"settled": True, "generated_at": at, "missing": [], "config_errors": [], **meta}
    return read_document(encode(check_document(results, meta=told)), source="r")


def join(*documents):
    named = [(f"r{n}", document) for n, document in enumerate(documents)]
    return read_document(encode(joined(named, now=9.0)), source="joined")


def body(document):
    return encode([document.summary, document.projects, document.files, document.project_findings])


def thirds(finding):
    return [run(finding, Shard(index, 3)) for index in (1, 2, 3)]


def test_three_thirds_are_the_whole_with_what_files_have_in_common(finding):
    whole = run(finding)
    assert {row.path for row in whole.project_findings} == {"m0.py", "m3.py", "m6.py", "m9.py"}
    assert body(join(*thirds(finding))) == body(whole)
    assert b'"shards"' not in encode(join(*thirds(finding)))


def test_order_repetition_and_grouping_change_nothing(finding):
    one, two, three = thirds(finding)
    whole = body(join(one, two, three))

    for seed in range(5):
        parts = [one, two, three, two]
        random.Random(seed).shuffle(parts)
        assert body(join(*parts)) == whole
        assert body(join(join(*parts[:2]), join(*parts[2:]))) == whole
    assert body(join(join(one, two, three), join(one, two, three))) == whole


def test_a_missing_part_is_told_and_can_come_later(finding):
    one, two, three = thirds(finding)
    partial = join(three, one)

    assert partial.meta["missing_shards"] == ["app 2/3"]
    assert [(row.index, row.of) for row in partial.shards] == [(1, 3), (3, 3)]
    assert body(join(partial, two)) == body(run(finding))


def test_the_newer_run_of_a_file_wins(finding):
    old, new = run(finding, at=1.0, line=7), run(finding, at=2.0, line=3)
    assert body(join(new, old)) == body(join(old, new)) == body(new)


def test_what_one_run_could_not_do_is_not_forgotten(finding):
    good, late = run(finding), run(finding, settled=False, missing=["/w/gone"])

    assert join(good).meta["settled"] is True
    assert join(good, late).meta["settled"] is False
    assert join(late, good).meta["missing"] == ["/w/gone"]


@pytest.mark.parametrize(
    ("meta", "told"), [({"verified_at": [1.0]}, "1 times"), ({"verified_at": 3}, "array")]
)
def test_times_that_do_not_fit_are_refused(finding, meta, told):
    document = run(finding)
    document.meta.update(meta)
    with pytest.raises(UserError, match=told):
        joined([("r.json", document)], now=1.0)
