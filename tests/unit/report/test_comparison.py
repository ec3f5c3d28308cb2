from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.report.comparison import Kind, compare, known

RULES = st.sampled_from(("F401", "F841", "S105", "E722"))
MESSAGES = st.sampled_from(("unused", "`x` from line 3", "13 > 10"))
PLACES = st.tuples(RULES, MESSAGES, st.integers(1, 500))


def build(finding, places):
    return [finding(rule, line, message=message) for rule, message, line in places]


def moved_lines(found, by: int):
    return [(rule, message, line + by) for rule, message, line in found]


def test_of_equal_findings_the_last_is_new(finding, judgement):
    before = judgement({("p", "a.py"): [finding(line=5), finding(line=9)]})
    after = judgement({("p", "a.py"): [finding(line=1), finding(line=5), finding(line=9)]})
    compared = compare(known(before), after, moved={})
    assert [located.finding.line for located in compared.new] == [9]
    assert compared.kept == 2


def test_what_is_no_more_is_fixed_as_often_as_it_was(finding, judgement):
    before = judgement({("p", "a.py"): [finding(line=5), finding(line=9)], ("p", "b.py"): [finding("E722")]})
    compared = compare(known(before), judgement({("p", "a.py"): []}), moved={})
    assert compared.fixed == (
        (("p", "a.py"), Kind("F401", "unused"), 2),
        (("p", "b.py"), Kind("E722", "unused"), 1),
    )


def test_a_file_that_was_not_moved_has_new_findings(finding, judgement):
    before = judgement({("p", "a.py"): [finding()]})
    after = judgement({("p", "b.py"): [finding()]})
    assert len(compare(known(before), after, moved={}).new) == 1
    assert compare(known(before), after, moved={("p", "b.py"): ("p", "a.py")}).new == ()


def test_what_files_have_in_common_goes_by_file_and_rule(finding, judgement):
    def copies(*others):
        return [finding("DA110", message=f"f has the same 9 statements as g ({other}:3)") for other in others]

    before = judgement({("p", "a.py"): []}, related={("p", "a.py"): copies("b.py")})
    moved = judgement({("p", "a.py"): []}, related={("p", "a.py"): copies("c.py")})
    more = judgement({("p", "a.py"): []}, related={("p", "a.py"): copies("b.py", "c.py")})
    assert compare(known(before), moved, moved={}).new == ()
    assert len(compare(known(before), more, moved={}).new) == 1


@settings(max_examples=30)
@given(
    old=st.lists(PLACES, min_size=40, max_size=40),
    other=st.lists(PLACES, max_size=10),
    new=st.tuples(st.sampled_from(("B006", "F401")), MESSAGES, st.integers(1, 500)),
    shift=st.integers(0, 99),
)
def test_one_finding_among_forty_in_a_moved_file_is_exactly_the_new_one(
    finding, judgement, *, old, other, new, shift
) -> None:
    """The file is moved and shifted, another one is reformatted, and one finding comes in."""
    before = judgement({("p", "a.py"): build(finding, old), ("p", "b.py"): build(finding, other)})
    after = judgement(
        {
            ("p", "pkg/c.py"): build(finding, [*moved_lines(old, shift), new]),
            ("p", "b.py"): build(finding, moved_lines(other, -shift)),
        }
    )
    compared = compare(known(before), after, moved={("p", "pkg/c.py"): ("p", "a.py")})
    assert [located.key for located in compared.new] == [("p", "pkg/c.py")]
    (located,) = compared.new
    assert (located.finding.rule, located.finding.message) == new[:2]
    assert compared.fixed == ()
    assert compared.kept == len(old) + len(other)


def test_a_message_that_names_its_own_file_is_the_same_after_a_move(finding, judgement):
    before = judgement({("p", "a.py"): [finding("INP001", message="File `a.py` has no package")]})
    after = judgement({("p", "x/b.py"): [finding("INP001", message="File `x/b.py` has no package")]})
    assert compare(known(before), after, moved={("p", "x/b.py"): ("p", "a.py")}).new == ()
