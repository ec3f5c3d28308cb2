"""The rules for style sheets, each with its reason, an example that breaks it alone, and the way out.

Limits are ours unless a source is named; they stand beside the rules that use them.
"""

from __future__ import annotations

from dev_assistant.analysis.rules import Rule
from dev_assistant.model import Category, Severity

MAX_IDS = 1
"""Ids in one selector: a second one only raises specificity, since an id is unique by itself."""
MAX_CLASSES = 6
"""Classes, attributes and pseudo-classes in one selector: more can hardly be overridden but by !important."""
IMPORTANT_AT_LEAST = 10
IMPORTANT_SHARE = 0.05
"""Overuse begins where both are exceeded: more than so many, and more than this share of the declarations."""

PARSE_ERROR = Rule(
    "DA401",
    "css-parse-error",
    Category.LINT,
    Severity.ERROR,
    "Browsers drop what they cannot parse, often together with what follows, and say nothing.",
    "a { color red; }\n",
    "Correct the syntax at the place named: most often a colon, a semicolon or a brace is missing.",
)
UNKNOWN_PROPERTY = Rule(
    "DA402",
    "css-unknown-property",
    Category.LINT,
    Severity.WARNING,
    "A property that no specification knows is ignored: the declaration does nothing.",
    "a { colour: red; }\n",
    "Correct the name. Custom properties begin with two hyphens; vendor prefixes are not checked.",
)
DUPLICATE_DECLARATION = Rule(
    "DA403",
    "css-duplicate-declaration",
    Category.LINT,
    Severity.WARNING,
    "Only the last of several declarations of a property in a block counts, the others mislead. Fallbacks, "
    "whose values are of different kinds, are left alone.",
    "a { width: 10px; height: 1px; width: 20px; }\n",
    "Keep the one that is meant.",
)
DUPLICATE_RULE = Rule(
    "DA404",
    "css-duplicate-rule",
    Category.LINT,
    Severity.WARNING,
    "The same selector with the same declarations stands twice in one context: the first has no effect.",
    "a { color: red; }\nb { color: blue; }\na { color: red; }\n",
    "Delete the first.",
)
EMPTY_BLOCK = Rule(
    "DA405",
    "css-empty-block",
    Category.LINT,
    Severity.WARNING,
    "A block with nothing in it, not even a comment, is left over from something.",
    "a { }\n",
    "Delete it, or say in a comment what it is for.",
)
IMPORTANT_OVERUSE = Rule(
    "DA406",
    "css-important-overuse",
    Category.DESIGN,
    Severity.WARNING,
    "Where !important is common, it takes another one to override anything. Told once in a file with more "
    f"than {IMPORTANT_AT_LEAST} of them that are more than {IMPORTANT_SHARE:.0%} of its declarations.",
    "".join(f".a{n} {{ top: {n}px !important; }}\n" for n in range(1, IMPORTANT_AT_LEAST + 2)),
    "Order the sheets by @layer, or lower the specificity of what has to be overridden.",
)
HIGH_SPECIFICITY = Rule(
    "DA407",
    "css-high-specificity",
    Category.DESIGN,
    Severity.WARNING,
    f"A selector with more than {MAX_IDS} id or {MAX_CLASSES} classes, attributes and pseudo-classes "
    "can hardly be overridden. Counted as in Selectors Level 4, section 17, with nesting.",
    "#page #menu { color: red; }\n",
    "Name the element by one class; :where() adds nothing to specificity.",
)
UNKNOWN_UNIT = Rule(
    "DA408",
    "css-unknown-unit",
    Category.LINT,
    Severity.WARNING,
    "A number with a unit that CSS does not know makes the whole declaration invalid.",
    "a { width: 10pixels; }\n",
    "Correct the unit.",
)
INVALID_HEX_COLOUR = Rule(
    "DA409",
    "css-invalid-hex-colour",
    Category.LINT,
    Severity.WARNING,
    "A hexadecimal colour has 3, 4, 6 or 8 digits; with any other number the declaration is invalid.",
    "a { color: #ff00f; }\n",
    "Complete the colour.",
)

RULES: tuple[Rule, ...] = (
    PARSE_ERROR,
    UNKNOWN_PROPERTY,
    DUPLICATE_DECLARATION,
    DUPLICATE_RULE,
    EMPTY_BLOCK,
    IMPORTANT_OVERUSE,
    HIGH_SPECIFICITY,
    UNKNOWN_UNIT,
    INVALID_HEX_COLOUR,
)
