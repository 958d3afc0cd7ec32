"""Wishes counted, and a session opened from them: who is invited, told, and let in first."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from core import sms
from core.db import make_engine, make_sessions
from core.languages import LANGUAGES
from core.messages import Kind
from core.outbox import delivery
from core.outbox.delivery import Cause, Delivery
from core.people.contacts import AddressState, Contact, change_state, forget
from core.workshops.booking import seats, waiting
from core.workshops.booking.refusals import NotOpenYet
from core.workshops.model import Audience, SessionState, SignUpState, WorkshopKind, WorkshopSession
from core.workshops.notices import Notices
from core.workshops.search import finding, interest
from core.workshops.search.interest import Telling
from core.workshops.search.wanted import Wanted
from core.workshops.sheets import importing
from core.workshops.sheets.columns import COLUMNS, entry_of
from core.workshops.sheets.spreadsheet import Line
from core.workshops.wishes import invitation, matrix, wishes
from core.workshops.wishes.invitation import Invitation
from core.workshops.wishes.inviting import invite
from core.workshops.wishes.matrix import Chosen, Reach
from core.workshops.wishes.opening import Planned, open_session
from core.workshops.wishes.wishes import Ask, Wish
from tests.core.workshops.shop import a_session, at, signed_up, somebody, the_tables, the_texts
from tests.world import NOON

MONDAY = at("2026-11-23", 12)
OPENS = MONDAY + timedelta(hours=48)
TUESDAY = at("2027-01-12", 13)  # two in the afternoon in Paris
KINDS = {"sms": Kind.SMS, "telegram": Kind.CHAT}
TELLING = Telling(the_texts(), the_tables(), KINDS)
ALONE = [("", False)]


@pytest.fixture
def session(database_url):
    """A transaction, once on each database."""
    engine = make_engine(database_url)
    with make_sessions(engine).begin() as session:
        yield session
    engine.dispose()


def wisher(
    session, vault, number=1, themes=("robotique",), half_days=("tue-pm",), college="", **contact
):
    """Somebody who wishes that; their address."""
    address = somebody(session, vault, number, **contact)
    wish = wishes.of(session, address, NOON)
    wish.add(Ask.THEMES, themes, NOON)
    wish.add(Ask.HALF_DAYS, half_days, NOON)
    wish.college = college
    session.flush()
    return address


def a_training(session, **changes):
    values = {
        "name": "robots", "starts_at": TUESDAY, "theme": "robotique", "opens_at": OPENS,
        "kind": WorkshopKind.TRAINING, "audience": Audience.TEACHERS, "title": "Robots en classe",
    }  # fmt: skip
    return a_session(session, **values | changes)


def planned(**changes):
    values = {
        "theme": "robotique", "title": "Robots en classe", "organizer": "Équipe TNE",
        "starts": "12/01/2027 14:00", "ends": "16:00", "place": "Collège Rimbaud",
        "commune": "Latillé", "seats": 12, "reserved": timedelta(hours=48),
    }  # fmt: skip
    return Planned(**values | changes)


def sent(session, cause=Cause.INVITED):
    query = select(Delivery).where(Delivery.cause == cause).order_by(Delivery.id)
    return session.scalars(query).all()


def invited_by(session, row, now=MONDAY):
    return invite(session, TELLING, row.id, "robotique", now)


# Wishes


def test_who_has_wishes_is_a_teacher_unless_we_know_better(session, vault):
    assert wisher(session, vault).contact.role == "teacher"
    assert wisher(session, vault, 2, role="staff").contact.role == "staff"


def test_ticking_twice_is_not_ticking_and_only_what_is_listed_is_kept(session, vault):
    wish = wishes.of(session, somebody(session, vault), NOON)
    wish.toggle(Ask.THEMES, ["ia", "robotique", "cuisine"], NOON)
    wish.toggle(Ask.THEMES, ["ia"], MONDAY)
    assert (wish.themes, wish.changed_at) == (["robotique"], MONDAY)
    assert wish.still_to_ask() is Ask.HALF_DAYS


def test_a_wish_is_forgotten_after_a_year_and_with_the_person(session, vault):
    wisher(session, vault)
    wishes.forget_old(session, NOON + wishes.KEPT)
    assert session.scalar(select(func.count()).select_from(Wish)) == 1
    wishes.forget_old(session, NOON + wishes.KEPT + timedelta(minutes=1))
    assert session.scalar(select(func.count()).select_from(Wish)) == 0
    session.expire_all()
    address = wisher(session, vault, 2)
    row = a_training(session)
    assert invited_by(session, row) == [address.contact_id]
    forget(session, address)
    session.flush()
    for table in (Wish, Invitation):
        assert session.scalar(select(func.count()).select_from(table)) == 0


# Counts


def test_people_are_counted_by_theme_half_day_and_college(session, vault):
    wisher(session, vault, 1, ("robotique", "ia"), ("tue-pm", "wed-am"), "Collège Arthur Rimbaud")
    wisher(session, vault, 2, ("robotique",), ("tue-pm",), "école de la mer")
    wisher(session, vault, 3, ("robotique",), ("wed-am",), "École de la Mer")
    wisher(session, vault, 4, ("robotique",), ())  # not finished
    counts = matrix.of_all(session, the_tables(), Chosen(), NOON)
    assert (counts.people, counts.themes) == (3, {"robotique": 3, "ia": 1})
    assert counts.cells["robotique", "tue-pm"] == counts.cells["robotique", "wed-am"] == 2
    by_college = matrix.by_college(session, the_tables(), Chosen(), NOON)
    assert {name: one.people for name, one in by_college.items()} == {
        "école de la mer": 2, "Collège Arthur Rimbaud": 1,
    }  # fmt: skip
    one = matrix.of_all(session, the_tables(), Chosen(college="ecole de la mer"), NOON)
    assert one.people == 2
    here = matrix.of_all(session, the_tables(), Chosen(territory="vienne"), NOON)
    assert here.people == 1


def test_the_best_dates_are_those_that_reach_most_people(session, vault):
    wisher(session, vault, 1, half_days=("tue-pm", "fri-am"))
    wisher(session, vault, 2, half_days=("tue-pm",))
    wisher(session, vault, 3, ("ia",), half_days=("mon-am",))
    counts = matrix.of_all(session, the_tables(), Chosen(), NOON)
    change_state(wisher(session, vault, 4), AddressState.STOPPED, NOON)
    reachable = matrix.of_all(session, the_tables(), Chosen(reachable=True), NOON)
    assert (reachable.people, reachable.cells) == (counts.people, counts.cells)
    # Friday the first of January is a holiday.
    found = matrix.best(counts, "robotique", date(2026, 12, 28), date(2027, 1, 7))
    assert found == [Reach("tue-pm", 2, (date(2026, 12, 29), date(2027, 1, 5)))]
    found = matrix.best(counts, "robotique", date(2027, 1, 7), date(2027, 1, 14))
    assert [one.half_day for one in found] == ["tue-pm", "fri-am"]


# Invitations


def test_who_wants_the_theme_and_is_free_is_invited_in_their_language(session, vault):
    fits = wisher(session, vault, 1, half_days=("tue-pm", "wed-am"))
    english = wisher(session, vault, 2, channel="telegram", language="en")
    wisher(session, vault, 3, half_days=("tue-am",))
    wisher(session, vault, 4, themes=("ia",))
    wisher(session, vault, 5, college="Collège Arthur Rimbaud", territory="finistere")
    wisher(session, vault, 6, territory="finistere")
    row = a_training(session)
    invited = invited_by(session, row)
    assert {fits.contact_id, english.contact_id} < set(invited)
    assert len(invited) == 3  # and the fifth, whose collège is in the Vienne
    first, second, _ = sent(session)
    assert first.text.startswith("Selon vos souhaits : Robots en classe, 12 janv. 14:00")
    assert "prioritaire jusqu'au mer. 25/11 13h" in first.text
    assert [choice.does for choice in first.picks()] == [f"signup:{row.id}", "wishes"]
    assert "Until Wednesday 25 November at 1" in second.text
    assert "Sofia-FMO" in second.text


def test_a_session_of_a_whole_day_needs_both_halves(session, vault):
    wisher(session, vault, 1, half_days=("tue-pm",))
    both = wisher(session, vault, 2, half_days=("tue-am", "tue-pm"))
    row = a_training(session, starts_at=at("2027-01-12", 8), hours=7)
    assert invited_by(session, row) == [both.contact_id]


def test_who_stopped_our_messages_is_not_invited(session, vault):
    change_state(wisher(session, vault), AddressState.STOPPED, NOON)
    assert invited_by(session, a_training(session)) == []
    assert sent(session) == []


def test_nobody_is_invited_twice_and_who_fits_since_is(session, vault):
    wisher(session, vault)
    row = a_training(session)
    assert len(invited_by(session, row)) == 1
    later = wisher(session, vault, 2)
    assert invited_by(session, row, MONDAY + timedelta(hours=1)) == [later.contact_id]
    assert invited_by(session, row, MONDAY + timedelta(hours=2)) == []
    assert len(sent(session)) == 2


def test_who_is_invited_after_all_may_come_is_told_of_no_priority(session, vault):
    signed = wisher(session, vault, 1)
    wisher(session, vault, 2)
    row = a_training(session)
    signed_up(session, signed, row)
    assert len(invited_by(session, row, OPENS + timedelta(hours=1))) == 1
    (delivery,) = sent(session)
    assert "prioritaire" not in delivery.text


def test_what_is_sent_leaves_by_day_and_on_three_occasions_a_day_at_most(session, vault):
    wisher(session, vault)
    saturday_night = at("2026-11-21", 22)
    for number in range(4):
        row = a_training(session, name=f"robots-{number}", opens_at=at("2026-11-27"))
        assert len(invited_by(session, row, saturday_night)) == 1
    leave = [row.not_before for row in sent(session)]
    assert leave == [at("2026-11-23", 7)] * 3 + [at("2026-11-24", 7)]


def test_the_invited_sign_up_before_everybody_else(session, vault):
    address = wisher(session, vault)
    stranger = somebody(session, vault, 2)
    row = a_training(session)
    invited_by(session, row)
    for who in (stranger.contact_id, None):
        assert finding.one(session, row.id, MONDAY, who) is None
        assert finding.find(session, the_tables(), Wanted(), MONDAY, who) == []
    assert finding.one(session, row.id, MONDAY, address.contact_id).free == 12
    assert len(finding.find(session, the_tables(), Wanted(), MONDAY, address.contact_id)) == 1
    with pytest.raises(NotOpenYet):
        seats.sign_up(session, stranger, row.id, ALONE, "1", vault, MONDAY)
    placed = seats.sign_up(session, address, row.id, ALONE, "1", vault, MONDAY)
    assert placed.state is SignUpState.CONFIRMED
    placed = seats.sign_up(session, stranger, row.id, ALONE, "1", vault, OPENS)
    assert placed.state is SignUpState.CONFIRMED


def test_a_seat_that_is_free_again_is_offered_to_the_invited_who_wait(session, vault):
    first, second = wisher(session, vault, 1), wisher(session, vault, 2)
    row = a_training(session, seats=1)
    invited_by(session, row)
    mine = seats.sign_up(session, first, row.id, ALONE, "1", vault, MONDAY)
    queued = seats.sign_up(session, second, row.id, ALONE, "1", vault, MONDAY)
    assert queued.state is SignUpState.WAITING
    notices = Notices(the_texts(), KINDS)
    seats.release(session, notices, mine.sign_up_id, None, MONDAY)
    assert waiting.accept(session, queued.sign_up_id, MONDAY).state == SignUpState.CONFIRMED


def test_who_changes_their_half_days_after_the_invitation_is_still_invited(session, vault):
    address = wisher(session, vault)
    row = a_training(session)
    invited_by(session, row)
    wishes.of(session, address, MONDAY).toggle(Ask.HALF_DAYS, ["tue-pm", "wed-am"], MONDAY)
    assert invited_by(session, row, MONDAY) == []
    placed = seats.sign_up(session, address, row.id, ALONE, "1", vault, MONDAY)
    assert placed.state is SignUpState.CONFIRMED
    wishes.erase(session, address.contact_id)
    assert finding.one(session, row.id, MONDAY, address.contact_id) is not None


def test_a_session_that_is_cancelled_invites_nobody_any_more(session, vault):
    address = wisher(session, vault)
    row = a_training(session)
    invited_by(session, row)
    cells = entry_of(row).cells() | {"etat": "annulé"}
    line = Line(2, {name: cells[name] for name in COLUMNS})
    plan = importing.plan(session, the_tables(), [line], MONDAY)
    importing.apply(session, the_tables(), plan, MONDAY)
    assert [one.state for one in sent(session)] == [delivery.State.CANCELLED]
    assert finding.one(session, row.id, MONDAY, address.contact_id) is None
    wisher(session, vault, 2)
    assert invited_by(session, row) == []


def test_invitations_are_forgotten_when_the_session_is_over(session, vault):
    wisher(session, vault)
    row = a_training(session)
    invited_by(session, row)
    invitation.forget_old(session, row.ends_at - timedelta(minutes=1))
    assert len(invitation.invited(session, row.id)) == 1
    invitation.forget_old(session, row.ends_at)
    assert len(invitation.invited(session, row.id)) == 0


# Opening


def test_a_session_is_opened_and_everybody_else_is_told_when_they_may_come(session, vault):
    both = wisher(session, vault)
    curious = somebody(session, vault, 2)
    for address in (both, curious):
        interest.note(session, address, Wanted(themes=("robotique",)), NOON)
    opened = open_session(session, TELLING, planned(), MONDAY)
    assert (opened.new, opened.invited, opened.told, opened.wrongs) == (True, 1, 1, ())
    row = session.get_one(WorkshopSession, opened.number)
    assert (row.opens_at, row.starts_at, row.state) == (OPENS, TUESDAY, SessionState.OPEN)
    assert (row.territory, row.workshop.kind, row.workshop.audience) == (
        "vienne", "training", "teachers",
    )  # fmt: skip
    (invited,) = sent(session)
    (told,) = sent(session, Cause.SESSION_OPENED)
    assert (invited.contact_id, told.contact_id) == (both.contact_id, curious.contact_id)
    assert told.not_before == OPENS


def test_opening_again_tells_nobody_twice_and_changes_nothing(session, vault):
    wisher(session, vault)
    first = open_session(session, TELLING, planned(), MONDAY)
    again = open_session(session, TELLING, planned(seats=3), MONDAY + timedelta(hours=3))
    assert (again.number, again.new, again.invited) == (first.number, False, 0)
    assert session.get_one(WorkshopSession, first.number).seats == 12
    assert len(sent(session)) == 1


def test_another_session_of_the_same_title_is_of_the_same_workshop(session, vault):
    kept = a_training(session, external_id="x")
    opened = open_session(session, TELLING, planned(title="robots en classe"), MONDAY)
    assert opened.number == kept.id
    later = planned(title="robots en classe", starts="19/01/2027 14:00")
    row = session.get_one(WorkshopSession, open_session(session, TELLING, later, MONDAY).number)
    assert row.workshop_id == kept.workshop_id
    assert row.workshop.description == "On vient avec son téléphone."
    for title in ("Robots, la suite", "Robots : la suite"):
        other = open_session(session, TELLING, planned(title=title), MONDAY)
    assert session.get_one(WorkshopSession, other.number).workshop_id != kept.workshop_id


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"starts": "demain"}, "debut"),
        ({"starts": "12/01/2026 14:00"}, "debut"),
        ({"reserved": timedelta(days=60)}, "inscriptions_de"),
        ({"ends": "13:00"}, "fin"),
        ({"commune": "Latile"}, "commune"),
        ({"seats": 0}, "places"),
    ],
)
def test_what_is_wrong_with_it_is_said_and_nothing_is_written(session, vault, changes, column):
    wisher(session, vault)
    opened = open_session(session, TELLING, planned(**changes), MONDAY)
    assert column in {wrong.column for wrong in opened.wrongs}
    assert session.scalar(select(func.count()).select_from(WorkshopSession)) == 0
    assert sent(session) == []


def test_reserved_time_counts_from_when_people_may_be_told(session, vault):
    wisher(session, vault)
    opened = open_session(session, TELLING, planned(), at("2026-11-21", 22))
    row = session.get_one(WorkshopSession, opened.number)
    assert row.opens_at == at("2026-11-25", 7)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_by_sms_fits_into_two_segments(session, vault, language):
    wisher(session, vault, language=language)
    title = "Une formation dont le titre est vraiment très long, et qui le sait bien"
    row = a_training(session, title=title, place="Salle polyvalente de la Maison des associations")
    for now in (MONDAY, OPENS):
        invited_by(session, row, now)
        (delivery,) = sent(session)
        text = sms.numbered(delivery.text, [choice.label for choice in delivery.picks()])
        assert sms.size(text).segments <= 2, text
        session.execute(delete(Invitation))
        session.delete(delivery)
        session.flush()
    assert session.scalar(select(Contact.language)) == language
