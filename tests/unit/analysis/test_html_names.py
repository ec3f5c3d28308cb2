"""Names, labels and ids, where several elements play together."""

import pytest

from dev_assistant.analysis.html import check


def rules_of(text: str) -> list[str]:
    return [finding.rule for finding in check(text.encode())]


@pytest.mark.parametrize(
    ("text", "unnamed"),
    [
        ("<button><span aria-hidden=true>x</span></button>", 1),
        ("<button><span aria-hidden=true>x</span>Close</button>", 0),
        ("<a href=#><span><b>\n</b></span></a>", 1),
        ("<a href=#><img src=x alt=''></a>", 1),
        ("<a href=#><svg><path/></svg></a>", 1),
        ("<a href=#><my-icon></my-icon></a>", 0),
        ("<button></button><button>x</button><button></button>", 2),
        ("<p hidden><button></button></p>", 0),
    ],
)
def test_names(text: str, unnamed: int) -> None:
    assert rules_of(text) == ["DA508"] * unnamed


@pytest.mark.parametrize(
    ("text", "unlabelled"),
    [
        ("<label>a</label><input>", 1),
        ("<label for=b>a</label><input id=c>", 1),
        ("<label for=b>a</label><input id=b><textarea id=b2></textarea>", 1),
        ("<label><p><select></select></p></label>", 0),
        ("<input style='display: none'>", 0),
    ],
)
def test_labels(text: str, unlabelled: int) -> None:
    assert rules_of(text) == ["DA507"] * unlabelled


def test_ids_are_told_from_the_second_on() -> None:
    found = list(check(b"<p id=a>1</p>\n<p id=A>2</p>\n<p id=a>3</p>\n<p id=a>4</p>\n<p id=''>5</p>"))
    assert [(finding.rule, finding.line) for finding in found] == [("DA505", 3), ("DA505", 4)]
