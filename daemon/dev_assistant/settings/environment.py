"""Settings from ``DEV_ASSISTANT_*`` variables and from the command line.

Lists are comma separated, ``log_levels`` is ``component=level,…``; an empty variable counts as not set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_origin

from dev_assistant import failpoints
from dev_assistant.errors import Problem
from dev_assistant.places import CACHE_KEY
from dev_assistant.settings.fields import Settings
from dev_assistant.settings.layers import LayerKind
from dev_assistant.settings.table import KeyPath, Table, closest

PREFIX = "DEV_ASSISTANT_"
NOT_SETTINGS = frozenset({f"{PREFIX}CONFIG", failpoints.VARIABLE, CACHE_KEY})
_SHORTEST_KEY = 16  # characters: less could be guessed


def environment_table(environ: Mapping[str, str]) -> Table:
    """The settings among the variables; names that are no setting are left to ``unknown_variables``."""
    given = {name: environ.get(variable_of(name), "") for name in Settings.model_fields}
    values = {name: _parsed(name, text) for name, text in given.items() if text.strip()}
    return Table(LayerKind.ENVIRONMENT, "environment", values, _place_of_variable)


def overrides_table(overrides: Mapping[str, object]) -> Table:
    """The settings among options of the command line, by setting name; None counts as not given."""
    values = {name: value for name, value in overrides.items() if value is not None}
    return Table(LayerKind.COMMAND_LINE, "command line", values, _place_of_option)


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """A warning for each variable with our prefix that sets nothing."""
    known = {variable_of(name) for name in Settings.model_fields} | NOT_SETTINGS
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [_warning(name) for name in unknown]


def weak_key(environ: Mapping[str, str]) -> list[Problem]:
    """A mistake when the secret of the caches is given and could be guessed. It is not quoted."""
    length = len(environ.get(CACHE_KEY, "").strip())
    if not 0 < length < _SHORTEST_KEY:
        return []
    allowed = f"at least {_SHORTEST_KEY} characters, such as those of: openssl rand -hex 32"
    return [Problem("environment", CACHE_KEY, f"is too short: {length} characters", allowed=allowed)]


def variable_of(name: str) -> str:
    """The variable that carries a setting."""
    return PREFIX + name.upper()


def _warning(variable: str) -> str:
    guess = closest(variable.removeprefix(PREFIX), Settings.model_fields)
    hint = f"; did you mean {variable_of(guess)}?" if guess else ""
    return f"environment: {variable} is not a setting{hint}"


def _parsed(name: str, text: str) -> object:
    kind = get_origin(Settings.model_fields[name].annotation)
    if kind is tuple:
        return _items(text)
    if kind is Mapping:
        pairs = [item.partition("=") for item in _items(text)]
        return {key.strip(): value.strip() for key, _, value in pairs}
    return text.strip()


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _place_of_variable(path: KeyPath) -> tuple[str, int | None]:
    return variable_of(str(path[0])), None


def _place_of_option(path: KeyPath) -> tuple[str, int | None]:
    return f"--{str(path[0]).replace('_', '-')}", None
