"""From a confirmed broadcast to the outbox: what is queued, held, taken back and ended."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.audit import Audit
from core.broadcasts import deciding, preview, running
from core.broadcasts.deciding import Refused
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.wording import Maker
from core.outbox import claiming, making, results
from core.outbox.claiming import Room
from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import AddressState, change_state
from tests.core.broadcasts.crowd import (
    AUTHOR,
    OTHER,
    a_broadcast,
    also,
    means,
    someone,
    team_of,
)
from tests.core.workshops.shop import a_session, signed_up
from tests.world import NOON, has_left, mine

MONDAY = NOON + timedelta(days=2)  # noon in Paris, plus one hour
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sessions(kept_sessions):
    return kept_sessions


@pytest.fixture
def desk(sessions, vault):
    return Desk(sessions, vault)


class Desk:
    """Broadcasts, the clock and the sender; each act is a transaction of its own."""

    def __init__(self, sessions, vault, **settings):
        self.sessions, self.vault = sessions, vault
        self.means = means(vault, **settings)

    def has(self, **changes) -> int:
        with self.sessions.begin() as session:
            return a_broadcast(session, **changes).id

    def crowd(self, count, **more):
        with self.sessions.begin() as session:
            return [someone(session, self.vault, number, **more).id for number in range(count)]

    def confirms(self, number, actor=AUTHOR, now=MONDAY):
        with self.sessions.begin() as session:
            return deciding.confirm(session, self.means, number, actor, now)

    def does(self, what, number, now=MONDAY):
        with self.sessions.begin() as session:
            return what(session, number, AUTHOR, now)

    def ticks(self, now=MONDAY):
        with self.sessions.begin() as session:
            running.due(team_of(self.means), session, now)

    def state(self, number):
        with self.sessions.begin() as session:
            return session.get_one(Broadcast, number).state

    def rows(self):
        with self.sessions.begin() as session:
            return Counter(session.scalars(select(Delivery.state)))

    def claims(self, now=MONDAY, **options):
        with self.sessions.begin() as session:
            return claiming.claim(session, "sms", now, **options)

    def sends(self, now=MONDAY, **options):
        rows = self.claims(now, **options)
        with self.sessions.begin() as session:
            for row in rows:
                has_left(mine(session, row), "p", 1, now)
        return len(rows)

    def did(self):
        with self.sessions.begin() as session:
            return list(session.scalars(select(Audit.action).order_by(Audit.id)))


def test_what_is_confirmed_is_queued_once_sent_and_then_finished(desk):
    desk.crowd(3)
    number = desk.has()
    assert desk.confirms(number) == BroadcastState.SCHEDULED
    for _ in range(2):
        desk.ticks()
        assert desk.rows() == {State.QUEUED: 3}
    assert desk.state(number) == BroadcastState.RUNNING
    assert desk.sends() == 3
    desk.ticks(MONDAY + MINUTE)
    assert desk.state(number) == BroadcastState.FINISHED
    assert desk.did() == ["broadcast.confirmed", "broadcast.begun", "broadcast.finished"]


def test_the_preview_counts_what_is_queued_then(desk):
    desk.crowd(3, language="ar")
    with desk.sessions.begin() as session:
        for number in range(10, 14):
            someone(session, desk.vault, number, "telegram")
        someone(session, desk.vault, 20, state=AddressState.STOPPED)
        someone(session, desk.vault, 21, state=AddressState.UNREACHABLE)
    number = desk.has()
    with desk.sessions.begin() as session:
        seen = preview.preview(session, desk.means, session.get_one(Broadcast, number), MONDAY)
    assert seen.people.sent_to == {("sms", "ar"): 3, ("telegram", "fr"): 4}
    assert seen.people.left_out == {"stopped": 1, "unreachable": 1}
    assert seen.untranslated == {"ar": 3}
    assert seen.sizes["ar"].unicode
    assert (seen.parts, seen.cost) == (3 * seen.sizes["ar"].segments, seen.parts * 0.05)
    assert [one.channel for one in seen.examples] == ["telegram", "sms"]
    assert "بالفرنسية" in seen.examples[1].bubble.text
    desk.confirms(number)
    desk.ticks()
    with desk.sessions.begin() as session:
        query = select(Delivery.channel, func.count()).where(Delivery.state == State.QUEUED)
        queued = dict(session.execute(query.group_by(Delivery.channel)).all())
    assert queued == {"sms": 3, "telegram": 4}
    assert desk.rows() == {State.QUEUED: 7, State.SKIPPED: 1}


def test_nothing_is_confirmed_twice_nor_by_its_author_alone_when_it_is_for_many(desk):
    desk.means = means(desk.vault, second_at=2)
    desk.crowd(3)
    number = desk.has()
    assert desk.confirms(number) == BroadcastState.WAITING
    with pytest.raises(Refused, match="somebody_else"):
        desk.confirms(number)
    desk.ticks()
    assert desk.rows() == {}
    assert desk.confirms(number, OTHER) == BroadcastState.SCHEDULED
    with pytest.raises(Refused, match="not_now"):
        desk.confirms(number, OTHER)
    with desk.sessions.begin() as session:
        row = session.get_one(Broadcast, number)
        assert (row.author, row.confirmer, row.size) == (AUTHOR, OTHER, 3)


def test_one_that_has_grown_since_waits_for_a_second_member(desk):
    desk.means = means(desk.vault, second_at=3)
    desk.crowd(3)
    number = desk.has(start_at=MONDAY + timedelta(hours=1))
    assert desk.confirms(number) == BroadcastState.SCHEDULED
    with desk.sessions.begin() as session:
        someone(session, desk.vault, 50)
    desk.ticks(MONDAY + timedelta(hours=1))
    assert (desk.state(number), desk.rows()) == (BroadcastState.WAITING, {})
    desk.confirms(number, OTHER, MONDAY + timedelta(hours=2))
    desk.ticks(MONDAY + timedelta(hours=2))
    assert desk.rows() == {State.QUEUED: 4}


def test_it_is_refused_when_it_is_for_nobody_or_has_a_fault(desk):
    with pytest.raises(Refused, match="nobody"):
        desk.confirms(desk.has())
    desk.crowd(1)
    with pytest.raises(Refused, match="unknown_field"):
        desk.confirms(desk.has(texts={"fr": "Bonjour {__class__}"}))
    with pytest.raises(Refused, match="quiet"):
        desk.confirms(desk.has(), now=MONDAY.replace(hour=21))
    with pytest.raises(Refused, match="none"):
        desk.confirms(999)


def test_paused_while_rows_are_claimed_only_those_leave(desk):
    desk.crowd(6)
    number = desk.has()
    desk.confirms(number)
    desk.ticks()
    taken = desk.claims(room=Room(by_day=2))
    desk.does(deciding.pause, number)
    assert desk.rows() == {State.SENDING: 2, State.HELD: 4}
    assert desk.claims(MONDAY + MINUTE) == []
    with desk.sessions.begin() as session:
        has_left(mine(session, taken[0]), "p", 1, MONDAY)
        results.retry(mine(session, taken[1]), "down", MONDAY)
    assert desk.claims(MONDAY + MINUTE) == []  # what came back is held too, and before any tick
    desk.ticks()
    assert desk.rows() == {State.SENT: 1, State.HELD: 5}
    assert desk.state(number) == BroadcastState.PAUSED
    desk.does(deciding.resume, number)
    assert desk.state(number) == BroadcastState.RUNNING
    assert desk.sends(MONDAY + MINUTE) == 5
    with pytest.raises(Refused):
        desk.does(deciding.resume, number)


def test_cancelled_while_rows_are_claimed_nothing_more_leaves(desk):
    desk.crowd(5)
    number = desk.has()
    desk.confirms(number)
    desk.ticks()
    taken = desk.claims(room=Room(by_day=1))
    assert desk.does(deciding.cancel, number) == 4
    assert desk.rows() == {State.SENDING: 1, State.CANCELLED: 4}
    with desk.sessions.begin() as session:
        results.retry(mine(session, taken[0]), "down", MONDAY)
    [row] = desk.claims(MONDAY + MINUTE)
    with desk.sessions.begin() as session:
        held = mine(session, row)
        makers = {Cause.BROADCAST: Maker(desk.means)}
        assert making.make(session, makers, held, MONDAY) is None
    for what in (deciding.cancel, deciding.pause, deciding.resume):
        with pytest.raises(Refused):
            desk.does(what, number)


def test_a_scheduled_one_can_be_paused_and_cancelled_before_it_begins(desk):
    desk.crowd(1)
    number = desk.has(start_at=MONDAY + timedelta(hours=1))
    desk.confirms(number)
    desk.does(deciding.pause, number)
    desk.ticks(MONDAY + timedelta(hours=2))
    assert desk.rows() == {}
    desk.does(deciding.resume, number)
    assert desk.state(number) == BroadcastState.SCHEDULED
    desk.does(deciding.cancel, number)
    desk.ticks(MONDAY + timedelta(hours=2))
    assert desk.rows() == {}


def test_after_an_outage_nothing_old_is_begun_and_nothing_old_is_sent(desk):
    desk.crowd(2)
    late, begun = desk.has(), desk.has()
    desk.confirms(late)
    desk.ticks(MONDAY + running.LATE + MINUTE)
    assert (desk.state(late), desk.rows()) == (BroadcastState.CANCELLED, {})
    desk.confirms(begun, now=MONDAY + timedelta(days=1))
    desk.ticks(MONDAY + timedelta(days=1))
    after = MONDAY + timedelta(days=10)
    desk.ticks(after)
    assert desk.rows() == {State.SKIPPED: 2}
    assert desk.state(begun) == BroadcastState.FINISHED


def test_what_announces_a_session_is_not_sent_after_it_began(desk):
    desk.crowd(1)
    with desk.sessions.begin() as session:
        row = a_session(session, starts_at=MONDAY + timedelta(hours=20))
    number = desk.has(session_id=row.id, texts={"fr": "Venez à {atelier} le {date}"})
    desk.confirms(number)
    desk.ticks()
    with desk.sessions.begin() as session:
        [sent] = session.scalars(select(Delivery))
        assert (sent.not_after, sent.about) == (row.starts_at, row.id)


def test_one_bad_broadcast_does_not_stop_the_others(desk, caplog):
    desk.crowd(2)
    bad = desk.has(audience={"nonsense": 1, "kind": "pigeon"}, state="scheduled", next_at=MONDAY)
    good = desk.has(state="scheduled", next_at=MONDAY, start_at=MONDAY)
    for minute in range(3):
        desk.ticks(MONDAY + minute * MINUTE)
    assert (desk.state(bad), desk.state(good)) == ("scheduled", "running")
    assert desk.rows() == {State.QUEUED: 2}
    assert f"broadcast {bad}: ValueError" in caplog.text


def test_who_cannot_be_reached_on_telegram_gets_it_by_sms_once_in_the_words_of_an_sms(desk):
    from core.outbox.rerouting import reroute

    with desk.sessions.begin() as session:
        address = someone(session, desk.vault, 1, "telegram")
        also(session, address, someone(session, desk.vault, 1))
    number = desk.has(buttons=[{"fr": "Je viens"}, {"fr": "Non"}], texts={"fr": "Venez ?"})
    desk.confirms(number)
    desk.ticks()
    makers = {Cause.BROADCAST: Maker(desk.means)}
    with desk.sessions.begin() as session:
        [row] = claiming.claim(session, "telegram", MONDAY)
        assert making.make(session, makers, row, MONDAY).text == "Venez ?"
        assert row.choices[0] == {"label": "Je viens", "does": f"cast:{number}:1:0"}
        results.fail(row, "blocked", MONDAY, unreachable=True)
        other = reroute(session, row, MONDAY)
        assert (other.channel, other.purpose) == ("sms", "1~sms")
        assert making.make(session, makers, other, MONDAY).text == "Venez ? Répondez 1 ou 2."


def test_somebody_who_stops_meanwhile_gets_nothing(desk):
    [address_id] = desk.crowd(1)
    desk.confirms(desk.has())
    desk.ticks()
    with desk.sessions.begin() as session:
        from core.people.contacts import Address

        change_state(session.get_one(Address, address_id), AddressState.STOPPED, MONDAY)
    assert desk.claims() == []
    assert desk.rows() == {State.SKIPPED: 1}


def test_a_first_name_is_said_where_there_is_one(desk):
    from core.workshops.model import NAME, Attendee

    with desk.sessions.begin() as session:
        row = a_session(session)
        named, nameless = someone(session, desk.vault, 1), someone(session, desk.vault, 2)
        sign_up = signed_up(session, named, row)
        for name, child in (("Lina", True), ("Fatima", False)):
            sealed = desk.vault.seal(name, NAME)
            session.add(Attendee(sign_up=sign_up, name=sealed, child=child))
        del nameless
    desk.confirms(desk.has(session_id=row.id, texts={"fr": "Bonjour {prenom}, {atelier} !"}))
    desk.ticks()
    maker = Maker(desk.means)
    with desk.sessions.begin() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.contact_id))
        said = [maker(session, one, MONDAY).text for one in rows]
    assert said == ["Bonjour Fatima, L'ENT sans stress !", "Bonjour, L'ENT sans stress !"]
