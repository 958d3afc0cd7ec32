"""Two members, two clocks and a sender at the same moment, on PostgreSQL: nothing twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.broadcasts import deciding
from core.broadcasts.deciding import Refused
from core.broadcasts.model import BroadcastState
from core.db import make_engine, make_sessions
from core.outbox import claiming
from core.outbox.claiming import Room
from core.outbox.delivery import Delivery, State
from tests.core.broadcasts.crowd import OTHER, means
from tests.core.broadcasts.test_sending import MONDAY, Desk

PEOPLE, AT_ONCE = 40, 6


@pytest.fixture
def desk(fresh_database, vault):
    engine = make_engine(fresh_database())
    desk = Desk(make_sessions(engine), vault)
    desk.crowd(PEOPLE)
    yield desk
    engine.dispose()


def at_once(*acts):
    """What each of *acts* gives or raises, begun together."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal.key

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_several_confirmations_one_counts(desk):
    desk.means = means(desk.vault, second_at=1)
    number = desk.has()
    assert desk.confirms(number) == BroadcastState.WAITING
    results = at_once(*[lambda: desk.confirms(number, OTHER)] * AT_ONCE)
    assert Counter(results) == {
        BroadcastState.SCHEDULED: 1, "broadcasts.not_now": AT_ONCE - 1,
    }  # fmt: skip


def test_several_clocks_queue_each_person_once(desk):
    number = desk.has()
    desk.confirms(number)
    at_once(*[desk.ticks] * AT_ONCE)
    assert desk.rows() == {State.QUEUED: PEOPLE}
    with desk.sessions.begin() as session:
        twice = select(Delivery.contact_id).group_by(Delivery.contact_id).having(func.count() > 1)
        assert session.scalars(twice).all() == []


@pytest.mark.parametrize("how", [deciding.pause, deciding.cancel])
def test_while_senders_claim_each_row_is_held_back_or_claimed_never_both(desk, how):
    number = desk.has()
    desk.confirms(number)
    desk.ticks()
    at_once(
        *[lambda: desk.claims(room=Room(by_day=5))] * 3,
        lambda: desk.does(how, number),
        *[lambda: desk.claims(room=Room(by_day=5))] * 2,
    )
    back = State.HELD if how is deciding.pause else State.CANCELLED
    rows = desk.rows()
    assert rows[State.SENDING] + rows[back] == PEOPLE
    with desk.sessions.begin() as session:
        assert claiming.claim(session, "sms", MONDAY + timedelta(seconds=1)) == []


def test_of_a_pause_and_a_cancellation_at_once_the_cancellation_stays(desk):
    number = desk.has()
    desk.confirms(number)
    desk.ticks()
    at_once(lambda: desk.does(deciding.pause, number), lambda: desk.does(deciding.cancel, number))
    assert desk.state(number) == BroadcastState.CANCELLED
    assert desk.rows() == {State.CANCELLED: PEOPLE}
