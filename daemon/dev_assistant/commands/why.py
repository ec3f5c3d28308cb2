"""``why PATH``: to which project a file belongs, what judges it, and what is known of it."""

from __future__ import annotations

import argparse
import os
from typing import Any

from dev_assistant.commands.output import runtime, write, write_json
from dev_assistant.escape import visible
from dev_assistant.serve.client import call

HELP = "why a file is judged as it is (asks the daemon)"
EXAMPLES = """\
  dev-assistant why src/app.py           project, priority, verifier, configuration, verdict
  dev-assistant why build/x.py           which rule ignores it
  dev-assistant why src/app.py --json    with cache keys
"""
_NOT_ITS_KIND = "not a file for this verifier"  # the daemon's words
_TIMEOUT_S = 30.0


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a file")


def run(args: argparse.Namespace) -> int:
    """0, or 5 when no project has the path. Raises NoDaemon."""
    head, name = os.path.split(os.path.abspath(args.path))
    path = os.path.join(os.path.realpath(head), name)
    document: dict[str, Any] = call(runtime(args), "why", {"path": path}, timeout=_TIMEOUT_S)
    if args.json:
        write_json(document)
    else:
        write(_rendered(document))
    return 0 if document["projects"] else 5


def _rendered(document: dict[str, Any]) -> str:
    if not document["projects"]:
        return f"{visible(document['path'])} is in no watched directory\n"
    return "\n".join(_entry(entry) for entry in document["projects"])


def _entry(entry: dict[str, Any]) -> str:
    rows = [
        ("project", entry["project"]),
        ("path", entry["path"]),
        ("state", entry["state"]),
        ("reason", entry["reason"]),
        ("score", entry["score"]),
        ("rating", "; ".join(entry["rating"])),
        ("priority", entry["priority"]),
        ("critical", _criticality(entry["criticality"])),
        ("deep", entry["deep"]["reason"]),
        ("digest", entry["digest"]),
        ("evidence", _evidence(entry["evidence"])),
    ]
    for judge in entry["verifiers"]:
        if judge["decision"] == _NOT_ITS_KIND:
            continue
        rows.append(("verifier", f"{judge['name']} {judge['version']}: {judge['decision']}"))
        rows += [
            (f"  {name}", judge[name]) for name in ("outcome", "findings", "config", "configured_by", "key")
        ]
    return "".join(f"{name:<10} {visible(str(value))}\n" for name, value in rows if value not in (None, ""))


def _criticality(rank: dict[str, Any]) -> str:
    answer = f"{'yes' if rank['is_critical'] else 'no'}, {rank['score']:g}"
    return f"{answer} ({'; '.join(rank['reasons'])})" if rank["reasons"] else answer


def _evidence(last: dict[str, Any] | None) -> str:
    return f"{last['verdict']}, {last['time']}, {last['id']}" if last is not None else ""
