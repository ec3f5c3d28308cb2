"""Templates are known by marks outside of quotes."""

import pytest

from dev_assistant.analysis.template import is_template


@pytest.mark.parametrize(
    "text", ["- {{ .Values.x }}", "{% if a %}", "<%= x %>", "a: don't {{ x }}", "{{- if }}\na: 'b'"]
)
def test_templates(text: str) -> None:
    assert is_template(text)


@pytest.mark.parametrize(
    "text", ['a: "{{ x }}"', "a: '{{ x }}'", "# {{ x }}", r'"\"{{ x }}"', "a: {b: {c: 1}}", ""]
)
def test_values_that_are_filled_in_later(text: str) -> None:
    assert not is_template(text)
