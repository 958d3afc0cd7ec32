"""Whatever people, staff and clocks do: no reminder too late, at night, or twice; never none."""

import os
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from threading import Barrier, Thread

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.daytime import PARIS, is_quiet, next_daytime
from core.db import make_engine, make_sessions
from core.outbox.delivery import Cause, Delivery, State
from core.workshops.booking.refusals import Refused
from core.workshops.model import SessionState, SignUp, SignUpState
from tests.core.workshops.calendar_days import KINDS, Days
from tests.core.workshops.hall import Hall

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STEP = 25 * MINUTE
PEOPLE = 8
AFTER_ALL = 12 * HOUR  # after the start, nothing about before it is left to come
EXAMPLES = int(os.environ.get("EXAMPLES", "2"))  # `make soak` takes many more
_names = count()


def paris(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


# Among them the nights when the clocks change, Easter, and the two days after Christmas.
STARTS = st.one_of(
    st.builds(
        lambda day, minutes: paris(2026, 11, 2, 0) + timedelta(days=day, minutes=15 * minutes),
        st.integers(0, 400), st.integers(30, 84),
    ),
    st.sampled_from([
        paris(2027, 3, 28, 3, 30), paris(2027, 3, 28, 14), paris(2027, 3, 29, 9),
        paris(2026, 10, 25, 2, 30), paris(2026, 10, 26, 8, 30), paris(2026, 12, 28, 9),
        paris(2027, 1, 4, 8, 45),
    ]),
)  # fmt: skip


# Days take seconds, and making a fault smaller would take minutes.
A_FEW = settings(
    max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


class Crowd:
    """People of one session on both channels, acting by chance while the days pass."""

    def __init__(self, sessions, vault, starts, seed, faults):
        self.dice, self.faults = Random(seed), faults
        self.days = Days(sessions)
        self.now = starts - timedelta(days=8)
        self.halls = [
            Hall(
                sessions, vault, PEOPLE // 2, channel, name=f"r{next(_names)}", starts_at=starts,
                ends_at=starts + 2 * HOUR, closes_at=starts, opens_at=self.now, seats=4,
            )
            for channel in KINDS
        ]  # fmt: skip
        self.sessions, self.starts = sessions, starts
        self.ran = True  # the clock did, all the time

    def live(self):
        end = self.starts + AFTER_ALL
        while self.now < end:
            if self.dice.random() < 0.06:
                self.one_act(self.dice.choice(self.halls))
            self.days.tick(self.now)
            self.time_passes()
        for hall in self.halls:
            hall.is_forgotten()

    def time_passes(self):
        self.now += STEP
        if is_quiet(self.now) and self.dice.random() < 0.9:
            self.now = min(next_daytime(self.now), self.now + 14 * HOUR)
        if self.faults and self.dice.random() < 0.03:
            self.now += self.dice.choice((3, 20, 50)) * HOUR  # nobody ticks
        if self.faults and self.dice.random() < 0.03:
            self.now -= self.dice.choice((1, 30, 120)) * MINUTE

    def one_act(self, hall):
        person = self.dice.randrange(PEOPLE // 2)
        try:
            match self.dice.choice(("in",) * 5 + ("out", "others", "moved", "comes")):
                case "in":
                    hall.signs_up(person, self.dice.choice((1, 1, 2)), self.now)
                case "out":
                    hall.releases(person, self.now)
                case "others":
                    hall.changes_to(person, self.dice.choice((1, 2)), self.now)
                case "moved" if self.faults:
                    later = self.starts + self.dice.choice((-30, 3, 26)) * HOUR
                    if later > self.now:
                        self.starts = max(self.starts, later)
                        times = {"starts_at": later, "ends_at": later + 2 * HOUR}
                        hall.is_changed(self.now, **times, closes_at=later)
                case "comes":
                    with self.sessions.begin() as session:
                        row = session.get_one(SignUp, hall.row(person).id)
                        row.answered_at = self.now
        except Refused:
            pass
        except Exception as error:  # nobody signed up under that number yet
            if type(error).__name__ != "NoResultFound":
                raise


def check(days):
    seen = set()
    for one in days.left:
        if one.cause != Cause.REMINDER:
            continue
        assert not is_quiet(one.at), one
        thanks = one.purpose.startswith("merci:")
        assert (one.at >= one.starts_at + 2 * HOUR) if thanks else (one.at < one.starts_at), one
        assert one.state == SignUpState.CONFIRMED, one
        assert (one.cause_id, one.purpose) not in seen, one
        seen.add((one.cause_id, one.purpose))


@given(STARTS, st.integers(0, 2**32))
@example(paris(2027, 3, 28, 14), 1)
@A_FEW
def test_with_outages_and_clocks_that_jump_no_reminder_is_late_at_night_or_twice(
    sessions, vault, starts, seed
):
    crowd = Crowd(sessions, vault, starts, seed, faults=True)
    crowd.live()
    check(crowd.days)


@given(STARTS, st.integers(0, 2**32))
@example(paris(2027, 1, 4, 8, 45), 3)
@A_FEW
def test_while_the_clock_runs_whoever_signed_up_a_day_before_is_reminded(
    sessions, vault, starts, seed
):
    crowd = Crowd(sessions, vault, starts, seed, faults=False)
    seats = {}
    forget = [hall.is_forgotten for hall in crowd.halls]
    for hall in crowd.halls:
        hall.is_forgotten = lambda hall=hall: seats.update({row.id: row for row in hall.rows()})
    crowd.live()
    for one in forget:
        one()
    check(crowd.days)
    for row in seats.values():
        by_day = next_daytime(row.settled_at) if row.settled_at else starts
        enough = starts - row.settled_at >= 24 * HOUR if row.settled_at else False
        if row.state == SignUpState.CONFIRMED and enough and by_day <= starts - 3 * HOUR:
            assert crowd.days.reminders_of(row.id), (row.settled_at, starts)


def test_two_clocks_that_tick_at_once_remind_nobody_twice(fresh_database, vault):
    engine = make_engine(fresh_database())
    sessions = make_sessions(engine)
    hall = Hall(sessions, vault, 60, seats=60)
    for person in range(60):
        hall.signs_up(person)
    days, now = Days(sessions), paris(2026, 12, 7, 18)
    barrier, faults = Barrier(2), []

    def tick():
        barrier.wait()
        try:
            with sessions.begin() as session:
                days.planning.due(session, now)
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=tick) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    with sessions.begin() as session:
        rows = session.scalars(select(Delivery)).all()
        assert len(rows) == len({row.cause_id for row in rows}) == 60
        assert {(row.purpose, row.state) for row in rows} == {("j7:0", State.QUEUED)}
    engine.dispose()


def test_a_cancelled_session_reminds_nobody_even_of_what_was_planned(sessions, vault):
    hall = Hall(sessions, vault)
    hall.signs_up(0)
    days, now = Days(sessions), paris(2026, 12, 7, 18)
    with sessions.begin() as session:
        days.planning.due(session, now)
    hall.becomes(state=SessionState.CANCELLED)
    days.send(now)
    assert [row.state for row in days.planned()] == [State.SKIPPED]
