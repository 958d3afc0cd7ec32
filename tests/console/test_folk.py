"""People: found by first name and by number, seen, made one, exported and erased; each noted."""

import json

import pytest

from core.audit import Audit
from core.console.members import StaffMember, StaffRole
from core.outbox.delivery import Delivery
from core.people import consents
from core.people.consents import What
from core.people.contacts import Address, Contact
from core.people.erasure import Erasure
from core.workshops.model import NAME, Attendee, SignUp, SignUpState
from core.workshops.wishes.wishes import Ask, Wish
from tests.console.office import Browser
from tests.console.test_sessions import queries, rows
from tests.core.lives import a_life
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON

NUMBER = "+33639980001"
AS_FRANCE_WRITES = ("06 39 98 00 01", "0639980001", NUMBER)


@pytest.fixture
def two(office):
    """Fatima, 1, signed up in Vienne; Yann, 2, in Finistère."""
    with office.sessions.begin() as session:
        for number, (name, commune) in enumerate((("Fatima", "Latillé"), ("Yann", "Brest")), 1):
            row = a_session(session, f"s{number}", commune=commune, title=f"À {commune}")
            who = somebody(session, office.vault, number)
            signed_up(session, who, row).attendees = [
                Attendee(name=office.vault.seal(name, NAME), child=False)
            ]
            consents.note(session, who, What.SIGN_UP, NOON)
    return office


def organizer(office, territory: str = "vienne") -> Browser:
    return office.signed_in(StaffRole.ORGANIZER, territory=territory)


def actions(office) -> list[tuple[str, str]]:
    return [(row.action, row.subject) for row in rows(office, Audit)]


def uid(office, number: int) -> str:
    return f"contact:{rows(office, Contact)[number - 1].uid}"


# Finding


@pytest.mark.parametrize("words", ["fatima", "Fat", "FATÍMA", "fátima"])
def test_somebody_is_found_by_the_beginning_of_a_first_name(two, words):
    page = two.signed_in().get(f"/people?words={words}").text
    assert "Fatima" in page
    assert "Yann" not in page


@pytest.mark.parametrize("number", AS_FRANCE_WRITES)
def test_somebody_is_found_by_their_exact_number_which_is_never_said_again(two, number):
    page = two.signed_in().post("/people/number", {"number": number}).text
    assert "Fatima" in page
    assert "Yann" not in page
    for written in AS_FRANCE_WRITES:
        assert written not in page
    assert rows(two, Audit)[-1].details == {"found": True}


def test_a_part_of_a_number_finds_nobody_and_something_else_is_said_to_be_none(two):
    browser = two.signed_in()
    assert "0 personne" in browser.post("/people/number", {"number": "06 39 98 00 77"}).text
    assert browser.post("/people/number", {"number": "0639"}).status_code == 422


def test_an_organizer_finds_those_of_their_territory_and_those_signed_up_there(two):
    with two.sessions.begin() as session:
        somebody(session, two.vault, 3, territory="vienne")
    page = organizer(two).get("/people").text
    assert "Fatima" in page
    assert "Personne n° 3" in page
    assert "Yann" not in page
    found = organizer(two).post("/people/number", {"number": "06 39 98 00 02"}).text
    assert "0 personne" in found
    for path in ("", "/merge", "/erase", "/merge?other=1"):
        assert organizer(two).get(f"/people/2{path}").status_code == 404
    for path, form in (("/merge", {"other": "1", "sure": "yes"}), ("/erase", {"typed": "EFFACER"})):
        assert organizer(two).post(f"/people/2{path}", form).status_code == 404
    assert rows(two, SignUp)[1].state == SignUpState.CONFIRMED


def test_what_somebody_does_elsewhere_is_not_shown(two):
    with two.sessions.begin() as session:
        row = a_session(session, "s3", commune="Brest", title="Ailleurs")
        who = somebody(session, two.vault, 1)
        signed_up(session, who, row).attendees = [
            Attendee(name=two.vault.seal("Lina", NAME), child=True)
        ]
    page = organizer(two).get("/people/1").text
    assert "À Latillé" in page
    assert "Ailleurs" not in page
    assert "Lina" not in page
    assert "Lina" in two.signed_in().get("/people/1").text
    assert "0 personne" in organizer(two).get("/people?words=lina").text


def test_a_member_of_the_team_is_nobody_here(two):
    member = two.member(name="Sacha")
    browser = two.signed_in()
    assert browser.get(f"/people/{member}").status_code == 404
    reply = browser.post("/people/1/merge", {"other": str(member), "sure": "yes"})
    assert reply.status_code == 404
    assert browser.post(f"/people/{member}/erase", {"typed": "EFFACER"}).status_code == 404
    with two.sessions.begin() as session:
        assert session.get(StaffMember, member)


def test_the_list_has_pages_and_asks_as_often_however_many_there_are(two):
    browser = two.signed_in()
    few = [queries(two, browser, path) for path in ("/people", "/people?words=f", "/people/1")]
    with two.sessions.begin() as session:
        row = a_session(session, "big")
        for number in range(10, 90):
            who = somebody(session, two.vault, number)
            signed_up(session, who, row).attendees = [
                Attendee(name=two.vault.seal("Fanny", NAME), child=False)
            ]
    many = [queries(two, browser, path) for path in ("/people", "/people?words=f", "/people/1")]
    assert many == few
    assert max(few) <= 14
    assert "Page 1 sur 2" in browser.get("/people").text
    assert "80 personnes" in browser.get("/people?words=fann&page=2").text


# One of them


def test_a_file_is_shown_without_the_number_and_that_it_was_looked_at_is_noted(two):
    page = organizer(two).get("/people/1").text
    for seen in ("Fatima", "À Latillé", "SMS", "Accords"):
        assert seen in page
    for written in AS_FRANCE_WRITES:
        assert written not in page
    assert ("person.looked_at", uid(two, 1)) in actions(two)


def test_the_number_is_for_those_who_may_see_it_and_noted(two):
    assert organizer(two).post("/people/1/number").status_code == 403
    assert "person.number" not in [action for action, _ in actions(two)]
    page = two.signed_in().post("/people/1/number").text
    assert "06 39 98 00 01" in page
    assert ("person.number", uid(two, 1)) in actions(two)
    assert "0639980001" not in str([row.details for row in rows(two, Audit)])


def test_all_that_is_held_is_exported_for_the_person_and_noted(two):
    assert organizer(two).post("/people/1/export").status_code == 403
    reply = two.signed_in().post("/people/1/export")
    assert reply.headers["content-disposition"] == 'attachment; filename="donnees-1.json"'
    held = json.loads(reply.content)
    assert held["addresses"][0]["content"] == NUMBER
    assert held["people_who_come"][0]["name"] == "Fatima"
    assert ("person.exported", uid(two, 1)) in actions(two)


# Two made one


def test_two_are_shown_and_made_one_only_when_that_is_said_to_be_sure(two):
    with two.sessions.begin() as session:
        somebody(session, two.vault, 3, "telegram", territory="vienne")
    browser = organizer(two)
    page = browser.get("/people/1/merge?other=3").text
    assert "Fatima" in page
    assert "Telegram" in page
    assert browser.post("/people/1/merge", {"other": "3"}).status_code == 422
    assert len(rows(two, Address)) == 3
    reply = browser.post("/people/3/merge", {"other": "1", "sure": "yes"})
    assert reply.headers["location"].startswith("/console/people/1?said=merged")
    addresses = [row.channel for row in rows(two, Address) if row.contact_id == 1]
    assert sorted(addresses) == ["sms", "telegram"]
    last = rows(two, Audit)[-1]
    assert (last.action, last.subject) == ("person.merged", uid(two, 1))


@pytest.mark.parametrize("other", ["1", "2", "99", "x", "٣", "1" * 30, "-1"])
def test_nobody_is_made_one_with_nobody(two, other):
    browser = organizer(two)
    assert browser.get(f"/people/1/merge?other={other}").status_code in (404, 422)
    reply = browser.post("/people/1/merge", {"other": other, "sure": "yes"})
    assert reply.status_code in (404, 422)
    assert len(rows(two, Address)) == 2


# Forgotten


def test_somebody_is_erased_when_the_word_is_typed(two):
    told = []
    object.__setattr__(two.house, "erased", lambda session, contact, now: told.append(contact))
    with two.sessions.begin() as session:
        row = a_session(session, "s9")
        who = somebody(session, two.vault, 1)
        a_life(session, two.vault, who, row)
        session.delete(session.get_one(StaffMember, who.contact_id))
    browser = organizer(two)
    who = uid(two, 1)
    assert browser.post("/people/1/erase", {"typed": "oui"}).status_code == 422
    assert rows(two, Delivery)
    reply = browser.post("/people/1/erase", {"typed": " effacer "})
    assert reply.headers["location"].startswith("/console/people?said=erased")
    assert told == [1]
    with two.sessions.begin() as session:
        assert session.get(Erasure, 1)
        assert session.get(SignUp, 1) is None
        assert [row.contact_id for row in session.query(Address)] == [2]
    assert ("person.erased", who) in actions(two)
    assert browser.get("/people/1").status_code == 404
    assert "Fatima" not in browser.get("/people").text


# Wishes


def test_wishes_are_counted_by_theme_and_half_day_where_the_member_works(two):
    with two.sessions.begin() as session:
        for number, territory in ((1, "vienne"), (2, "finistere")):
            who = somebody(session, two.vault, number, territory=territory)
            wish = Wish(
                contact=who.contact, address=who, themes=["pix"], half_days=["tue-am"],
                college="<b>Jean Moulin</b>", changed_at=two.now,
            )  # fmt: skip
            session.add(wish)
            assert wish.said(Ask.THEMES)
    assert "2 enseignants" in two.signed_in().get("/people/wishes").text
    page = organizer(two).get("/people/wishes").text
    assert "1 enseignant" in page
    assert "mardi matin" in page
    assert "<b>Jean" not in page
    assert "pix" in organizer(two).get("/people/1").text.lower()


def test_what_people_are_called_is_text(office):
    hostile = "<script>alert(1)</script>"
    with office.sessions.begin() as session:
        row = a_session(session, title=hostile)
        signed_up(session, somebody(session, office.vault), row).attendees = [
            Attendee(name=office.vault.seal(hostile, NAME), child=False)
        ]
    browser = office.signed_in()
    for path in ("/people", "/people/1", "/people/1/merge", "/people/1/erase",
                 f"/people?words={hostile}"):  # fmt: skip
        page = browser.get(path)
        assert page.status_code == 200
        assert "&lt;script&gt;" in page.text
        assert "<script>alert" not in page.text
