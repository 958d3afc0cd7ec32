"""Signing somebody up by hand, moving them, and notes: with the same locks as everybody."""

from datetime import timedelta

import pytest

from core.audit import Audit
from core.console.members import StaffRole
from core.outbox.delivery import Cause, Delivery
from core.people import personal
from core.people.consents import Consent
from core.people.contacts import DESK, Address, AddressState, Contact
from core.workshops import retention, rounds
from core.workshops.model import NAME, NOTE, Attendee, SignUp, SignUpState, WorkshopSession
from tests.console.test_sessions import rows
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON

WHO = {"name": "Nadia B.", "phone": "06 39 98 00 11", "language": "ar", "people": "1",
       "agreed": "yes"}  # fmt: skip
HERE = "/sessions/1/add"


@pytest.fixture
def one(office):
    """A session in Latillé, number 1, and a later date of the same, number 2; 3 is in Brest."""
    with office.sessions.begin() as session:
        a_session(session)
        a_session(session, "later", NOON + timedelta(days=14))
        a_session(session, "brest", NOON + timedelta(days=14), commune="Brest")
    return office


def take_all_seats(office, number: int) -> None:
    with office.sessions.begin() as session:
        row = session.get_one(WorkshopSession, number)
        row.seats = 1
        signed_up(session, somebody(session, office.vault, 50), row)


def names_of(office, sign_up_id: int) -> list[str]:
    with office.sessions.begin() as session:
        row = session.get_one(SignUp, sign_up_id)
        return [office.vault.open(one.name, NAME) for one in row.attendees]


# By hand


def test_whoever_telephones_gets_a_seat_and_an_sms_in_their_language(one):
    reply = one.signed_in(StaffRole.ORGANIZER).post(HERE, WHO)
    assert reply.headers["location"] == "/console/sessions/1?said=added&count=0"
    (sign_up,) = rows(one, SignUp)
    assert sign_up.state == SignUpState.CONFIRMED
    assert names_of(one, sign_up.id) == ["Nadia B."]
    (told,) = rows(one, Delivery)
    assert (told.cause, told.channel, told.cause_id) == (Cause.SIGN_UP, "sms", sign_up.id)
    assert told.text.startswith("تم")
    assert told.about == 1
    (agreed,) = rows(one, Consent)
    assert (agreed.what, agreed.version, agreed.given) == ("sign_up", "2026-11-told", True)
    (address,) = rows(one, Address)
    assert address.reveal(one.vault) == "+33639980011"
    assert "+33" not in str(rows(one, Audit)[-1].details)
    assert (rows(one, Audit)[-1].action, rows(one, Audit)[-1].details) == (
        "sign_up.added", {"state": "confirmed", "told": True},
    )  # fmt: skip


def test_without_a_number_nobody_is_written_to_and_only_staff_know(one):
    one.signed_in().post(HERE, WHO | {"phone": "", "people": "3"})
    (sign_up,) = rows(one, SignUp)
    assert (sign_up.state, sign_up.size) == (SignUpState.CONFIRMED, 3)
    (address,) = rows(one, Address)
    assert (address.channel, address.state) == (DESK, AddressState.UNREACHABLE)
    page = one.signed_in().get("/sessions/1").text
    assert "Nadia B." in page
    assert "sans téléphone" in page
    one.signed_in().post("/sessions/1/cancel")
    one.now += timedelta(minutes=1)
    with one.sessions.begin() as session:
        rounds.due(one.house.notices, session, one.now)
    assert rows(one, Delivery) == []


def test_a_full_session_has_a_waiting_list_for_them_too(one):
    take_all_seats(one, 1)
    browser = one.signed_in()
    assert "ira en liste d&#39;attente" in browser.get(HERE).text
    assert "said=added_waiting" in browser.post(HERE, WHO).headers["location"]
    assert rows(one, SignUp)[-1].state == SignUpState.WAITING
    assert len([row for row in rows(one, Delivery) if row.purpose.startswith("added")]) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agreed": ""}, "Il faut l&#39;accord"),
        ({"name": "  "}, "Il faut un nom"),
        ({"people": "9"}, "Il faut un nom"),
        ({"people": "x"}, "Il faut un nom"),
        ({"phone": "12"}, "pas un numéro de portable"),
        ({"phone": "01 49 55 00 00"}, "pas un numéro de portable"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(one, wrong, said):
    before = len(rows(one, Contact))
    browser = one.signed_in()
    reply = browser.post(HERE, WHO | wrong)
    assert reply.status_code == 422
    assert said in reply.text
    assert len(rows(one, Contact)) == before + 1  # the member
    assert rows(one, SignUp) == rows(one, Consent) == rows(one, Delivery) == []


def test_a_number_that_is_signed_up_already_keeps_what_it_has(one):
    with one.sessions.begin() as session:
        who = somebody(session, one.vault, 11, language="tr")
        signed_up(session, who, session.get_one(WorkshopSession, 1), size=2)
    assert one.signed_in().post(HERE, WHO).status_code == 409
    (sign_up,) = rows(one, SignUp)
    assert sign_up.size == 2


def test_a_number_that_we_know_keeps_its_language(one):
    with one.sessions.begin() as session:
        somebody(session, one.vault, 11, language="tr")
    one.signed_in().post(HERE, WHO)
    assert rows(one, Contact)[0].language == "tr"
    assert rows(one, Delivery)[0].text.startswith("Tamam")


def test_somebody_elsewhere_signs_nobody_up(one):
    browser = one.signed_in(StaffRole.ORGANIZER, territory="finistere")
    assert browser.get(HERE).status_code == 404
    assert browser.post(HERE, WHO).status_code == 404
    assert rows(one, SignUp) == []


def test_a_hostile_name_is_text(one):
    hostile = "<script>alert(1)</script>"
    browser = one.signed_in()
    assert hostile not in browser.post(HERE, WHO | {"name": hostile, "agreed": ""}).text
    browser.post(HERE, WHO | {"name": hostile})
    for path in ("/sessions/1", "/sessions/1/sign-ups/1/move", "/sessions/1/sign-ups/1/note"):
        assert hostile not in browser.get(path).text


# Elsewhere


@pytest.fixture
def moving(one):
    """Fatima is signed up for session 1, with a note."""
    with one.sessions.begin() as session:
        row = signed_up(session, somebody(session, one.vault), session.get_one(WorkshopSession, 1))
        row.attendees = [Attendee(name=one.vault.seal("Fatima", NAME), child=False)]
        row.note = one.vault.seal("Vient avec sa sœur", NOTE)
    return one


MOVE = "/sessions/1/sign-ups/1/move"


def test_a_sign_up_is_moved_whole_and_the_person_is_told_once(moving):
    browser = moving.signed_in(StaffRole.ORGANIZER)
    assert 'value="2"' in browser.get(MOVE).text
    assert 'value="3"' not in browser.get(MOVE).text  # in Brest, not theirs
    reply = browser.post(MOVE, {"target": "2"})
    assert reply.headers["location"] == "/console/sessions/2?said=moved&count=0"
    before, after = rows(moving, SignUp)
    assert (before.state, before.reason) == (SignUpState.CANCELLED, "moved")
    assert (after.session_id, after.state) == (2, SignUpState.CONFIRMED)
    assert names_of(moving, after.id) == ["Fatima"]
    assert moving.vault.open(after.note, NOTE) == "Vient avec sa sœur"
    (told,) = rows(moving, Delivery)
    assert told.text.startswith("Changement : votre place est pour L'ENT sans stress")
    assert rows(moving, Audit)[-1].details["to_session"] == 2


def test_the_seat_that_is_left_goes_to_the_next(moving):
    with moving.sessions.begin() as session:
        row = session.get_one(WorkshopSession, 1)
        row.seats = 1
        signed_up(session, somebody(session, moving.vault, 2), row, state=SignUpState.WAITING)
    moving.signed_in().post(MOVE, {"target": "2"})
    assert rows(moving, SignUp)[1].state == SignUpState.OFFERED


def test_that_there_is_no_room_is_said_before_anything_is_done(moving):
    take_all_seats(moving, 2)
    browser = moving.signed_in()
    assert "complet ; en attente : 0" in browser.get(MOVE).text
    reply = browser.post(MOVE, {"target": "2"})
    assert reply.status_code == 409
    assert "Complet : " in reply.text
    assert rows(moving, SignUp)[0].state == SignUpState.CONFIRMED
    assert rows(moving, Delivery) == []
    assert "moved_waiting" in browser.post(MOVE, {"target": "2", "wait": "yes"}).headers["location"]
    assert [row.state for row in rows(moving, SignUp)] == ["cancelled", "confirmed", "waiting"]
    assert "liste d'attente" in rows(moving, Delivery)[0].text


def test_nobody_is_moved_into_or_out_of_another_territory_or_onto_themselves(moving):
    here = moving.signed_in(StaffRole.ORGANIZER)
    elsewhere = moving.signed_in(StaffRole.ORGANIZER, territory="finistere")
    assert here.post(MOVE, {"target": "3"}).status_code == 404
    assert elsewhere.post(MOVE, {"target": "3"}).status_code == 404
    assert here.post("/sessions/2/sign-ups/1/move", {"target": "1"}).status_code == 404
    assert here.post(MOVE, {"target": "1"}).status_code == 404
    assert here.post(MOVE, {"target": "99999999999"}).status_code == 422
    assert here.post(MOVE, {}).status_code == 422
    (row,) = rows(moving, SignUp)
    assert (row.session_id, row.state) == (1, SignUpState.CONFIRMED)


def test_whoever_is_there_already_stays_where_they_are(moving):
    with moving.sessions.begin() as session:
        signed_up(session, somebody(session, moving.vault), session.get_one(WorkshopSession, 2))
    assert moving.signed_in().post(MOVE, {"target": "2"}).status_code == 409
    assert [row.state for row in rows(moving, SignUp)] == [SignUpState.CONFIRMED] * 2


# Notes


def test_a_note_is_for_staff_sealed_in_their_own_data_and_forgotten_in_time(moving):
    browser = moving.signed_in(StaffRole.ORGANIZER)
    browser.post("/sessions/1/sign-ups/1/note", {"note": " Arrive à   15 h "})
    assert "Arrive à 15 h" in browser.get("/sessions/1").text
    assert "Arrive" not in moving.signed_in(StaffRole.READER).get("/sessions/1").text
    (row,) = rows(moving, SignUp)
    assert b"Arrive" not in row.note
    with moving.sessions.begin() as session:
        held = personal.collect(session, moving.vault, row.contact_id)
        assert held["sign_ups"][0]["note"] == "Arrive à 15 h"
        retention.forget_old(session, NOON + timedelta(days=100))
    assert rows(moving, SignUp)[0].note is None
    assert "Arrive" not in str([one.details for one in rows(moving, Audit)])


def test_a_note_may_be_taken_away_and_is_not_without_end(moving):
    browser = moving.signed_in()
    browser.post("/sessions/1/sign-ups/1/note", {"note": "x" * 5000})
    with moving.sessions.begin() as session:
        assert len(moving.vault.open(session.get_one(SignUp, 1).note, NOTE)) == 300
    browser.post("/sessions/1/sign-ups/1/note", {"note": " "})
    assert rows(moving, SignUp)[0].note is None
    assert browser.post("/sessions/2/sign-ups/1/note", {"note": "x"}).status_code == 404
