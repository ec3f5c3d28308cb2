"""The table of settings in the README."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dev_assistant.settings.fields import Settings, is_workspace_wide, unit_of
from dev_assistant.settings.reference import default_of

_HEAD = "| key | default | unit | of the | meaning |\n| --- | --- | --- | --- | --- |\n"
_LONG = 60  # characters of a default that still fits a table


def with_table(readme: str) -> str:
    """The README with the table as it should be. Raises ValueError when it has none."""
    before, head, rest = readme.partition(_HEAD)
    if not head:
        raise ValueError("the README has no table of settings")
    return before + head + "".join(f"{_row(name)}\n" for name in Settings.model_fields) + _after(rest)


def _after(rest: str) -> str:
    """What follows the rows of a table."""
    return rest[rest.index("\n\n") + 1 :]


def _row(name: str) -> str:
    description = str(Settings.model_fields[name].description).replace("|", "\\|")
    place = "workspace" if is_workspace_wide(name) else "project"
    return f"| `{name}` | {_default(name)} | {unit_of(name) or '-'} | {place} | {description} |"


def _default(name: str) -> str:
    default = default_of(name)
    text = "{}" if isinstance(default, Mapping) and not default else json.dumps(default)
    if isinstance(default, list) and len(text) > _LONG:
        return f"[{len(default)} entries](config/default.toml)"
    return f"`{text}`"
