"""All rules of ours by their ids, for those who explain them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dev_assistant.analysis import css_rules, data_rules, html_rules, secret_rules, text_rules
from dev_assistant.analysis.cognitive import COGNITIVE
from dev_assistant.analysis.rules import Rule
from dev_assistant.analysis.structure import rules as structure_rules

_TABLES: Final = (structure_rules, text_rules, secret_rules, data_rules, css_rules, html_rules)

RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule for rule in (*(rule for table in _TABLES for rule in table.RULES), COGNITIVE)
}
