from __future__ import annotations

import pytest

from dev_assistant.model import Priority, RelPath
from dev_assistant.schedule.priority import Kind, PriorityRules

RULES = PriorityRules(
    critical_patterns=("*auth*", "pay/*/ledger.py"),
    core_directories=("core", "src/domain/"),
    test_patterns=("test_*", "*_test.*", "tests/", "__spec*/"),
    document_patterns=("*.md", "docs/"),
)


@pytest.mark.parametrize(
    ("path", "name", "directory"),
    [
        ("app/views.py", None, None),
        ("views.py", None, None),
        ("app/oauth_flow.py", "*auth*", None),
        ("app/OAuth.py", "*auth*", None),
        ("authors/views.py", None, None),
        ("core/views.py", None, "core/"),
        ("core/auth.py", "*auth*", "core/"),
        ("lib/Core/deep/views.py", None, "core/"),
        ("core.py", None, None),
        ("score/views.py", None, None),
        ("src/domain/deep/order.py", None, "src/domain/"),
        ("other/src/domain/order.py", None, None),
        ("pay/eu/ledger.py", "pay/*/ledger.py", None),
        ("../common/lib/auth.py", "*auth*", None),
        ("a\udcffb/auth\udcff.py", "*auth*", None),
        ("line\nbreak/auth.py", "*auth*", None),
    ],
)
def test_a_path_tells_what_is_critical_about_it(path: str, name: str | None, directory: str | None) -> None:
    for _ in range(2):  # the second time from memory
        assert RULES.critical_name(RelPath(path)) == name
        assert RULES.core_directory(RelPath(path)) == directory


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("app/views.py", Kind.SOURCE),
        ("tests/auth.py", Kind.TEST),
        ("lib/tests/deep/auth.py", Kind.TEST),
        ("__specs__/auth.py", Kind.TEST),
        ("test_auth.py", Kind.TEST),
        ("core/auth_test.py", Kind.TEST),
        ("tests.py", Kind.SOURCE),
        ("contests/views.py", Kind.SOURCE),
        ("core/README.md", Kind.DOCUMENT),
        ("docs/auth.py", Kind.DOCUMENT),
        ("docs/test_examples.py", Kind.TEST),
    ],
)
def test_a_path_tells_what_it_is_for(path: str, kind: Kind) -> None:
    assert RULES.kind(RelPath(path)) is kind


@pytest.mark.parametrize("critical", [False, True])
def test_tests_and_documents_are_last_whatever_else_is_said(critical: bool) -> None:
    assert RULES.of(RelPath("core/test_auth.py"), critical=critical) is Priority.LOW
    assert RULES.of(RelPath("core/auth.md"), critical=critical) is Priority.LOW


def test_critical_sources_are_first() -> None:
    assert RULES.of(RelPath("a.py"), critical=True) is Priority.HIGH
    assert RULES.of(RelPath("core/auth.py"), critical=False) is Priority.NORMAL


def test_without_patterns_nothing_is_told() -> None:
    rules = PriorityRules(critical_patterns=(), core_directories=(), test_patterns=(), document_patterns=())
    path = RelPath("core/test_auth.md")
    assert (rules.kind(path), rules.critical_name(path), rules.core_directory(path)) == (
        Kind.SOURCE,
        None,
        None,
    )
