"""What of a template is covered, and what kind it is."""

import pytest

from dev_assistant.analysis.html_templates import Template, cover
from dev_assistant.analysis.html_tokens import DYNAMIC


@pytest.mark.parametrize(
    ("text", "covered", "kind"),
    [
        ("a{{ b }}c", "a_______c", Template.VALUES),
        ("{% if %}a{% endif %}", "________a___________", Template.BLOCKS),
        ("{# a #}b", "_______b", Template.VALUES),
        ("{#a}b#}", "{#a}b#}", Template.NONE),
        ("<?php a ?>b", "__________b", Template.BLOCKS),
        ("<?= a", "_____", Template.BLOCKS),
        ("<?xml a?>", "<?xml a?>", Template.NONE),
        ("<% a %>", "_______", Template.BLOCKS),
        ("{{#if a}}", "_________", Template.BLOCKS),
        ("{{ if .A }}", "___________", Template.BLOCKS),
        ("{{ iffy }}", "__________", Template.VALUES),
        ("{{ a", "{{ a", Template.NONE),
        ("{{ a </b> }}", "{{ a </b> }}", Template.NONE),
        ("", "", Template.NONE),
    ],
)
def test_cover(text: str, covered: str, kind: Template) -> None:
    assert cover(text) == (covered.replace("_", DYNAMIC), kind)


def test_braces_far_apart_are_no_template() -> None:
    text = "{{" + " " * 2000 + "}}"
    assert cover(text) == (text, Template.NONE)
