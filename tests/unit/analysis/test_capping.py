"""A rule that finds too much says how much."""

from dev_assistant.analysis.capping import LONGEST_MESSAGE, capped
from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.text_rules import BIDI, NUL
from dev_assistant.model import Finding


def findings(count: int, message: str = "again") -> list[Finding]:
    return [BIDI.at(Span(line, 1, line, 2), message) for line in range(1, count + 1)]


def test_as_many_as_allowed_are_left_alone() -> None:
    assert list(capped(findings(3), most=3)) == findings(3)


def test_the_last_one_counts_what_is_left_out_and_other_rules_are_not_affected() -> None:
    other = NUL.at(Span(9, 1, 9, 2), "once")
    *kept, last = capped([*findings(7), other], most=3)
    assert kept == [*findings(2), other]
    assert (last.line, last.message) == (3, "again (and 4 more of this rule)")


def test_whoever_finds_far_too_much_is_not_asked_for_the_rest() -> None:
    source = iter([*findings(10), NUL.at(Span(9, 1, 9, 2), "once")])
    assert [found.message for found in capped(source, most=2, counted=5)] == [
        "again",
        "again (and 3 or more: not read on)",
    ]
    assert len(list(source)) == 6


def test_a_long_message_makes_room() -> None:
    (last,) = capped(findings(5, "x" * LONGEST_MESSAGE), most=1)
    assert len(last.message) == LONGEST_MESSAGE
    assert last.message.endswith("x (and 4 more of this rule)")
