"""Hostile things to find in a tree, each by its name: a builder that puts one kind of them below a directory.

Nothing here is random.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

FINDING = b"import os\n"
"""A module with one finding of the rules E and F."""

Builder = Callable[[Path, Path], None]
"""Takes the directory to build in, and the canary that must never come to be."""

NAMES: dict[str, bytes] = {
    "newline": b"new\nline\n# Heading\n| a | b |.py",
    "escape": b"esc\x1b[2J\x1b]0;title\x07.py",
    "c1": "c1\x9b31m\x85.py".encode(),
    "bidi": "bidi\u202egnp\u2066.py".encode(),
    "pipe": b"a|b|c.py",
    "backticks": b"```` `x` ```.py",
    "html": b"<img src=x onerror=alert(1)>.py",
    "link": b"[click](javascript:alert(1))![i](http:evil).py",
    "dash": b"-rf.py",
    "option": b"--config=x.py",
    "at": b"@file.py",
    "bytes": b"caf\xe9\xff.py",
    "surrogate": b"half\xed\xa0\x80.py",
    "longest": b"l" * 252 + b".py",
    "trailing": b"space .py ",
    "blank": b" .py",
    "quotes": b"'\"$(touch canary);.py",
    "backslash": b"C:\\new\\x1b.py",
    "tab": b"tab\tcr\r.py",
    "composed": "é.py".encode(),
    "decomposed": "e\u0301.py".encode(),
    "glob": b"[!a]*?{b,c}.py",
    "comment": b"# <!-- x -->.py",
    "command": b"::error::x.py",
}
"""What files and directories are named; a directory of each name holds ``inner.py``."""

CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "nul": b"a = 1\0\nimport os\n",
    "bom": b"\xef\xbb\xbfimport os\n",
    "utf16": "import os\n".encode("utf-16"),
    "latin1": b"# -*- coding: latin-1 -*-\ns = '\xe9'\nimport os\n",
    "unknown_coding": b"# -*- coding: \x1b[31m -*-\nimport os\n",
    "mixed_ends": b"import os\r\nimport sys\rimport re\nx = 1\x0c\n",
    "escapes": "import os as \x9b\n'\x1b]0;t\x07' = 1\nx: '\u202e|`<b>`'\n".encode(),
    "messages": "from `|<img src=x> import \u202ex\nimport café as a̲b\n".encode(),
    "name_in_message": "def f():\n    \uff46\uff4f\uff4f\u0301 = 1\n    return undefined_\u00e9\n".encode(),
    "deep_parentheses": b"x = " + b"(" * 2_000 + b"1" + b")" * 2_000 + b"\n",
    "deep_brackets_open": b"[" * 20_000,
    "nested_ifs": b"".join(b" " * n + b"if x:\n" for n in range(99)) + b" " * 99 + b"pass\n",
    "long_line": b"x = '" + b"a" * 300_000 + b"'\n",
    "findings": b"import os\n" * 2_000,
    "bytes": bytes(range(256)) * 20,
}


def names(directory: Path, _canary: Path) -> None:
    """A file and a directory of each hostile name."""
    for place in (b"files", b"directories"):
        os.mkdir(os.path.join(os.fsencode(directory), place))
    for name in NAMES.values():
        _write(os.path.join(os.fsencode(directory), b"files", name), FINDING)
        inner = os.path.join(os.fsencode(directory), b"directories", name)
        os.mkdir(inner)
        _write(os.path.join(inner, b"inner.py"), FINDING)


def contents(directory: Path, _canary: Path) -> None:
    """A module of each hostile content."""
    for name, data in CONTENTS.items():
        (directory / f"{name}.py").write_bytes(data)


def special(directory: Path, _canary: Path) -> None:
    """FIFOs, sockets and (where permitted) devices in the place of everything that is read."""
    for name in (
        "x.py",
        "pyproject.toml",
        ".gitignore",
        ".dev-assistantignore",
        "ruff.toml",
        ".ruff.toml",
        ".git",
    ):
        for kind in ("fifo", "socket", "device"):
            (directory / kind).mkdir(exist_ok=True)
            _SPECIAL[kind](directory / kind / name)
            (directory / kind / "plain.py").write_bytes(FINDING)
    os.mkfifo(directory / "__init__.py")


def links(directory: Path, _canary: Path) -> None:
    """Links that lead nowhere, round, out, and to all there is."""
    outside = directory.parents[1] / "outside"
    (directory / "real.py").write_bytes(FINDING)
    for name, target in {
        "loop": ".",
        "a": "b",
        "b": "a",
        "self.py": "self.py",
        "root": "/",
        "up": "..",
        "dangling.py": "nowhere.py",
        "outside": str(outside),
        "precious.py": str(outside / "precious.txt"),
        "passwd.py": "/etc/passwd",
        "zero.py": "/dev/zero",
        "stdin.py": "/proc/self/fd/0",
        "other": "../plain",
        "twin.py": "real.py",
    }.items():
        (directory / name).symlink_to(target)
    for name, target in {
        "pyproject.toml": "/dev/zero",
        ".gitignore": "/dev/zero",
        "ruff.toml": "../links/a",
    }.items():
        (directory / f"with_{name}").mkdir()
        (directory / f"with_{name}" / name).symlink_to(target)
        (directory / f"with_{name}" / "x.py").write_bytes(FINDING)


def endless(directory: Path, _canary: Path) -> None:
    """An ignore file that has no end, which ruff's server reads and does not answer for."""
    (directory / ".gitignore").symlink_to("/dev/zero")
    (directory / "x.py").write_bytes(FINDING)


def large(directory: Path, _canary: Path) -> None:
    """Files that are too large to be judged, and some that are as large as is allowed."""
    for name, line in {"lines": b"x = 1\n", "line": b"x" * 1_000}.items():
        with open(directory / f"{name}.py", "wb") as file:
            file.writelines(line * (1_000_000 // len(line)) for _ in range(100))
    (directory / "findings.py").write_bytes(FINDING * 100_000)
    (directory / "nested.py").write_bytes(
        b"".join(b" " * n + b"if x:\n" for n in range(3_000)) + b" " * 3_000 + b"y\n"
    )
    (directory / "brackets.py").write_bytes(b"x = " + b"[" * 20_000 + b"]" * 20_000 + b"\n")
    with open(directory / "sparse.py", "wb") as file:
        file.truncate(1 << 40)


def depths(directory: Path, _canary: Path) -> None:
    """Directories so deep that their path is longer than any system call takes."""
    here = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    for level in range(24):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = inner
        if level % 6 == 0 or level == 23:
            os.close(os.open("deep.py", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)


def ignores(directory: Path, _canary: Path) -> None:
    """Ignore files that want time or memory."""
    for name, lines in {
        "stars": "*a" * 2_000 + "b\n",
        "many": "".join(f"*{n}*x?[a-c]{n}\n" for n in range(2_000)),
        "deep": "**/a/" * 5_000 + "b\n",
        "bytes": "".join(map(chr, range(256))) * 50,
        "classes": "[" * 5_000 + "\n" + "[[:alpha:]" * 2_000,
    }.items():
        place = directory / name
        place.mkdir()
        (place / ".gitignore").write_text(lines, encoding="latin-1")
        (place / f"{'a' * 200}.py").write_bytes(FINDING)


def programs(directory: Path, canary: Path) -> None:
    """Programs and modules that somebody might run or import by mistake."""
    directory.mkdir(exist_ok=True)
    for place in (
        directory,
        directory / "bin",
        directory / "node_modules" / ".bin",
        directory / ".venv" / "bin",
    ):
        place.mkdir(parents=True, exist_ok=True)
        for name in ("ruff", "python", "python3", "git", "uv", "sh", "dev-assistant"):
            (place / name).write_text(f"#!/bin/sh\ntouch '{canary}'\n")
            (place / name).chmod(0o755)
    trap = f"open({str(canary)!r}, 'w').close()\n"
    for name in (
        "sitecustomize",
        "usercustomize",
        "conftest",
        "json",
        "ruff",
        "msgspec",
        "dev_assistant",
        "setup",
    ):
        (directory / f"{name}.py").write_text(trap)
    (directory / "evil.pth").write_text(f"import os; {trap}")
    (directory / ".env").write_text(
        f"PATH={directory}\nPYTHONPATH={directory}\nDEV_ASSISTANT_LOG_LEVEL=debug\n"
    )
    (directory / "noxfile.py").write_text(trap)


def repository(directory: Path, canary: Path) -> None:
    """A git repository, a partial clone as it says, that would run a program at every turn."""
    subprocess.run(["git", "init", "-q", str(directory)], check=True, stdin=subprocess.DEVNULL)
    run = f"touch '{canary}'; false"
    settings = {
        "core.fsmonitor": run,
        "core.sshCommand": run,
        "core.pager": run,
        "core.editor": run,
        "core.gitProxy": run,
        "core.hooksPath": str(directory / "hooks"),
        "core.attributesFile": str(directory / ".gitattributes"),
        "core.excludesFile": str(directory / "excludes"),
        "diff.evil.textconv": run,
        "diff.external": run,
        "filter.evil.clean": run,
        "filter.evil.smudge": run,
        "filter.evil.process": run,
        "credential.helper": f"!{run}",
        "remote.origin.url": "ext::sh -c touch% canary",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "alias.status": f"!{run}",
    }
    text = "".join(
        f'[{_section(key)}]\n\t{key.rpartition(".")[2]} = "{value}"\n' for key, value in settings.items()
    )
    with (directory / ".git" / "config").open("a") as config:
        config.write(text)
    (directory / ".gitattributes").write_text("*.py diff=evil filter=evil\n")
    (directory / "hooks").mkdir()
    for hook in ("post-checkout", "fsmonitor-watchman", "post-index-change", "pre-commit"):
        (directory / "hooks" / hook).write_text(f"#!/bin/sh\ntouch '{canary}'\n")
        (directory / "hooks" / hook).chmod(0o755)
    (directory / "tracked.py").write_bytes(FINDING)


def pointers(directory: Path, _canary: Path) -> None:
    """``.git`` files that point out of the tree, at FIFOs and in circles."""
    os.mkfifo(directory / "fifo")
    for name, target in {
        "out": "/etc",
        "fifo": "../fifo",
        "self": ".",
        "escape": "\x1b[2J",
        "long": "x" * 8_000,
    }.items():
        place = directory / f"to_{name}"
        place.mkdir()
        (place / ".git").write_text(f"gitdir: {target}\n")
        (place / "x.py").write_bytes(FINDING)


TREES: dict[str, Builder] = {
    "names": names,
    "contents": contents,
    "special": special,
    "links": links,
    "depths": depths,
    "ignores": ignores,
    "programs": programs,
    "repository": repository,
    "pointers": pointers,
}

ENDLESS: dict[str, Builder] = {"endless": endless, "large": large}
"""What costs seconds, gigabytes or both."""

BUILDERS = TREES | ENDLESS

CONFIGURATIONS: dict[str, str] = {
    "cache_dir": '[tool.ruff]\ncache-dir = "../../outside/cache"\n',
    "extend_outside": '[tool.ruff]\nextend = "../../outside/precious.txt"\n',
    "extend_device": '[tool.ruff]\nextend = "/dev/zero"\n',
    "extend_fifo": '[tool.ruff]\nextend = "../special/fifo/ruff.toml"\n',
    "extend_self": '[tool.ruff]\nextend = "pyproject.toml"\n',
    "fix": '[tool.ruff]\nfix = true\nfix-only = true\nunsafe-fixes = true\nlint.select = ["ALL"]\n',
    "output": '[tool.ruff]\noutput-format = "github"\nshow-fixes = true\nrespect-gitignore = false\n',
    "required_version": '[tool.ruff]\nrequired-version = ">=99\\u001b[2J"\n',
    "quadratic": f'[tool.ruff]\nexclude = ["{"*a" * 40}b", "{"**/a" * 30}/b", "{"{a,a}" * 60}*x"]\n',
    "braces": f'[tool.ruff]\nexclude = ["{"{a," * 3_000}b{"}" * 3_000}"]\n',
    "long_glob": f'[tool.ruff]\nexclude = ["{"*[ab]" * 200_000}"]\n',
    "long_name": f'[tool.ruff.lint.per-file-ignores]\n"{"x" * 500_000}" = ["F"]\n',
    "deep": "a = " + "[" * 100_000 + "\n",
    "deep_table": "[tool.ruff." + ".".join("a" * 5_000) + "]\n",
    "digits": "[tool.dev-assistant]\ndebounce_ms = " + "9" * 5_000 + "\n",
    "settings": '[tool.dev-assistant]\nwatch_paths = ["/proc", "/", "\\u0000", "~"]\n"\\u001b[2J" = 1\n',
    "patterns": f'[tool.dev-assistant]\ncritical_patterns = ["{"*a" * 500}b", "[", "\\u0000"]\n',
    "ignore": '[tool.dev-assistant]\nignore = ["\\u0000", "a\\nb", "!*", "\\ud7ff"]\n',
    "latin1": "[tool.ruff]\nextend = '\u00e9'\n",
}
"""pyproject.toml of projects with one module each. ``latin1`` is written as such."""


def _workspace(*entries: dict[str, object], **more: object) -> bytes:
    return json.dumps({"projects": entries, **more}).encode()


def _named(path: str, **more: object) -> dict[str, object]:
    return {"name": "a", "path": path, **more}


WORKSPACES: dict[str, tuple[bytes, str]] = {
    "root": (_workspace(_named("/")), "projects[0].path: must not be watched: / is a system directory"),
    "above": (_workspace(_named("../" * 60)), "projects[0].path: must not be watched: / is a system"),
    "proc": (_workspace(_named("/proc/self/root")), "projects[0].path: must not be watched: /"),
    "devices": (_workspace(_named("/dev/fd")), "lies in a system directory"),
    "tilde": (_workspace(_named("~")), 'projects[0].path: invalid value; got "~"'),
    "nul_path": (_workspace(_named("a\0b")), "projects[0].path: invalid value"),
    "half_a_pair": (_workspace(_named("\ud800")), "projects[0].path: invalid value"),
    "long_path": (_workspace(_named("x/" * 100_000)), "projects[0].path: invalid value"),
    "nul_name": (_workspace({"name": "a\0", "path": "plain"}), "projects[0].name: invalid value"),
    "escape_name": (
        _workspace({"name": "\x1b[2J\u202e", "path": "plain"}),
        "projects[0].name: invalid value",
    ),
    "long_name": (_workspace({"name": "n" * 1_000_000, "path": "plain"}), "projects[0].name: invalid value"),
    "same_name": (
        _workspace(_named("plain"), {"name": "A", "path": "other"}),
        "projects[1].name: is not unique, see projects[0].name",
    ),
    "same_root": (
        _workspace(_named("plain"), {"name": "b", "path": "./other/../plain"}),
        "projects[1].path: is the same directory as projects[0].path",
    ),
    "nested": (_workspace(_named("."), {"name": "b", "path": "plain"}), ""),
    "watched": (
        _workspace(_named("plain", watch_dirs=["/", "\0", "/proc", "~", "x/" * 9_000])),
        "watch_dirs",
    ),
    "long_watched": (_workspace(_named("plain", watch_dirs=["x/" * 9_000])), "longer than a path may be"),
    "huge_number": (
        _workspace(_named("plain", debounce_ms=10**300)),
        "projects[0].debounce_ms: invalid value",
    ),
    "digits": (b'{"projects": 1' + b"0" * 100_000 + b"}", "not JSON"),
    "exponent": (b'{"projects": [{"name": 1e999999, "path": -1e999999}]}', "projects[0].name: invalid value"),
    "not_a_number": (b'{"projects": NaN}', "NaN is not a JSON number"),
    "types": (b'{"projects": [1, null, [], "a", {}], "settings": 7}', "settings: invalid value; got 7"),
    "negative": (_workspace(_named("plain"), settings={"workers": -1}), "settings.workers: invalid value"),
    "deep": (b'{"projects": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "workspace.json"),
    "deep_objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "workspace.json"),
    "twice": (b'{"projects": [], "projects": []}', "projects: is given twice"),
    "many": (
        _workspace(*({"name": f"p{n}", "path": f"p{n}"} for n in range(100_000))),
        "too many projects; got 100,000; allowed: at most 1,000",
    ),
    "too_many": (
        _workspace(*({"name": f"p{n}", "path": f"p{n}"} for n in range(1_001))),
        "too many projects; got 1,001; allowed: at most 1,000",
    ),
    "many_wrong": (_workspace(*({"name": "", "path": "/"} for _ in range(1_000))), "1,000 more mistakes"),
    "many_keys": (
        _workspace(_named("plain", **{f"k{n}": 1 for n in range(5_000)})),
        "4,900 more mistakes like these",
    ),
    "many_lists": (_workspace(_named("plain", ignore=[1] * 50_000)), "49,900 more mistakes like these"),
    "too_large": (b'{"projects": [' + b" " * (5 << 20) + b"]}", "larger than 4,194,304 bytes"),
    "empty": (b"", "not JSON"),
    "binary": (bytes(range(256)) * 100, "not UTF-8 at byte"),
}
"""workspace.json beside a directory ``plain`` with one module, and what is told of it; "": it holds."""


def configured(directory: Path, name: str) -> None:
    """A project with a hostile configuration."""
    directory.mkdir()
    encoding = "latin-1" if name == "latin1" else "utf-8"
    (directory / "pyproject.toml").write_text(CONFIGURATIONS[name], encoding=encoding)
    (directory / f"{'a' * 100}.py").write_bytes(FINDING)


def count(trees: Iterable[str], configurations: Iterable[str]) -> int:
    """How many hostile things these are."""
    several = {"names": 2 * len(NAMES), "contents": len(CONTENTS), "special": 22, "links": 16, "programs": 15}
    return sum(several.get(name, 5) for name in trees) + len([*configurations])


def _section(key: str) -> str:
    parts = key.split(".")
    return parts[0] if len(parts) == 2 else f'{parts[0]} "{".".join(parts[1:-1])}"'


def _write(path: bytes, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _socket(path: Path) -> None:
    """Bound by a short name: a socket's path has a limit that the tree's may exceed."""
    here = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{here}/{path.name}")
    os.close(here)


def _device(path: Path) -> None:
    """A terminal, which would be waited for. Without the right to make one, a link to one."""
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(5, 0))
    except PermissionError:
        path.symlink_to("/dev/tty")


_SPECIAL: dict[str, Callable[[Path], None]] = {"fifo": os.mkfifo, "socket": _socket, "device": _device}
