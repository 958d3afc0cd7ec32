"""Broadcasts in the console: written, counted, seen, confirmed by two, followed, phoned back."""

import csv
import io
from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import event, select

from core.audit import Audit
from core.broadcasts import running
from core.broadcasts.audience import Audience
from core.broadcasts.model import Broadcast, BroadcastAnswer, BroadcastState
from core.console.members import StaffMember, StaffRole
from core.daytime import PARIS
from core.outbox.delivery import Cause, Delivery, Lane, State
from core.people import merging
from core.people.contacts import Contact
from core.workshops.model import NAME, Attendee
from tests.console.office import FROM_US, fields_of
from tests.core.broadcasts.crowd import a_broadcast, means, someone, team_of
from tests.core.workshops.shop import a_session, signed_up
from tests.world import NOON

MONDAY = NOON + timedelta(days=2)
HELLO = {"texte.fr": "Bonjour à tous", "do": "preview"}
PARENTS = {"public.role.parent": "1"}


@pytest.fixture
def house(office):
    """It is Monday, noon. Three parents of Vienne, one of whom reads Arabic, and one of Finistère
    on Telegram; a session in each, 1 and 2, with somebody of Finistère signed up in Vienne."""
    office.now = MONDAY
    with office.sessions.begin() as session:
        for number, language in enumerate(("fr", "fr", "ar"), start=1):
            someone(
                session, office.vault, number, language=language, territory="vienne", role="parent"
            )
        far = {"territory": "finistere", "role": "parent"}
        someone(session, office.vault, 4, "telegram", **far)
        here = a_session(session, "s1", MONDAY + timedelta(hours=5), title="Atelier de Latillé")
        there = a_session(session, "s2", MONDAY + timedelta(days=9), commune="Brest", title="Brest")
        signed_up(session, someone(session, office.vault, 5, **far), here)
        signed_up(session, someone(session, office.vault, 6, **far), there)
    return office


def all_of(office, table):
    with office.sessions.begin() as session:
        rows = session.scalars(select(table).order_by(table.id)).all()
        session.expunge_all()
        return rows


def the(office, number=1):
    with office.sessions.begin() as session:
        row = session.get(Broadcast, number, populate_existing=True)
        session.expunge_all()
        return row


def done(office):
    return [one.action for one in all_of(office, Audit) if one.action.startswith("broadcast.")]


def ticks(office, **time):
    office.later(**time)
    with office.sessions.begin() as session:
        running.due(office.house.team, session, office.now)


def written(browser, **changes):
    """The number of a new broadcast."""
    reply = browser.sends("/broadcasts/new", **(HELLO | changes))
    assert reply.status_code == 303, reply.text
    return int(reply.headers["location"].partition("?")[0].rpartition("/")[2])


def confirmed(browser, number, **changes):
    page = browser.get(f"/broadcasts/{number}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    return browser.post(f"/broadcasts/{number}/confirm", {"seen": seen} | changes)


def limited(office, second_at):
    """Beyond so many people a second member confirms."""
    ours = means(office.vault, second_at=second_at)
    object.__setattr__(office.house, "team", team_of(ours))
    return office


def test_from_the_form_to_the_report(house):
    browser = house.signed_in(name="Camille")
    number = written(
        browser, **PARENTS,
        **{
            "public.territoire.vienne": "1", "texte.ar": "مرحبا", "bouton.0.fr": "Oui",
            "bouton.0.ar": "نعم", "bouton.1.fr": "Non",
        },
    )  # fmt: skip
    row = the(house, number)
    assert row.state == BroadcastState.READY
    assert row.title == "Bonjour à tous"
    assert row.audience == {"territories": ["vienne"], "roles": ["parent"]}
    assert row.texts == {"fr": "Bonjour à tous", "ar": "مرحبا"}
    assert row.buttons == [{"fr": "Oui", "ar": "نعم"}, {"fr": "Non"}]
    page = browser.get(f"/broadcasts/{number}").text
    assert "Territoire : Vienne" in page
    assert "Confirmer : 3 personnes" in page
    assert "SMS : 3 parties en tout, 0,15\xa0€ au plus" in page
    assert 'dir="auto">مرحبا' in page
    assert "1 Oui" in page  # as an SMS says it
    reply = confirmed(browser, number)
    assert reply.headers["location"].endswith("said=cast_confirmed&count=0")
    assert the(house, number).state == BroadcastState.SCHEDULED
    ticks(house, minutes=1)
    rows = all_of(house, Delivery)
    assert [(row.cause, row.channel, row.state) for row in rows] == [
        (Cause.BROADCAST, "sms", State.QUEUED)
    ] * 3
    with house.sessions.begin() as session:
        for row, state in zip(rows, (State.DELIVERED, State.FAILED, State.QUEUED), strict=True):
            found = session.get(Delivery, row.id)
            found.state, found.reason = state, "reported by the operator"
        session.add(
            BroadcastAnswer(
                broadcast_id=number, occurrence=1, contact_id=rows[0].contact_id, button=1, at=NOON
            )
        )
    page = browser.get(f"/broadcasts/{number}").text
    assert "2 sur 3 (66 %)" in page
    assert 'value="2" max="3"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "refusé par l'opérateur : 1" in unescape(page)
    assert "Non : 1" in page
    assert "Qui rappeler : 1 personne (CSV)" in page
    piece = browser.get(f"/broadcasts/{number}/progress").text
    assert "2 sur 3 (66 %)" in piece
    assert "<html" not in piece
    assert done(house) == ["broadcast.created", "broadcast.confirmed", "broadcast.begun"]
    assert "2 sur 3 (66 %)" in browser.get("/broadcasts").text
    assert f'href="/console/broadcasts/{number}"' in browser.get("").text


def test_it_is_paused_goes_on_and_is_cancelled(house):
    browser = house.signed_in()
    number = written(browser, **PARENTS)
    confirmed(browser, number)
    ticks(house, minutes=1)
    states = lambda: {one.state for one in all_of(house, Delivery)}  # noqa: E731
    for how, row, deliveries in (
        ("pause", BroadcastState.PAUSED, {State.HELD}),
        ("resume", BroadcastState.RUNNING, {State.QUEUED}),
        ("cancel", BroadcastState.CANCELLED, {State.CANCELLED}),
    ):
        reply = browser.post(f"/broadcasts/{number}/move", {"how": how})
        assert reply.headers["location"].endswith(f"said=cast_{how}&count=0")
        assert the(house, number).state == row
        assert states() == deliveries
        page = browser.get(f"/broadcasts/{number}").text
        assert ("every 2s" in page) == (how == "resume")
    again = browser.post(f"/broadcasts/{number}/move", {"how": "pause"})
    assert again.status_code == 409
    assert "ne va plus avec l'état" in unescape(again.text)
    assert browser.post(f"/broadcasts/{number}/move", {"how": "explode"}).status_code == 404


def test_what_is_written_is_counted_and_drawn_and_kept_nowhere(house):
    browser = house.signed_in()
    fields = fields_of(browser.get("/broadcasts/new").text) | HELLO | PARENTS
    piece = browser.post("/broadcasts/look", fields | {"public.territoire.vienne": "1"}).text
    assert "3 personnes" in piece
    assert "SMS, arabe : 1" in piece
    assert "SMS : 3 parties en tout, 0,15\xa0€ au plus" in piece
    assert 'id="phones-ar" class="phones" hx-swap-oob="true"' in piece
    assert "pas de traduction" in piece
    assert piece.count("Bonjour à tous") == 12
    piece = browser.post("/broadcasts/look", fields | {"public.commune": "Nullepart"}).text
    assert "« Nullepart » n'est pas une commune" in unescape(piece)
    without_scripts = browser.post("/broadcasts/new", fields | {"do": "count"})
    assert without_scripts.status_code == 200
    assert "6 personnes" in without_scripts.text
    assert "Bonjour à tous</textarea>" in without_scripts.text
    assert all_of(house, Broadcast) == []
    assert done(house) == []


@pytest.mark.parametrize(
    ("criteria", "people"),
    [
        ({}, 6),
        ({"public.langue.ar": "1"}, 1),
        ({"public.langue.ar": "1", "public.langue.fr": "1"}, 6),
        ({"public.canal": "telegram"}, 1),
        ({"public.role.enseignant": "1"}, 0),
        ({"public.seance": "1"}, 1),
        ({"public.seance": "1", "public.inscrits.present": "1"}, 0),
        ({"public.theme.ent": "1"}, 2),
        ({"public.commune": "Latillé", "public.rayon_km": "20"}, 1),
        ({"public.commune": "Latillé\nBrest"}, 2),
        ({"public.territoire.finistere": "1", "public.canal": "sms"}, 2),
        ({"public.ecole": "Collège Nulle Part"}, 0),
    ],
)
def test_each_criterion_narrows_it(house, criteria, people):
    browser = house.signed_in()
    fields = fields_of(browser.get("/broadcasts/new").text) | criteria
    piece = browser.post("/broadcasts/look", fields).text
    assert f"<strong>{people} personne" in piece
    number = written(browser, **criteria)
    shown = fields_of(browser.get(f"/broadcasts/{number}/edit").text)
    assert {name: shown[name] for name in criteria} == criteria  # and comes back as it was


@pytest.mark.parametrize(
    ("changes", "at", "said"),
    [
        ({"texte.fr": ""}, "texte.fr", "le texte français manque"),
        ({"texte.fr": "Le {date}"}, "texte.fr", "choisissez celle dont on parle"),
        ({"texte.ar": "{date}"}, "texte.ar", "vient d'une séance"),
        ({"inscription": "1"}, "inscription", "besoin d'une séance"),
        ({"seance": "77"}, "seance", "Cette séance n'existe pas"),
        ({"public.seance": "x"}, "public.seance", "nombre entier"),
        ({"public.rayon_km": "5"}, "public.rayon_km", "autour d'une commune"),
        ({"bouton.0.ar": "نعم"}, "bouton.0.fr", "le texte français manque"),
        ({"quand": "demain"}, "quand", "demain"),
        ({"quand": "2020-01-01T10:00"}, "quand", "ce moment est passé"),
        ({"repetition": "semaine", "fois": "x"}, "repetition", "Cette répétition n'est pas"),
        ({"texte.fr": "long " * 300}, "texte.fr", "En français, un SMS ferait"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(house, changes, at, said):
    browser = house.signed_in()
    reply = browser.sends("/broadcasts/new", **(HELLO | changes))
    assert reply.status_code == 422
    assert f'href="#field-{at}"' in reply.text
    assert said in unescape(reply.text)
    for name, value in changes.items():
        assert fields_of(reply.text)[name].strip() == value.strip()
    assert all_of(house, Broadcast) == []


def test_a_draft_is_kept_as_it_is_and_its_page_says_what_is_missing(house):
    browser = house.signed_in()
    number = written(browser, do="keep", **{"texte.fr": ""})
    assert the(house, number).state == BroadcastState.DRAFT
    page = browser.get(f"/broadcasts/{number}").text
    assert "Il manque encore quelque chose" in page
    assert f'href="/console/broadcasts/{number}/edit#field-texte.fr"' in page
    assert "Confirmer :" not in page
    assert browser.post(f"/broadcasts/{number}/confirm").status_code == 409
    reply = browser.sends(f"/broadcasts/{number}/edit", **HELLO)
    assert reply.status_code == 303
    assert the(house, number).state == BroadcastState.READY
    assert done(house) == ["broadcast.created", "broadcast.changed"]
    assert all_of(house, Audit)[-1].details == {"fields": ["texte.fr", "titre"]}


def test_everybody_is_never_written_to_for_want_of_a_criterion(house):
    browser = house.signed_in()
    number = written(browser)
    assert "Oui, à tout le monde" in browser.get(f"/broadcasts/{number}").text
    refused = confirmed(browser, number)
    assert refused.status_code == 409
    assert "cochez la case" in refused.text
    assert the(house, number).state == BroadcastState.READY
    assert confirmed(browser, number, everybody="1").status_code == 303
    assert the(house, number).size == 6


def test_quiet_hours_are_decided_about_in_the_preview(house):
    browser = house.signed_in()
    number = written(browser, quand="2026-11-25T21:00", **PARENTS)
    page = browser.get(f"/broadcasts/{number}").text
    assert "25/11/2026 21:00 est une heure calme" in page
    assert "Attendre : 26/11/2026 08:00" in page
    assert "C'est urgent" not in unescape(page)
    assert "Confirmer :" not in page
    assert the(house, number).state == BroadcastState.DRAFT
    refused = browser.post(
        f"/broadcasts/{number}/night", {"do": "urgent", "urgent": "salle fermée"}
    )
    assert refused.status_code == 409
    assert "réveille les gens" in refused.text
    assert the(house, number).urgent == ""
    browser.post(f"/broadcasts/{number}/night", {"do": "wait"})
    row = the(house, number)
    assert (row.waits, row.state) == (True, BroadcastState.READY)
    assert "attend le matin" in browser.get(f"/broadcasts/{number}").text
    # Another time is decided about anew.
    browser.sends(f"/broadcasts/{number}/edit", quand="2026-11-26T21:00")
    assert the(house, number).waits is False


def test_a_cancellation_of_the_day_itself_leaves_at_any_hour_and_says_why(house):
    browser = house.signed_in()
    house.now = datetime(2026, 11, 23, 6, 30, tzinfo=PARIS)
    number = written(
        browser, **{"public.seance": "1", "seance": "1", "texte.fr": "Annulé : {atelier}"}
    )
    assert "C'est urgent : pourquoi ?" in unescape(browser.get(f"/broadcasts/{number}").text)
    assert browser.post(f"/broadcasts/{number}/night", {"do": "urgent"}).status_code == 409
    browser.post(f"/broadcasts/{number}/night", {"do": "urgent", "urgent": "salle inondée"})
    assert the(house, number).urgent == "salle inondée"
    assert all_of(house, Audit)[-1].details == {"waits": False, "urgent": "salle inondée"}
    assert confirmed(browser, number).status_code == 303
    ticks(house, minutes=1)
    [row] = all_of(house, Delivery)
    assert row.lane == Lane.URGENT


@pytest.mark.parametrize(
    ("chosen", "rule"),
    [
        ({"repetition": "semaine", "fois": "4"}, "FREQ=WEEKLY;COUNT=4"),
        ({"repetition": "quinzaine", "fois": "2"}, "FREQ=WEEKLY;INTERVAL=2;COUNT=2"),
        ({"repetition": "mois", "fois": ""}, "FREQ=MONTHLY"),
        (
            {"repetition": "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "fois": ""},
            "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        ),
    ],
)
def test_it_comes_again_by_plain_choices(house, chosen, rule):
    browser = house.signed_in()
    number = written(browser, quand="2026-12-01T10:00", **chosen, **PARENTS)
    assert the(house, number).rrule == rule
    assert "Se répète : 1 déc. 2026, 10:00, " in browser.get(f"/broadcasts/{number}").text
    shown = fields_of(browser.get(f"/broadcasts/{number}/edit").text)
    assert {name: shown[name] for name in chosen} == chosen


def test_beyond_the_size_another_member_confirms(house):
    limited(house, 2)
    author, other = house.signed_in(name="Camille"), house.signed_in(name="Sacha")
    number = written(author, **PARENTS)
    page = unescape(author.get(f"/broadcasts/{number}").text)
    assert "quelqu'un d'autre de l'équipe devra aussi confirmer" in page
    assert confirmed(author, number).headers["location"].endswith("said=cast_asked&count=0")
    assert the(house, number).state == BroadcastState.WAITING
    page = author.get(f"/broadcasts/{number}").text
    assert "Elle attend une deuxième personne" in page
    assert "Confirmer :" not in page
    assert "À confirmer<" not in author.get("/broadcasts").text
    assert "À confirmer<" in other.get("/broadcasts").text
    seen = the(house, number).changed_at.isoformat()
    refused = author.post(f"/broadcasts/{number}/confirm", {"seen": seen})
    assert refused.status_code == 409
    assert "une autre personne de l'équipe" in unescape(refused.text)
    assert author.get(f"/broadcasts/{number}/edit").status_code == 409
    assert confirmed(other, number).status_code == 303
    row = the(house, number)
    assert (row.state, row.author == row.confirmer) == (BroadcastState.SCHEDULED, False)
    page = author.get(f"/broadcasts/{number}").text
    assert "par Camille" in page
    assert "confirmée par Sacha" in page


def test_the_second_may_refuse_and_the_author_takes_it_up_again(house):
    limited(house, 2)
    author, other = house.signed_in(), house.signed_in()
    number = written(author, **PARENTS)
    confirmed(author, number)
    other.post(f"/broadcasts/{number}/refuse")
    assert the(house, number).state == BroadcastState.READY
    confirmed(author, number)
    author.post(f"/broadcasts/{number}/refuse")
    assert author.sends(f"/broadcasts/{number}/edit", titre="Autre").status_code == 303
    assert the(house, number).title == "Autre"


def test_who_became_one_person_is_no_second_of_their_own(house):
    limited(house, 2)
    author = house.member()
    number = written(house.lets_in(author), **PARENTS)
    confirmed(house.lets_in(author), number)
    with house.sessions.begin() as session:
        older = someone(session, house.vault, 30, "telegram").contact
        older.created_at = NOON - timedelta(days=9)
        merging.merge(session, house.house.notices, older.id, author, house.now)
        kept = older.id
    seen = the(house, number).changed_at.isoformat()
    reply = house.lets_in(kept).post(f"/broadcasts/{number}/confirm", {"seen": seen})
    assert reply.status_code == 409
    assert the(house, number).state == BroadcastState.WAITING


def test_what_was_changed_since_the_preview_is_not_confirmed(house):
    one, other = house.signed_in(), house.signed_in()
    number = written(one, **PARENTS)
    seen = the(house, number).changed_at.isoformat()
    house.later(minutes=1)
    other.sends(f"/broadcasts/{number}/edit", **{"texte.fr": "Tout autre chose"})
    reply = one.post(f"/broadcasts/{number}/confirm", {"seen": seen})
    assert reply.status_code == 409
    assert "Quelqu'un a modifié cette diffusion" in unescape(reply.text)
    assert "Tout autre chose" in reply.text
    assert the(house, number).state == BroadcastState.READY


def test_two_who_write_one_draft_at_once_lose_nothing_and_the_second_is_told(house):
    one, other = house.signed_in(), house.signed_in()
    number = written(one, **PARENTS)
    first = fields_of(one.get(f"/broadcasts/{number}/edit").text)
    second = fields_of(other.get(f"/broadcasts/{number}/edit").text)
    changed = {"texte.fr": "Une\r\nautre", "texte.tr": "Merhaba", "public.langue.ar": "1"}
    assert one.post(f"/broadcasts/{number}/edit", first | changed).status_code == 303
    reply = other.post(f"/broadcasts/{number}/edit", second | {"texte.fr": "La mienne"})
    assert reply.status_code == 409
    assert "Quelqu'un" in unescape(reply.text)
    shown = fields_of(reply.text)
    assert shown["texte.fr"] == "La mienne"
    assert shown["texte.tr"] == "Merhaba"
    assert shown["public.langue.ar"] == "1"
    assert "Une\nautre" in reply.text
    assert the(house, number).texts["fr"] == "Une\nautre"
    assert other.post(f"/broadcasts/{number}/edit", shown | {"do": "preview"}).status_code == 303
    assert the(house, number).texts == {"fr": "La mienne", "tr": "Merhaba"}


def test_a_test_goes_to_whoever_asks_and_nobody_else(house):
    contact_id = house.member()
    browser = house.lets_in(contact_id)
    number = written(browser, **PARENTS)
    assert "votre compte n'est relié à aucun téléphone" in unescape(
        browser.get(f"/broadcasts/{number}").text
    )
    assert browser.post(f"/broadcasts/{number}/test", {"channel": "sms"}).status_code == 409
    with house.sessions.begin() as session:
        address = someone(session, house.vault, 40, "telegram")
        mine = session.get_one(StaffMember, contact_id).contact
        stranger, address.contact = address.contact, mine
        session.flush()
        session.expire(stranger)
        session.delete(stranger)
    assert "M'envoyer un essai (Telegram)" in unescape(browser.get(f"/broadcasts/{number}").text)
    reply = browser.post(f"/broadcasts/{number}/test", {"channel": "telegram"})
    assert reply.headers["location"].endswith("said=cast_tested&count=0")
    [row] = all_of(house, Delivery)
    assert (row.cause_id, row.contact_id, row.channel) == (number, contact_id, "telegram")
    assert row.purpose.startswith("0-")
    assert done(house)[-1] == "broadcast.tested"


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_the_list_to_phone_names_numbers_holds_no_formula_and_is_written_down(house, formula):
    with house.sessions.begin() as session:
        address = someone(session, house.vault, 50, territory="vienne")
        sign_up = signed_up(session, address, a_session(session, "s3", MONDAY + timedelta(days=3)))
        sign_up.attendees = [Attendee(name=house.vault.seal(formula, NAME), child=False)]
    browser = house.signed_in(StaffRole.ORGANIZER)
    number = written(
        browser, **{"public.seance": "3", "seance": "3", "texte.fr": "Bonjour {prenom}"}
    )
    confirmed(browser, number)
    ticks(house, minutes=1)
    with house.sessions.begin() as session:
        session.scalars(select(Delivery)).one().state = State.FAILED
    reply = browser.get(f"/broadcasts/{number}/phones.csv")
    assert reply.headers["content-disposition"] == f'attachment; filename="rappels-{number}.csv"'
    lines = list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == ["numero", "prenom", "langue", "territoire", "raison"]
    assert lines[1] == ["06 39 98 00 50", f"'{formula}", "français", "vienne", "raison inconnue"]
    last = all_of(house, Audit)[-1]
    assert (last.action, last.subject, last.details) == (
        "broadcast.phone_list", f"broadcast:{number}", {"people": 1}
    )  # fmt: skip


def test_the_page_of_a_session_leads_to_those_signed_up(house):
    browser = house.signed_in(StaffRole.ORGANIZER)
    assert 'href="/console/broadcasts/new?session=1"' in browser.get("/sessions/1").text
    shown = fields_of(browser.get("/broadcasts/new?session=1").text)
    assert (shown["seance"], shown["public.seance"]) == ("1", "1")
    assert fields_of(browser.get("/broadcasts/new?session=2").text)["seance"] == ""
    reader = house.signed_in(StaffRole.READER)
    assert "broadcasts/new" not in reader.get("/sessions/1").text


def test_an_organizer_writes_to_the_people_of_their_territory_and_who_signed_up_there(house):
    browser = house.signed_in(StaffRole.ORGANIZER, territory="vienne")
    for criteria, people in (
        ({}, 4),  # three who live there, and one who signed up there
        ({"public.territoire.finistere": "1"}, 1),
        ({"public.canal": "telegram"}, 0),
        ({"reach": "finistere", "public.reach": ""}, 4),
    ):
        fields = fields_of(browser.get("/broadcasts/new").text) | criteria
        assert f"<strong>{people} personne" in browser.post("/broadcasts/look", fields).text
    number = written(browser)
    assert the(house, number).audience == {"reach": "vienne"}
    assert confirmed(browser, number, everybody="1").status_code == 303
    ticks(house, minutes=1)
    with house.sessions.begin() as session:
        whom = session.scalars(select(Contact).join(Delivery, Delivery.contact_id == Contact.id))
        assert sorted(str(one.territory) for one in whom) == ["finistere"] + ["vienne"] * 3


def test_an_administrator_who_mends_a_draft_does_not_widen_it(house):
    number = written(house.signed_in(StaffRole.ORGANIZER, territory="vienne"), **PARENTS)
    browser = house.signed_in()
    assert browser.sends(f"/broadcasts/{number}/edit", titre="Mieux").status_code == 303
    assert the(house, number).audience == {"roles": ["parent"], "reach": "vienne"}


def test_a_session_of_another_territory_is_nothing_an_organizer_may_write_about(house):
    browser = house.signed_in(StaffRole.ORGANIZER, territory="vienne")
    assert "Brest" not in browser.get("/broadcasts/new").text
    for name in ("seance", "public.seance"):
        reply = browser.sends("/broadcasts/new", **(HELLO | {name: "2", "texte.fr": "{atelier}"}))
        assert reply.status_code == 422
        assert "pas de votre territoire" in reply.text
        assert "Brest" not in reply.text
    assert all_of(house, Broadcast) == []


@pytest.mark.parametrize("reach", ["finistere", ""])
@pytest.mark.parametrize("state", ["draft", "ready", "waiting", "running", "finished"])
def test_a_broadcast_of_another_territory_does_not_exist(house, reach, state):
    with house.sessions.begin() as session:
        a_broadcast(
            session, title="Secret de Brest", state=state, audience=Audience(reach=reach).as_json()
        )
    browser = house.signed_in(StaffRole.ORGANIZER, territory="vienne")
    for path in ("", "/broadcasts", "/broadcasts?words=Secret", "/broadcasts?words=1"):
        assert "Secret de Brest" not in browser.get(path).text
    for path in ("", "/edit", "/progress", "/phones.csv"):
        reply = browser.get(f"/broadcasts/1{path}")
        assert reply.status_code == 404, path
        assert "Secret" not in reply.text
    seen = the(house).changed_at.isoformat()
    for path, fields in (
        ("edit", HELLO), ("look", HELLO), ("confirm", {"seen": seen, "everybody": "1"}),
        ("refuse", {}), ("night", {"do": "wait"}), ("test", {"channel": "sms"}),
        ("move", {"how": "cancel"}),
    ):  # fmt: skip
        assert browser.post(f"/broadcasts/1/{path}", fields).status_code == 404, path
    assert the(house).state == state
    assert done(house) == []


def test_a_reader_sees_how_far_they_are_and_no_more(house):
    with house.sessions.begin() as session:
        a_broadcast(session, title="En route", state="running")
    browser = house.signed_in(StaffRole.READER)
    page = browser.get("").text
    assert "En route" in page
    assert "/console/broadcasts" not in page
    assert browser.get("/broadcasts/1").status_code == 403


def test_a_file_goes_with_it_and_may_be_taken_away(house):
    browser = house.signed_in()
    files = {"piece_jointe": ("../a\\b/affiche.pdf", b"%PDF-")}
    data = {"csrf": browser.csrf} | fields_of(browser.get("/broadcasts/new").text) | HELLO
    reply = browser.http.post("/console/broadcasts/new", data=data, files=files, headers=FROM_US)
    assert reply.status_code == 303
    with house.sessions.begin() as session:
        row = session.get_one(Broadcast, 1)
        assert (row.file, row.file_type) == (b"%PDF-", "application/pdf")
        assert "/" not in row.file_name
    assert "sur Telegram seulement" in browser.get("/broadcasts/1").text
    browser.sends("/broadcasts/1/edit", titre="Avec")
    assert the(house).file_name.endswith("affiche.pdf")
    files = {"piece_jointe": ("b.pdf", b"x" * 2_100_000)}
    reply = browser.http.post("/console/broadcasts/1/edit", data=data, files=files, headers=FROM_US)
    assert reply.status_code == 422
    assert "dépasse 2000 ko" in reply.text
    browser.sends("/broadcasts/1/edit", without_file="1")
    assert the(house).file_name == ""


def test_what_people_and_staff_write_is_text(house):
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    with house.sessions.begin() as session:
        a_session(session, "evil", MONDAY + timedelta(days=4), title=evil)
    browser = house.lets_in(house.member(name=evil[:60]))
    number = written(
        browser, titre=evil, seance="3",
        **{"texte.fr": f"{evil} {{atelier}}", "bouton.0.fr": evil[:40], "public.ecole": evil[:60]},
    )  # fmt: skip
    for path in (
        "/broadcasts", f"/broadcasts/{number}", f"/broadcasts/{number}/edit", "/broadcasts/new",
        f"/broadcasts?words={evil}", f"/broadcasts/{number}/progress",
    ):  # fmt: skip
        page = browser.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path
    piece = browser.post("/broadcasts/look", HELLO | {"texte.fr": evil}).text
    assert "<script>" not in piece
    assert "&lt;script&gt;" in piece


def test_the_list_is_filtered_paged_and_asks_as_much_however_long(house):
    with house.sessions.begin() as session:
        for number in range(70):
            state = ("finished", "draft", "running")[number % 3]
            a_broadcast(session, title=f"Numéro {number}", state=state)
    browser = house.signed_in()
    queries = []
    engine = house.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", lambda *a: queries.append(a[2]))
    page = browser.get("/broadcasts").text
    assert len(queries) < 12
    assert "70 diffusions" in page
    assert page.count('<li class="line">') == 30
    assert browser.get("/broadcasts?page=3").text.count('<li class="line">') == 10
    assert "23 diffusions" in browser.get("/broadcasts?stage=under_way").text
    # By its title, or by its number.
    assert "2 diffusions<" in browser.get("/broadcasts?words=Numéro+42").text
    assert browser.get("/broadcasts?stage=x&page=x").status_code == 200
