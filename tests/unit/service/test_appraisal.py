from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev_assistant.files import digest_of
from dev_assistant.model import Digest, RelPath
from dev_assistant.service.appraisal import Appraiser, Frame, Question
from dev_assistant.service.critical_files import criticality_of
from dev_assistant.service.ranking import Facts
from dev_assistant.settings import Settings
from dev_assistant.watch.repositories import repositories
from fakes.git import FakeGit, FakeHead, commit

SOURCE = b"import hmac\n"
DIGEST = digest_of(SOURCE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    top = Path(os.path.realpath(tmp_path))
    (top / "a.py").write_bytes(SOURCE)
    return top


def appraise(
    root: Path, *, known: Facts | None = None, digest: Digest = DIGEST, git: FakeGit | None = None
) -> dict[RelPath, Facts]:
    frame = Frame(criticality_of(Settings()), Settings(), repositories([str(root)]))
    known = known or Facts(digest, read=False)
    question = Question(RelPath("a.py"), str(root / "a.py"), known)
    return Appraiser(git or FakeGit()).appraise(frame, [question])


def test_imports_are_read_where_there_is_no_repository(root: Path) -> None:
    assert appraise(root) == {"a.py": Facts(DIGEST, ("hmac",))}


def test_what_is_known_is_not_read(root: Path) -> None:
    (root / "a.py").unlink()
    assert appraise(root, known=Facts(DIGEST)) == {"a.py": Facts(DIGEST)}


def test_changes_are_counted_against_the_working_trees_head(root: Path) -> None:
    git = FakeGit()
    commit(root, git.heads.setdefault(str(root), FakeHead()))
    (root / "a.py").write_bytes(more := SOURCE + b"x\n" * 7)
    facts = Facts(digest_of(more), ("hmac",), 7, blob=DIGEST)
    assert appraise(root, digest=digest_of(more), git=git) == {"a.py": facts}


def test_bytes_that_are_those_of_head_are_not_read(root: Path) -> None:
    git = FakeGit()
    commit(root, git.heads.setdefault(str(root), FakeHead()))
    assert appraise(root, known=Facts(DIGEST, ("hmac",)), git=git) == {
        "a.py": Facts(DIGEST, ("hmac",), 0, blob=DIGEST)
    }
    assert git.heads[str(root)].compared == []


def test_what_was_counted_against_the_same_blob_is_not_counted_again(root: Path) -> None:
    git = FakeGit()
    commit(root, git.heads.setdefault(str(root), FakeHead()))
    other = Digest("other")
    known = Facts(other, ("hmac",), 7, counted=False, blob=DIGEST)
    assert appraise(root, known=known, git=git) == {"a.py": Facts(other, ("hmac",), 7, blob=DIGEST)}
    assert appraise(root, known=known._replace(blob="another"), git=git) == {}


def test_nothing_is_said_of_a_file_that_has_other_bytes_or_is_gone(root: Path) -> None:
    assert appraise(root, digest=Digest("other")) == {}
    (root / "a.py").unlink()
    assert appraise(root) == {}
