"""Signing up, giving back, waiting and being offered a seat, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.outbox import posting
from core.outbox.delivery import Cause, State
from core.people.contacts import Address, AddressState
from core.workshops.booking import seats, waiting
from core.workshops.booking.refusals import (
    NoSuchSession,
    NotEnoughSeats,
    NotOpenYet,
    NotSignedUp,
    OfferOver,
    SessionCalledOff,
    SessionOver,
    SignUpsClosed,
    TooManyPeople,
)
from core.workshops.booking.seats import Placed
from core.workshops.model import (
    NAME,
    Attendee,
    CancelReason,
    SessionState,
    SignUpState,
)
from tests.core.workshops.hall import NOW, Hall, party

CONFIRMED, WAITING, OFFERED = SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.OFFERED
CANCELLED = SignUpState.CANCELLED
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHT = NOW + 12 * HOUR


@pytest.fixture
def hall(kept_sessions, vault):
    return Hall(kept_sessions, vault)


@pytest.fixture
def full(hall):
    """Three seats, taken by 0, 1 and 2; 3, 4 and 5 wait in this order."""
    for person in range(6):
        hall.signs_up(person)
    return hall


# Signing up


def test_seats_go_to_the_first_and_the_others_wait_in_their_order(hall):
    results = [hall.signs_up(person) for person in range(5)]
    assert [(one.state, one.place) for one in results] == [
        (CONFIRMED, None), (CONFIRMED, None), (CONFIRMED, None), (WAITING, 1), (WAITING, 2)
    ]  # fmt: skip


def test_first_names_are_sealed(hall, vault):
    hall.signs_up(0, 2)
    with hall.sessions.begin() as session:
        rows = session.scalars(select(Attendee).order_by(Attendee.id)).all()
        assert [(vault.open(row.name, NAME), row.child) for row in rows] == party(2)
        assert b"nom" not in rows[0].name


def test_the_same_person_twice_is_one_sign_up_with_the_newest_people(hall):
    first = hall.signs_up(0, 2)
    again = hall.signs_up(0, 1)
    assert again == first
    assert hall.taken() == 1
    with hall.sessions.begin() as session:
        assert len(session.scalars(select(Attendee)).all()) == 1


def test_who_waits_and_signs_up_again_keeps_their_place(full):
    assert full.signs_up(3, 2).place == 1
    assert full.waiting() == [3, 4, 5]


def test_who_gave_back_and_comes_again_is_the_last_of_the_list(full):
    number = full.row(4).id
    full.releases(4)
    assert full.signs_up(4) == Placed(number, WAITING, 3)
    assert full.waiting() == [3, 5, 4]
    assert full.row(4).reason is None


def test_somebody_heard_first_who_gets_the_lock_last_is_the_last_of_the_list(full):
    full.releases(3)
    assert full.signs_up(3, now=NOW - HOUR).place == 3
    assert full.waiting() == [4, 5, 3]


def test_a_party_that_does_not_fit_waits_and_a_smaller_one_passes_it(hall):
    hall.signs_up(0)
    assert hall.signs_up(1, 3).state == WAITING
    assert hall.signs_up(2, 2).state == CONFIRMED
    assert hall.waiting() == [1]


def test_nobody_new_gets_a_seat_that_somebody_who_waits_could_take(full):
    full.releases(0, NIGHT)  # at night nothing is offered: the seat is free, and not for anybody
    assert full.taken() == 2
    full.releases(5, NIGHT)
    assert full.signs_up(5, now=NIGHT).state == WAITING
    assert full.waiting() == [3, 4, 5]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"state": SessionState.CANCELLED}, SessionCalledOff),
        ({"state": SessionState.DRAFT}, NotOpenYet),
        ({"opens_at": NOW + HOUR}, NotOpenYet),
        ({"closes_at": NOW}, SignUpsClosed),
        ({"starts_at": NOW - 2 * HOUR, "ends_at": NOW, "closes_at": NOW + DAY}, SessionOver),
        ({"seats": 1}, TooManyPeople),
    ],
)
def test_what_cannot_be_signed_up_for_says_why(kept_sessions, vault, changes, refusal):
    hall = Hall(kept_sessions, vault, **changes)
    with pytest.raises(refusal, match=refusal.__doc__.split(",")[0]):
        hall.signs_up(0, 2)
    assert hall.rows() == []


def test_a_session_that_does_not_exist_is_refused(hall):
    hall.id = 999
    with pytest.raises(NoSuchSession):
        hall.signs_up(0)


def test_a_sign_up_for_nobody_is_a_mistake_of_ours(hall):
    with pytest.raises(ValueError, match="somebody"):
        hall.signs_up(0, 0)


# Giving back, and being offered


def test_a_seat_that_is_given_back_is_offered_to_the_next_at_once(full):
    full.releases(1)
    assert full.row(1).reason == CancelReason.WORK
    assert full.in_state(OFFERED) == [3]
    assert full.row(3).offered_until == NOW + 48 * HOUR
    assert full.purposes(3) == ["offer:1"]
    (row,) = full.told()
    assert [choice.does.split(":")[0] for choice in row.picks()] == ["accept", "decline"]
    assert (row.not_before, row.not_after) == (NOW, NOW + 48 * HOUR)
    assert full.waiting() == [4, 5]


def test_who_accepts_has_the_seat_and_twice_is_once(full):
    full.releases(1)
    assert full.accepts(3).state == CONFIRMED
    assert full.accepts(3, NOW + 3 * DAY).state == CONFIRMED
    assert full.row(3).offered_until is None
    assert full.taken() == 3


def test_who_signs_up_again_with_an_offer_accepts_it(full):
    full.releases(1)
    assert full.signs_up(3).state == CONFIRMED


def test_who_declines_leaves_the_list_and_the_next_is_asked(full):
    full.releases(1)
    full.declines(3)
    assert full.state(3) == CANCELLED
    assert full.in_state(OFFERED) == [4]


def test_an_old_no_gives_no_confirmed_seat_back(full):
    full.releases(1)
    full.accepts(3)
    with pytest.raises(OfferOver):
        full.declines(3)
    assert full.state(3) == CONFIRMED


def test_who_does_not_answer_leaves_the_list_is_told_and_the_next_is_asked(full):
    full.releases(1)
    later = NOW + 48 * HOUR
    full.clock_ticks(later - HOUR)
    assert full.state(3) == OFFERED
    full.clock_ticks(later)
    assert (full.state(3), full.row(3).reason) == (CANCELLED, CancelReason.NO_ANSWER)
    assert full.purposes(3) == ["offer:1", "expired:1"]
    assert full.in_state(OFFERED) == [4]
    full.clock_ticks(later)
    assert len(full.told()) == 3
    assert full.signs_up(3, now=later).place == 2


@pytest.mark.parametrize("late", [timedelta(), DAY])
def test_an_offer_is_not_accepted_at_its_deadline_nor_after_it(full, late):
    full.releases(1)
    with pytest.raises(OfferOver):
        full.accepts(3, NOW + 48 * HOUR + late)


def test_who_comes_back_after_their_offer_passed_is_the_last_of_the_list(full):
    full.releases(1)
    assert full.signs_up(3, now=NOW + 49 * HOUR).place == 3
    assert full.in_state(OFFERED) == []
    full.clock_ticks(NOW + 49 * HOUR)
    assert full.in_state(OFFERED) == [4]
    assert full.purposes(3) == ["offer:1"]  # they were answered: nothing more to tell


def test_a_second_offer_to_the_same_person_is_told_too(full):
    full.releases(1)
    full.declines(3)
    full.signs_up(3)
    for person in (4, 5):
        full.declines(person)
    assert full.in_state(OFFERED) == [3]
    assert full.purposes(3) == ["offer:1", "offer:2"]


def test_a_party_too_big_for_what_is_free_is_passed_over_and_keeps_its_place(kept_sessions, vault):
    hall = Hall(kept_sessions, vault)
    for person, size in enumerate((1, 1, 1, 2, 1)):
        hall.signs_up(person, size)
    hall.releases(0)
    assert (hall.in_state(OFFERED), hall.waiting()) == ([4], [3])
    hall.declines(4)
    hall.releases(1)
    assert hall.in_state(OFFERED) == [3]


def test_each_of_a_party_that_is_offered_seats_counts(kept_sessions, vault):
    hall = Hall(kept_sessions, vault)
    for person, size in enumerate((3, 2, 2)):
        hall.signs_up(person, size)
    hall.releases(0)
    assert (hall.in_state(OFFERED), hall.taken()) == ([1], 2)


def test_a_seat_given_back_at_night_is_offered_in_the_morning_with_its_time_from_then(full):
    full.releases(0, NIGHT)
    full.clock_ticks(NIGHT + HOUR)
    assert full.in_state(OFFERED) == []
    morning = NOW + DAY - 4 * HOUR  # 8:00 in Paris
    full.clock_ticks(morning)
    assert full.in_state(OFFERED) == [3]
    assert full.row(3).offered_until == morning + 48 * HOUR


def test_seats_that_staff_add_are_offered_by_the_clock(full):
    full.becomes(seats=5)
    full.clock_ticks()
    assert full.in_state(OFFERED) == [3, 4]


def test_who_cannot_be_told_is_passed_over_and_keeps_their_place(full):
    with full.sessions.begin() as session:
        session.get_one(Address, full.people[3]).state = AddressState.STOPPED
    full.releases(0)
    assert (full.in_state(OFFERED), full.waiting()) == ([4], [3, 5])


def test_to_leave_the_list_is_to_give_back(full):
    full.releases(3, reason=None)
    assert full.waiting() == [4, 5]
    with pytest.raises(NotSignedUp):
        full.releases(3)
    assert full.told() == []


def test_what_was_never_signed_up_for_cannot_be_given_back(full):
    with full.sessions.begin() as session, pytest.raises(NotSignedUp):
        seats.release(session, full.notices, 999, None, NOW)


def test_nothing_is_given_back_when_it_is_over(full):
    with pytest.raises(SessionOver):
        full.releases(0, NOW + 30 * DAY)


# Who comes


def test_fewer_people_free_their_seats_at_once(kept_sessions, vault):
    hall = Hall(kept_sessions, vault)
    hall.signs_up(0, 3)
    hall.signs_up(1)
    assert hall.changes_to(0, 2).state == CONFIRMED
    assert hall.in_state(OFFERED) == [1]


def test_more_people_need_free_seats_and_are_told_how_many_there_are(hall):
    hall.signs_up(0)
    hall.signs_up(1)
    with pytest.raises(NotEnoughSeats) as refused:
        hall.changes_to(0, 3)
    assert refused.value.free == 1
    assert hall.changes_to(0, 2).state == CONFIRMED
    assert hall.taken() == 3


def test_more_people_do_not_overtake_somebody_who_waits(full):
    full.releases(0, NIGHT)
    with pytest.raises(NotEnoughSeats):
        full.changes_to(1, 2, NIGHT)


def test_more_people_are_refused_once_sign_ups_are_closed_and_fewer_are_not(kept_sessions, vault):
    hall = Hall(kept_sessions, vault, closes_at=NOW + DAY)
    hall.signs_up(0, 2)
    with pytest.raises(SignUpsClosed):
        hall.changes_to(0, 3, NOW + 2 * DAY)
    assert hall.changes_to(0, 1, NOW + 2 * DAY).state == CONFIRMED


def test_who_waits_may_change_their_people_and_keeps_their_place(full):
    assert full.changes_to(3, 2).place == 1


# An offer dies with its session


@pytest.mark.parametrize(
    "changes",
    [
        {"state": SessionState.CANCELLED},
        {"closes_at": NOW + HOUR},
        {"starts_at": NOW - HOUR, "ends_at": NOW + HOUR, "closes_at": NOW},
    ],
)
def test_an_offer_ends_with_its_session(full, changes):
    full.releases(1)
    full.becomes(**changes)
    later = NOW + 2 * HOUR
    with pytest.raises(OfferOver):
        full.accepts(3, later)
    full.clock_ticks(later)
    assert full.state(3) == CANCELLED
    with pytest.raises(OfferOver):
        full.accepts(3, later)
    assert full.in_state(OFFERED) == []


def test_an_offer_that_has_not_left_never_does_once_it_is_over(full):
    full.releases(1)
    full.declines(3)
    assert [row.state for row in full.told(3)] == [State.CANCELLED]
    full.accepts(4)
    assert [row.state for row in full.told(4)] == [State.CANCELLED]


def test_what_else_was_to_be_told_still_leaves_when_an_offer_is_accepted(full):
    full.releases(1)
    full.is_changed()
    full.accepts(3)
    states = {row.purpose: row.state for row in full.told(3)}
    assert states == {"offer:1": State.CANCELLED, "changed:1": State.QUEUED}


def test_nobody_is_offered_a_seat_when_sign_ups_are_about_to_close(kept_sessions, vault):
    hall = Hall(kept_sessions, vault, closes_at=NOW + timedelta(minutes=80))
    for person in range(4):
        hall.signs_up(person)
    hall.releases(0)
    hall.clock_ticks()
    assert hall.in_state(OFFERED) == []


# What an older reading would get wrong


def test_what_was_read_before_the_lock_is_read_again(full):
    with full.sessions.begin() as session:
        stale = [session.get(type(row), row.id) for row in full.rows()]
        posting.cancel(session, Cause.SIGN_UP, stale[3].id, NOW)
        if session.get_bind().dialect.name == "sqlite":
            return  # there, nobody else writes meanwhile
        full.releases(1)
        assert waiting.accept(session, stale[3].id, NOW).state == CONFIRMED
