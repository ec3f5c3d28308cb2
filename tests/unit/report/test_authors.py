from __future__ import annotations

import json

from dev_assistant.model import Counts
from dev_assistant.report.authors import Attribution, Share, authors_document, authors_section

NOON = 1_700_049_600.0
NOBODY = Share(Counts(), 0)


def test_the_document_has_the_most_findings_first():
    shares = {"Zoe": Share(Counts(lint=3), 2), "Ann|": Share(Counts(security=3), 1), "Bob": NOBODY}
    attribution = Attribution(shares, Share(Counts(lint=1), 1), {"why": 4})

    document = json.loads(authors_document(attribution, project="app", now=NOON))

    assert [row["author"] for row in document["authors"]] == ["Ann|", "Zoe", "Bob"]
    assert document["authors"][0]["findings"] == document["authors"][0]["counts"]["security"] == 3
    assert (document["uncommitted"]["lint"], document["unknown"]) == (1, {"why": 4})
    assert document["meta"] == {"generated_at": "2023-11-15T12:00:00+00:00"}


def test_the_section_escapes_names_and_tells_what_nobody_knows():
    attribution = Attribution({"A|<b>`": Share(Counts(lint=2), 1)}, NOBODY, {"no git repository": 1})
    assert authors_section(attribution) == [
        "## Whose lines",
        "",
        "| Author of the line | Findings | Security | Files |",
        "| --- | --: | --: | --: |",
        "| `` A\\|<b>` `` | 2 | 0 | 1 |",
        "",
        "- Of 1 finding nobody can say: `no git repository`",
    ]


def test_lines_that_are_not_committed_have_a_row():
    lines = authors_section(Attribution({}, Share(Counts(lint=2), 1), {}))
    assert lines[-1] == "| not committed yet | 2 | 0 | 1 |"


def test_many_authors_are_cut_and_counted():
    shares = {f"n{number}": Share(Counts(lint=1), 1) for number in range(25)}
    assert authors_section(Attribution(shares, NOBODY, {}))[-1] == "… and 5 more authors"


def test_nothing_to_say_is_no_section():
    assert authors_section(Attribution({}, NOBODY, {})) == []
