from __future__ import annotations

import gzip
import json
import re
from random import Random
from typing import Annotated, Literal
from urllib.parse import unquote

import fastjsonschema
import msgspec
import pytest
from hypothesis import example, given

from dev_assistant.model import Severity
from dev_assistant.report.formats.sarif import BYTES, RESULTS, fitted, plain, sarif, uri
from unit.report.formats.conftest import HOSTILE, PATHS, SCHEMAS, crowd, document_of, file

Positive = Annotated[int, msgspec.Meta(ge=1)]
Index = Annotated[int, msgspec.Meta(ge=0)]
Level = Literal["none", "note", "warning", "error"]
Bag = dict[str, object]


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """What follows are the objects of SARIF that are used here, for reading; the schema has many more."""


class Message(Strict):
    text: str


class Help(Strict):
    text: str
    markdown: str = ""


class ArtifactLocation(Strict):
    uri: str = ""
    uri_base_id: str = ""
    description: Message | None = None


class Region(Strict):
    start_line: Positive
    start_column: Positive
    end_line: Positive = 1
    end_column: Positive = 1


class PhysicalLocation(Strict):
    artifact_location: ArtifactLocation
    region: Region | None = None


class Location(Strict):
    physical_location: PhysicalLocation


class Descriptor(Strict):
    id: str


class Notification(Strict):
    message: Message
    level: Level
    descriptor: Descriptor | None = None
    locations: list[Location] = []


class Invocation(Strict):
    execution_successful: bool
    tool_execution_notifications: list[Notification]
    tool_configuration_notifications: list[Notification]


class Configuration(Strict):
    level: Level


class ReportingDescriptor(Strict):
    id: str
    short_description: Message
    full_description: Message
    help: Help
    default_configuration: Configuration
    properties: Bag
    name: str = ""


class ToolComponent(Strict):
    name: str
    version: str
    rules: list[ReportingDescriptor]


class Tool(Strict):
    driver: ToolComponent


class SarifResult(Strict):
    rule_id: str
    rule_index: Index
    level: Level
    message: Message
    locations: list[Location]
    partial_fingerprints: dict[str, str]
    properties: Bag


class AutomationDetails(Strict):
    id: str


class Run(Strict):
    tool: Tool
    automation_details: AutomationDetails
    column_kind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    original_uri_base_ids: dict[str, ArtifactLocation]
    invocations: list[Invocation]
    results: list[SarifResult]


class Log(Strict):
    version: Literal["2.1.0"]
    runs: list[Run]
    schema: str = msgspec.field(name="$schema")


def run_of(document) -> Run:
    return read(sarif(document))


def read(data: bytes) -> Run:
    (run,) = msgspec.json.decode(data, type=Log).runs
    rules = [rule.id for rule in run.tool.driver.rules]
    assert [rules[result.rule_index] for result in run.results] == [result.rule_id for result in run.results]
    return run


def test_the_schema_takes_it(full, clean, nothing, named, many):
    is_valid = fastjsonschema.compile(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text()))
    for document in (full, clean, nothing, named("a\nb\ufffe.py", "[x](y) {0}")):
        is_valid(json.loads(sarif(document)))

    log = json.loads(sarif(many))
    del log["runs"][0]["results"][200:]
    is_valid(log)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(fastjsonschema.JsonSchemaValueException, match="startLine"):
        is_valid(log)


def notes(run: Run) -> list[str]:
    return [note.message.text for note in run.invocations[0].tool_execution_notifications]


def test_findings_with_place_level_and_fingerprint(full):
    run = run_of(full)
    found = run.results[1]

    assert [(each.rule_id, each.level) for each in run.results] == [
        ("E999", "error"),
        ("F401", "warning"),
        ("DA101", "note"),
        ("DA109", "note"),
    ]
    (location,) = found.locations
    assert location.physical_location.artifact_location.uri == "a.py"
    assert location.physical_location.artifact_location.uri_base_id in run.original_uri_base_ids
    assert location.physical_location.region == Region(3, 5, 3, 6)
    (listed,) = [each.findings[0] for each in full.files if each.path == "a.py"]
    assert found.partial_fingerprints == {"dev-assistant/v1": listed.id}


def test_what_is_not_proved_makes_the_run_a_failure(full, clean):
    assert not run_of(full).invocations[0].execution_successful
    assert notes(run_of(full)) == [
        "/w/gone does not exist or cannot be read",
        "failed: timeout",
        "pending: not judged",
    ]
    assert run_of(clean).invocations[0].execution_successful


def test_rules_of_ours_are_explained(full):
    rules = {rule.id: rule for rule in run_of(full).tool.driver.rules}
    assert "For example" in rules["DA101"].help.markdown
    assert rules["F401"].help.text == "dev-assistant explain F401"


def test_mistakes_in_the_configuration_are_told():
    run = run_of(document_of(file("a.py", []), config_errors=["x: no such key"]))
    (invocation,) = run.invocations
    assert [n.message.text for n in invocation.tool_configuration_notifications] == ["x: no such key"]
    assert not invocation.tool_execution_notifications
    assert invocation.execution_successful is False


@given(PATHS, HOSTILE)
def test_every_name_is_read_back(named, path, message):
    assert len(run_of(named(path, message)).results) == 1


@given(HOSTILE)
@example("//host/x")
@example("c:/x")
def test_a_uri_is_a_relative_path_and_nothing_else(path):
    written = path.encode("utf-8", "backslashreplace").decode()
    encoded = uri(written)

    assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})*", encoded, re.ASCII)
    assert not encoded.startswith("/")
    assert unquote(encoded).removeprefix("./") == written.removeprefix("./")


@pytest.mark.parametrize(
    ("message", "shown"),
    [("list[int] is old", "list[int] is old"), ("[x](http://evil)", r"\[x\](http://evil)")],
)
def test_a_message_has_no_links(message, shown):
    assert plain(message) == shown


def test_github_takes_thirty_thousand_findings_and_is_told_what_is_missing(finding):
    data = sarif(crowd(finding, 30_000))
    run = read(data)

    assert len(run.results) == RESULTS
    assert run.results[0].rule_id == "E999"
    assert notes(run) == [
        "5,000 of 30,000 findings are left out, the least grave ones: no more fit GitHub's limits",
        "GitHub shows 5,000 of these 25,000 findings",
    ]
    assert len({each.partial_fingerprints["dev-assistant/v1"] for each in run.results}) == RESULTS
    assert len(gzip.compress(data)) < BYTES


def test_what_does_not_compress_is_cut_until_it_fits(finding):
    noise = [Random(n).randbytes(1000).hex() for n in range(100)]
    document = document_of(
        file("a.py", [finding(line=n + 1, message=text) for n, text in enumerate(noise)]),
        file("b.py", [finding("E999", severity=Severity.ERROR)]),
    )
    data = fitted(document, limit=50_000)
    run = read(data)

    assert len(gzip.compress(data)) <= 50_000
    assert (len(run.results), run.results[0].rule_id) == (25, "E999")
    assert "76 of 101 findings are left out" in notes(run)[0]
