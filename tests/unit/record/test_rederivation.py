import msgspec
import pytest

from dev_assistant.model import FileRecord, FileState
from dev_assistant.ports import Evidence
from dev_assistant.record.chain import GENESIS
from dev_assistant.record.history import Told, told_by
from dev_assistant.record.lines import line_of
from dev_assistant.record.rederivation import Rederivation, Standing, rederive
from fakes.record import checked, digest, evidence, fresh


def told(entry: Evidence) -> dict[str, Told]:
    return dict(told_by("day", 7, line_of([entry], project="demo", place="x.0", prev=GENESIS)))


def with_findings(count: int) -> Evidence:
    return evidence("a.py")._replace(record=fresh(digest("k"), checked(count)))


def test_the_same_verdict_matches() -> None:
    assert rederive(told(with_findings(2)), [with_findings(2)], {}) == Rederivation(matched=1)


def test_another_verdict_on_the_same_bytes_differs_and_is_placed() -> None:
    (difference,) = rederive(told(with_findings(0)), [with_findings(2)], {}).differed

    assert (difference.file, difference.line) == ("day", 7)
    assert (difference.told, difference.found) == ("passed, 0 findings", "findings, 2 findings")


def test_other_counts_differ_too() -> None:
    assert len(rederive(told(with_findings(1)), [with_findings(2)], {}).differed) == 1


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("digest", digest("other"), "the bytes have changed since"),
        ("tools", (("ruff", "9.9", digest("c")),), "ruff was"),
        ("tools", (), "other verifiers judge it now"),
    ],
)
def test_what_has_changed_is_not_compared(field: str, value: object, why: str) -> None:
    result = rederive(told(with_findings(0)), [with_findings(2)._replace(**{field: value})], {})

    assert (result.matched, result.differed, result.failed) == (0, [], 0)
    (reason,) = result.left
    assert why in reason


def test_another_configuration_is_not_compared() -> None:
    then = with_findings(0)
    (name, version, _) = then.tools[0]
    result = rederive(told(then), [with_findings(2)._replace(tools=((name, version, digest("new")),))], {})

    assert [reason.partition(" (")[0] for reason in result.left] == [
        "what decides beside the bytes has changed"
    ]


def test_a_file_that_is_gone_and_one_that_cannot_be_judged_are_told_apart() -> None:
    gone = rederive(told(with_findings(0)), [], {})
    assert (gone.left, gone.failed) == ({"no file of the project any more": 1}, 0)

    failed = with_findings(0)._replace(record=FileRecord(FileState.FAILED, reason="ruff hangs"))
    result = rederive(told(with_findings(0)), [failed], {"a.py": Standing("failed", "ruff hangs")})
    assert (result.left, result.failed) == ({"failed: ruff hangs": 1}, 1)


def test_a_verdict_that_was_none_is_not_compared() -> None:
    then = {"a.py": told(with_findings(0))["a.py"]._replace(verdict="failed")}

    assert list(rederive(then, [with_findings(0)], {}).left) == ["was failed: no verdict to compare with"]


def test_the_whole_is_encodable() -> None:
    assert msgspec.json.encode(rederive(told(with_findings(0)), [with_findings(2)], {}).differed)
