from __future__ import annotations

import pytest

from dev_assistant.model import Priority, RelPath
from dev_assistant.schedule.priority import PriorityRules

RULES = PriorityRules(
    critical_patterns=("*auth*", "pay/*/ledger.py"),
    core_directories=("core", "src/domain/"),
    test_patterns=("test_*", "*_test.*", "tests/", "__spec*/"),
    document_patterns=("*.md", "docs/"),
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/views.py", Priority.NORMAL),
        ("views.py", Priority.NORMAL),
        ("app/oauth_flow.py", Priority.HIGH),
        ("app/OAuth.py", Priority.HIGH),
        ("authors/views.py", Priority.NORMAL),
        ("core/views.py", Priority.HIGH),
        ("lib/Core/deep/views.py", Priority.HIGH),
        ("core.py", Priority.NORMAL),
        ("score/views.py", Priority.NORMAL),
        ("src/domain/deep/order.py", Priority.HIGH),
        ("other/src/domain/order.py", Priority.NORMAL),
        ("pay/eu/ledger.py", Priority.HIGH),
        ("tests/auth.py", Priority.LOW),
        ("lib/tests/deep/auth.py", Priority.LOW),
        ("__specs__/auth.py", Priority.LOW),
        ("test_auth.py", Priority.LOW),
        ("core/auth_test.py", Priority.LOW),
        ("tests.py", Priority.NORMAL),
        ("contests/views.py", Priority.NORMAL),
        ("core/README.md", Priority.LOW),
        ("docs/auth.py", Priority.LOW),
        ("../common/lib/auth.py", Priority.HIGH),
        ("a\udcffb/auth\udcff.py", Priority.HIGH),
        ("line\nbreak/auth.py", Priority.HIGH),
    ],
)
def test_a_path_tells_its_priority(path: str, expected: Priority) -> None:
    assert RULES.of(RelPath(path)) is expected
    assert RULES.of(RelPath(path)) is expected  # from memory


def test_without_patterns_everything_is_normal() -> None:
    rules = PriorityRules(critical_patterns=(), core_directories=(), test_patterns=(), document_patterns=())
    assert rules.of(RelPath("core/test_auth.md")) is Priority.NORMAL
