"""The settings as documents: the commented defaults and JSON Schema.

Both are derived from ``Settings``; the copies under config/ are kept true by tests.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from dev_assistant.settings.fields import AUTO, Settings, is_personal, is_workspace_wide, unit_of
from dev_assistant.settings.profiles import PROFILES
from dev_assistant.settings.table import PHASE_C, allowed_text

_WIDTH = 90  # of a list, in characters
_HEAD = """\
# Every setting of dev-assistant with its default. Copy what you change into one of
#   pyproject.toml    [tool.dev-assistant]            one project
#   workspace.json    the entry in "projects"         one project
#   workspace.json    "settings"                      all projects of the workspace
#   config.toml       your configuration directory    all your workspaces
# and name the keys there as here. The nearest of these places wins, from the top down.
# The environment (DEV_ASSISTANT_DEBOUNCE_MS=50) and the command line override them all.
# "workspace-wide" settings belong to the one daemon: a project in a workspace cannot decide them.
"""
_PROFILE_HEAD = """\
# The profile "{name}". One of these takes it:
#   --profile {name}                      start, restart, config show
#   DEV_ASSISTANT_PROFILE={name}          the environment
#   profile = "{name}"                    config.toml, or "settings" of workspace.json
# Whatever you set yourself, wherever you do, wins over it; `config show --origin` tells which is which.
# What is judged is left alone: enable_ruff, deep and the other switches mean the same in every profile.
"""


def default_toml() -> str:
    """``config/default.toml``: loads as a user's settings file and changes nothing."""
    return _HEAD + "".join(_commented(name) for name in _tables_last())


def profile_toml(name: str) -> str:
    """``config/profiles/NAME.toml``: what the profile sets, in a form that loads as a settings file."""
    head = _PROFILE_HEAD.format(name=name)
    choices = PROFILES[name].items()
    return head + "".join(f"\n# {why}\n{key} = {json.dumps(value)}\n" for key, (value, why) in choices)


def settings_schema() -> dict[str, dict[str, Any]]:
    """JSON Schema of each setting that a workspace may carry, by name; ``phase-c`` holds the cache settings
    once more.
    """
    schema = Settings.model_json_schema()["properties"]
    properties = {name: _default_said(name, part) for name, part in schema.items() if not is_personal(name)}
    cache = {name: part for name, part in properties.items() if name.startswith("cache_")}
    properties[PHASE_C] = {
        "description": "The cache settings, under their former name; the same keys, the same meaning.",
        "type": "object",
        "properties": cache,
        "additionalProperties": False,
    }
    return properties


def default_of(name: str) -> object:
    """A setting's default as it is written in a file."""
    default = Settings.model_fields[name].default
    if default is None:
        return AUTO
    return list(default) if isinstance(default, tuple) else default


def _tables_last() -> list[str]:
    return sorted(Settings.model_fields, key=lambda name: isinstance(default_of(name), Mapping))


def _commented(name: str) -> str:
    comment = "".join(f"# {line}\n" for line in textwrap.wrap(_explanation(name), 98))
    return f"\n{comment}{_assignment(name)}"


def _explanation(name: str) -> str:
    unit = f", {unit_of(name)}" if unit_of(name) else ""
    scope = "; workspace-wide" if is_workspace_wide(name) else ""
    scope += "; only here or in the environment, never in a repository" if is_personal(name) else ""
    return f"{Settings.model_fields[name].description} ({allowed_text(name)}{unit}{scope})"


def _assignment(name: str) -> str:
    default = default_of(name)
    if isinstance(default, Mapping):
        return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in default.items())
    if isinstance(default, list) and len(json.dumps(default)) > _WIDTH:
        return f"{name} = [\n" + textwrap.indent(_wrapped(default), "    ") + "]\n"
    return f"{name} = {json.dumps(default)}\n"


def _wrapped(items: list[str]) -> str:
    return "".join(line + "\n" for line in _rows([f"{json.dumps(item)}," for item in items]))


def _rows(words: list[str]) -> Iterator[str]:
    row = ""
    for word in words:
        if row and len(row) + len(word) >= _WIDTH:
            yield row
            row = ""
        row += f"{' ' * bool(row)}{word}"
    yield row


def _default_said(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in schema.items() if key != "title"}
    unit = f" Unit: {unit_of(name)}." if unit_of(name) else ""
    return {**said, "description": f"{schema['description']}{unit}", "default": default_of(name)}
