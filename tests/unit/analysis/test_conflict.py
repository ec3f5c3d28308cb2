"""Only a whole conflict is one."""

from dev_assistant.analysis.conflict import conflicts

OURS, MIDDLE, THEIRS = "<" * 7 + " HEAD\n", "=" * 7 + "\n", ">" * 7 + " branch\n"


def lines(text: str, *, markdown: bool = False) -> list[tuple[int, int, int]]:
    return [
        (
            text.count("\n", 0, found.begin) + 1,
            text.count("\n", 0, found.middle) + 1,
            text.count("\n", 0, found.last) + 1,
        )
        for found in conflicts(text, markdown=markdown)
    ]


def test_conflicts_as_git_and_diff3_write_them() -> None:
    assert lines(f"a\n{OURS}b\n{MIDDLE}c\n{THEIRS}d\n") == [(2, 4, 6)]
    base = "|" * 7 + " base\n"
    assert lines(f"{OURS}b\n{base}x\n{MIDDLE}c\n{THEIRS}" * 2) == [(1, 5, 7), (8, 12, 14)]
    assert lines(f"{OURS}{MIDDLE}{THEIRS}".replace("\n", "\r\n")) == [(1, 2, 3)]


def test_parts_of_one_are_none() -> None:
    assert lines(f"Heading\n{MIDDLE}text\n") == []
    assert lines(f"{OURS}{THEIRS}{MIDDLE}") == []
    assert lines(f"{MIDDLE}{OURS}{THEIRS}") == []
    assert lines(f"    {OURS}    {MIDDLE}    {THEIRS}") == []
    assert lines(f"{OURS}{'=' * 8}\n{THEIRS}{MIDDLE}") == []


def test_a_heading_inside_does_not_hide_it() -> None:
    assert lines(f"{OURS}Title\n{MIDDLE}{MIDDLE}{THEIRS}") == [(1, 3, 5)]


def test_a_fenced_block_of_markdown_shows_one() -> None:
    shown = f"```\n{OURS}{MIDDLE}{THEIRS}```\n"
    assert lines(shown, markdown=True) == []
    assert lines(shown) == [(2, 3, 4)]
    assert lines(shown + OURS + MIDDLE + THEIRS, markdown=True) == [(6, 7, 8)]
