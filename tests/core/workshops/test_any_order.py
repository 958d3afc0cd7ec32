"""Whatever people, staff and the clock do, in any order: seats, places, offers, notices hold."""

from collections import Counter
from datetime import timedelta
from itertools import count
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.daytime import is_quiet
from core.workshops.booking.deadlines import deadline
from core.workshops.booking.refusals import (
    NotEnoughSeats,
    NotSignedUp,
    OfferOver,
    Refused,
    TooManyPeople,
)
from core.workshops.model import LIVE, SEATED, CancelReason, SignUpState
from tests.core.workshops.hall import NOW, Hall

CONFIRMED, WAITING, OFFERED = SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.OFFERED
CANCELLED = SignUpState.CANCELLED
PEOPLE = 6
PERSONS, SIZES = st.integers(0, PEOPLE - 1), st.integers(1, 3)
SOME = st.integers(0, 99)
HOURS = st.sampled_from([0.5, 1, 4, 9])
OFTEN = (
    *["signs up"] * 6, *["brings others"] * 2, *["gives back"] * 4, "leaves",
    *["answers"] * 4, "is too late", "is too late", "an hour passes",
)  # fmt: skip
EXAMPLES, STEPS, ACTS = 10, 8, 25
_names = count()


class Crowd(RuleBasedStateMachine):
    """A model beside the tables: who waits, in which order, and what each must have been told.

    *rows* is what the last act left behind, by person.
    """

    @initialize(
        seats=st.integers(1, 3), days=st.integers(0, 12), hours=st.integers(3, 9),
        seed=st.integers(0, 2**32),
    )  # fmt: skip
    def opens(self, seats, days, hours, seed):
        self.now, self.starts = NOW, NOW + timedelta(days=days, hours=hours)
        self.hall = Hall(
            self.sessions, self.vault, PEOPLE, name=f"m{next(_names)}", seats=seats,
            starts_at=self.starts, ends_at=self.starts + timedelta(hours=2), closes_at=self.starts,
        )  # fmt: skip
        self.seats, self.revision, self.called_off = seats, 0, False
        self.rows, self.order, self.due = {}, [], Counter()
        self.a_busy_day(seed)

    @property
    def open(self):
        return self.now < self.starts and not self.called_off

    def state(self, person):
        return self.rows[person].state if person in self.rows else CANCELLED

    def free(self):
        return self.seats - sum(row.size for row in self.rows.values() if row.state in SEATED)

    # What people do

    @rule(person=PERSONS, size=SIZES)
    def signs_up(self, person, size):
        was, free = self.state(person), self.free()
        for_others = any(self.rows[one].size <= free for one in self.order)
        try:
            placed = self.hall.signs_up(person, size, self.now)
        except TooManyPeople:
            assert size > self.seats
        except NotEnoughSeats:
            assert was in (CONFIRMED, OFFERED)
            assert size > self.rows[person].size
        except Refused:
            assert not self.open
        else:
            assert self.open
            self.look()
            assert placed.state == self.state(person)
            assert placed.place == self.place(person)
            if was == CANCELLED:
                assert (placed.state == CONFIRMED) == (size <= free and not for_others)

    @precondition(lambda self: self.rows)
    @rule(which=SOME, size=SIZES)
    def brings_others(self, which, size):
        person = self.one_of(LIVE, which)
        was, had, free = self.state(person), self.rows[person].size, self.free()
        try:
            self.hall.changes_to(person, size, self.now)
        except NotEnoughSeats:
            assert was in SEATED
            assert size > had
        except Refused:
            assert size > self.seats or not self.open or was not in LIVE
        else:
            assert was in LIVE
            assert was == WAITING or size - had <= max(0, free)
            self.look(offering=True)

    @precondition(lambda self: self.rows)
    @rule(
        which=SOME, states=st.sampled_from([(CONFIRMED,), (OFFERED, WAITING), tuple(SignUpState)])
    )
    def gives_back(self, which, states):
        person = self.one_of(states, which)
        was = self.state(person)
        try:
            self.hall.releases(person, self.now)
        except NotSignedUp:
            assert was == CANCELLED
        except Refused:
            assert self.now >= self.starts
        else:
            assert was in LIVE
            self.look(offering=True)
            assert self.state(person) == CANCELLED

    @precondition(lambda self: self.rows)
    @rule(which=SOME, states=st.sampled_from([(OFFERED,), (OFFERED,), tuple(SignUpState)]),
          yes=st.booleans())  # fmt: skip
    def answers_an_offer(self, which, states, yes):
        """Or presses the button under an old one."""
        person = self.one_of(states, which)
        was, until = self.state(person), self.rows[person].offered_until
        try:
            (self.hall.accepts if yes else self.hall.declines)(person, self.now)
        except OfferOver:
            assert was != OFFERED or (yes and (self.now >= until or not self.open))
            assert not (yes and was == CONFIRMED)
        else:
            assert was == OFFERED or (yes and was == CONFIRMED)
            assert was != OFFERED or not yes or self.now < until
            self.look(offering=not yes)
            assert self.state(person) == (CONFIRMED if yes else CANCELLED)

    # What time and staff do

    @rule(hours=HOURS, at_once=st.booleans())
    def time_passes(self, hours, at_once):
        self.now += timedelta(hours=hours)
        if at_once:
            self.hall.clock_ticks(self.now)
            self.look(offering=True)
            offered = [row for row in self.rows.values() if row.state == OFFERED]
            assert all(row.offered_until > self.now for row in offered)
            assert self.open or not offered

    @precondition(lambda self: self.one_offered())
    @rule(at_once=st.booleans())
    def an_offer_ends(self, at_once):
        """To the minute."""
        self.now = max(self.now, self.one_offered().offered_until)
        self.time_passes(0, at_once)

    @rule(more=st.integers(1, 2))
    def staff_add_seats(self, more):
        self.seats += more
        self.hall.becomes(seats=self.seats)

    @precondition(lambda self: self.open)
    @rule()
    def staff_change_it(self):
        self.hall.is_changed(self.now)
        self.revision += 1
        self.due.update((one, f"changed:{self.revision}") for one in self.live())
        self.look()

    @precondition(lambda self: self.open)
    @rule(dice=st.integers(1, 6))
    def staff_call_it_off(self, dice):
        if dice < 6:
            return
        self.hall.is_called_off(self.now)
        self.called_off = True
        self.revision += 1
        self.due.update((one, f"called_off:{self.revision}") for one in self.live())
        self.look()
        assert not self.live()

    @rule(seed=st.integers(0, 2**32))
    def a_busy_day(self, seed):
        """By chance alone a list seldom fills, empties and fills again."""
        dice = Random(seed)
        for _ in range(ACTS):
            self.one_act(dice)
            self.there_are_never_more_people_than_seats()
            self.who_waits_is_in_the_order_in_which_they_came()
            self.everybody_is_told_everything_and_nothing_twice()

    def one_act(self, dice):
        which, size = dice.randrange(PEOPLE), dice.choice((1, 1, 1, 2, 3))
        match dice.choice(OFTEN):
            case "signs up":
                self.signs_up(which, size)
            case "brings others" if self.rows:
                self.brings_others(which, size)
            case "gives back" if self.rows:
                self.gives_back(which, (CONFIRMED,))
            case "leaves" if self.rows:
                self.gives_back(which, (OFFERED, WAITING))
            case "answers" if self.rows:
                self.answers_an_offer(which, (OFFERED,), dice.random() < 0.6)
            case "is too late" if self.one_offered():
                self.an_offer_ends(dice.random() < 0.6)
            case "an hour passes":
                self.time_passes(1, dice.random() < 0.6)

    # The model follows

    def one_of(self, states, which):
        """A person in one of *states*; anybody who signed up when there is none."""
        known = [one for one in sorted(self.rows) if self.state(one) in states] or list(self.rows)
        return known[which % len(known)]

    def one_offered(self):
        offered = [row for row in self.rows.values() if row.state == OFFERED]
        return min(offered, key=lambda row: row.offered_until, default=None)

    def live(self):
        return [one for one, row in self.rows.items() if row.state in LIVE]

    def place(self, person):
        return self.order.index(person) + 1 if person in self.order else None

    def look(self, offering=False):
        """See what changed hands. *offering*: free seats were offered, if there is time."""
        before, order = self.rows, self.order
        self.rows = {self.hall.people.index(row.address_id): row for row in self.hall.rows()}
        waiting = [one for one, row in self.rows.items() if row.state == WAITING]
        self.order = [one for one in order if one in waiting]
        self.order += [one for one in waiting if one not in order]
        for person, row in self.rows.items():
            was = before[person].state if person in before else CANCELLED
            if row.state == OFFERED != was:
                self.due[person, f"offer:{row.offers}"] += 1
                self.was_next(person, order)
            elif was == OFFERED and row.reason == CancelReason.NO_ANSWER and self.open:
                self.due[person, f"expired:{row.offers}"] += 1
        if offering and self.open and deadline(self.starts, self.starts, self.now):
            assert all(self.rows[one].size > self.free() for one in self.order)

    def was_next(self, person, order):
        """Whoever waits on before *person*, who got an offer, was too big for what was free."""
        earlier = order[: order.index(person)]
        for one in set(earlier) & set(self.order):
            assert self.rows[one].size > self.free() + self.rows[person].size

    # What must hold after each step

    @invariant()
    def there_are_never_more_people_than_seats(self):
        assert 0 <= self.hall.taken() <= self.seats
        assert self.hall.taken() == self.seats - self.free()

    @invariant()
    def each_person_has_one_sign_up_and_a_place_only_while_they_wait(self):
        rows, names = self.hall.rows(), self.hall.names()
        assert len({row.contact_id for row in rows}) == len(rows)
        for row in rows:
            assert (row.waiting_since is not None) == (row.state in (WAITING, OFFERED))
            assert (row.offered_until is not None) == (row.state == OFFERED)
            assert row.size == names[row.id]

    @invariant()
    def who_waits_is_in_the_order_in_which_they_came(self):
        assert self.hall.waiting() == self.order

    @invariant()
    def everybody_is_told_everything_and_nothing_twice(self):
        told = [(self.hall.people.index(row.address_id), row) for row in self.hall.told()]
        assert Counter((person, row.purpose) for person, row in told) == self.due
        for _, row in told:
            if row.purpose.startswith(("offer", "expired")):
                assert not is_quiet(row.not_before)
                assert row.not_before <= row.not_after


def test_whatever_happens_in_whatever_order_seats_places_offers_and_notices_hold(
    kept_sessions, vault
):
    class OnThisDatabase(Crowd):
        sessions = kept_sessions

    OnThisDatabase.vault = vault
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
