"""When a new model counts as worse than the one before."""

import pytest

from core.content.figures import Judged, compare, spoilt


def asked(**verdicts: int) -> dict[str, Judged]:
    """Figures of one group: so many questions of each verdict, in this order."""
    listed = [verdict for verdict, count in verdicts.items() for _ in range(count)]
    return {
        str(number): Judged(f"question {number}", ("fr",), verdict)
        for number, verdict in enumerate(listed)
    }


def is_worse(before: dict[str, Judged], after: dict[str, Judged]) -> bool:
    [row] = compare(before, after)
    return row.worse


@pytest.mark.parametrize(
    ("lost", "worse"), [(0, False), (1, False), (4, False), (5, True), (40, True)]
)
def test_what_is_only_lost_counts_beyond_four_questions(lost, worse):
    before = asked(right=100)
    assert is_worse(before, asked(fallback=lost, right=100 - lost)) is worse


def test_as_many_won_as_lost_is_chance_however_many():
    before = asked(right=50, fallback=50)
    assert not is_worse(before, asked(fallback=50, right=50))


def test_what_is_won_elsewhere_makes_up_for_what_is_lost_only_in_part():
    before = asked(right=90, fallback=10)
    assert is_worse(before, asked(fallback=30, right=70))
    after = asked(fallback=15, right=75) | {
        str(n): Judged("", ("fr",), "right") for n in range(90, 100)
    }
    assert not is_worse(before, after)


def test_a_large_group_may_lose_three_in_a_thousand():
    before = asked(right=4000)
    assert not is_worse(before, asked(fallback=12, right=3988))
    assert is_worse(before, asked(fallback=13, right=3987))


def test_more_wrong_answers_are_worse_even_when_as_many_are_right():
    before = asked(right=80, fallback=20)
    after = asked(right=80, wrong=10, fallback=10)
    assert is_worse(before, after)
    assert [now.verdict for _, now in spoilt(before, after)] == ["wrong"] * 10


def test_only_questions_that_both_were_asked_are_compared():
    before, after = asked(right=10), asked(right=20)
    [row] = compare(before, after)
    assert (row.asked, row.right) == (10, (10, 10))
    assert compare({}, after) == []
