from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant import process
from dev_assistant.model import Checked
from dev_assistant.verify.ruff_scope import build
from dev_assistant.verify.ruff_server import Document, Key, Servers
from unit.verify.fakes import LANGUAGE_SERVER, program
from unit.verify.judging import directories, project, started, write

FAKE = (
    LANGUAGE_SERVER
    + """
TEXT = open(sys.argv[0] + ".settings").read()
texts = {}

def item(name):
    place = {"line": 0, "character": 0}
    return {"range": {"start": place, "end": place}, "message": "m", "code": name}

def read_documents():
    while True:
        message = read()
        if message["method"] == "textDocument/didOpen":
            document = message["params"]["textDocument"]
            texts[document["uri"]] = document["text"]
        if "id" in message:
            return message

SETTINGS = TEXT

def main(diagnose=lambda text: ["invalid-syntax"] if "(" in text else [], before=lambda: None):
    while True:
        message = read_documents()
        if message["method"] == "initialize":
            result = {}
        elif message["method"] == "workspace/executeCommand":
            result = SETTINGS
        else:
            before()
            text = texts[message["params"]["textDocument"]["uri"]]
            result = {"kind": "full", "items": list(map(item, diagnose(text)))}
        write(id=message["id"], result=result)
"""
)


class Tree:
    """One project with one file, and the document for it."""

    def __init__(self, root: Path, options: str = 'lint.select = ["F"]\n') -> None:
        write(root, {"ruff.toml": options, "a.py": "import os\n"})
        self.root = str(root)
        scope = build(project(root), directories(root), ruff=lambda: process.tool("ruff"), timeout=30.0)
        self.group = scope.view().place(self.root).group
        self.key = Key(self.root, scope.folders, scope.digest, "1")

    def document(self, text: str = "x = 1\n", name: str = "a.py") -> Document:
        return Document(f"{self.root}/{name}", text, self.group)


@pytest.fixture(name="tree")
def _tree(tmp_path):
    return Tree(tmp_path / "p")


@pytest.fixture(name="fake")
def _fake(tmp_path, tree):
    def fake(body: str) -> str:
        path = program(tmp_path, FAKE + body)
        with open(path + ".settings", "w") as handle:
            handle.write(tree.group.settings.text + "\n# Formatter Settings\n")
        return path

    return fake


@pytest.fixture(name="servers")
def _servers():
    servers = Servers(limit=2)
    yield servers
    servers.close()


def _check(servers, ruff: str, tree: Tree, *documents: Document, timeout: float = 30.0):
    return servers.check(ruff, tree.key, documents or [tree.document()], timeout=timeout)


def test_the_text_that_is_sent_is_what_is_judged(servers, tree):
    ruff = process.tool("ruff")
    dirty, clean = tree.document("import os\n"), tree.document("x = 1\n", "new.py")
    verdicts = _check(servers, ruff, tree, dirty, clean)
    assert [f.rule for f in verdicts[dirty.path].findings] == ["F401"]
    assert verdicts[clean.path] == Checked()
    again = _check(servers, ruff, tree, tree.document("x = '𝄞'; y = nope\n"))
    assert [(f.rule, f.column) for f in again[dirty.path].findings] == [("F821", 14)]


def test_a_clean_file_is_believed_of_a_server_that_would_see_a_syntax_error(servers, tree, fake):
    assert _check(servers, fake("main()"), tree) == {f"{tree.root}/a.py": Checked()}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("main(diagnose=lambda text: [])", "it leaves the file out"),
        ("SETTINGS = TEXT.replace('F401', 'F402'); main()", "its rules are others"),
        ("SETTINGS = 'nonsense'; main()", "it does not say what its rules are"),
        ("main(before=sys.exit)", "it ends"),
        ("main(before=lambda: print('nonsense', flush=True))", "it talks nonsense"),
        ("main(before=lambda: write(id=99, result=None))", "it answers what nobody asked"),
        ("main(diagnose=lambda text: [3])", "it sends findings of another form"),
        ("main(before=signal.pause)", "it hangs"),
        ("signal.pause()", "it never starts"),
        ("sys.exit(1)", "it ends at once"),
    ],
)
def test_no_verdict_from_a_server_that_cannot_be_believed(servers, tree, fake, body, why):
    timeout = 0.5 if "pause" in body else 30.0
    assert _check(servers, fake(body), tree, timeout=timeout) == {}, why


@pytest.mark.parametrize(("after", "believed"), [("TEXT", True), ('TEXT.replace("F401", "F402")', False)])
def test_a_server_that_complains_has_to_prove_its_settings_again(servers, tree, fake, after, believed):
    body = f"""
def complain():
    global SETTINGS, complaints
    if complaints:
        write(method="window/showMessage", params={{"type": 1, "message": complaints.pop()}})
        SETTINGS = {after}
complaints = ["broken"]
main(before=complain)
"""
    ruff = fake(body)
    assert _check(servers, ruff, tree) == {}
    assert (_check(servers, ruff, tree) != {}) is believed


def test_a_server_that_only_tells_something_is_believed(servers, tree, fake):
    body = 'main(before=lambda: write(method="window/showMessage", params={"type": 3, "message": "hello"}))'
    ruff = fake(body)
    assert _check(servers, ruff, tree) == _check(servers, ruff, tree) != {}


def test_a_server_that_failed_is_started_again_once_and_then_left_alone_for_a_while(
    servers, tree, fake, tmp_path
):
    log = tmp_path / "log"
    ruff = fake(f"open({str(log)!r}, 'a').write('x'); main(before=sys.exit)")
    for _ in range(6):
        assert _check(servers, ruff, tree) == {}
    assert log.read_text() == "xx"


def test_servers_are_few_and_the_longest_idle_makes_room(servers, tree, fake):
    ruff = fake("main()")
    keys = [tree.key._replace(scope=str(number)) for number in range(3)]
    for key in (keys[0], keys[1], keys[0], keys[2]):
        assert servers.check(ruff, key, [tree.document()], timeout=30.0)
    assert list(servers._sessions) == [keys[0], keys[2]]


def test_a_server_is_begun_once_for_what_is_asked_later(servers, tree, fake, tmp_path):
    log = tmp_path / "log"
    ruff = fake(f"open({str(log)!r}, 'a').write('x'); main()")
    for _ in range(2):  # the second save comes at once
        servers.begin(ruff, tree.key, [tree.document()], timeout=30.0)
    started()
    assert servers.lives(tree.key)
    assert _check(servers, ruff, tree) != {}
    assert log.read_text() == "x"


def test_one_that_fails_is_not_started_for_every_save(servers, tree, fake, tmp_path):
    log = tmp_path / "log"
    ruff = fake(f"open({str(log)!r}, 'a').write('x'); sys.exit(1)")
    for _ in range(6):
        servers.begin(ruff, tree.key, [tree.document()], timeout=30.0)
        started()
        assert not servers.lives(tree.key)
    assert log.read_text() == "xx"


def test_another_configuration_is_another_server(servers, tree):
    ruff = process.tool("ruff")
    assert _check(servers, ruff, tree, tree.document("import os\n"))[f"{tree.root}/a.py"].findings
    other = Tree(Path(tree.root), 'lint.select = ["W"]\n')
    assert _check(servers, ruff, other, other.document("import os\n")) == {f"{tree.root}/a.py": Checked()}


@pytest.mark.parametrize("begun", [True, False])
def test_nothing_is_left_of_a_server_that_is_only_starting(tree, begun):
    servers = Servers()
    if begun:
        servers.begin(process.tool("ruff"), tree.key, [tree.document()], timeout=30.0)
    servers.close()
    started()
    assert not servers.lives(tree.key)
    servers.begin(process.tool("ruff"), tree.key, [tree.document()], timeout=30.0)
    started()
    assert servers.lives(tree.key)
    servers.close()
