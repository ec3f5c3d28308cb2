from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given

from dev_assistant.report.formats.markup import clean, document, element
from unit.report.formats.conftest import HOSTILE, PATHS


@given(PATHS, HOSTILE)
def test_a_parser_reads_back_what_was_written(name, text):
    read = ET.fromstring(document(element("a", {"name": name}, text)))

    assert read.get("name") == clean(name)
    assert (read.text or "") == "\n".join(map(clean, text.split("\n")))


def test_what_xml_has_no_characters_for_is_shown_as_escapes():
    assert clean("a\x00\x1b\ufffe\ud800") == "a\\x00\\x1b\\ufffe\\ud800"
