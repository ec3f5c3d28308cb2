"""What it costs to see the structure of a Python file: our logical lines against parsers, and what they tell.

Processor time in milliseconds a file; the ways take turns at each file, the best of three counts. Only ratios
of one run mean something. The parsers do the least that structure takes: visit each node once. With
`--findings` the findings of each rule per 1,000 files.

    python benchmarks/structure.py [--files 300] [--wheels DIR] [--findings]
"""

from __future__ import annotations

import argparse
import ast
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import tree_sitter
import tree_sitter_python

import corpus
from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.definitions import Kind, split
from dev_assistant.analysis.structure.logical_lines import read
from dev_assistant.analysis.structure.outline import pack
from dev_assistant.analysis.structure.relations import Index
from dev_assistant.analysis.structure.rules import RULES
from dev_assistant.model import RelPath
from figures import distribution

OURS = "logical lines, all rules"
LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
PARSER = tree_sitter.Parser(LANGUAGE)
QUERY = tree_sitter.Query(
    LANGUAGE,
    "(function_definition parameters: (parameters) @p) @f (class_definition) @c"
    " (attribute object: (identifier) @o attribute: (identifier) @a) (call function: (identifier) @n)",
)


def visit(data: bytes) -> None:
    for node in ast.walk(ast.parse(data)):
        type(node)


def walk_cursor(data: bytes) -> None:
    cursor = PARSER.parse(data).walk()
    while True:
        _ = cursor.node.type
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def query(data: bytes) -> None:
    tree_sitter.QueryCursor(QUERY).captures(PARSER.parse(data).root_node)


def split_and_parse(data: bytes) -> None:
    """The definitions by logical lines, and a tree of each function alone: what a cold splitter costs."""
    source = read(data)
    for each in split(source):
        if each.kind in {Kind.FUNCTION, Kind.METHOD}:
            text = b"\n".join(source.raw[each.first : each.last + 1])
            visit(b"if 1:\n" + text if text[:1].isspace() else text)


def ways(known: dict[bytes, object]) -> dict[str, Callable[[bytes], object]]:
    return {
        "ast.parse alone": ast.parse,
        "ast and a visitor": visit,
        "tree-sitter alone": PARSER.parse,
        "tree-sitter and a cursor": walk_cursor,
        "tree-sitter and a query": query,
        "splitter and ast": split_and_parse,
        "logical lines alone": lambda data: split(read(data)),
        OURS: lambda data: analyse(data, {}),
        "the same, all known": lambda data: analyse(data, known[data]),  # type: ignore[arg-type]
    }


def measure(files: Sequence[bytes], *, rounds: int = 3) -> dict[str, list[float]]:
    """Milliseconds of each file by each way."""
    known: dict[bytes, object] = {data: analyse(data, {}).facts for data in files}
    samples: dict[str, list[float]] = {}
    for data in files:
        for name, way in ways(known).items():
            samples.setdefault(name, []).append(min(_once(way, data) for _ in range(rounds)))
    return samples


def _once(way: Callable[[bytes], object], data: bytes) -> float:
    before = time.process_time()
    way(data)
    return (time.process_time() - before) * 1e3


def told(root: Path, paths: Sequence[Path]) -> Counter[str]:
    """Findings of each rule, those between files too."""
    found = {RelPath(str(path.relative_to(root))): analyse(path.read_bytes(), {}) for path in paths}
    counts = Counter(each.rule for structure in found.values() for each in structure.findings)
    index = Index()
    index.update({path: pack(structure.outline) for path, structure in found.items()})
    counts.update(each.rule for findings in index.relations().findings.values() for each in findings)
    print(f"{sum(not structure.understood for structure in found.values())} files not understood")
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    parser.add_argument("--findings", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        workspace = corpus.tree(Path(scratch) / "tree", 2_676, wheels=arguments.wheels)
        for project in workspace.projects if arguments.findings else ():
            root = workspace.root / project
            paths = sorted(root.rglob("*.py"))
            counts = told(root, paths)
            print(f"{project}: findings per 1,000 of {len(paths)} files")
            for rule in RULES:
                print(f"  {rule.id} {rule.name:22} {1000 * counts[rule.id] / len(paths):7.1f}")
        paths = random.Random(1).sample(sorted(workspace.root.rglob("*.py")), arguments.files)
        samples = measure([path.read_bytes() for path in paths])
    ours = sum(samples[OURS])
    print(f"\n{'ms a file':26} {'median':>8} {'mean':>8} {'of ours':>8}")
    for name, each in samples.items():
        print(f"{name:26} {distribution(each).p50:8.2f} {sum(each) / len(each):8.2f} {sum(each) / ours:8.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
