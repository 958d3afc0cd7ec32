"""What became of it, each person once; whom to phone, and that it is written down."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit import Audit
from core.broadcasts import report
from core.broadcasts.model import Broadcast, BroadcastAnswer
from core.outbox import claiming, results
from core.outbox.delivery import Delivery
from core.outbox.rerouting import reroute
from core.people.contacts import AddressState
from core.workshops.model import NAME, Attendee
from core.workshops.sheets.spreadsheet import as_csv
from tests.core.broadcasts.crowd import a_broadcast, also, someone
from tests.core.broadcasts.test_sending import MONDAY, Desk, desk, sessions  # noqa: F401
from tests.core.workshops.shop import a_session, signed_up
from tests.world import has_left


@pytest.fixture
def sent(desk: Desk):  # noqa: F811
    """Five people by SMS and one on Telegram who is reached by SMS in the end."""
    with desk.sessions.begin() as session:
        row = a_session(session)
        for number in range(1, 6):
            address = someone(session, desk.vault, number)
            sign_up = signed_up(session, address, row)
            name = desk.vault.seal("=Fatima" if number == 3 else "Ali", NAME)
            session.add(Attendee(sign_up=sign_up, name=name))
        someone(session, desk.vault, 6, state=AddressState.UNREACHABLE)
        someone(session, desk.vault, 7, state=AddressState.STOPPED)
        both = someone(session, desk.vault, 8, "telegram")
        also(session, both, someone(session, desk.vault, 8))
        number = a_broadcast(session, session_id=row.id, buttons=[{"fr": "Oui"}, {"fr": "Non"}]).id
    desk.confirms(number)
    desk.ticks()
    with desk.sessions.begin() as session:
        [chat] = claiming.claim(session, "telegram", MONDAY)
        results.fail(chat, "blocked", MONDAY, unreachable=True)
        reroute(session, chat, MONDAY)
        rows = sorted(claiming.claim(session, "sms", MONDAY), key=lambda one: one.contact_id)
        one, two, three, four, five, six = rows
        for row in (one, two, six):
            has_left(row, "p", 1, MONDAY)
        session.flush()
        results.report(session, two.id, "sms", True, MONDAY)
        results.fail(three, "refused", MONDAY)
        results.doubt(four, "timed out", MONDAY)
        results.retry(five, "down", MONDAY)
        for contact, button in ((one.contact_id, 0), (two.contact_id, 0), (six.contact_id, 1)):
            session.add(BroadcastAnswer(broadcast_id=number, occurrence=1, contact_id=contact,
                                        button=button, at=MONDAY))  # fmt: skip
    desk.number = number
    return desk


def test_each_person_counts_once_and_reasons_are_told(sent):
    with sent.sessions.begin() as session:
        told = report.report(session, session.get_one(Broadcast, sent.number))
    assert told.outcomes == {
        "sent": 2, "delivered": 1, "failed": 1, "uncertain": 1, "queued": 1, "skipped": 1,
    }  # fmt: skip
    assert told.reasons == {
        ("failed", "refused"): 1, ("uncertain", "timed out"): 1, ("skipped", "unreachable"): 1,
    }  # fmt: skip
    assert told.left_out == {"stopped": 1}
    assert told.answers == [2, 1]
    assert (told.size, told.waiting) == (7, 1)


def test_who_was_not_reached_is_in_a_file_that_harms_no_spreadsheet(sent):
    with sent.sessions.begin() as session:
        broadcast = session.get_one(Broadcast, sent.number)
        people = report.unreached(session, sent.means, broadcast, "cli:anne", MONDAY)
        [done] = session.scalars(select(Audit).where(Audit.action == "broadcast.phone_list"))
    assert [(one.number, one.first_name, one.state) for one in people] == [
        ("06 39 98 00 03", "=Fatima", "failed"),
        ("06 39 98 00 04", "Ali", "uncertain"),
        ("06 39 98 00 06", "", "skipped"),
    ]
    assert (done.actor, done.details) == ("cli:anne", {"people": 3})
    written = as_csv(["numero", "prenom"], [[one.number, one.first_name] for one in people])
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == ["06 39 98 00 03", "'=Fatima"]


def test_the_second_time_is_told_by_itself(desk):  # noqa: F811
    desk.crowd(2)
    number = desk.has(rrule="FREQ=DAILY;COUNT=2", start_at=MONDAY)
    desk.confirms(number)
    for day in range(3):
        now = MONDAY + timedelta(days=day)
        desk.ticks(now)
        desk.sends(now)
        desk.ticks(now + timedelta(minutes=1))
    assert desk.state(number) == "finished"
    with desk.sessions.begin() as session:
        purposes = sorted(session.scalars(select(Delivery.purpose)))
        assert purposes == ["1", "1", "2", "2"]
        assert report.report(session, session.get_one(Broadcast, number)).outcomes == {"sent": 2}


def test_a_recurring_one_that_was_away_goes_on_with_the_next_time(desk):  # noqa: F811
    desk.crowd(1)
    number = desk.has(rrule="FREQ=DAILY;COUNT=4", start_at=MONDAY)
    desk.confirms(number)
    desk.ticks()
    assert desk.sends() == 1
    away = MONDAY + timedelta(days=2, hours=9)  # two days without a clock, then at night
    desk.ticks(away)
    desk.ticks(away + timedelta(minutes=1))
    with desk.sessions.begin() as session:
        row = session.get_one(Broadcast, number)
        assert (row.state, row.occurrence) == ("scheduled", 1)
        assert row.next_at == MONDAY + timedelta(days=3)
