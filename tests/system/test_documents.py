"""What the documents say is what the code has: settings, commands, modules, statuses, links."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import dev_assistant
from dev_assistant.analysis.catalogue import RULES
from dev_assistant.cli import COMMANDS
from dev_assistant.model import WEIGHTS, Category
from dev_assistant.settings.fields import Settings, is_workspace_wide, unit_of
from dev_assistant.settings.reference import default_of
from dev_assistant.verify.categories import category

REPOSITORY = Path(__file__).resolve().parents[2]
README = REPOSITORY / "README.md"
ARCHITECTURE = REPOSITORY / "daemon" / "ARCHITECTURE.md"
PACKAGE = REPOSITORY / "daemon" / "dev_assistant"
DECISIONS = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
GUIDES = sorted((REPOSITORY / "docs").glob("*.md"))
DOCUMENTS = [README, ARCHITECTURE, REPOSITORY / "CHANGELOG.md", *DECISIONS, *GUIDES]
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
LONG = 60  # characters of a default that still fits a table

LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def default_cell(name: str) -> str:
    default = default_of(name)
    text = "{}" if isinstance(default, Mapping) and not default else json.dumps(default)
    if isinstance(default, list) and len(text) > LONG:
        return f"[{len(default)} entries](config/default.toml)"
    return f"`{text}`"


def setting_row(name: str) -> str:
    """The setting's row in the README's table."""
    description = str(Settings.model_fields[name].description).replace("|", "\\|")
    place = "workspace" if is_workspace_wide(name) else "project"
    unit = unit_of(name) or "-"
    return f"| `{name}` | {default_cell(name)} | {unit} | {place} | {description} |"


def prose(document: Path) -> str:
    """The text without its code blocks, which quote what other programs print."""
    return FENCE.sub("", document.read_text(encoding="utf-8"))


def names_in_map() -> set[str]:
    """Every module that the architecture's code map names, as a path in the package."""
    section = ARCHITECTURE.read_text(encoding="utf-8").partition("## Code map")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([\w/]+\.py)` \|", section, re.MULTILINE))


def category_rows() -> list[tuple[str, ...]]:
    """The README's table of categories: name, weight, most, and the rules of ruff and of ours."""
    text = README.read_text(encoding="utf-8")
    return re.findall(r"^\| (\w+) \| -([\d.]+) \| -([\d.]+) \| (.+) \| (.+) \|$", text, re.MULTILINE)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_table_has_each_setting_with_its_default(name: str) -> None:
    assert setting_row(name) in README.read_text(encoding="utf-8").splitlines()


def test_the_table_has_no_other_settings() -> None:
    section = README.read_text(encoding="utf-8").partition("## Configuration")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(Settings.model_fields)


@pytest.mark.parametrize("name", [name for name, text in COMMANDS.items() if text])
def test_each_command_has_its_row(name: str) -> None:
    assert re.search(rf"^\| `{name}\b[^|]*` \|", README.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_table_of_categories_has_the_weights_of_the_score() -> None:
    assert [row[:3] for row in category_rows()] == [
        (name.value, f"{each:g}", f"{most:g}") for name, (each, most) in WEIGHTS.items()
    ]


def test_the_table_of_categories_has_the_category_of_each_rule() -> None:
    ruffs = {name: re.findall(r"`([A-Z0-9]+)`", cell) for name, _, _, cell, _ in category_rows()}
    assert all(category(rule) == name for name, rules in ruffs.items() for rule in rules)
    ours = {name: re.findall(r"`(DA\d+)`(?: to `(DA\d+)`)?", cell) for name, *_, cell in category_rows()}
    for rule in RULES.values():
        told = [name for name, spans in ours.items() for a, b in spans if a <= rule.id <= (b or a)]
        assert told == ([] if rule.category is Category.LINT else [rule.category]), rule.id


def test_each_exit_status_has_its_row() -> None:
    section = README.read_text(encoding="utf-8").partition("### Exit status")[2].partition("\n## ")[0]
    assert re.findall(r"^\| (\d+) \|", section, re.MULTILINE) == ["0", "1", "2", "3", "4", "5"]


def test_examples_use_commands_and_names_that_exist() -> None:
    text = README.read_text(encoding="utf-8")
    used = re.findall(r"^(?:\$ )?dev-assistant (\w[\w-]*)", text, re.MULTILINE)
    assert used
    assert set(used) <= set(COMMANDS)
    examples = [body for _, language, body in FENCE.findall(text) if language == "python"]
    imported = {
        alias.name
        for example in examples
        for node in ast.walk(ast.parse(example))
        if isinstance(node, ast.ImportFrom) and node.module == "dev_assistant"
        for alias in node.names
    }
    assert imported
    assert imported <= set(dev_assistant.__all__)


def test_the_code_map_has_each_module_and_no_other() -> None:
    there = {path.as_posix() for path in MODULES if (PACKAGE / path).read_bytes().strip()}
    trivial = {path.as_posix() for path in MODULES if path.name == "__init__.py" and path.parent != Path()}
    assert there - trivial == names_in_map() - trivial


@pytest.mark.parametrize("number", range(1, 21))
def test_each_invariant_has_its_row(number: int) -> None:
    assert re.search(rf"^\| I{number} ", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_architecture_names_tests_that_exist() -> None:
    named = set(re.findall(r"`(tests/[\w/.]+)`", ARCHITECTURE.read_text(encoding="utf-8")))
    assert named
    assert {name for name in named if not (REPOSITORY / name).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(document: Path) -> None:
    targets = [target for target, _ in LINK.findall(prose(document)) if "://" not in target]
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]
