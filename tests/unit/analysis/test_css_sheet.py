"""From text to blocks and declarations."""

from dev_assistant.analysis.css_sheet import Block, Kind, Sheet, canonical


def blocks(text: str) -> list[Block]:
    return list(Sheet(text).blocks())


def test_blocks_come_in_the_order_of_their_opening() -> None:
    found = blocks("a { b { } c { d { } } } e { }")
    assert [canonical(block.prelude) for block in found] == ["a", "b", "c", "d", "e"]
    assert [block.parent is not None for block in found] == [False, True, True, True, False]


def test_kinds() -> None:
    text = "a { } @media x { } @-webkit-keyframes y { } @font-face { } @unheard-of { }"
    kinds = [Kind.STYLE, Kind.GROUP, Kind.KEYFRAMES, Kind.DESCRIPTORS, Kind.DESCRIPTORS]
    assert [block.kind for block in blocks(text)] == kinds


def test_declarations() -> None:
    (block,) = blocks("a { TOP: 0 ! important; --X: { a: b }; left:1px }")
    found = [(d.name, canonical(d.value), d.important) for d in block.declarations]
    assert found == [("top", "0", True), ("--X", "{ a: b }", False), ("left", "1px", False)]


def test_a_pseudo_class_is_no_declaration() -> None:
    outer, inner = blocks("a { b:hover { top: 0 } }")
    assert (outer.declarations, outer.has_rules, len(inner.declarations)) == ([], True, 1)


def test_the_innermost_open_block_is_told() -> None:
    (mistake,) = Sheet("a {\n b {").mistakes
    assert (mistake.line, mistake.column, mistake.message) == (2, 4, "{} is never closed")


def test_what_nests_too_deeply_to_be_written_has_no_text() -> None:
    (block,) = blocks("a { top: " + "(" * 5000)
    assert canonical(block.declarations[0].value) is None
