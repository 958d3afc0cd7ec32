"""Who asked to be told when something opens is told: once, by day, and no more than they want."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import sms
from core.answers import Listener
from core.db import make_engine, make_sessions
from core.inbound import Inbound
from core.languages import LANGUAGES
from core.messages import Kind
from core.outbox import claiming
from core.outbox.delivery import Delivery
from core.people.contacts import AddressState, change_state
from core.talk import Talk
from core.workshops.model import Audience, SessionState, WorkshopKind
from core.workshops.search import interest
from core.workshops.search.desk import Desk
from core.workshops.search.interest import Interest, Telling
from core.workshops.search.wanted import Wanted
from core.workshops.voice import Voice
from tests.core.workshops.shop import WEEK, a_session, at, somebody, the_tables, the_texts
from tests.world import NOON

MONDAY = at("2026-11-23", 12)
KINDS = {"sms": Kind.SMS, "telegram": Kind.CHAT}


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        yield session


@pytest.fixture
def on_both(database_url):
    """A transaction, once on each database."""
    engine = make_engine(database_url)
    with make_sessions(engine).begin() as session:
        yield session
    engine.dispose()


def opened(session, *rows, now=MONDAY):
    telling = Telling(the_texts(), the_tables(), KINDS)
    return interest.opened(session, telling, [row.id for row in rows], now)


def sent(session):
    return session.scalars(select(Delivery).order_by(Delivery.id)).all()


def test_the_same_wish_is_one_row(session, vault):
    address = somebody(session, vault)
    wanted = Wanted(themes=("ia",), communes=("Latillé",), kind=WorkshopKind.WORKSHOP)
    assert interest.note(session, address, wanted, NOON)
    assert interest.note(session, address, wanted, NOON + WEEK)
    (wish,) = session.scalars(select(Interest)).all()
    assert (wish.theme, wish.commune, wish.kind, wish.audience) == ("ia", "Latillé", "workshop", "")
    assert wish.wished_at == NOON + WEEK


def test_several_themes_or_towns_are_several_wishes_up_to_ten_of_a_person(session, vault):
    address = somebody(session, vault)
    interest.note(session, address, Wanted(themes=("ia", "ent"), communes=("Brest",)), NOON)
    assert len(session.scalars(select(Interest)).all()) == 2
    for number, name in enumerate(["Latillé", "Poitiers", "Quimper", "Morlaix", "Loudun"] * 2):
        theme = "pix" if number < 5 else "moodle"
        later = NOON + timedelta(minutes=number + 1)
        interest.note(session, address, Wanted(themes=(theme,), communes=(name,)), later)
    kept = session.scalars(select(Interest)).all()
    assert len(kept) == 10
    assert {one.theme for one in kept} == {"pix", "moodle"}


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(communes=("Latillé",)), True),
        (Wanted(communes=("Poitiers",)), True),  # 21 km
        (Wanted(communes=("Loudun",)), False),  # 44 km
        (Wanted(communes=("Brest",)), False),
        (Wanted(territory="vienne"), True),
        (Wanted(territory="finistere"), False),
        (Wanted(territory="national"), True),
        (Wanted(themes=("ent",)), True),
        (Wanted(themes=("ia",)), False),
        (Wanted(kind=WorkshopKind.WORKSHOP), True),
        (Wanted(kind=WorkshopKind.TRAINING), False),
        (Wanted(audience=Audience.PARENTS), True),
        (Wanted(audience=Audience.TEACHERS), False),
    ],
)
def test_they_are_told_of_what_fits_their_wish(session, vault, wanted, fits):
    interest.note(session, somebody(session, vault), wanted, NOON)
    assert opened(session, a_session(session)) == int(fits)
    assert len(sent(session)) == int(fits)


def test_what_is_remote_fits_who_is_of_its_territory(session, vault):
    interest.note(session, somebody(session, vault, 1), Wanted(communes=("Loudun",)), NOON)
    interest.note(session, somebody(session, vault, 2), Wanted(communes=("Brest",)), NOON)
    row = a_session(session, remote=True, territory="vienne")
    assert opened(session, row) == 1


def test_the_message_says_what_and_lets_them_see_it_or_stop(session, vault):
    interest.note(session, somebody(session, vault, 1, channel="telegram"), Wanted(), NOON)
    row = a_session(session, starts_at=at("2027-01-12", 13))
    opened(session, row)
    (delivery,) = sent(session)
    assert delivery.text == (
        "Vous m'aviez demandé de vous prévenir : une séance est ouverte aux inscriptions.\n\n"
        "L'ENT sans stress\nmardi 12 janvier, de 14:00 à 16:00\nSalle des fêtes, Latillé"
    )
    assert [one.does for one in delivery.picks()] == [f"session:{row.id}", "enough"]
    assert (delivery.cause, delivery.cause_id) == ("session_opened", row.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_sms_it_fits_in_two(session, vault, language):
    interest.note(session, somebody(session, vault, language=language), Wanted(), NOON)
    title = "Accompagner son enfant dans l'usage du numérique : écrans, réseaux et jeux vidéo"
    row = a_session(session, title=title, commune="Saint-Georges-lès-Baillargeaux",
                    starts_at=at("2027-09-29", 13), opens_at=NOON)  # fmt: skip
    opened(session, row)
    (delivery,) = sent(session)
    text = sms.numbered(delivery.text, [one.label for one in delivery.picks()])
    assert sms.size(text).segments <= 2, text


def test_once_per_person_and_session_whatever_they_wished_and_however_often_it_opens(
    on_both, vault
):
    session = on_both
    address = somebody(session, vault)
    interest.note(session, address, Wanted(themes=("ent",)), NOON)
    interest.note(session, address, Wanted(communes=("Latillé",)), NOON)
    row = a_session(session)
    assert opened(session, row) == 1
    assert opened(session, row, now=MONDAY + timedelta(days=1)) == 0
    assert len(sent(session)) == 1


def test_at_most_three_a_day_and_then_the_soonest(session, vault):
    interest.note(session, somebody(session, vault), Wanted(), NOON)
    rows = [a_session(session, f"s{n}", starts_at=MONDAY + WEEK * (5 - n)) for n in range(4)]
    assert opened(session, *rows) == 3
    assert {one.cause_id for one in sent(session)} == {row.id for row in rows[1:]}
    assert opened(session, rows[0]) == 0
    assert opened(session, rows[0], now=MONDAY + timedelta(days=1)) == 1


def test_three_a_day_counts_the_days_on_which_they_leave(session, vault):
    interest.note(session, somebody(session, vault), Wanted(), NOON)
    rows = [a_session(session, f"s{n}", starts_at=MONDAY + WEEK * (1 + n)) for n in range(5)]
    saturday, sunday = at("2026-11-28", 21), at("2026-11-29", 12)
    assert opened(session, *rows[:2], now=saturday) == 2
    assert opened(session, *rows[2:], now=sunday) == 1
    assert {one.not_before for one in sent(session)} == {at("2026-11-30", 7)}


def test_what_opens_in_the_evening_is_told_in_the_morning(session, vault):
    interest.note(session, somebody(session, vault), Wanted(), NOON)
    opened(session, a_session(session, starts_at=NOON + 2 * WEEK), now=at("2026-11-23", 21))
    (delivery,) = sent(session)
    assert delivery.not_before == at("2026-11-24", 7)
    assert claiming.claim(session, "sms", at("2026-11-24", 6, 59)) == []
    assert claiming.claim(session, "sms", at("2026-11-24", 7)) == [delivery]


def test_a_sender_that_comes_late_waits_for_the_day(session, vault):
    interest.note(session, somebody(session, vault), Wanted(), NOON)
    opened(session, a_session(session, starts_at=NOON + 2 * WEEK))
    assert claiming.claim(session, "sms", at("2026-11-23", 22)) == []
    assert len(claiming.claim(session, "sms", at("2026-11-24", 7))) == 1


def test_what_opens_later_is_told_when_they_may_sign_up_and_never_after_it_closes(session, vault):
    interest.note(session, somebody(session, vault), Wanted(), NOON)
    opens, closes = at("2026-12-01", 9), at("2026-12-03", 9)
    row = a_session(session, starts_at=at("2026-12-04"), opens_at=opens, closes_at=closes)
    opened(session, row)
    (delivery,) = sent(session)
    assert (delivery.not_before, delivery.not_after) == (opens, closes)
    tonight = a_session(
        session, "b", starts_at=at("2026-11-23", 22), closes_at=at("2026-11-23", 22)
    )
    assert opened(session, tonight, now=at("2026-11-23", 21)) == 0


def test_who_stopped_or_had_enough_is_left_in_peace(session, vault):
    stopped, had, other = (somebody(session, vault, number) for number in (1, 2, 3))
    for address in (stopped, had, other):
        assert interest.note(session, address, Wanted(), NOON)
    change_state(stopped, AddressState.STOPPED, NOON)
    interest.enough(session, had, NOON)
    assert opened(session, a_session(session)) == 1
    assert [one.contact_id for one in sent(session)] == [other.contact_id]
    assert not interest.note(session, stopped, Wanted(), NOON)


def test_a_draft_tells_nobody(session, vault):
    interest.note(session, somebody(session, vault), Wanted(), NOON)
    assert opened(session, a_session(session, state=SessionState.DRAFT)) == 0


def test_a_wish_ends_after_half_a_year_and_with_the_person(session, vault):
    old, new = somebody(session, vault, 1), somebody(session, vault, 2)
    interest.note(session, old, Wanted(), NOON)
    interest.note(session, new, Wanted(), NOON + timedelta(days=30))
    later = NOON + interest.KEPT + timedelta(days=1)
    row = a_session(session, starts_at=later + WEEK)
    assert opened(session, row, now=later) == 1
    interest.forget_old(session, later)
    assert [one.contact_id for one in session.scalars(select(Interest))] == [new.contact_id]
    session.delete(new.contact)
    session.flush()
    assert session.scalars(select(Interest)).all() == []


def test_picking_what_we_offered_does_what_it_says(session, vault):
    address = somebody(session, vault)
    row = a_session(session)
    desk = Desk(Voice(the_texts()), the_tables)
    talk = Talk(session, address, Listener(), NOON, Inbound())

    def pick(choice):
        what, _, rest = choice.partition(":")
        return desk.picks()[what](talk, rest).bubbles[0]

    assert pick(f"session:{row.id}").text.startswith("L'ENT sans stress")
    assert pick("more:0:c=Latill%C3%A9").choices[0].does == f"session:{row.id}"
    assert pick("interest:s=ia").text.startswith("C'est noté.")
    assert session.scalars(select(Interest.theme)).all() == ["ia"]
    assert pick("enough").text.startswith("D'accord")
    assert session.scalars(select(Interest.theme)).all() == []
    change_state(address, AddressState.STOPPED, NOON)
    assert "START" in pick("interest:").text
