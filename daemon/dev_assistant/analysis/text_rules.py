"""What is wrong with a text of any kind, as rules: DA201 to DA207."""

from __future__ import annotations

from dev_assistant.analysis.rules import Rule
from dev_assistant.model import Category, Severity

CONFLICT = Rule(
    "DA201",
    "merge-conflict",
    Category.LINT,
    Severity.ERROR,
    rationale="A merge stopped here and was saved unsolved: the file holds two versions of one text.",
    example="<" * 7 + " HEAD\nlimit = 10\n" + "=" * 7 + "\nlimit = 20\n" + ">" * 7 + " feature",
    hint="Keep one version, or both in order, and delete the three marker lines.",
)
NOT_UTF8 = Rule(
    "DA202",
    "not-utf-8",
    Category.LINT,
    Severity.WARNING,
    rationale="Bytes that are not UTF-8, in a file that declares no other encoding, are read differently "
    "by every "
    "tool and every machine, or not at all.",
    example="name = caf\\xe9 (one byte of Latin-1)",
    hint="Save the file as UTF-8, or declare its encoding where the format has a place for that.",
)
UTF_16 = Rule(
    "DA203",
    "utf-16",
    Category.LINT,
    Severity.WARNING,
    rationale="Most tools, compilers and diffs take UTF-16 and UTF-32 for binary data and skip the file "
    "silently.",
    example="the bytes FF FE at the beginning, as PowerShell's > writes them",
    hint="Save the file as UTF-8.",
)
NUL = Rule(
    "DA204",
    "nul-byte",
    Category.LINT,
    Severity.WARNING,
    rationale="A NUL byte ends the text for programs written in C, and makes git and grep take the file "
    "for binary.",
    example="a block of zeros after a crash while the file was written",
    hint="Restore the file, or write the character as an escape.",
)
MIXED_ENDS = Rule(
    "DA205",
    "mixed-line-ends",
    Category.LINT,
    Severity.WARNING,
    rationale="Lines that end in different ways make diffs of whole files, break scripts and "
    "here-documents, and "
    "move line numbers between tools.",
    example="first\\r\\nsecond\\n",
    hint="Convert the file to one kind, and say which one in .gitattributes or .editorconfig.",
)
BIDI = Rule(
    "DA206",
    "bidi-control",
    Category.SECURITY,
    Severity.WARNING,
    rationale="Controls of writing direction make source look different from what is compiled "
    "(CVE-2021-42574, "
    "Trojan Source): what reads as a comment may be code.",
    example='if access != "user\\u202e \\u2066// only for admins\\u2069 \\u2066":',
    hint="Delete the control, or write it as an escape such as \\u202e.",
)
INVISIBLE = Rule(
    "DA207",
    "invisible-character",
    Category.SECURITY,
    Severity.WARNING,
    rationale="Characters without a shape make two names that look the same, and have carried whole "
    "programs past "
    "review inside what looks like an empty string.",
    example="password\\u200b = read()",
    hint="Delete the character, or write it as an escape such as \\u200b.",
)
RULES = (CONFLICT, NOT_UTF8, UTF_16, NUL, MIXED_ENDS, BIDI, INVISIBLE)
