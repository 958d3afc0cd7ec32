"""Several senders of one account: their parts never add up to more than its pace."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.outbox import senders
from core.outbox.senders import DEAD, SHOWS, SURE, part
from tests.world import NOON


@given(st.one_of(st.integers(1, 60), st.floats(0.05, 0.95)), st.integers(1, 12))
def test_the_parts_are_the_whole(pace, number):
    parts = [part(pace, place, number) for place in range(number)]
    assert sum(parts) == pace
    assert parts == sorted(parts, reverse=True)


def test_whoever_is_sure_is_not_dead_for_the_others():
    assert SHOWS < SURE < DEAD


def test_each_knows_which_one_of_how_many_it_is(kept_sessions):
    with kept_sessions.begin() as session:
        assert senders.show(session, "b", "telegram", NOON) == (0, 1)
        assert senders.show(session, "a", "telegram", NOON) == (0, 2)
        assert senders.show(session, "b", "telegram", NOON) == (1, 2)
        assert senders.show(session, "b", "sms", NOON) == (0, 1)


def test_one_that_is_silent_is_taken_off_and_one_that_leaves_at_once(kept_sessions):
    later = NOON + DEAD + timedelta(seconds=1)
    with kept_sessions.begin() as session:
        for name in ("a", "b"):
            senders.show(session, name, "telegram", NOON)
        assert senders.show(session, "b", "telegram", later) == (0, 1)
        senders.show(session, "c", "telegram", later)
        senders.leave(session, "b", "telegram")
        assert senders.show(session, "c", "telegram", later) == (0, 1)
