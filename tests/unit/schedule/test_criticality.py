"""The classifier: the weights to the letter, and what must hold whatever the settings are."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.imports import imported_modules
from dev_assistant.model import Priority, RelPath
from dev_assistant.schedule.criticality import CriticalityRules, Weights
from dev_assistant.schedule.priority import PriorityRules

PATHS = PriorityRules(
    critical_patterns=("*auth*", "*token*"),
    core_directories=("core",),
    test_patterns=("test_*", "tests/"),
    document_patterns=("*.md",),
)
WEIGHTS = Weights(name=0.4, imports=0.3, changes=0.2, directory=0.1)


def rules(
    *,
    weights: Weights = WEIGHTS,
    changed_lines: int = 100,
    threshold: float = 0.5,
) -> CriticalityRules:
    imports = ("hashlib", "xml.sax")
    return CriticalityRules(
        PATHS, critical_imports=imports, weights=weights, changed_lines=changed_lines, threshold=threshold
    )


@pytest.mark.parametrize(
    ("path", "imports", "changed", "score", "critical"),
    [
        ("a.py", [], None, 0.0, False),
        ("auth.py", [], None, 0.4, False),
        ("core/a.py", [], None, 0.1, False),
        ("core/auth.py", [], None, 0.5, True),
        ("a.py", ["os", "hashlib"], None, 0.3, False),
        ("a.py", ["hashlib"], 101, 0.5, True),
        ("a.py", ["hashlib"], 100, 0.3, False),
        ("core/a.py", ["hashlib"], 0, 0.4, False),
        ("core/a.py", ["hashlib"], 101, 0.6, True),
        ("core/auth_token.py", ["hashlib", "xml.sax"], 1000, 1.0, True),
        ("a.py", ["xml"], None, 0.0, False),
        ("a.py", ["xml.sax.handler"], None, 0.3, False),
        ("a.py", ["hashlib2", "my.hashlib", ""], None, 0.0, False),
    ],
)
def test_points_add_up(
    path: str, imports: list[str], changed: int | None, score: float, critical: bool
) -> None:
    found = rules().classify(RelPath(path), imports=imports, changed_lines=changed)
    assert (found.score, found.is_critical) == (score, critical)
    assert isinstance(found.score, float)
    assert bool(found.reasons) is (score > 0)


def test_each_fact_has_its_reason() -> None:
    found = rules().classify(RelPath("core/auth.py"), imports=["xml.sax.handler"], changed_lines=1430)
    assert found.reasons == (
        "name matches *auth*: 0.4",
        "imports xml.sax: 0.3",
        "1,430 lines changed since HEAD: 0.2",
        "in core/: 0.1",
    )


def test_a_pattern_in_a_reason_is_short_and_one_line() -> None:
    paths = PriorityRules(
        critical_patterns=("*\x1b[2J" + "*" * 500,),
        core_directories=(),
        test_patterns=(),
        document_patterns=(),
    )
    strange = CriticalityRules(
        paths, critical_imports=(), weights=Weights(1, 0, 0, 0), changed_lines=0, threshold=1
    )
    (reason,) = strange.classify(RelPath("\x1b[2J.py")).reasons
    assert reason.startswith("name matches *\\x1b[2J**")
    assert len(reason) < 100


@pytest.mark.parametrize(
    ("path", "imports", "expected"),
    [
        ("core/auth.py", [], Priority.HIGH),
        ("auth.py", [], Priority.NORMAL),
        ("auth.py", ["hashlib"], Priority.HIGH),
        ("core/test_auth.py", ["hashlib"], Priority.LOW),
        ("core/auth.md", [], Priority.LOW),
    ],
)
def test_critical_files_are_first(path: str, imports: list[str], expected: Priority) -> None:
    assert rules().priority(RelPath(path), imports=imports) is expected


def test_a_fact_without_weight_is_no_reason() -> None:
    weights = Weights(name=0.0, imports=0.5, changes=0.0, directory=0.0)
    assert rules(weights=weights).classify(RelPath("core/auth.py"), changed_lines=500).reasons == ()


def test_a_threshold_of_nothing_makes_every_source_critical() -> None:
    assert rules(threshold=0.0).classify(RelPath("a.py")).is_critical
    assert not rules(threshold=0.0).classify(RelPath("tests/a.py")).is_critical


WEIGHT = st.floats(0, 1)
ALL_RULES = st.builds(
    rules,
    weights=st.builds(Weights, name=WEIGHT, imports=WEIGHT, changes=WEIGHT, directory=WEIGHT),
    changed_lines=st.integers(0, 300),
    threshold=WEIGHT,
)
PIECES = st.sampled_from(["core/", "tests/", "test_", "auth", "a", ".py", ".md", "/", "\n", "\udcff"])
PATHS_OF_FILES = st.lists(PIECES, max_size=6).map("".join)
IMPORTS = st.lists(st.sampled_from(["os", "hashlib", "hashlib.x", "xml", "xml.sax", "", ".", "a..b"]))
CHANGED = st.none() | st.integers(0, 1000)


@settings(max_examples=40)
@given(ALL_RULES, PATHS_OF_FILES, IMPORTS, CHANGED)
def test_the_score_is_a_share_and_decides(
    made: CriticalityRules, path: str, imports: list[str], changed: int | None
) -> None:
    found = made.classify(RelPath(path), imports=imports, changed_lines=changed)
    assert 0.0 <= found.score <= 1.0
    assert found == made.classify(RelPath(path), imports=imports, changed_lines=changed)


@settings(max_examples=40)
@given(ALL_RULES, PATHS_OF_FILES, st.tuples(IMPORTS, IMPORTS), st.integers(0, 1000), st.integers(0, 1000))
def test_more_facts_never_make_a_file_less_critical(
    made: CriticalityRules, path: str, both: tuple[list[str], list[str]], changed: int, further: int
) -> None:
    imports, more = both
    scores = [
        made.classify(RelPath(path), imports=imported, changed_lines=lines).score
        for imported, lines in [
            (imports, None),
            (imports, changed),
            (imports + more, changed),
            (imports + more, changed + further),
        ]
    ]
    assert scores == sorted(scores)


@settings(max_examples=40)
@given(ALL_RULES, PATHS_OF_FILES, IMPORTS, CHANGED)
def test_tests_are_never_critical(
    made: CriticalityRules, path: str, imports: list[str], changed: int | None
) -> None:
    found = made.classify(RelPath(f"tests/{path}"), imports=imports, changed_lines=changed)
    assert (found.score, found.is_critical) == (0.0, False)
    assert found.reasons == ("is a test: never critical",)


WORDS = [
    "import ",
    "from ",
    "hashlib",
    "xml",
    ".",
    " . ",
    "\\\n",
    "sax",
    "handler",
    "\n",
    " as b",
    '"',
    "\uff53ax",
    "ha",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
@example("from xml \\\n . sax import handler")
@example("import xml.\uff53ax")
@example("import hashlib as b")
def test_what_may_not_import_imports_nothing_critical(source: str) -> None:
    data = source.encode()
    assert rules().may_import(data) or not rules().critical_import(imported_modules(data))


def test_most_sources_need_not_be_read() -> None:
    assert not rules().may_import(b"import xml.dom\n")
    assert rules().may_import(b"import xml.sax\n")
