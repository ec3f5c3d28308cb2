"""The reference is what the code has, and whatever the pages tell people to type or to write is taken."""

from __future__ import annotations

import importlib
import pkgutil
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dev_assistant import record, report
from dev_assistant.cli import COMMANDS, command_parser
from dev_assistant.service.setting_files import PYPROJECT, project_settings
from dev_assistant.settings.layers import LayerKind
from dev_assistant.settings.table import Table, Wide, check
from dev_assistant.settings.toml_text import TomlDocument, parse_toml
from dev_assistant.workspace.file import parse_workspace
from dev_assistant.workspace.resolve import Resolver
from documents import PAGES, REPOSITORY, Fence, fences
from reference_pages.commands import statuses
from reference_pages.formats import FORMS
from reference_pages.generated import GENERATED
from reference_pages.markdown import block, prose, sentence, table
from reference_pages.settings import with_table

NOT_READ_BY_OTHERS = {"KeyParts"}


def blocks(*languages: str) -> list[Any]:
    """Every fenced block of these languages, with the place where it stands."""
    return [
        pytest.param(fence, id=f"{page.name}:{fence.line}")
        for page in PAGES
        for fence in fences(page)
        if fence.language in languages
    ]


def typed() -> Iterator[Any]:
    """Every command line of ours that is shown after a prompt."""
    for page in PAGES:
        for fence in fences(page):
            for line in fence.text.splitlines() if fence.language == "console" else ():
                if line.startswith("$ dev-assistant "):
                    yield pytest.param(line.removeprefix("$ dev-assistant "), id=f"{page.name}:{line[2:40]}")


@pytest.mark.parametrize("place", [place for place in GENERATED if not place.startswith("config/")])
def test_what_is_generated_is_up_to_date(place: str) -> None:
    """Those below config/ are compared by the tests of the settings."""
    assert (REPOSITORY / place).read_text(encoding="utf-8") == GENERATED[place](), "make docs writes it anew"


def test_each_document_of_ours_is_described() -> None:
    found = {
        kind.__name__
        for package in (record, report)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for kind in vars(importlib.import_module(module.name)).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
        if "schema" in kind.__struct_fields__ and not kind.__name__.startswith("_")
    }
    assert found - NOT_READ_BY_OTHERS == {form.shape.__name__ for form in FORMS}


@pytest.mark.parametrize("line", list(typed()))
def test_what_is_to_be_typed_is_taken(line: str) -> None:
    words = shlex.split(line, comments=True)
    end = next((number for number, word in enumerate(words) if word in {"&&", "|", ";"}), len(words))
    name = next(word for word in words if word in COMMANDS)
    module = importlib.import_module(f"dev_assistant.commands.{name.replace('-', '_')}")
    words.remove(name)
    command_parser(name, module).parse_args(words[: end - 1])


@pytest.mark.parametrize("fence", blocks("toml"))
def test_settings_that_are_shown_are_right(fence: Fence, tmp_path: Path) -> None:
    file = tmp_path / PYPROJECT
    file.write_text(fence.text, encoding="utf-8")
    if "[tool.dev-assistant]" in fence.text:
        asked = project_settings(file, within=(str(tmp_path),), wide=Wide.REFUSED, resolve=Resolver()).table
    else:
        document = parse_toml(file.read_bytes(), file=str(file))
        assert isinstance(document, TomlDocument)
        asked = Table(LayerKind.USER, str(file), document.values, document.place)
    assert asked is not None
    _, problems, warnings = check(asked)
    assert (problems, warnings) == ([], [])


@pytest.mark.parametrize("fence", blocks("json"))
def test_workspaces_that_are_shown_are_right(fence: Fence, tmp_path: Path) -> None:
    file = tmp_path / "workspace.json"
    file.write_text(fence.text, encoding="utf-8")
    assert parse_workspace(file, resolve=Resolver()).problems == ()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("0. Raises NoDaemon, SilentError.", "0; 4 when no daemon runs, 3 when it does not answer."),
        ("0. Raises UserError when there\n    is none.", "0; 2 when there is none."),
        ("0 passed, 1 failed. Raises UserError.", "0 passed, 1 failed."),
        ("0. With ``-f`` raises NoDaemon after that.", "0; with `-f` 4 after that."),
        ("0 when ready. Raises as ``stop``.", "0 when ready; else as `stop`."),
    ],
)
def test_errors_are_told_as_statuses(told: str, shown: str) -> None:
    assert statuses(told) == shown


def test_text_that_is_no_markdown_stays_what_it_is() -> None:
    assert prose("a <b> is ``x | y``,\n  `*z` or *w*") == r"a \<b> is `x | y`, `*z` or \*w\*"
    assert sentence("no `dot`") == "No `dot`."
    assert table(["a"], [["x | y"]]).splitlines()[-1] == r"| x \| y |"
    assert block("<<<<<<<\nx\n") == "    <<<<<<<\n    x"


def test_a_readme_without_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table of settings"):
        with_table("# Nothing\n")
