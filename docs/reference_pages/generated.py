"""Every generated file of the repository, and what it is to hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from dev_assistant.service.workspace_schema import schema_text
from dev_assistant.settings.profiles import PROFILES
from dev_assistant.settings.reference import default_toml, profile_toml
from reference_pages import commands, formats, rules, settings

REPOSITORY = Path(__file__).resolve().parents[2]
README = REPOSITORY / "README.md"

GENERATED: Mapping[str, Callable[[], str]] = {
    "README.md": lambda: settings.with_table(README.read_text(encoding="utf-8")),
    "config/default.toml": default_toml,
    **{f"config/profiles/{name}.toml": partial(profile_toml, name) for name in PROFILES},
    "config/workspace.schema.json": schema_text,
    "docs/reference/commands.md": commands.page,
    "docs/reference/formats.md": formats.page,
    "docs/reference/rules.md": rules.page,
}
"""By path in the repository. Of the README only the table of settings is made, the rest stays as it is."""
