"""SARIF 2.1.0 within the limits of GitHub's code scanning; what is cut is told in the invocation.

The limits are those of "SARIF results exceed one or more limits" and "SARIF file too large" in its
documentation: 25,000 results in a run, of which 5,000 are shown, and 10 MB once compressed by gzip.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from dev_assistant import __version__
from dev_assistant.analysis.catalogue import RULES
from dev_assistant.analysis.rules import Rule
from dev_assistant.escape import visible
from dev_assistant.model import Severity
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument, FindingRow
from dev_assistant.report.formats.contents import TOOL, Listed, doubts, findings, gravest, positive
from dev_assistant.report.proof import configuration_errors

RESULTS: Final = 25_000
SHOWN: Final = 5_000
BYTES: Final = 10_000_000
NOTIFICATIONS: Final = 1_000
"""Ours: a tree that nothing can judge has as many doubts as files."""

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_BASE: Final = "SRCROOT"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_BRACKETS: Final = re.compile(r"[\[\]\\]")
_Object = dict[str, object]


def sarif(document: CheckDocument) -> bytes:
    """One run of all projects, the gravest results first; as many of them as GitHub takes."""
    return fitted(document, limit=BYTES)


def fitted(document: CheckDocument, *, limit: int) -> bytes:
    """With half as many results until it has at most ``limit`` bytes once it is compressed."""
    listed = gravest(findings(document))
    kept = min(len(listed), RESULTS)
    while True:
        data = encode(_log(document, listed[:kept], of=len(listed)))
        if kept == 0 or len(data) <= limit or len(gzip.compress(data)) <= limit:
            return data + b"\n"
        kept //= 2


def _log(document: CheckDocument, kept: Sequence[Listed], *, of: int) -> _Object:
    rules = {each.finding.rule: each.finding for each in kept}
    indices = {rule: index for index, rule in enumerate(sorted(rules))}
    driver = {
        "name": TOOL,
        "version": __version__,
        "rules": [_rule(rules[rule]) for rule in indices],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{TOOL}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The workspace's directory."}}},
        "invocations": [_invocation(document, kept=len(kept), of=of)],
        "results": [_result(each, indices) for each in kept],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(each: Listed, indices: Mapping[str, int]) -> _Object:
    finding = each.finding
    start = positive(finding.line)
    region = {"startLine": start, "startColumn": positive(finding.column)}
    if finding.end_line >= start:
        region |= {"endLine": finding.end_line, "endColumn": positive(finding.end_column)}
    return {
        "ruleId": finding.rule,
        "ruleIndex": indices[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": plain(finding.message or finding.rule)},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(each.path), "region": region}}],
        "partialFingerprints": {f"{TOOL}/v1": finding.id},
        "properties": {"project": each.project, "category": finding.category, "fixable": finding.fixable},
    }


def plain(message: str) -> str:
    """A message without links of its own: brackets are only escaped where they would make one (3.11.6)."""
    return _BRACKETS.sub(r"\\\g<0>", message) if "](" in message else message


def _artifact(path: str) -> _Object:
    return {"uri": uri(path), "uriBaseId": _BASE}


def uri(path: str) -> str:
    """A relative reference: percent-encoded, and never taken for a scheme or an authority."""
    encoded = quote(path, safe="/~")
    return f"./{encoded}" if encoded.startswith("/") else encoded


def _rule(example: FindingRow) -> _Object:
    known = RULES.get(example.rule)
    help_text = f"dev-assistant explain {visible(example.rule)}"
    described = _described(known) if known else {"help": {"text": help_text}}
    return {
        "id": example.rule,
        "shortDescription": {"text": known.name.replace("-", " ") if known else visible(example.rule)},
        "fullDescription": {"text": known.rationale if known else f"More by: {help_text}"},
        **described,
        "defaultConfiguration": {"level": _LEVELS[example.severity]},
        "properties": {"tags": [example.category]},
    }


def _described(rule: Rule) -> _Object:
    sample = f"For example:\n\n```\n{rule.example.rstrip()}\n```"
    markdown = f"{rule.rationale}\n\n{sample}\n\n{rule.hint}"
    return {"name": rule.name, "help": {"text": f"{rule.rationale} {rule.hint}", "markdown": markdown}}


def _invocation(document: CheckDocument, *, kept: int, of: int) -> _Object:
    wrong = configuration_errors(document.meta)
    unproved = [doubt for doubt in doubts(document) if doubt.path or doubt.reason not in wrong]
    told = [
        _notification(doubt.reason, "error", doubt.path, doubt.rule) for doubt in unproved[:NOTIFICATIONS]
    ]
    cuts = [_notification(cut, "warning") for cut in _cuts(len(unproved), kept=kept, of=of)]
    return {
        "executionSuccessful": not (unproved or wrong),
        "toolExecutionNotifications": [*told, *cuts],
        "toolConfigurationNotifications": [_notification(error, "error") for error in wrong],
    }


def _cuts(unproved: int, *, kept: int, of: int) -> Iterator[str]:
    if kept < of:
        rest = f"{of - kept:,} of {of:,} findings are left out"
        yield f"{rest}, the least grave ones: no more fit GitHub's limits"
    if kept > SHOWN:
        yield f"GitHub shows {SHOWN:,} of these {kept:,} findings"
    if unproved > NOTIFICATIONS:
        yield f"{unproved - NOTIFICATIONS:,} more files are not verified"


def _notification(text: str, level: str, path: str = "", rule: str = "") -> _Object:
    told: _Object = {"level": level, "message": {"text": plain(visible(text))}}
    if rule:
        told["descriptor"] = {"id": rule}
    if path:
        told["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path)}}]
    return told
