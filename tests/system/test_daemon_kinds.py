"""Every kind of file by its own tool, and advice beside it: one real daemon with all that is installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import pytest

from system.daemon_process import Desk, desk

pytestmark = pytest.mark.linux

KINDS = {
    "a.py": ("def f():\n    raise NotImplementedError\n", {"DA107"}),
    "a.js": ("debugger;\n", {"eslint/no-debugger"}),
    "a.css": ("a { colour: red }\n", {"DA402"}),
    "a.html": ("<img src=a>\n", {"DA506"}),
    "a.json": ('{"a": 1, "a": 2}\n', {"DA302"}),
    "a.yaml": ("a: 1\na: 2\n", {"DA302"}),
    "a.md": ("[a]()\n", {"MD042"}),
    "a.txt": ("<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n", {"DA201"}),
}


class Whole(Desk):
    """A desk with every verifier on."""

    settings: ClassVar[Mapping[str, str]] = {}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("kinds"), make=Whole) as place:
        yield place


@pytest.fixture
def place(running: Desk) -> Desk:
    running.turn()
    running.project("app")
    for name, (text, _) in KINDS.items():
        running.write(f"app/{name}", text)
    running.start()
    return running


def rules(place: Desk) -> dict[str, set[str]]:
    return {
        file["path"]: {finding["rule"] for finding in file["findings"]} for file in place.agree()["files"]
    }


def test_each_kind_has_its_findings_and_a_fresh_process_agrees(place: Desk) -> None:
    found = rules(place)
    assert {name: found[name] for name in KINDS} == {name: expected for name, (_, expected) in KINDS.items()}
    passed = {file["path"]: file["passed"] for file in place.check()["files"]}
    assert passed["a.py"] is True  # advice alone
    assert not any(passed[name] for name in KINDS if name != "a.py")
    place.assert_chains()


def test_a_save_of_each_kind_is_judged_and_a_restart_judges_nothing(place: Desk) -> None:
    for name in KINDS:
        place.write(f"app/{name}", "{}\n" if name.endswith((".json", ".css")) else "")
    place.settle()
    assert set().union(*rules(place).values()) <= {"DA301", "DA401", "unicorn/no-empty-file"}
    done = len(place.verified("app"))
    place.run("stop")
    place.start()
    place.agree()
    assert len(place.verified("app")) == done


def test_the_advice_comes_after_the_verdict(place: Desk) -> None:
    with place.events("app/probe.py") as events:
        digest = place.write("app/a.py", "import os\n\n\ndef f():\n    raise NotImplementedError\n")
        assert digest
        place.settle()
        told = [event for event in events.before(place.tree / "app/probe.py") if event["path"] == "a.py"]
    assert [(event["awaiting"], event["passed"]) for event in told] == [(["deep"], False), ([], False)]


def test_a_secret_is_told_and_written_nowhere(place: Desk) -> None:
    begin, end = (f"-----{word} RSA PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
    body = "QUJDRA==" * 20
    place.write("app/keys.txt", f"{begin}\n{body}\n{end}\n")
    place.settle()
    assert rules(place)["keys.txt"]
    written = [path for path in place.root.rglob("*") if path.is_file() and path.name != "keys.txt"]
    assert not [path for path in written if b"QUJDRA" in path.read_bytes()]


def test_a_definition_that_did_not_change_is_not_analysed_again(place: Desk) -> None:
    text = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(100))
    place.write("app/long.py", text)
    place.settle()
    place.write("app/long.py", text.replace("return 50\n", "return 50 + 1\n"))
    place.settle()
    (why,) = place.document("why", str(place.projects["app"] / "long.py"))["projects"]
    assert why["definitions"] == {"analysed": 1, "reused": 100}
