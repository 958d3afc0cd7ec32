"""Two contacts become one: nothing is lost, nobody is told twice, and seats add up."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from core.db import Base
from core.learning.missed import MissedQuestion, WantsAnswer
from core.messages import Bubble
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import Contact, meet
from core.people.linking import LinkCode, LinkTries
from core.people.merging import MOVING, SINGLE, merge
from core.people.personal import PARTS
from core.team import handoffs
from core.team.handoffs import Ending, Reason
from core.workshops.booking import room, seating
from core.workshops.model import LIVE, SignUp, SignUpState
from core.workshops.search import interest
from core.workshops.search.interest import Interest
from core.workshops.search.wanted import Wanted
from tests.core.lives import a_life
from tests.core.workshops.hall import notices_of
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON

LATER = NOON + timedelta(hours=1)
STATES = (SignUpState.CONFIRMED, SignUpState.OFFERED, SignUpState.WAITING, SignUpState.CANCELLED)


@pytest.fixture
def sessions(kept_sessions):
    return kept_sessions


def two(session, vault):
    """Somebody by SMS, and later the same person on Telegram."""
    older = somebody(session, vault, 1)
    younger = meet(session, vault, "telegram", "700001", LATER)
    return older, younger


def join(session, one, other):
    return merge(session, notices_of(), one.contact_id, other.contact_id, LATER)


def sign_ups(session):
    rows = session.scalars(select(SignUp).order_by(SignUp.id))
    return [(row.contact_id, row.state, row.size) for row in rows]


def test_every_table_of_a_contact_moves_or_is_known_not_to():
    of_a_contact = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name == "contact" for key in table.foreign_keys)
    }
    moving = {table.__tablename__ for table in (*MOVING, *SINGLE)}
    # Codes are over once they were used; who is being erased is found by nobody.
    stay = {LinkCode.__tablename__, LinkTries.__tablename__, "erasure", "wrong_codes"}
    assert of_a_contact == moving | stay


@pytest.mark.parametrize("first", [0, 1])
def test_the_older_one_stays_with_the_ways_and_the_life_of_both(sessions, vault, first):
    with sessions.begin() as session:
        both = two(session, vault)
        for number, address in enumerate(both):
            a_life(session, vault, address, a_session(session, f"s{number}"))
        older, younger = both
        before = {part.name: len(part.rows(session, younger.contact_id)) for part in PARTS}
        kept = join(session, both[first], both[1 - first])
        assert kept.id == older.contact_id == younger.contact_id
        after = {part.name: len(part.rows(session, kept.id)) for part in PARTS}
        once = {"you", "sign_up_begun", "to_be_told_of", "codes_to_link_two_channels",
                "wrong_codes_to_link", "wrong_codes_of_the_day", "wishes",
                "member_of_the_team",
                "said_with_the_team"}  # fmt: skip  # of two open conversations one is closed
        assert after == {
            name: number if name in once else 2 * number for name, number in before.items()
        }
        assert session.scalar(select(func.count()).select_from(Contact)) == 1


def test_of_two_sign_ups_for_one_session_the_seat_stays(sessions, vault):
    with sessions.begin() as session:
        older, younger = two(session, vault)
        row = a_session(session, seats=2)
        signed_up(session, older, row, state=SignUpState.WAITING)
        seat = signed_up(session, younger, row)
        join(session, older, younger)
        assert sign_ups(session) == [(older.contact_id, SignUpState.CONFIRMED, 1)]
        assert session.get(SignUp, seat.id)


def test_the_second_seat_is_offered_to_the_next(sessions, vault):
    with sessions.begin() as session:
        older, younger = two(session, vault)
        row = a_session(session, seats=3)
        signed_up(session, older, row, size=2)
        signed_up(session, younger, row)
        next_one = signed_up(session, somebody(session, vault, 5), row, state=SignUpState.WAITING)
        join(session, older, younger)
        assert sign_ups(session) == [
            (older.contact_id, SignUpState.CONFIRMED, 2),
            (next_one.contact_id, SignUpState.OFFERED, 1),
        ]


def test_one_wish_one_form_one_open_handoff(sessions, vault):
    with sessions.begin() as session:
        older, younger = two(session, vault)
        missed = MissedQuestion(text="piscine", language="fr", reason="unanswered",
                                asked_on=NOON.date())  # fmt: skip
        session.add(missed)
        session.flush()
        for address in (older, younger):
            interest.note(session, address, Wanted(themes=("ent",)), NOON)
            handoffs.begin(session, address, Reason.ASKED, None, NOON)
            session.add(WantsAnswer(missed_id=missed.id, contact_id=address.contact_id,
                                    address_id=address.id, agreed_at=NOON))  # fmt: skip
        handoffs.answered(handoffs.current(session, younger.contact_id), NOON)
        join(session, older, younger)
        assert session.scalar(select(func.count()).select_from(Interest)) == 1
        assert session.scalar(select(func.count()).select_from(WantsAnswer)) == 1
        first, second = handoffs.of(session, older.contact_id)
        assert (first.ending, second.closed_at) == (Ending.PERSON, None)


@pytest.mark.parametrize("left", [None, 0, 1])
def test_what_waits_to_leave_for_both_leaves_once(sessions, vault, left):
    with sessions.begin() as session:
        both = two(session, vault)
        rows = [
            posting.post(session, one, Cause.SESSION_OPENED, 7, "opened", Bubble("Ouvert !"), NOON)
            for one in both
        ]
        if left is not None:
            rows[left].state = State.SENT
        join(session, *both)
        states = Counter(session.scalars(select(Delivery.state)))
        waits = State.QUEUED if left is None else State.SENT
        assert states == {waits: 1, State.CANCELLED: 1}


def test_what_the_younger_one_said_of_themselves_is_known(sessions, vault):
    with sessions.begin() as session:
        older, younger = two(session, vault)
        younger.contact.language, younger.contact.language_chosen = "ar", True
        younger.contact.territory, younger.contact.role = "vienne", "parent"
        kept = join(session, older, younger)
        assert (kept.language, kept.territory, kept.role) == ("ar", "vienne", "parent")
        assert kept.seen_at == LATER


one_sign_up = st.tuples(st.sampled_from(STATES), st.integers(1, 3))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pairs=st.lists(
        st.tuples(st.none() | one_sign_up, st.none() | one_sign_up), min_size=1, max_size=4
    ),
    queue=st.lists(st.integers(1, 3), max_size=3),
)
def test_whatever_both_had_nothing_is_lost_and_seats_add_up(sessions, vault, pairs, queue):
    with sessions.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        session.expunge_all()
        both = two(session, vault)
        waiting = [somebody(session, vault, 10 + number) for number in range(len(queue))]
        best, ids = {}, []
        for number, pair in enumerate(pairs):
            row = a_session(session, f"s{number}", seats=6)
            ids.append(row.id)
            for address, had in zip(both, pair, strict=True):
                if had:
                    signed = signed_up(session, address, row, had[1], had[0])
                    if had[0] is SignUpState.OFFERED:
                        signed.offered_until = LATER + timedelta(days=1)
            for address, size in zip(waiting, queue, strict=True):
                signed_up(session, address, row, size, SignUpState.WAITING)
            had = [one for one in pair if one]
            if had:
                best[row.id] = min(STATES.index(one[0]) for one in had)
        session.flush()
        kept = join(session, *both)
        rows = session.scalars(select(SignUp).where(SignUp.contact_id == kept.id)).all()
        # Whose second place is given back may even get a seat that was free.
        assert {row.session_id for row in rows} == set(best)
        assert all(STATES.index(row.state) <= best[row.session_id] for row in rows)
        assert all(row.address.contact_id == kept.id for row in rows)
        taken = seating.taken(session, ids)
        assert all(number <= 6 for number in taken.values())
        others = session.scalars(select(SignUp).where(SignUp.contact_id != kept.id)).all()
        assert len(others) == len(queue) * len(ids)
        assert all(row.state in LIVE for row in others)
        for session_id in ids:
            before = room.look(session, session_id)
            assert before.taken == taken[session_id]
