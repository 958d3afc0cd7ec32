"""The life of a handoff, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.db import make_engine, make_sessions
from core.team import handoffs
from core.team.handoffs import Ending, Handoff, Reason
from tests.world import NOON, a_contact


@pytest.fixture
def both(database_url):
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


def begin(session, vault, reason=Reason.ASKED, now=NOON):
    return handoffs.begin(session, a_contact(session, vault), reason, None, now)


def test_one_is_open_per_contact_and_a_closed_one_leaves_room(both, vault):
    with both.begin() as session:
        first, new = begin(session, vault)
        assert new
        again, new = begin(session, vault, Reason.FAILURES)
        assert (again.id, new) == (first.id, False)
        handoffs.close(session, first, Ending.TEAM, NOON)
        session.flush()
        second, new = begin(session, vault)
        assert new
        assert second.id > first.id


def test_the_database_itself_refuses_a_second_open_one(both, vault):
    with both.begin() as session:
        first, _ = begin(session, vault)
        copy = Handoff(
            contact_id=first.contact_id, address=first.address, reason=Reason.ASKED,
            opened_at=NOON, active_at=NOON,
        )  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(copy)


def test_two_processes_that_open_one_at_once_get_the_same(both, vault):
    with both.begin() as session:
        a_contact(session, vault)
    together, got = threading.Barrier(2), []

    def process():
        together.wait()
        with both.begin() as session:
            handoff, new = begin(session, vault)
            got.append((handoff.id, new))

    threads = [threading.Thread(target=process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({number for number, _ in got}) == 1
    assert sorted(new for _, new in got) == [False, True]


def test_a_second_message_does_not_put_off_the_reminder(both, vault):
    with both.begin() as session:
        handoff, _ = begin(session, vault)
        handoffs.heard(handoff, handoff.address, NOON + timedelta(minutes=20))
        assert handoff.waiting_since == NOON
        handoffs.answered(handoff, NOON + timedelta(minutes=25))
        assert handoff.waiting_since is None
        handoffs.heard(handoff, handoff.address, NOON + timedelta(minutes=30))
        assert handoff.waiting_since == NOON + timedelta(minutes=30)
        assert handoff.taken_at == NOON + timedelta(minutes=25)


def test_who_is_erased_takes_their_handoff_along(both, vault):
    with both.begin() as session:
        begin(session, vault)
    with both.begin() as session:
        session.delete(a_contact(session, vault).contact)
    with both.begin() as session:
        assert session.scalars(select(Handoff)).all() == []
