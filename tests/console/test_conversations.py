"""Reading, taking, answering and closing from a page, in step with the team's group on Telegram."""

import pytest
from sqlalchemy import select

from core.audit import Audit
from core.console.members import StaffRole
from core.outbox.delivery import Delivery
from core.people import erasure, merging, personal, retention
from core.people.contacts import Address, AddressState, Contact
from core.team import handoffs, lines, staffroom
from core.team.handoffs import Ending, Handoff, Reason
from core.team.lines import HandoffLine
from tests.console.office import GROUP, fields_of
from tests.console.test_hostile import SCRIPT
from tests.console.test_sessions import queries
from tests.core.workshops.hall import notices_of
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import A_NUMBER


def ask_for_somebody(office, words="Ma tablette est cassée", number=1, reason=Reason.ASKED, **who):
    """Somebody of +336399800NUMBER asks for a human; the number of the handoff."""
    with office.sessions.begin() as session:
        address = somebody(session, office.vault, number, **who)
        handoff, _ = handoffs.begin(session, address, reason, None, office.now)
        leaves = office.house.relay.group.leaves(handoff, office.now)
        lines.note(session, office.vault, handoff.id, lines.PERSON, words, office.now, leaves)
        return handoff.id


def says(browser, words):
    """The answer form of the conversation 1 as it stands, with *words*."""
    form = fields_of(browser.get("/conversations/1").text)
    return browser.post("/conversations/1/answer", form | {"words": words})


def outbox(office):
    """What is to leave: (to the group?, words)."""
    with office.sessions.begin() as session:
        group = office.vault.index(GROUP, "telegram")
        return [
            (row.address.fingerprint == group, row.reveal(office.vault))
            for row in session.scalars(select(Delivery).order_by(Delivery.id))
        ]


def the(office, kind, key=1):
    with office.sessions.begin() as session:
        return session.get_one(kind, key)


def logged(office):
    with office.sessions.begin() as session:
        return [(row.action, row.subject) for row in session.scalars(select(Audit))]


def test_who_waits_is_read_answered_and_the_group_sees_it(office):
    ask_for_somebody(office, language="tr", territory="vienne")
    browser = office.signed_in(StaffRole.ORGANIZER)
    page = browser.get("/conversations").text
    assert "1 personne attend une réponse" in page
    assert "turc, Vienne, SMS" in page
    assert "Ma tablette" in browser.get("/conversations/1").text
    reply = says(browser, "Apportez-la au collège.\r\nMerci !")
    assert reply.headers["location"] == "/console/conversations/1?said=answered&count=0"
    (to_person, to_group) = outbox(office)
    assert not to_person[0]
    assert "Apportez-la au collège.\nMerci !" in to_person[1]
    assert to_group[0]
    assert "#1 : Dominique a répondu depuis la console" in to_group[1]
    assert "Apportez-la" in to_group[1]
    page = browser.get("/conversations/1").text
    assert "Apportez-la au collège." in page
    assert "<strong>Dominique</strong>" in page
    row = the(office, Handoff)
    assert row.taken_at == row.answered_at == office.now
    assert row.waiting_since is None
    assert ("handoff.answered", "handoff:1") in logged(office)


def test_an_answer_given_on_telegram_is_on_the_page(office):
    ask_for_somebody(office)
    browser = office.signed_in()
    before = browser.get("/conversations/1").text
    with office.sessions.begin() as session:
        handoff = session.get_one(Handoff, 1)
        staffroom.answer(
            office.house.relay, session, handoff, "Oui, demain.", lines.GROUP, "answer-7",
            office.now,
        )  # fmt: skip
    page = browser.get("/conversations/1").text
    assert "Oui, demain." in page
    assert "L&#39;équipe, sur Telegram" in page
    assert "Oui, demain." not in before


def test_a_page_asks_again_and_gets_only_what_is_new(office):
    ask_for_somebody(office)
    browser = office.signed_in()
    have = browser.get("/conversations/1").text.split("have=")[1].split('"')[0]
    poll = f"/console/conversations/1/now?have={have}"
    asked = {"hx-request": "true"}
    assert browser.http.get(poll, headers=asked).status_code == 204
    with office.sessions.begin() as session:
        lines.note(session, office.vault, 1, lines.PERSON, "Et le chargeur ?", office.now)
    piece = browser.http.get(poll, headers=asked)
    assert piece.text.startswith('<div id="said"')
    assert "Et le chargeur ?" in piece.text
    assert 'name="seen" id="seen" value="2"' in piece.text


def test_a_page_that_asks_by_itself_does_not_keep_anybody_signed_in(office):
    ask_for_somebody(office)
    browser = office.signed_in()
    for _ in range(7):
        office.later(minutes=9)
        browser.http.get("/console/conversations/1/now", headers={"hx-request": "true"})
    gone = browser.http.get("/console/conversations/1/now", headers={"hx-request": "true"})
    assert gone.status_code == 401


def test_two_who_answer_at_once_do_not_both_answer_unawares(office):
    ask_for_somebody(office)
    first, second = office.signed_in(), office.signed_in(name="Sacha")
    form = fields_of(second.get("/conversations/1").text)
    says(first, "Bonjour, je regarde.")
    reply = second.post("/conversations/1/answer", form | {"words": "Bonjour !"})
    assert reply.status_code == 409
    assert "Un collègue a répondu entre-temps" in reply.text
    assert ">Bonjour !</textarea>" in reply.text
    assert "Bonjour, je regarde." in reply.text
    again = second.post("/conversations/1/answer", fields_of(reply.text) | {"csrf": second.csrf})
    assert again.status_code == 303
    assert sum(not group for group, _ in outbox(office)) == 2


def test_a_form_sent_twice_is_an_answer_sent_once(office):
    ask_for_somebody(office)
    browser = office.signed_in()
    form = fields_of(browser.get("/conversations/1").text) | {"words": "Oui."}
    for _ in range(2):
        assert browser.post("/conversations/1/answer", form).status_code == 303
    assert len(outbox(office)) == 2
    assert len(logged(office)) == 1


def test_taking_it_tells_the_group_and_shows_who_sees_to_it(office):
    ask_for_somebody(office)
    browser = office.signed_in()
    for _ in range(2):
        browser.post("/conversations/1/take")
    assert outbox(office) == [(True, "#1 : Dominique s'en occupe.")]
    assert "Dominique s&#39;en occupe" in office.signed_in(name="Sacha").get("/conversations").text
    assert the(office, Handoff).taken_at is None  # the assistant still answers


def test_closing_tells_both_and_erases_the_words(office):
    ask_for_somebody(office)
    browser = office.signed_in()
    assert "said=closed" in browser.post("/conversations/1/close").headers["location"]
    assert the(office, Handoff).ending == Ending.TEAM
    assert [group for group, _ in outbox(office)] == [False, True]
    page = browser.get("/conversations/1").text
    assert "Ce qui a été écrit est effacé" in page
    assert "Ma tablette" not in page
    with office.sessions.begin() as session:
        assert session.scalars(select(HandoffLine)).all() == []
    late = browser.post("/conversations/1/answer", {"words": "Encore", "once": "a" * 16})
    assert late.status_code == 409
    assert len(outbox(office)) == 2


def test_the_number_is_for_administrators_and_every_look_is_logged(office):
    ask_for_somebody(office, territory="vienne")
    organizer, administrator = office.signed_in(StaffRole.ORGANIZER), office.signed_in()
    assert organizer.post("/conversations/1/number").status_code == 403
    for browser in (organizer, administrator):
        for path in ("/conversations", "/conversations/1"):
            assert A_NUMBER not in browser.get(path).text
    assert logged(office) == []
    assert A_NUMBER in administrator.post("/conversations/1/number").text
    assert logged(office) == [("number.seen", "handoff:1")]


def test_an_organizer_sees_their_territory_and_those_of_no_known_place(office):
    for number, territory in enumerate(("vienne", "finistere", None, "national"), start=1):
        ask_for_somebody(office, f"Mot {number}", number, territory=territory)
    browser = office.signed_in(StaffRole.ORGANIZER, territory="vienne")
    assert "3 personnes attendent" in browser.get("/conversations").text
    assert [browser.get(f"/conversations/{n}").status_code for n in (1, 2, 3, 4)] == [
        200, 404, 200, 200,
    ]  # fmt: skip
    for what in ("take", "answer", "close"):
        reply = browser.post(f"/conversations/2/{what}", {"words": "x", "once": "a" * 16})
        assert reply.status_code == 404
        assert "Mot 2" not in reply.text
    assert browser.get("/conversations/2/now").status_code == 404
    assert outbox(office) == []
    assert '<p class="tile-number">3</p>' in browser.get("").text


def test_what_is_sensitive_is_not_shown_while_it_can_be_taken_back(office):
    ask_for_somebody(office, "Mon père me frappe", reason=Reason.SENSITIVE)
    browser = office.signed_in()
    assert "Personne n&#39;attend" in browser.get("/conversations").text
    assert browser.get("/conversations/1").status_code == 404
    office.later(minutes=2)
    assert "Mon père me frappe" in browser.get("/conversations/1").text


def test_what_people_write_is_text(office):
    ask_for_somebody(office, SCRIPT)
    browser = office.lets_in(office.member(name=SCRIPT[:60]))
    says(browser, SCRIPT)
    for path in ("/conversations", "/conversations/1"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_where_they_are_expected_is_shown(office):
    with office.sessions.begin() as session:
        signed_up(session, somebody(session, office.vault), a_session(session, title="Découvrir"))
    ask_for_somebody(office)
    assert "Découvrir, 28 nov. 2026" in office.signed_in().get("/conversations/1").text


@pytest.mark.parametrize("words", ["", "  \r\n ", "é" * 3001])
def test_an_answer_that_cannot_be_sent_is_kept_in_the_form(office, words):
    ask_for_somebody(office)
    browser = office.signed_in()
    form = fields_of(browser.get("/conversations/1").text) | {"words": words}
    reply = browser.post("/conversations/1/answer", form)
    assert reply.status_code in (409, 422)
    assert outbox(office) == []


def test_who_cannot_be_reached_is_said_to_be(office):
    ask_for_somebody(office)
    with office.sessions.begin() as session:
        session.get_one(Address, 1).state = AddressState.UNREACHABLE
    reply = says(office.signed_in(), "Bonjour")
    assert "injoignable sur ce canal" in reply.text
    assert outbox(office) == []


def test_a_life_that_is_erased_or_exported_has_its_lines_in_it(office):
    ask_for_somebody(office)
    with office.sessions.begin() as session:
        contact = session.get_one(Address, 1).contact
        held = personal.collect(session, office.vault, contact.id)
        (line,) = held["said_with_the_team"]
        assert (line["content"], line["by"]) == ("Ma tablette est cassée", "you")
        erasure.begin(session, notices_of(), contact, office.now)
        assert session.scalars(select(HandoffLine)).all() == []


def test_words_of_a_handoff_that_nobody_closes_go_after_ninety_days(office):
    ask_for_somebody(office)
    for days, left in ((89, 1), (2, 0)):
        office.later(days=days)
        with office.sessions.begin() as session:
            retention.forget_words(session, office.now)
            assert len(session.scalars(select(HandoffLine)).all()) == left


def test_two_people_who_become_one_keep_one_conversation_with_its_words(office):
    ask_for_somebody(office, "Un", 1)
    ask_for_somebody(office, "Deux", 2)
    with office.sessions.begin() as session:
        one, other = session.scalars(select(Contact).order_by(Contact.id)).all()
        merging.merge(session, notices_of(), one.id, other.id, office.now)
        (kept,) = session.scalars(select(HandoffLine)).all()
        assert kept.reveal(office.vault) == "Un"


@pytest.mark.parametrize("path", ["/conversations", "/conversations/1"])
def test_pages_ask_the_database_as_often_however_many_wait(office, path):
    ask_for_somebody(office)
    browser = office.signed_in()
    few = queries(office, browser, path)
    for number in range(2, 20):
        ask_for_somebody(office, number=number)
        with office.sessions.begin() as session:
            lines.note(session, office.vault, 1, lines.PERSON, "Encore", office.now)
    assert queries(office, browser, path) == few
    assert few <= 12
