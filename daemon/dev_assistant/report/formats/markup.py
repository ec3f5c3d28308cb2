"""XML that every parser takes, whatever a repository is called."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from dev_assistant.escape import visible

_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def clean(text: str) -> str:
    """Foreign text without what XML 1.0 has no characters for: as escapes that people can read."""
    return _NO_CHARACTERS.sub(lambda found: f"\\u{ord(found.group()):04x}", visible(text))


def element(name: str, attributes: dict[str, str], text: str = "") -> ET.Element:
    """An element of clean attributes; ``text`` may have lines, each of them clean."""
    made = ET.Element(name, {key: clean(value) for key, value in attributes.items()})
    made.text = "\n".join(map(clean, text.split("\n"))) if text else None
    return made


def document(root: ET.Element) -> bytes:
    """The document of ``root``, indented, with its declaration and a final newline."""
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
