"""Whether scripts are judged as oxlint judges them, and what all kinds of front-end code are told.

Packages of npm are unpacked into a project each and checked without a cache; then oxlint is run on what was
judged, with the same flags and configuration, and compared file by file (rule, line, column, message).

    python benchmarks/frontend.py [--packages DIR]   (a directory of tarballs instead of `npm pack`)
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from agreement import SHOWN, Disagreement, Document
from corpus import CACHE
from dev_assistant.verify.oxlint import CONFIGURATION, Oxlint
from subject import COMMAND

PACKAGES = (
    "preact@11.2.0",
    "htmx.org@4.0.1",
    "normalize.css@8.0.1",
    "bootstrap@5.3.9",
    "html5-boilerplate@9.0.1",
    "swagger-ui-dist@5.35.0",
    "@tanstack/react-query@5.108.0",
    "rxjs@7.8.2",
    "reveal.js@6.0.2",
    "element-ui@2.15.14",
    "carbon-components-svelte@0.112.1",
    "semantic-ui-css@2.5.0",
    "react-native-gesture-handler@3.5.0",
)
OXLINT = str(Path(sys.executable).parent / "oxlint")
FLAGS = ("--disable-nested-config", "--no-ignore", "--format=json", f"--config={CONFIGURATION}", "--")
CHUNK = 500
Told = tuple[str, int, int, str]
"""Rule, line, column in code points, message."""


def tarballs(directory: Path | None) -> list[Path]:
    """Those in ``directory``; without one those of PACKAGES, fetched once with npm and kept."""
    source = CACHE / "packages" if directory is None else directory
    if directory is None and len(list(source.glob("*.tgz"))) < len(PACKAGES):
        source.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", *PACKAGES], cwd=source, check=True, capture_output=True)
    return sorted(source.glob("*.tgz"))


def unpack(root: Path, sources: Sequence[Path]) -> None:
    """Each tarball into a project of its own below ``root``, and a workspace.json."""
    for source in sources:
        with tarfile.open(source) as archive:
            archive.extractall(root / source.stem, filter="data")
    projects = [{"name": source.stem, "path": f"./{source.stem}"} for source in sources]
    (root / "workspace.json").write_text(json.dumps({"projects": projects}))


def check(root: Path, home: Path) -> Document:
    """What a fresh process without cache says."""
    command = [COMMAND, "--workspace", str(root / "workspace.json"), "check", "--no-cache", "--json"]
    environ = os.environ | {"HOME": str(home)}
    done = subprocess.run([*command, "--timeout", "600"], env=environ, capture_output=True, check=False)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"dev-assistant check: {done.stderr.decode()}")
    document: Document = json.loads(done.stdout)
    return document


def scripts(root: Path, document: Document) -> dict[str, list[Told]]:
    """What the check says of each judged script, by its path; rules of ours for any text are left out."""
    return {
        str(root / file["project"] / file["path"]): sorted(
            (found["rule"], found["line"], found["column"], found["message"])
            for found in file["findings"]
            if not found["rule"].startswith("DA")
        )
        for file in document["files"]
        if file["state"] == "fresh" and PurePosixPath(file["path"]).suffix in Oxlint.suffixes
    }


def directly(paths: Sequence[str]) -> dict[str, list[Told]]:
    """What oxlint says of the same files."""
    found: dict[str, list[Told]] = {path: [] for path in paths}
    for start in range(0, len(paths), CHUNK):
        command = [OXLINT, *FLAGS, *paths[start : start + CHUNK]]
        done = subprocess.run(command, cwd="/", capture_output=True, check=False)
        for diagnostic in json.loads(done.stdout)["diagnostics"]:
            path = os.path.join("/", diagnostic["filename"])
            found[path].append(_told(path, diagnostic))
    return {path: sorted(told) for path, told in found.items()}


def _told(path: str, diagnostic: dict[str, Any]) -> Told:
    """Its ``column`` counts bytes; the message is kept as far as ours is."""
    rule = diagnostic.get("code", "invalid-syntax").replace("(", "/").rstrip(")")
    span = diagnostic["labels"][0]["span"] if diagnostic["labels"] else {"line": 1, "offset": 0}
    before = Path(path).read_bytes()[: span["offset"]].decode()
    column = len(before) - max(before.rfind("\n"), before.rfind("\r"))
    message = " ".join(diagnostic["message"].split())
    return rule, span["line"], column, message if len(message) <= 200 else message[:199] + "…"


def kinds(document: Document) -> Iterator[str]:
    """Files and findings by type, and the rules that were told most."""
    files = Counter((PurePosixPath(file["path"]).suffix, file["state"]) for file in document["files"])
    told = Counter(
        (PurePosixPath(file["path"]).suffix, found["rule"])
        for file in document["files"]
        for found in file["findings"]
    )
    for (suffix, state), number in sorted(files.items()):
        most = [f"{rule} {count}" for (kind, rule), count in told.most_common() if kind == suffix]
        yield f"{suffix:9} {state:8} {number:6}  {', '.join(most[:4]) if state == 'fresh' else ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--packages", type=Path, help="a directory of tarballs instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        root = Path(scratch).resolve() / "tree"
        root.mkdir()
        unpack(root, tarballs(arguments.packages))
        begun = time.monotonic()
        document = check(root, Path(scratch))
        seconds = time.monotonic() - begun
        ours = scripts(root, document)
        theirs = directly(list(ours))
    different = [path for path in ours if ours[path] != theirs[path]]
    print("\n".join(kinds(document)))
    rows = {
        "check_s": seconds,
        "files": len(document["files"]),
        "failed": document["summary"]["failed"],
        "scripts": len(ours),
        "script_findings": sum(map(len, ours.values())),
        "different": len(different),
    }
    for name, value in rows.items():
        print(f"{name:16} {value:12,.2f}")
    if different:
        shown = "\n".join(f"{path}: {ours[path]}, oxlint: {theirs[path]}" for path in different[:SHOWN])
        raise SystemExit(str(Disagreement(shown)))


if __name__ == "__main__":
    main()
