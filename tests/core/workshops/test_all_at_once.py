"""A thousand people after the last twenty seats, 64 at a time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.people.contacts import Address
from core.workshops.booking import locking, room, seats
from core.workshops.model import SignUp, SignUpState
from tests.core.workshops.hall import NOW, Hall, party

PEOPLE, SEATS, AT_A_TIME = 1000, 20, 64


def sign_up_all(hall, people):
    """Everybody signs up, AT_A_TIME at once; what each was told."""

    def one(address_id):
        with hall.sessions.begin() as session:
            who = session.get_one(Address, address_id)
            return seats.sign_up(session, who, hall.id, party(1), "1", hall.vault, NOW)

    with ThreadPoolExecutor(AT_A_TIME) as crowd:
        return list(crowd.map(one, people))


def confirmed(hall):
    return [row for row in hall.rows() if row.state == SignUpState.CONFIRMED]


def test_without_the_lock_seats_are_sold_twice(kept_engine, kept_sessions, vault, monkeypatch):
    if kept_engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no lock to take away: its writers queue")
    hall = Hall(kept_sessions, vault, PEOPLE, seats=SEATS)
    with monkeypatch.context() as without:
        without.setattr(locking, "hold", lambda session, session_ids: None)
        sign_up_all(hall, hall.people[:200])
    assert len(confirmed(hall)) > SEATS


def test_a_thousand_people_after_twenty_seats_get_twenty_and_places_without_a_gap(
    kept_sessions, vault
):
    hall = Hall(kept_sessions, vault, PEOPLE, seats=SEATS)
    told = sign_up_all(hall, hall.people)
    assert len(confirmed(hall)) == SEATS
    assert sum(one.state == SignUpState.CONFIRMED for one in told) == SEATS
    places = {one.sign_up_id: one.place for one in told if one.state == SignUpState.WAITING}
    with kept_sessions.begin() as session:
        order = [row.id for row in room.waiting_list(session, hall.id)]
        last = session.get_one(SignUp, order[-1])
        assert room.place(session, last) == len(order) == PEOPLE - SEATS
    # Each was told the place that they have.
    assert [places[number] for number in order] == list(range(1, PEOPLE - SEATS + 1))


def test_the_same_person_from_many_threads_is_one_sign_up(kept_sessions, vault):
    hall = Hall(kept_sessions, vault, 1, seats=SEATS)
    told = sign_up_all(hall, hall.people * AT_A_TIME)
    assert len({one.sign_up_id for one in told}) == 1
    assert hall.taken() == 1


def test_seats_given_back_by_many_at_once_are_each_offered_once(kept_sessions, vault):
    hall = Hall(kept_sessions, vault, 40, seats=SEATS)
    sign_up_all(hall, hall.people)
    going = [hall.people.index(row.address_id) for row in confirmed(hall)]
    with ThreadPoolExecutor(SEATS) as crowd:
        list(crowd.map(hall.releases, going))
    assert len(hall.in_state(SignUpState.OFFERED)) == SEATS
    assert hall.waiting() == []
    assert len(hall.told()) == SEATS
    with kept_sessions.begin() as session:
        assert session.scalar(select(SignUp.offers).order_by(SignUp.offers.desc())) == 1
