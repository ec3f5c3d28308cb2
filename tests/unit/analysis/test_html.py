"""HTML files as a whole: each rule by its example, what is right and left alone, templates, hostile input."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.html import RULES, check
from dev_assistant.analysis.rules import Rule
from dev_assistant.escape import visible
from dev_assistant.model import Category, Finding, Severity

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A</title></head><body>'
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml"'


def rules_of(text: str) -> list[str]:
    return [finding.rule for finding in check(text.encode())]


def only(text: str) -> Finding:
    (finding,) = check(text.encode())
    return finding


def place_of(finding: Finding) -> tuple[int, int, int, int]:
    return finding.line, finding.column, finding.end_line, finding.end_column


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_breaks_its_rule_alone(rule: Rule) -> None:
    assert rules_of(rule.example) == [rule.id]


def test_rules_are_told_apart_and_named() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.id.startswith("DA5") and rule.rationale and rule.hint for rule in RULES)


def test_what_keeps_a_page_from_being_parsed_is_an_error() -> None:
    errors = ["DA501", "DA502", "DA503", "DA504"]
    assert [rule.id for rule in RULES if rule.severity is Severity.ERROR] == errors
    security = ["DA515", "DA516", "DA517"]
    assert [rule.id for rule in RULES if rule.category is Category.SECURITY] == security


CLEAN = {
    "a whole page": HEAD + "<p>one<p>two<ul><li>a<li>b</ul><table><tr><td>x<tr><td>y</table></body></html>",
    "a fragment": "<li><a href='/x'>text</a></li>",
    "content type": '<html lang="en"><meta http-equiv="Content-Type" content="x"><title>A</title>',
    "a byte order mark instead of charset": '\ufeff<html lang="en"><title>A</title></html>',
    "void elements": "<br><hr><img src=a alt=''><input type=hidden><wbr>",
    "drawings": '<svg><path d="x"/><g><circle/></g><font/><![CDATA[ </g> ]]></svg>',
    "scripts": "<script>if (a < b) write('<div>')</script><style>a::before { content: '<p>' }</style>",
    "comments": "<!-- <div> --><!--> <!---> <!-- a --!>",
    "xhtml": f'{HEAD.replace("<html", XHTML)}<a name="b"/></body></html>',
    "custom elements": "<my-element/><p>text</p>",
    "labels": "<label>a <input></label><label for=b>b</label><input id=b><input aria-label=c>",
    "a title is a label": "<select title=d></select>",
    "a label that comes later": "<input id=x><label for=x>x</label>",
    "no labels needed": "<input type=hidden><input type=submit><input type=image alt=x><input hidden>",
    "names": "<a href=#>x</a><button><img src=x alt=y></button><button aria-label=z></button>",
    "names of drawings": "<a href=#><svg><title>t</title></svg></a>",
    "anchors and hidden links": "<a id=top></a><a href=# aria-hidden=true></a><button hidden></button>",
    "decoration": "<img src=x alt><img src=x role=presentation><img src=x aria-hidden=true>",
    "tab order": "<p tabindex=0>a</p><p tabindex=-1>b</p><p tabindex=x>c</p>",
    "new windows": "<a href=//a.example target=_blank rel=noopener>x</a><a href=/own target=_blank>y</a>",
    "local sources": "<script src='http://localhost:80/x.js'></script><a href='http://example.org'>x</a>",
    "attributes that are no handlers": "<p on=1 one=2 data-onclick=3>x</p>",
    "less than": "<p>1 < 2 && 3 <4</p>",
    "contents of a template": "<template><img><button></button><input></template>",
    "Vue": '<img :src="a" :alt="b"><button v-text="c"></button><input v-bind:aria-label="d"><p>{{ e }}</p>',
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_what_is_right_is_left_alone(text: str) -> None:
    assert rules_of(text) == []


TEMPLATES = {
    "Jinja": "{% if a %}<div class='b'>{% else %}<div>{% endif %}<p>{{ y }}</p>{% block z %}{% endblock %}",
    "Django": "{% load i18n %}<html lang='{{ l }}'>{% include 'head.html' %}<img {{ attributes }}>",
    "PHP": "<?php if ($a) { ?><div><?php } else { ?><section><?php } ?><a href='#'><?= $name ?></a>",
    "PHP without an end": "<p>text</p><?php echo '<div>'",
    "ERB": "<% if a %><ul><% end %><li><%= b %>",
    "Handlebars": "{{#if a}}<div>{{/if}}<button>{{> name}}</button>",
    "ids of branches": "{% if a %}<p id='x'>a</p>{% else %}<p id='x'>b</p>{% endif %}",
    "attributes of branches": "<p {% if a %}class='x'{% else %}class='y'{% endif %}>text</p>",
    "labels": "<label for='id_{{ name }}'>a</label><input id='id_{{ name }}'>",
    "values": "<p id='{{ a }}'>x</p><p id='{{ a }}'>y</p><a href='{{ javascript }}'>{{ z }}</a>",
    "comments": "{# <div> #}<p>text</p>",
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES.keys())
def test_template_gives_no_false_findings(text: str) -> None:
    assert rules_of(text) == []


def test_template_is_still_judged_by_what_is_plain() -> None:
    text = "{% if a %}<img src='x'>{% endif %}<p onclick='go()'>{{ b }}</p><html>"
    assert sorted(rules_of(text)) == ["DA506", "DA509", "DA515"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rules_that_are_off_where_a_template_decides_on_elements(rule: Rule) -> None:
    off = {"DA501", "DA502", "DA503", "DA505", "DA510", "DA511"}
    assert rules_of("{{ a }}\n" + rule.example) == [rule.id]
    assert rules_of("{% if a %}\n" + rule.example) == ([] if rule.id in off else [rule.id])


def test_braces_in_scripts_do_not_hide_the_page() -> None:
    text = "<script>f({{a: 1}});</script><div><script>g({{b: 2}})</script>"
    assert rules_of(text) == ["DA502"]


def test_places_count_code_points_and_stay_in_templates() -> None:
    assert place_of(only("é😀<br>\r\n<b>{{ 😀 }}</b><img src=x>")) == (2, 15, 2, 26)


def test_a_tag_over_two_lines() -> None:
    assert place_of(only("<img\nsrc=x>")) == (1, 1, 2, 7)


def test_security_of_addresses_sees_through_disguise() -> None:
    text = "<a href=' Java&#115;cript:go()'>a</a><a href='java\nscript:go()'>b</a>"
    assert rules_of(f"{text}<form action=javascript:x></form>") == ["DA516"] * 3


def test_findings_of_one_rule_are_limited_and_the_rest_counted() -> None:
    findings = list(check(b"<img>" * 1000))
    assert len(findings) == 100
    assert findings[-1].message.endswith("(and 900 more of this rule)")


def test_names_of_tags_are_shown_short_and_visible() -> None:
    message = only("<b\x15" + "x" * 100_000 + ">").message
    assert message.startswith("<b\\x15xxx") and message.endswith("…") and len(message) == 160


def test_ten_megabytes_in_one_line_are_text() -> None:
    assert list(check(b"x" * 10_000_000)) == []


BOMBS = [
    "<div>", "</div>", "<!--", "<a ", '<a x="', "</a", "<", "<!", "<?", "<![CDATA[", "<script></scrip",
    "<a><b></a>", "<table><td>",
    "{{", "{%", "{{ }}", "<?php", "<%", "<svg>", "<template>", "<a href>", "<label>", "&", "\0",
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_nesting_bomb_ends_in_few_findings(bomb: str) -> None:
    assert len(list(check(bomb.encode() * 1000))) <= len(RULES) * 200


PIECES = [
    *BOMBS,
    ">",
    "/>",
    " ",
    "\n",
    "\r",
    "\f",
    "'",
    '"',
    "=",
    "-->",
    "]]>",
    "}}",
    "%}",
    "?>",
    "x",
    "é",
    "id=a",
    "\ue000",
]
PIECES += ["<p>", "</p>", "<li>", "<title>", "</title>", "<html>", "<input id=a>", "</table>", "onclick=x"]


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join).map(str.encode))
def test_any_bytes_give_findings_inside_the_file(data: bytes) -> None:
    findings = list(check(data))
    assert findings == list(check(data))
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    ends = [len(line) + 1 for line in re.split(r"\r\n?|\n", text)]
    for found in findings:
        assert 1 <= found.line <= found.end_line <= len(ends)
        assert (found.line, found.column) < (found.end_line, found.end_column)
        assert found.column >= 1
        assert 1 <= found.end_column <= ends[found.end_line - 1]
        assert visible(found.message) == found.message and len(found.message) <= 200
