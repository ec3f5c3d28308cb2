from __future__ import annotations

import pytest

from dev_assistant.analysis.left_out import generated, in_template

LONG = b"a{color:red}" * 20


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.min.js", b""),
        ("a-min.css", b""),
        ("b/a.css", LONG),
        ("a.js", b"/*! licence */\n\n" + LONG * 3),
        ("a.js", b"let a;\n//# sourceMappingURL=a.js.map\n"),
        ("a.css", b"a {}\n/*# sourceMappingURL=a.css.map */\n\n"),
        ("a.js", b"module.exports =\n/******/ (function(modules) { // webpackBootstrap\n"),
        ("a.js", b"(function(){function r(e,n,t){function o(i,f){if(!n[i]){if(!e[i]){var c"),
        ("a.css", b"a {}\r\n/*# sourceURL=a.css */\r\nb {}"),
    ],
)
def test_what_a_program_made(path: str, data: bytes) -> None:
    assert generated(path, data)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("min.js", b""),
        ("a.min/b.js", b"let a;"),
        ("admin.js", b""),
        ("a.css", b"/*# sourceMappingURL=a.css.map */\na {}\nb {}\n"),
        ("a.js", b"tell('//# sourceMappingURL=a.js.map');\n"),
        ("a.js", LONG + b"\n" * 2),
        ("a.js", b"/*******/\nlet a;\n"),
        ("a.js", b""),
    ],
)
def test_what_a_person_may_have_written(path: str, data: bytes) -> None:
    assert generated(path, data) == ""


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("var a = {{ data|safe }};", "{ data"),
        ("{% if a %}\nb()\n{% endif %}", "%"),
        ("a = <%= b %>", "%"),
        ("<?php echo 1 ?>", "?php"),
        ("x" * 9_000 + "{%\nif\n%}", "if"),
    ],
)
def test_places_in_a_template(text: str, mark: str) -> None:
    assert in_template(text, text.index(mark))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("<a style={{ color red }}/>", "red"),  # JSX
        ("var a = {{ b }}; var var", "var var"),
        ("{% if", "if"),
        ("{{ a", "a"),
        ("{%" + "x" * 9_000 + "%}", "%}"),
    ],
)
def test_places_elsewhere(text: str, mark: str) -> None:
    assert not in_template(text, text.index(mark))
