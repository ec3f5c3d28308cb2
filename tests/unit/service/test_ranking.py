from __future__ import annotations

from dev_assistant.model import Appraisal, Digest, Priority, RelPath
from dev_assistant.service.critical_files import criticality_of
from dev_assistant.service.ranking import Facts, Ranking
from dev_assistant.settings import Settings

AUTH, PLAIN = RelPath("auth.py"), RelPath("plain.py")
ONE, TWO = Digest("1"), Digest("2")


def ranking(*, counting: bool = False) -> Ranking:
    made = Ranking(criticality_of(Settings()))
    made.counting = counting
    return made


def score(ranks: Ranking, path: RelPath = AUTH) -> float:
    rank = ranks.publish().get(path)
    return 0.0 if rank is None else rank.score


def test_imports_of_bytes_that_are_read_count_at_once() -> None:
    ranks = ranking()
    ranks.read(AUTH, ONE, b"import hmac\n")
    assert score(ranks) == 0.7
    assert ranks.is_current(AUTH) and ranks.priority(AUTH) is Priority.HIGH


def test_bytes_that_nobody_read_leave_the_imports_open() -> None:
    ranks = ranking()
    ranks.read(AUTH, ONE, None)
    assert score(ranks) == 0.4
    assert not ranks.is_current(AUTH)
    ranks.appraised(AUTH, Facts(ONE, ("hmac",)))
    assert score(ranks) == 0.7 and ranks.is_current(AUTH)


def test_last_known_changes_go_on_until_they_are_counted_anew() -> None:
    ranks = ranking(counting=True)
    ranks.read(AUTH, ONE, b"")
    assert not ranks.is_current(AUTH)
    ranks.appraised(AUTH, Facts(ONE, (), 101))
    ranks.read(AUTH, TWO, b"import hmac\n")
    assert (score(ranks), ranks.is_current(AUTH)) == (0.9, False)
    ranks.appraised(AUTH, Facts(ONE, (), 101))
    assert not ranks.is_current(AUTH)
    ranks.appraised(AUTH, Facts(TWO, ("hmac",), 3))
    assert (score(ranks), ranks.is_current(AUTH)) == (0.7, True)


def test_other_languages_have_no_imports() -> None:
    ranks = ranking()
    ranks.read(RelPath("auth.js"), ONE, b"import hmac\n")
    assert score(ranks, RelPath("auth.js")) == 0.4


def test_a_file_that_is_not_read_counts_by_its_place() -> None:
    ranks = ranking(counting=True)
    ranks.read(AUTH, ONE, b"import hmac\n")
    ranks.left(AUTH)
    assert (score(ranks), ranks.read_paths()) == (0.4, [])


def test_what_is_published_changes_with_what_is_known_alone() -> None:
    ranks = ranking()
    ranks.read(AUTH, ONE, b"")
    before = ranks.publish()
    ranks.read(AUTH, TWO, b"# more\n")
    ranks.read(PLAIN, ONE, b"import hmac\n")
    after = ranks.publish()
    assert before is not after and set(after) == {AUTH, PLAIN}
    ranks.read(AUTH, ONE, b"")
    assert ranks.publish() is after
    ranks.forget(AUTH)
    assert set(ranks.publish()) == {PLAIN} and set(after) == {AUTH, PLAIN}


def test_what_is_remembered_of_the_same_bytes_is_believed_and_no_news() -> None:
    ranks = ranking()
    ranks.read(AUTH, ONE, b"import hmac\n")
    remembered = ranks.take_news()
    assert set(remembered) == {AUTH} and ranks.take_news() == {}
    again = ranking()
    again.recall(AUTH, ONE, remembered[AUTH])
    assert (score(again), again.is_open(AUTH), again.take_news()) == (0.7, False, {})


def test_what_is_remembered_of_other_bytes_or_other_imports_counts_nothing() -> None:
    ranks = ranking()
    ranks.recall(AUTH, TWO, Appraisal(ONE, ("hmac",), ranks.rules.sought, None, None))
    ranks.recall(PLAIN, TWO, Appraisal(TWO, ("hmac",), Digest("others"), None, None))
    assert (score(ranks), score(ranks, PLAIN)) == (0.4, 0.0)
    assert ranks.is_open(AUTH) and ranks.is_open(PLAIN)


def test_lines_that_were_counted_once_are_so_until_head_is_asked() -> None:
    ranks = ranking(counting=True)
    ranks.recall(AUTH, ONE, Appraisal(ONE, (), ranks.rules.sought, "blob", 101))
    assert score(ranks) == 0.6 and ranks.is_open(AUTH)
    ranks.appraised(AUTH, Facts(ONE, (), 101, blob="blob"))
    assert (ranks.is_open(AUTH), ranks.take_news()) == (False, {})


def test_lines_that_could_not_be_counted_are_not_remembered() -> None:
    ranks = ranking(counting=True)
    ranks.read(AUTH, ONE, b"")
    ranks.appraised(AUTH, Facts(ONE, (), None, blob="blob"))
    assert not ranks.is_open(AUTH) and ranks.take_news() == {}
