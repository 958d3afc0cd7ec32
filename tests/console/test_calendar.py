"""A member's calendar: a secret address, read without signing in, that names nobody."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from core.console.feeds import ConsoleFeed
from core.console.members import StaffMember, StaffRole
from core.workshops.model import NAME, Attendee, SessionState
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON


@pytest.fixture
def two(office):
    """A session in each territory, with somebody in it; a draft, and one that was cancelled."""
    with office.sessions.begin() as session:
        for number, commune in enumerate(("Latillé", "Brest"), start=1):
            row = a_session(session, f"s{number}", commune=commune, title=f"À {commune}; oui, ici")
            sign_up = signed_up(session, somebody(session, office.vault, number), row)
            sign_up.attendees = [Attendee(name=office.vault.seal("Fatima", NAME), child=False)]
        a_session(session, "draft", title="Brouillon", state=SessionState.DRAFT)
        a_session(session, "off", title="Annulée", state=SessionState.CANCELLED)
        a_session(session, "old", NOON - timedelta(days=90), title="Ancienne")
    return office


def address(browser) -> str:
    page = browser.post("/feed").text
    found = re.search(r"<code>http://127\.0\.0\.1:8080(/console/feed/[\w-]+\.ics)</code>", page)
    assert 'href="webcal://127.0.0.1:8080/console/feed/' in page
    return found[1]


def events(office, path: str) -> dict[str, object]:
    reply = office.browser().get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(reply.content)
    return {str(one["summary"]): one for one in calendar.walk("VEVENT")}


def test_a_calendar_program_reads_the_sessions_of_the_member_and_nobodys_name(two):
    path = address(two.signed_in(StaffRole.ORGANIZER))
    found = events(two, path)
    assert set(found) == {"À Latillé; oui, ici", "Annulée"}
    one = found["À Latillé; oui, ici"]
    assert one.decoded("dtstart") == NOON + timedelta(days=7)
    assert "1 sur 12" in str(one["description"])
    assert str(one["url"]).endswith("/console/sessions/1")
    assert str(found["Annulée"]["status"]) == "CANCELLED"
    assert "Fatima" not in two.browser().get(path).text


def test_an_administrator_and_a_reader_of_everywhere_have_all_of_them(two):
    for role in (StaffRole.ADMINISTRATOR, StaffRole.READER):
        assert "À Brest; oui, ici" in events(two, address(two.signed_in(role)))


def test_a_new_address_ends_the_old_one_and_none_is_kept_as_it_is(two):
    browser = two.signed_in()
    first, second = address(browser), address(browser)
    assert two.browser().get(first).status_code == 404
    assert events(two, second)
    with two.sessions.begin() as session:
        (kept,) = session.scalars(select(ConsoleFeed.hashed)).all()
    assert kept not in second
    assert second not in browser.get("/feed").text


def test_a_revoked_address_is_nowhere(two):
    browser = two.signed_in()
    path = address(browser)
    assert browser.post("/feed/revoke").headers["location"].startswith("/console/feed?")
    reply = two.browser().get(path)
    assert (reply.status_code, reply.content) == (404, b"")
    assert two.browser().get("/console/feed/nothing.ics").status_code == 404


def test_nobody_who_was_removed_reads_on(two):
    member = two.member()
    path = address(two.lets_in(member))
    with two.sessions.begin() as session:
        session.delete(session.get_one(StaffMember, member))
    assert two.browser().get(path).status_code == 404


def test_an_address_of_before_somebody_was_a_member_again_stays_ended(two):
    member = two.member()
    path = address(two.lets_in(member))
    with two.sessions.begin() as session:
        session.get_one(StaffMember, member).changed_at = two.later(days=1)
    assert two.browser().get(path).status_code == 404


def test_one_member_does_not_end_the_address_of_another(two):
    path = address(two.signed_in())
    two.signed_in(StaffRole.READER).post("/feed/revoke")
    assert events(two, path)
