"""A person who is erased: their seats go on, nothing of theirs stays, others lose nothing."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import delete, func, select

from core import inbound
from core.db import Base
from core.learning.missed import MissedQuestion
from core.learning.thumbs import Feedback
from core.messages import Bubble
from core.outbox import claiming, posting
from core.outbox.delivery import Cause, Delivery
from core.people import erasure
from core.people.contacts import Contact, find, meet
from core.people.erasure import Erasure
from core.people.personal import PARTS
from core.workshops.model import SignUp, SignUpState
from tests.core.lives import a_life
from tests.core.workshops.hall import notices_of
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.core.workshops.test_killed import Killer
from tests.world import A_NUMBER, NOON, has_left, incoming, mine

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def sessions(kept_sessions):
    return kept_sessions


def rows(session, contact_id):
    """How many rows of each part are about a contact."""
    found = {
        part.name: session.scalar(
            select(func.count()).select_from(part.table).where(part.whose(contact_id))
        )
        for part in PARTS
    }
    return {name: number for name, number in found.items() if number}


def everything(session):
    return {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
    }


def erase(session, vault, address, provider_id="erase"):
    """As the confirmed wish does: the row that is answered, and the last message."""
    message = incoming("oui", address.reveal(vault), address.channel, provider_id)
    row = inbound.accept(session, vault, message, "fr", NOON)
    erasure.begin(session, notices_of(), address.contact, NOON, row)
    return posting.reply(session, address, row.id, [Bubble("Tout est effacé.")], NOON)[0]


def leave(session, shown):
    """The sender hands it over."""
    (row,) = [one for one in claiming.claim(session, "sms", NOON) if one.id == shown.id]
    has_left(mine(session, row), "1", None, NOON)


def test_at_once_nothing_is_left_but_where_the_last_message_goes(sessions, vault):
    with sessions.begin() as session:
        row = a_session(session)
        address, other = somebody(session, vault, 1), somebody(session, vault, 2)
        a_life(session, vault, address, row)
        a_life(session, vault, other, row)
        others = rows(session, other.contact_id)
        erase(session, vault, address)
        assert rows(session, address.contact_id) == {
            "you": 1, "addresses": 1, "messages_received": 1, "messages_sent": 1,
        }  # fmt: skip
        assert rows(session, other.contact_id) == others
        assert session.scalar(select(func.count()).select_from(MissedQuestion)) == 2
        assert session.scalars(select(Feedback)).one().good == 2


def test_once_the_last_message_has_left_the_contact_is_gone(sessions, vault):
    with sessions.begin() as session:
        before = everything(session)
        address = somebody(session, vault)
        shown = erase(session, vault, address)
        erasure.conversation_gone(session, address.contact.uid)
        erasure.complete(session, NOON)
        assert session.get(Contact, address.contact_id)
        leave(session, shown)
        erasure.complete(session, LATER)
        session.expire_all()
        assert everything(session) == before
        erasure.complete(session, LATER)


def test_until_rasa_has_forgotten_the_contact_stays_for_a_day_at_most(sessions, vault):
    with sessions.begin() as session:
        address = somebody(session, vault)
        uid = address.contact.uid
        leave(session, erase(session, vault, address))
        erasure.complete(session, LATER)
        assert erasure.conversations(session) == [uid]
        erasure.complete(session, NOON + timedelta(days=1, minutes=1))
        assert erasure.conversations(session) == []
        assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_a_last_message_that_never_leaves_keeps_nobody(sessions, vault):
    with sessions.begin() as session:
        address = somebody(session, vault)
        erase(session, vault, address)
        tomorrow = NOON + timedelta(days=1, minutes=1)
        claiming.claim(session, "sms", tomorrow)
        erasure.complete(session, tomorrow)
        assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_their_seats_go_to_the_next_in_the_list(sessions, vault):
    with sessions.begin() as session:
        first, second = a_session(session, "un", seats=2), a_session(session, "deux", seats=1)
        over = a_session(session, "avant", starts_at=NOON - timedelta(days=3))
        address, other = somebody(session, vault, 1), somebody(session, vault, 2)
        for row in (second, first, over):
            signed_up(session, address, row, size=1)
        waits = signed_up(session, other, second, state=SignUpState.WAITING)
        erase(session, vault, address)
        assert waits.state == SignUpState.OFFERED
        told = session.scalars(select(Delivery).where(Delivery.cause == Cause.SIGN_UP)).one()
        assert told.contact_id == other.contact_id
        assert session.scalars(select(SignUp)).all() == [waits]


def test_whoever_writes_from_there_is_somebody_new(sessions, vault):
    with sessions.begin() as session:
        address = somebody(session, vault)
        shown = erase(session, vault, address)
        assert find(session, vault, "sms", A_NUMBER) is None
        again = meet(session, vault, "sms", A_NUMBER, LATER)
        assert again.contact_id != address.contact_id
        assert again.contact.uid != address.contact.uid
        erasure.conversation_gone(session, address.contact.uid)
        leave(session, shown)
        erasure.complete(session, LATER)
        assert find(session, vault, "sms", A_NUMBER) is again
        # And may be erased again.
        erase(session, vault, again, "again")
        assert find(session, vault, "sms", A_NUMBER) is None


def test_what_came_in_just_before_and_is_not_answered_goes_too(sessions, vault):
    with sessions.begin() as session:
        address = somebody(session, vault)
        late = inbound.accept(session, vault, incoming("et", provider_id="9"), "fr", NOON).id
        erase(session, vault, address)
        assert session.get(inbound.Inbound, late) is None
        assert len(inbound.take_up(session, ["sms"], NOON, timedelta(hours=2), True)) == 1


def test_erasing_twice_changes_nothing(sessions, vault):
    with sessions.begin() as session:
        address = somebody(session, vault)
        erase(session, vault, address)
        before = everything(session)
        erasure.begin(session, notices_of(), address.contact, LATER)
        assert everything(session) == before
        assert session.scalars(select(Erasure)).one().since == NOON


@pytest.fixture
def killer(kept_engine, vault, tmp_path):
    killer = Killer(tmp_path / "keys.json", kept_engine.url.render_as_string(hide_password=False))
    yield killer
    killer.stop()


def test_killed_at_any_step_all_of_it_is_done_or_nothing(sessions, vault, killer):
    def a_person():
        with sessions.begin() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
            row = a_session(session, seats=2)
            address = somebody(session, vault, 1)
            a_life(session, vault, address, row)
            signed_up(session, somebody(session, vault, 2), row, state=SignUpState.WAITING)
            return address.id, everything(session)

    def picture():
        with sessions.begin() as session:
            return everything(session), session.scalars(select(SignUp.state)).all()

    who, before = a_person()
    assert killer.act(0, act="erase", who=who, now=NOON) == "done"
    done = picture()
    assert done[1] == [SignUpState.OFFERED]
    found = []
    for step in count(1):
        who, before = a_person()
        ended = killer.act(step, act="erase", who=who, now=NOON)
        if ended == "done":
            break
        found.append(picture())
    assert found[-1] == done
    assert all(one[0] == before for one in found[:-1])
    assert len(found) > 20
    tomorrow = NOON + timedelta(days=1, minutes=1)
    assert killer.act(2, act="erase the rest", now=tomorrow) == "killed"
    assert picture() == done
    assert killer.act(0, act="erase the rest", now=tomorrow) == "done"
    assert picture()[0]["contact"] == done[0]["contact"] - 1
