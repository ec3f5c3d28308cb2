"""JSON Schema of workspace.json, for editors.

It is looser than the program in what a schema cannot say (names unique but for case, directories that must
not be watched), and stricter in nothing: what an editor marks red, the program refuses too.
"""

from __future__ import annotations

import json
from typing import Any

from dev_assistant.settings.fields import is_workspace_wide
from dev_assistant.settings.reference import settings_schema
from dev_assistant.settings.table import PHASE_C


def workspace_schema() -> dict[str, Any]:
    """The schema as a document; ``schema_text`` is the form in which it is kept in files."""
    settings = settings_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dev-assistant:workspace",
        "title": "workspace.json of dev-assistant",
        "type": "object",
        "required": ["projects"],
        "properties": {
            "$schema": {"type": "string", "description": "Where an editor finds this schema."},
            "projects": {"type": "array", "minItems": 1, "items": _project(settings)},
            "settings": {
                "description": "Settings for all projects, and for the daemon as a whole.",
                "type": "object",
                "properties": settings,
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The schema with a fixed layout, ending in a newline."""
    return json.dumps(workspace_schema(), indent=2) + "\n"


def _project(settings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    own = {name: part for name, part in settings.items() if name == PHASE_C or not is_workspace_wide(name)}
    return {
        "type": "object",
        "required": ["name", "path"],
        "properties": {
            "name": {
                "description": "Unique among the projects; case does not count.",
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
            },
            "path": {
                "description": "The project's directory, from the directory of this file.",
                "type": "string",
                "minLength": 1,
            },
            "watch_dirs": {
                "description": "Directories to watch, from the project's directory; the whole project when "
                "not given.",
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "minItems": 1,
            },
            **own,
        },
        "additionalProperties": False,
    }
