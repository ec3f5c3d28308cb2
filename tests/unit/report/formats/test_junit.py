from __future__ import annotations

from xml.etree import ElementTree as ET

import xmlschema
from hypothesis import given

from dev_assistant.report.formats.junit import junit
from unit.report.formats.conftest import HOSTILE, PATHS, SCHEMAS

ALLOWED = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname"},
    "skipped": {"message"},
    "error": {"type", "message"},
    "failure": {"type", "message"},
    "system-out": set(),
}
"""Elements and attributes of Jenkins' junit-10.xsd, as far as they are used here."""

ORDER = ["skipped", "error", "failure", "system-out"]


def read(document) -> ET.Element:
    root = ET.fromstring(junit(document))
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED[element.tag], element.tag
    for case in root.iter("testcase"):
        tags = [child.tag for child in case]
        assert tags == sorted(tags, key=ORDER.index)
    for suite in root:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
    return root


def test_the_schema_takes_it(full, clean, nothing, named):
    schema = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
    for document in (full, clean, nothing, named("a\nb\ufffe.py", "]]>")):
        schema.validate(junit(document).decode())


def outcomes(root: ET.Element) -> dict[str, list[str]]:
    return {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}


def test_a_case_for_each_file(full):
    root = read(full)

    assert outcomes(root) == {
        "the result is complete": ["error"],
        "src/broken.py": ["failure"],
        "src/hung.py": ["error"],
        "src/late.py": ["error"],
        "a.py": ["failure"],
        "b.py": ["system-out"],
        "clean.py": [],
        "logo.min.js": ["skipped"],
    }
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("8", "2", "3")


def test_a_clean_result_is_green_and_an_empty_one_is_not(clean, nothing):
    assert read(clean).get("errors") == "0"
    assert read(nothing).get("errors") == "1"


@given(PATHS, HOSTILE)
def test_every_name_is_well_formed(named, path, message):
    assert len(outcomes(read(named(path, message)))) >= 2
