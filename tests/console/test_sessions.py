"""Creating, copying, editing at once, cancelling, importing, and noting who came."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from core.audit import Audit
from core.console.members import StaffRole
from core.outbox.delivery import Cause, Delivery
from core.workshops.model import NAME, Attendee, SessionState, SignUp, SignUpState, WorkshopSession
from tests.console.office import FROM_US, fields_of
from tests.console.test_hostile import uploads
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON


@pytest.fixture
def one(office):
    """An office with one session, number 1."""
    with office.sessions.begin() as session:
        a_session(session)
    return office


def rows(office, kind):
    with office.sessions.begin() as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def test_a_form_that_is_sent_back_as_it_is_changes_nothing(one):
    reply = one.signed_in().sends("/sessions/1/edit")
    assert reply.headers["location"] == "/console/sessions/1?said=saved&count=0"
    (row,) = rows(one, WorkshopSession)
    assert (row.revision, row.seats) == (0, 12)


def test_lines_that_a_browser_ends_in_its_own_way_are_nobody_else_s_change(one):
    browser = one.signed_in()
    browser.sends("/sessions/1/edit", description="Une ligne\r\nune autre")
    form = fields_of(browser.get("/sessions/1/edit").text)
    as_sent = {name: value.replace("\n", "\r\n") for name, value in form.items()}
    reply = browser.post("/sessions/1/edit", as_sent | {"csrf": browser.csrf})
    assert reply.headers["location"] == "/console/sessions/1?said=saved&count=0"


def test_a_change_is_written_people_are_to_be_told_and_the_log_says_who(one):
    browser = one.signed_in(StaffRole.ORGANIZER)
    browser.sends("/sessions/1/edit", debut="2026-12-02T10:00", fin="2026-12-02T12:00")
    (row,) = rows(one, WorkshopSession)
    assert row.starts_at.hour == 9  # ten o'clock in Paris
    assert row.times_revision == 1
    last = rows(one, Audit)[-1]
    assert (last.action, last.subject) == ("session.changed", "session:1")
    assert last.details == {"columns": ["debut", "fin"]}


def test_two_who_edit_different_fields_lose_nothing_and_the_second_is_told(one):
    first, second = one.signed_in(), one.signed_in(StaffRole.ORGANIZER)
    form = fields_of(second.get("/sessions/1/edit").text)
    first.sends("/sessions/1/edit", places="20")
    reply = second.post("/sessions/1/edit", form | {"titre": "Un autre titre"})
    assert reply.status_code == 409
    assert "Quelqu&#39;un d&#39;autre vient de modifier" in reply.text
    shown = fields_of(reply.text)
    assert (shown["places"], shown["titre"]) == ("20", "Un autre titre")
    again = second.post("/sessions/1/edit", shown | {"csrf": second.csrf})
    assert again.status_code == 303
    (row,) = rows(one, WorkshopSession)
    assert row.seats == 20
    assert "Un autre titre" in second.get("/sessions/1").text


def test_two_who_edit_the_same_field_decide_with_both_before_their_eyes(one):
    first, second = one.signed_in(), one.signed_in()
    form = fields_of(second.get("/sessions/1/edit").text)
    first.sends("/sessions/1/edit", places="20")
    reply = second.post("/sessions/1/edit", form | {"places": "30"})
    assert reply.status_code == 409
    assert "quelqu&#39;un a écrit : 20" in reply.text
    assert rows(one, WorkshopSession)[0].seats == 20
    second.post("/sessions/1/edit", fields_of(reply.text) | {"csrf": second.csrf})
    assert rows(one, WorkshopSession)[0].seats == 30


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(one):
    reply = one.signed_in().sends("/sessions/1/edit", places="douze", titre="", lieu="Ailleurs")
    assert reply.status_code == 422
    assert "il faut un nombre entier de 1 à 10000" in reply.text
    assert fields_of(reply.text)["lieu"] == "Ailleurs"
    assert rows(one, WorkshopSession)[0].place == "Salle des fêtes"


def test_a_session_is_created_each_week_at_the_same_hour_in_paris(one):
    browser = one.signed_in(StaffRole.ORGANIZER)
    # The clock changes on 28 March 2027.
    reply = browser.sends(
        "/sessions/new", titre="Pix", organisateur="TNE", lieu="CDI", commune="Latillé",
        debut="2027-03-23T14:00", fin="2027-03-23T16:00", repeat="2", etat="ouvert",
    )  # fmt: skip
    assert reply.headers["location"] == "/console/sessions/2?said=created&count=2"
    made = rows(one, WorkshopSession)[1:]
    assert [row.starts_at.hour for row in made] == [13, 12]
    assert made[0].workshop_id == made[1].workshop_id


def test_a_copy_is_a_draft_a_week_later_of_the_same_workshop(one):
    one.signed_in().sends("/sessions/new?like=1")
    before, after = rows(one, WorkshopSession)
    assert after.starts_at - before.starts_at == timedelta(weeks=1)
    assert (after.state, after.workshop_id) == (SessionState.DRAFT, before.workshop_id)


def test_cancelling_shows_the_very_message_first_and_then_sends_it(one):
    with one.sessions.begin() as session:
        signed_up(session, somebody(session, one.vault), session.get_one(WorkshopSession, 1))
    browser = one.signed_in()
    page = browser.get("/sessions/1/cancel")
    (shown,) = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page.text, re.S)
    assert rows(one, Delivery) == []
    assert rows(one, WorkshopSession)[0].state == SessionState.OPEN
    assert "said=cancelled&count=1" in browser.post("/sessions/1/cancel").headers["location"]
    (sent,) = rows(one, Delivery)
    assert sent.cause == Cause.CALLED_OFF
    assert sent.text == shown.replace("&#39;", "'")
    assert browser.get("/sessions/1/edit").status_code == 200
    assert browser.sends("/sessions/1/edit").status_code == 409


def test_who_came_is_noted_by_one_tap_and_drawn_anew(one):
    with one.sessions.begin() as session:
        sign_up = signed_up(
            session, somebody(session, one.vault), session.get_one(WorkshopSession, 1)
        )
        sign_up.attendees = [Attendee(name=one.vault.seal("Fatima", NAME), child=False)]
    browser = one.signed_in(StaffRole.ORGANIZER)
    early = browser.post("/sessions/1/sign-ups/1/mark", {"state": "attended"})
    assert early.status_code == 409
    one.now = NOON + timedelta(days=7, minutes=5)
    browser = one.signed_in(StaffRole.ORGANIZER)
    sent = browser.http.post(
        "/console/sessions/1/sign-ups/1/mark", data={"csrf": browser.csrf, "state": "attended"},
        headers=FROM_US | {"hx-request": "true"},
    )  # fmt: skip
    assert sent.text.strip().startswith('<li class="line" id="sign-up-1"')
    assert 'value="attended" aria-pressed="true"' in sent.text
    assert rows(one, SignUp)[0].state == SignUpState.ATTENDED
    browser.post("/sessions/1/sign-ups/1/mark", {"state": "excused"})
    assert rows(one, SignUp)[0].state == SignUpState.EXCUSED


def test_a_seat_given_back_by_staff_goes_to_the_next(one):
    with one.sessions.begin() as session:
        row = session.get_one(WorkshopSession, 1)
        row.seats = 1
        signed_up(session, somebody(session, one.vault, 1), row)
        signed_up(session, somebody(session, one.vault, 2), row, state=SignUpState.WAITING)
    one.signed_in().post("/sessions/1/sign-ups/1/give-back")
    assert [row.state for row in rows(one, SignUp)] == [SignUpState.CANCELLED, SignUpState.OFFERED]


def test_an_import_shows_each_bad_line_and_writes_nothing(one):
    reply = uploads(
        one.signed_in(), {}, {"identifiant": "b", "places": "douze", "commune": "Latile"}
    )
    assert reply.status_code == 422
    assert "2 points à corriger" in reply.text
    assert reply.text.count("Ligne 3") == 2
    assert len(rows(one, WorkshopSession)) == 1


def test_an_import_shows_what_it_will_do_and_does_just_that(one):
    browser = one.signed_in()
    page = uploads(browser, {"identifiant": "b"}, {"identifiant": "c"}).text
    assert "2 à créer" in page
    assert len(rows(one, WorkshopSession)) == 1
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert browser.post("/sessions/import", fields | {"agreed": "0"}).status_code == 200
    assert len(rows(one, WorkshopSession)) == 1
    reply = browser.post("/sessions/import", fields)
    assert reply.headers["location"] == "/console/sessions?said=imported&count=2"
    assert len(rows(one, WorkshopSession)) == 3


def test_an_export_is_read_again_without_a_change(one):
    browser = one.signed_in()
    for kind in ("csv", "xlsx"):
        content = browser.get(f"/sessions/export.{kind}").content
        page = browser.http.post(
            "/console/sessions/import", data={"csrf": browser.csrf},
            files={"file": (f"s.{kind}", content)}, headers=FROM_US,
        )  # fmt: skip
        assert "0 à créer, 0 à changer, 1 déjà à jour" in page.text


def test_a_reader_sees_figures_and_nobodys_name(one):
    with one.sessions.begin() as session:
        sign_up = signed_up(
            session, somebody(session, one.vault), session.get_one(WorkshopSession, 1)
        )
        sign_up.attendees = [Attendee(name=one.vault.seal("Fatima", NAME), child=False)]
    page = one.signed_in(StaffRole.READER).get("/sessions/1").text
    assert "Fatima" not in page
    assert "sur 12<" in page
    assert "Fatima" in one.signed_in(StaffRole.ORGANIZER).get("/sessions/1").text


def queries(office, browser, path: str) -> int:
    counted = []
    engine = office.sessions.kw["bind"]

    def count(*arguments: object) -> None:
        counted.append(arguments[2])

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


@pytest.mark.parametrize("path", ["", "/sessions?when=all", "/sessions/1"])
def test_pages_ask_as_often_however_much_there_is(one, path):
    browser = one.signed_in()
    with one.sessions.begin() as session:
        signed_up(session, somebody(session, one.vault), session.get_one(WorkshopSession, 1))
    few = queries(one, browser, path)
    with one.sessions.begin() as session:
        for number in range(30):
            row = a_session(session, f"more-{number}", starts_at=NOON + timedelta(days=1))
            first = session.get_one(WorkshopSession, 1)
            address = somebody(session, one.vault, number + 2)
            signed_up(session, address, row)
            signed_up(session, address, first)
    assert queries(one, browser, path) == few
    assert few <= 12
