"""What people agreed to is recorded, and goes with them; then only numbers stay."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.answers import Answer, Listener, Outcome
from core.learning import missed
from core.messages import Bubble
from core.outbox import posting
from core.people import consents
from core.people.consents import Consent, ConsentCount, What
from core.people.contacts import AddressState
from core.workshops.search import interest
from core.workshops.search.wanted import Wanted
from tests.world import NOON, a_contact


@pytest.fixture
def sessions(kept_sessions):
    return kept_sessions


def recorded(session):
    session.flush()
    rows = session.scalars(select(Consent).order_by(Consent.id))
    return [(row.what, row.given, row.channel, row.at) for row in rows]


def test_stop_and_start_are_recorded_once_each(sessions, vault):
    later = NOON + timedelta(hours=1)
    with sessions.begin() as session:
        address = a_contact(session, vault)
        consents.start(session, address, NOON)
        consents.stop(session, address, NOON)
        consents.stop(session, address, later)
        assert address.state == AddressState.STOPPED
        consents.start(session, address, later)
        assert address.state == AddressState.OPEN
        assert recorded(session) == [
            (What.MESSAGES, False, "sms", NOON),
            (What.MESSAGES, True, "sms", later),
        ]


def test_asking_to_be_told_is_recorded_and_having_had_enough_too(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        interest.note(session, address, Wanted(), NOON)
        interest.enough(session, address, NOON)
        assert [(what, given) for what, given, *_ in recorded(session)] == [
            (What.SESSIONS, True),
            (What.SESSIONS, False),
        ]


def test_who_stopped_and_cannot_be_told_has_agreed_to_nothing(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        consents.stop(session, address, NOON)
        interest.note(session, address, Wanted(), NOON)
        assert [what for what, *_ in recorded(session)] == [What.MESSAGES]


def test_wanting_an_answer_is_recorded_once(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        shown = posting.reply(session, address, 1, [Bubble("Je ne sais pas.")], NOON)
        unsure = Answer((), Outcome.FALLBACK)
        missed.learn(session, shown, "où est la piscine", Listener(), unsure, NOON)
        assert missed.agree(session, shown[0], NOON)
        assert missed.agree(session, shown[0], NOON)
        assert [what for what, *_ in recorded(session)] == [What.ANSWER]


def test_of_those_who_are_erased_numbers_stay_by_month(sessions, vault):
    with sessions.begin() as session:
        for number, when in (("+33639980001", NOON), ("+33639980002", NOON - timedelta(days=30))):
            address = a_contact(session, vault, address=number)
            consents.note(session, address, What.SIGN_UP, when, version="7")
            consents.note(session, address, What.SIGN_UP, NOON, version="7")
            consents.leave_counts(session, address.contact_id)
            session.delete(address.contact)
        session.flush()
        counts = session.scalars(select(ConsentCount).order_by(ConsentCount.month)).all()
        assert [(row.what, row.version, row.given, row.month, row.number) for row in counts] == [
            (What.SIGN_UP, "7", True, date(2026, 10, 1), 1),
            (What.SIGN_UP, "7", True, date(2026, 11, 1), 3),
        ]
        assert recorded(session) == []
