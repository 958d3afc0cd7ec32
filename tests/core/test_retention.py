"""What is forgotten by itself: words after 90 days, people after 24 months of silence."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import inbound
from core.inbound import Inbound
from core.messages import Bubble, Choice
from core.outbox import posting
from core.outbox.delivery import Delivery
from core.people import erasure, retention
from core.people.contacts import Contact, Role, find
from tests.core.lives import a_life
from tests.core.workshops.hall import notices_of
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import A_NUMBER, NOON, incoming

DAY = timedelta(days=1)
TWO_YEARS = timedelta(days=731)


@pytest.fixture
def sessions(kept_sessions):
    return kept_sessions


def texts(session):
    session.expire_all()
    return [row.text for row in session.scalars(select(Delivery).order_by(Delivery.id))]


def say(session, address, *lines):
    bubbles = [Bubble(line, (Choice("Latillé", "menu"),)) for line in lines]
    posting.reply(session, address, 1, bubbles, NOON)


def test_words_are_erased_after_90_days_and_not_before(sessions, vault):
    with sessions.begin() as session:
        address = somebody(session, vault)
        inbound.accept(session, vault, incoming("jamais lu"), "fr", NOON)
        say(session, address, "un", "deux")
        retention.forget_words(session, NOON + 89 * DAY)
        assert texts(session) == ["un", "deux"]
        retention.forget_words(session, NOON + 91 * DAY)
        assert texts(session) == ["", ""]
        assert session.scalars(select(Delivery)).first().choices == []
        assert session.scalars(select(Inbound)).one().sealed_text is None


def test_a_round_takes_a_part_and_the_next_goes_on(sessions, vault, monkeypatch):
    monkeypatch.setattr(retention, "WORDS_AT_ONCE", 2)
    with sessions.begin() as session:
        say(session, somebody(session, vault), "un", "deux", "trois")
        retention.forget_words(session, NOON + 91 * DAY)
        assert texts(session) == ["", "", "trois"]
        retention.forget_words(session, NOON + 91 * DAY)
        retention.forget_words(session, NOON + 91 * DAY)
        assert texts(session) == ["", "", ""]


def silent(session, now):
    retention.forget_silent(notices_of(), session, now)
    for uid in erasure.conversations(session):
        erasure.conversation_gone(session, uid)
    erasure.complete(session, now)


def test_who_is_silent_for_24_months_is_erased_with_all_that_hangs_on_them(sessions, vault):
    with sessions.begin() as session:
        row = a_session(session)
        a_life(session, vault, somebody(session, vault), row)
        silent(session, NOON + TWO_YEARS - 2 * DAY)
        assert find(session, vault, "sms", A_NUMBER)
        silent(session, NOON + TWO_YEARS)
        assert session.scalars(select(Contact.id)).all() == []


def test_who_wrote_since_who_is_expected_and_the_team_stay(sessions, vault):
    now = NOON + TWO_YEARS
    with sessions.begin() as session:
        wrote, expected, team = (somebody(session, vault, number) for number in (1, 2, 3))
        wrote.contact.seen_at = now - 700 * DAY
        signed_up(session, expected, a_session(session, starts_at=now + DAY))
        team.contact.role = Role.STAFF
        silent(session, now)
        assert len(session.scalars(select(Contact.id)).all()) == 3


def test_the_silent_go_a_few_at_a_time(sessions, vault, monkeypatch):
    monkeypatch.setattr(retention, "PEOPLE_AT_ONCE", 2)
    with sessions.begin() as session:
        for number in range(1, 4):
            somebody(session, vault, number)
        silent(session, NOON + TWO_YEARS)
        assert len(session.scalars(select(Contact.id)).all()) == 1
        silent(session, NOON + TWO_YEARS)
        assert session.scalars(select(Contact.id)).all() == []
