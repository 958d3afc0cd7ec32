"""Who came: by the code of the day, by the staff's word, in any state, and all at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from core.outbox.delivery import Cause, Delivery
from core.people.contacts import Address
from core.workshops.attendance import attendance
from core.workshops.attendance.attendance import (
    EARLY,
    LATE,
    MOST_WRONG,
    WITHIN,
    Arrival,
    WrongCodes,
)
from core.workshops.booking.refusals import (
    NoSuchSession,
    NotOver,
    NotSignedUp,
    NotStarted,
    Refused,
    SessionCalledOff,
    SessionOver,
)
from core.workshops.model import SEATED, SessionState, SignUpState, WorkshopSession
from tests.core.workshops.hall import NOW, Hall

STARTS = NOW + timedelta(hours=2)
ENDS = STARTS + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
OFFERED, CONFIRMED, WAITING = SignUpState.OFFERED, SignUpState.CONFIRMED, SignUpState.WAITING
CANCELLED, ATTENDED = SignUpState.CANCELLED, SignUpState.ATTENDED
ABSENT, EXCUSED = SignUpState.ABSENT, SignUpState.EXCUSED


class Door(Hall):
    """A hall with its code of the day; sign-ups stay open until the end."""

    def __init__(self, sessions, vault, people=6, **changes):
        times = {"starts_at": STARTS, "ends_at": ENDS, "closes_at": ENDS} | changes
        super().__init__(sessions, vault, people, **times)
        self.code = self.code_at(NOW)

    def code_at(self, now):
        with self.sessions.begin() as session:
            return attendance.code_of_the_day(session, self.id, now)

    def arrives(self, person, now=STARTS, code=None):
        with self.sessions.begin() as session:
            contact_id = session.get_one(Address, self.people[person]).contact_id
            return attendance.check_in(session, contact_id, code or self.code, now).arrival

    def is_marked(self, person, state, now=STARTS):
        number = self.row(person).id
        with self.sessions.begin() as session:
            return attendance.mark(session, number, state, now)

    def were_absent(self, now=ENDS):
        with self.sessions.begin() as session:
            return len(attendance.mark_absent(session, self.id, now))

    def puts(self, person, state, size=1):
        """*person* signed up and, however that came about, is in *state*."""
        self.signs_up(person, size)
        number = self.row(person).id
        with self.sessions.begin() as session:
            row = session.get_one(type(self.row(person)), number)
            row.state = state
            if state in (OFFERED, WAITING):
                row.waiting_since = NOW
            if state is OFFERED:
                row.offered_until = STARTS


@pytest.fixture
def door(kept_sessions, vault):
    return Door(kept_sessions, vault)


# The code


def test_a_code_has_six_digits_and_stays_the_same(door):
    assert len(door.code) == 6
    assert door.code.isdecimal()
    assert door.code_at(STARTS) == door.code


def test_no_two_sessions_have_the_same_code(door, vault, monkeypatch):
    drawn = iter([int(door.code) - attendance.LOWEST, 0])
    monkeypatch.setattr(attendance.secrets, "randbelow", lambda count: next(drawn))
    assert Door(door.sessions, vault, 1, name="other").code == "100000"


def test_there_is_no_code_for_what_is_called_off_long_over_or_unknown(door):
    with pytest.raises(SessionOver):
        door.code_at(ENDS + LATE)
    door.becomes(state=SessionState.CANCELLED)
    with pytest.raises(SessionCalledOff):
        door.code_at(NOW)
    door.is_forgotten()
    with pytest.raises(NoSuchSession):
        door.code_at(NOW)


# Checking in


@pytest.mark.parametrize(
    ("before", "arrival", "after"),
    [
        (CONFIRMED, Arrival.NOTED, ATTENDED),
        (OFFERED, Arrival.NOTED, ATTENDED),
        (ABSENT, Arrival.NOTED, ATTENDED),
        (EXCUSED, Arrival.NOTED, ATTENDED),
        (ATTENDED, Arrival.ALREADY, ATTENDED),
        (WAITING, Arrival.WAITING, WAITING),
        (CANCELLED, Arrival.NO_SEAT, CANCELLED),
    ],
)
def test_what_the_code_does_to_a_sign_up_in_each_state(door, before, arrival, after):
    door.puts(0, before)
    assert door.arrives(0) is arrival
    assert door.state(0) == after
    row = door.row(0)
    assert (row.offered_until is None) or after is WAITING
    again = Arrival.ALREADY if after is ATTENDED else arrival
    assert door.arrives(0) is again


def test_who_never_signed_up_gets_no_seat_by_the_code(door):
    assert door.arrives(0) is Arrival.NO_SEAT
    assert door.rows() == []


@pytest.mark.parametrize(
    ("now", "arrival"),
    [
        (STARTS - EARLY - MINUTE, Arrival.TOO_EARLY),
        (STARTS - EARLY, Arrival.NOTED),
        (ENDS, Arrival.NOTED),
        (ENDS + LATE - MINUTE, Arrival.NOTED),
        (ENDS + LATE, Arrival.TOO_LATE),
    ],
)
def test_the_code_works_from_half_an_hour_before_until_two_hours_after(door, now, arrival):
    door.puts(0, CONFIRMED)
    assert door.arrives(0, now) is arrival
    assert (door.state(0) == ATTENDED) is (arrival is Arrival.NOTED)


def test_a_session_that_was_moved_keeps_its_code_and_takes_it_at_its_new_time(door):
    door.puts(0, CONFIRMED)
    day = timedelta(days=1)
    door.becomes(starts_at=STARTS + day, ends_at=ENDS + day)
    assert door.arrives(0) is Arrival.TOO_EARLY
    assert door.arrives(0, STARTS + day) is Arrival.NOTED


def test_a_session_that_is_called_off_says_so_at_any_time(door):
    door.becomes(state=SessionState.CANCELLED)
    assert door.arrives(0, NOW) is Arrival.CALLED_OFF


def test_what_was_still_to_be_told_before_the_session_is_not_told_any_more(door):
    door.signs_up(0)
    door.is_changed(NOW, place="Mairie")
    door.arrives(0)
    assert [row.state for row in door.told(0)] == ["cancelled"]


# Somebody excused has left the seat


def test_the_seat_of_somebody_excused_is_free_for_who_signs_up_on_site(kept_sessions, vault):
    door = Door(kept_sessions, vault, seats=1)
    door.puts(0, CONFIRMED)
    door.is_marked(0, EXCUSED)
    assert door.signs_up(1, now=STARTS + MINUTE).state == CONFIRMED
    assert door.arrives(0, STARTS + MINUTE) is Arrival.NO_SEAT
    assert door.arrives(1, STARTS + MINUTE) is Arrival.NOTED
    assert door.state(0) == EXCUSED


def test_staff_write_what_happened_even_when_it_is_one_more_than_there_are_seats(
    kept_sessions, vault
):
    door = Door(kept_sessions, vault, seats=1)
    door.puts(0, EXCUSED)
    door.puts(1, CONFIRMED)
    assert door.is_marked(0, ATTENDED)
    assert door.state(0) == ATTENDED


def test_the_seat_of_somebody_absent_stays_theirs(kept_sessions, vault):
    door = Door(kept_sessions, vault, seats=1)
    door.puts(0, ABSENT)
    assert door.signs_up(1, now=STARTS + MINUTE).state == WAITING


# The word of staff


@pytest.mark.parametrize("before", list(SignUpState))
@pytest.mark.parametrize("after", [ATTENDED, ABSENT, EXCUSED])
def test_staff_turn_any_seat_into_any_of_the_three_and_give_none(door, before, after):
    door.puts(0, before)
    if before in (CONFIRMED, ATTENDED, ABSENT, EXCUSED):
        assert door.is_marked(0, after) is (before != after)
        assert door.is_marked(0, after) is False
        assert door.state(0) == after
    else:
        with pytest.raises(NotSignedUp):
            door.is_marked(0, after)
        assert door.state(0) == before


@pytest.mark.parametrize("state", [ATTENDED, ABSENT, EXCUSED])
def test_before_the_start_nobody_is_marked(door, state):
    door.puts(0, CONFIRMED)
    with pytest.raises(NotStarted):
        door.is_marked(0, state, STARTS - MINUTE)
    assert door.state(0) == CONFIRMED


@pytest.mark.parametrize("state", [CONFIRMED, OFFERED, WAITING, CANCELLED])
def test_nothing_else_can_be_marked(door, state):
    door.puts(0, CONFIRMED)
    with pytest.raises(ValueError, match="excused"):
        door.is_marked(0, state)


def test_after_the_end_whoever_is_still_expected_was_absent_and_nobody_else(door):
    door.becomes(seats=9)
    states = dict(enumerate((CONFIRMED, ATTENDED, EXCUSED, WAITING, CANCELLED)))
    for person, state in states.items():
        door.puts(person, state)
    with pytest.raises(NotOver):
        door.were_absent(ENDS - MINUTE)
    assert door.were_absent() == 1
    assert door.were_absent() == 0
    assert [door.state(one) for one in states] == [ABSENT, ATTENDED, EXCUSED, WAITING, CANCELLED]
    assert door.arrives(0, ENDS + MINUTE) is Arrival.NOTED


# Guessing


def test_after_five_wrong_codes_not_even_the_right_one_counts_for_an_hour(door):
    door.puts(0, CONFIRMED)
    for _ in range(MOST_WRONG):
        assert door.arrives(0, code="999") is Arrival.WRONG
    assert door.arrives(0, code="999") is Arrival.TOO_MANY
    assert door.arrives(0, STARTS + WITHIN - MINUTE) is Arrival.TOO_MANY
    assert door.arrives(0, STARTS + WITHIN) is Arrival.NOTED


def test_no_hour_ever_has_more_than_five_wrong_codes(door):
    tried = []
    for minute in range(0, 300, 7):
        now = STARTS + minute * MINUTE
        if door.arrives(0, now, "999") is Arrival.WRONG:
            tried.append(now)
    assert len(tried) > MOST_WRONG
    for now in tried:
        assert sum(now <= one < now + WITHIN for one in tried) <= MOST_WRONG


def test_one_person_s_wrong_codes_are_nobody_else_s(door):
    door.puts(1, CONFIRMED)
    for _ in range(MOST_WRONG):
        door.arrives(0, code="999")
    assert door.arrives(1) is Arrival.NOTED


def test_what_is_kept_of_wrong_codes_is_a_number_and_a_time_for_an_hour(door):
    door.arrives(0, code="999")
    with door.sessions.begin() as session:
        (kept,) = session.scalars(select(WrongCodes))
        assert set(WrongCodes.__table__.columns.keys()) == {"contact_id", "count", "last_at"}
        assert (kept.count, kept.last_at) == (1, STARTS)
        attendance.forget_old(session, STARTS + WITHIN - MINUTE)
        assert session.scalars(select(WrongCodes)).all()
        attendance.forget_old(session, STARTS + WITHIN)
        assert not session.scalars(select(WrongCodes)).all()


# All at once


def at_once(*acts):
    with ThreadPoolExecutor(len(acts)) as crowd:
        return [future.result() for future in [crowd.submit(act) for act in acts]]


def test_the_same_person_from_many_phones_is_noted_once(door):
    door.puts(0, CONFIRMED)
    told = at_once(*[lambda: door.arrives(0)] * 16)
    assert sorted(told) == [*[Arrival.ALREADY] * 15, Arrival.NOTED]


def test_wrong_codes_at_the_same_time_are_each_counted(door):
    told = at_once(*[lambda: door.arrives(0, code="999")] * 16)
    assert sorted(told) == [*[Arrival.TOO_MANY] * 11, *[Arrival.WRONG] * MOST_WRONG]


def test_a_code_is_made_once_however_many_ask_for_it(door):
    door.becomes(day_code=None)
    assert len(set(at_once(*[lambda: door.code_at(NOW)] * 16))) == 1


def test_who_comes_back_and_who_signs_up_never_get_the_same_seat(kept_sessions, vault):
    for number in range(8):
        door = Door(kept_sessions, vault, 2, name=f"s{number}", seats=1)
        door.puts(0, EXCUSED)
        at_once(partial(door.arrives, 0), partial(door.signs_up, 1, now=STARTS))
        assert sum(row.state in SEATED for row in door.rows()) == 1


def gives_back(door):
    try:
        door.releases(0, STARTS)
    except Refused as refusal:
        return type(refusal)
    return None


def test_who_gives_the_seat_back_while_they_check_in_does_one_of_both(kept_sessions, vault):
    for number in range(8):
        door = Door(kept_sessions, vault, 1, name=f"s{number}")
        door.puts(0, CONFIRMED)

        arrival, refusal = at_once(partial(door.arrives, 0), partial(gives_back, door))
        if arrival is Arrival.NOTED:
            assert (refusal, door.state(0)) == (NotSignedUp, ATTENDED)
        else:
            assert (arrival, refusal, door.state(0)) == (Arrival.NO_SEAT, None, CANCELLED)


def test_nobody_is_written_to_about_having_come(door):
    door.puts(0, CONFIRMED)
    door.arrives(0)
    door.clock_ticks(ENDS)
    with door.sessions.begin() as session:
        assert not session.scalars(select(Delivery).where(Delivery.cause != Cause.REPLY)).all()
        assert session.get_one(WorkshopSession, door.id).day_code == door.code
