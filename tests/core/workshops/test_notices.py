"""What people are told: cancelled and changed sessions, the words, the hours, the two SMS."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit import Audit
from core.daytime import is_quiet
from core.languages import LANGUAGES
from core.messages import Bubble
from core.outbox import claiming
from core.outbox.delivery import Delivery, Lane, State
from core.people.contacts import Address, AddressState
from core.speaker import fits
from core.workshops.booking.cancelling import revise
from core.workshops.booking.refusals import SessionCalledOff, SessionOver
from core.workshops.model import (
    CancelReason,
    SessionState,
    SignUp,
    SignUpState,
    Workshop,
    WorkshopSession,
)
from tests.core.workshops.hall import NOW, Hall
from tests.core.workshops.shop import at

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHT = NOW + 12 * HOUR


@pytest.fixture
def full(sessions, vault):
    """Three seats: 0 and 1 have one, 2 is offered one, 3 waits and 4 has left."""
    return fill(Hall(sessions, vault))


def fill(hall):
    for person in (0, 1, 5, 2, 3, 4):
        hall.signs_up(person)
    for person in (4, 5):
        hall.releases(person)
    return hall


# Cancelled


def test_everybody_who_comes_or_waits_is_told_once_that_it_is_cancelled(full):
    full.is_called_off()
    full.is_called_off()
    full.clock_ticks()
    told = [row for row in full.told() if row.purpose.startswith("called_off")]
    assert [row.address_id for row in told] == [full.people[one] for one in (0, 1, 2, 3)]
    assert {row.state for row in full.rows()} == {SignUpState.CANCELLED}
    assert full.row(3).reason == CancelReason.SESSION_CANCELLED
    assert full.row(4).reason == CancelReason.WORK


def test_what_staff_cancel_in_the_table_is_told_by_the_clock(full):
    full.becomes(state=SessionState.CANCELLED)
    full.clock_ticks()
    full.clock_ticks(NOW + HOUR)
    assert full.purposes(0) == ["called_off:1"]
    assert full.purposes(2) == ["offer:1", "called_off:1"]


def test_an_offer_that_has_not_left_is_not_sent_for_a_cancelled_session(full):
    full.is_called_off()
    assert [row.state for row in full.told(2)] == [State.CANCELLED, State.QUEUED]


def test_a_session_cancelled_a_second_time_is_told_a_second_time(full):
    full.is_called_off()
    full.becomes(state=SessionState.OPEN)
    full.signs_up(0)
    full.is_called_off()
    assert full.purposes(0) == ["called_off:1", "called_off:2"]
    assert full.purposes(1) == ["called_off:1"]


def test_somebody_who_stopped_is_told_of_a_cancellation_and_of_nothing_else(full):
    with full.sessions.begin() as session:
        session.get_one(Address, full.people[0]).state = AddressState.STOPPED
    full.is_changed()
    full.is_called_off()
    with full.sessions.begin() as session:
        sent = claiming.claim(session, "telegram", NOW)
        assert [row.purpose for row in sent if row.address_id == full.people[0]] == ["called_off:2"]


def test_what_is_over_is_not_cancelled_any_more(full):
    with pytest.raises(SessionOver):
        full.is_called_off(NOW + 30 * DAY)
    assert full.told(0) == []


# Changed


def test_everybody_is_told_once_per_revision_what_is_true_now(full):
    full.is_changed(place="Mairie", commune="Neuville")
    full.clock_ticks()
    full.is_changed(place="École")
    full.clock_ticks()
    for person in (0, 3):
        assert full.purposes(person) == ["changed:1", "changed:2"]
    assert full.purposes(4) == []
    first, second = full.told(0)
    assert "lundi 14 décembre à 14 h, Mairie, 1 place de l'Église, Neuville" in first.text
    assert "École" in second.text
    assert first.text.startswith("Attention ! Le lieu a changé.")
    assert [choice.does for choice in first.picks()] == [f"release:{full.row(0).id}"]


def test_who_missed_a_change_is_told_of_both(full):
    full.is_changed(starts_at=at("2026-12-14", 14), ends_at=at("2026-12-14", 17))
    with full.sessions.begin() as session:
        row = session.get_one(SignUp, full.row(3).id)
        row.revision = 0  # they were away
        one = session.get_one(WorkshopSession, full.id)
        revise(one, times=False, place=True)
    full.clock_ticks()
    assert "La date ou l'heure a changé." in full.told(0)[0].text
    assert "Le lieu a changé." in full.told(0)[1].text
    assert "La date et le lieu ont changé." in full.told(3)[1].text


def test_a_revision_that_staff_raise_is_told_by_the_clock_and_not_to_newcomers(full):
    full.becomes(revision=3, seats=9)
    full.signs_up(4)
    full.clock_ticks()
    full.clock_ticks()
    assert full.purposes(0) == ["changed:3"]
    assert "changed:3" not in full.purposes(4)


def test_what_is_cancelled_or_over_does_not_change(full):
    with pytest.raises(SessionOver):
        full.is_changed(NOW + 30 * DAY)
    full.is_called_off()
    with pytest.raises(SessionCalledOff):
        full.is_changed()


# The night


def test_nothing_is_sent_at_night_that_can_wait_for_the_morning(full):
    full.is_changed(NIGHT)
    full.is_called_off(NIGHT)
    full.becomes(state=SessionState.OPEN)
    for row in full.told():
        assert row.purpose == "offer:1" or not is_quiet(row.not_before)


def test_who_would_come_for_nothing_is_woken(sessions, vault):
    starts = NIGHT + 10 * HOUR  # 9:00 in Paris
    hall = Hall(sessions, vault, starts_at=starts, ends_at=starts + HOUR, closes_at=starts)
    hall.signs_up(0)
    hall.is_called_off(NIGHT)
    (row,) = hall.told()
    assert (row.lane, row.not_before, row.not_after) == (Lane.URGENT, NIGHT, starts + HOUR)
    with sessions.begin() as session:
        (told,) = session.scalars(select(Audit))
        assert (told.actor, told.action) == ("assistant", "quiet_hours.waived")
        assert told.subject == f"session:{hall.id}"
        assert told.details == {"notice": "called_off", "revision": 1, "people": 1}


def test_what_can_wait_for_the_morning_does_and_nothing_is_recorded(full):
    full.is_changed(NIGHT)
    full.is_called_off(NIGHT)
    assert {row.lane for row in full.told()} == {Lane.NOTICE}
    with full.sessions.begin() as session:
        assert session.scalar(select(Audit)) is None
        assert claiming.claim(session, "telegram", NIGHT) == []
        morning = claiming.claim(session, "telegram", NIGHT + 9 * HOUR)
        assert {row.purpose for row in morning} == {"called_off:2"}


def test_before_a_sunday_a_notice_for_monday_morning_leaves_at_once(sessions, vault):
    saturday = at("2026-11-28", 19, 30)
    starts = at("2026-11-30", 9)  # 10:00 in Paris
    hall = Hall(sessions, vault, starts_at=starts, ends_at=starts + HOUR, closes_at=starts)
    hall.signs_up(0)
    hall.is_changed(saturday)
    assert [(row.lane, row.not_before) for row in hall.told()] == [(Lane.URGENT, saturday)]


def test_each_notice_is_about_its_session(full):
    full.is_changed()
    full.is_called_off()
    assert {row.about for row in full.told()} == {full.id}


def test_an_offer_that_passed_while_we_were_away_is_told_in_the_morning(full):
    full.clock_ticks(NOW + 2 * DAY + 12 * HOUR)
    row = full.told(2)[-1]
    assert row.purpose == "expired:1"
    assert row.not_before == NOW + 3 * DAY - 4 * HOUR


# The words


def test_an_offer_says_what_when_where_and_until_when(full):
    (row,) = full.told(2)
    assert row.text == (
        "Bonne nouvelle : il y a de la place pour vous ! « Découvrir l'ENT », lundi 14 décembre à "
        "14 h, Médiathèque, 1 place de l'Église, Latillé. Voulez-vous toujours venir ? Je garde la "
        "place jusqu'à votre réponse, au plus tard jeudi 26 novembre à 12 h. Ensuite, elle ira à "
        "la personne suivante."
    )
    assert [choice.label for choice in row.picks()] == ["Oui, je viens", "Non merci"]


def test_who_did_not_answer_is_shown_the_session_again(full):
    full.clock_ticks(NOW + 3 * DAY)
    assert [choice.does for choice in full.told(2)[-1].picks()] == [f"session:{full.id}"]


def test_a_remote_session_is_said_to_be_remote(sessions, vault):
    hall = Hall(sessions, vault, remote=True, place="", street="", commune="")
    hall.signs_up(0)
    hall.is_changed()
    assert "à 14 h, à distance." in hall.told(0)[0].text


TITLES = {
    "ordinary": ("Découvrir l'ENT", "Médiathèque", "Latillé"),
    "endless": (
        "Accompagner son enfant sur les écrans " * 5,
        "Salle des fêtes " * 12,
        "Saint-" * 9,
    ),
    "one word": ("X" * 200, "Y" * 200, "Z" * 100),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", TITLES)
def test_every_notice_fits_in_two_sms_and_says_it_all(sessions, vault, language, names):
    title, place, commune = TITLES[names]
    starts = NOW + 20 * DAY + timedelta(minutes=45)
    hall = Hall(
        sessions, vault, channel="sms", place=place, commune=commune,
        starts_at=starts, ends_at=starts + HOUR, closes_at=starts,
    )  # fmt: skip
    with sessions.begin() as session:
        for one in hall.people:
            session.get_one(Address, one).contact.language = language
        session.get_one(WorkshopSession, hall.id)
        session.query(Workshop).one().title = title[:200]
    fill(hall)
    hall.is_changed()
    hall.clock_ticks(NOW + 3 * DAY)
    hall.is_called_off()
    told = {row.purpose.split(":")[0]: row for row in hall.told()}
    assert set(told) == {"offer", "changed", "expired", "called_off"}
    for row in told.values():
        assert fits(Bubble(row.text, row.picks())), row.text
        assert title[:6] in row.text
        assert commune[:3] in row.text
        assert "12:45" in row.text or "12h45" in row.text
        assert "{" not in row.text


# In Arabic each letter is paid twice, and 30 are what is left.
@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "ar"])
def test_a_title_of_forty_letters_is_whole_in_every_offer_by_sms(sessions, vault, language):
    hall = Hall(sessions, vault, channel="sms")
    with sessions.begin() as session:
        for one in hall.people:
            session.get_one(Address, one).contact.language = language
        session.query(Workshop).one().title = "Pronote pour les parents : mode d'emploi"
    fill(hall)
    assert "mode d'emploi" in hall.told(2)[0].text
    assert "Latillé, Médiathèque" in hall.told(2)[0].text


# On the other channel


def anew(hall, person, purpose, now=NOW):
    """What a row that comes in place of one that failed says by SMS."""
    with hall.sessions.begin() as session:
        row = hall.row(person)
        telegram = session.get_one(Address, hall.people[person])
        phone = Address(
            contact_id=telegram.contact_id, channel="sms", sealed=b"", fingerprint=f"p{row.id}",
            state_at=NOW,
        )  # fmt: skip
        session.add(phone)
        session.flush()
        delivery = Delivery(
            cause="sign_up", cause_id=row.id, purpose=f"{purpose}~sms", address=phone,
            contact_id=phone.contact_id, channel="sms",
        )  # fmt: skip
        with session.no_autoflush:
            bubble = hall.notices.word(session, delivery, now)
        session.delete(phone)
        return bubble


def test_each_notice_is_worded_anew_for_the_other_channel(full):
    assert anew(full, 2, "offer:1").text.startswith("De la place pour vous : Découvrir l'ENT")
    assert [one.does for one in anew(full, 2, "offer:1").choices] == [
        f"accept:{full.row(2).id}", f"decline:{full.row(2).id}",
    ]  # fmt: skip
    full.is_changed(place="Mairie")
    assert "Mairie" in anew(full, 0, "changed:1").text
    full.clock_ticks(NOW + 3 * DAY)
    assert "n'êtes plus sur la liste" in anew(full, 2, "expired:1").text
    full.is_called_off()
    assert anew(full, 0, "called_off:2").text.startswith("ANNULÉ")


def test_what_is_true_no_longer_is_not_said_on_the_other_channel(full):
    assert anew(full, 2, "offer:2") is None
    assert anew(full, 2, "offer:1", NOW + 10 * DAY) is None
    assert anew(full, 0, "called_off:0") is None
    full.is_changed()
    full.is_changed()
    assert anew(full, 0, "changed:1") is None
    full.accepts(2)
    assert anew(full, 2, "offer:1") is None
    full.releases(0)
    assert anew(full, 0, "changed:2") is None
    assert anew(full, 0, "nonsense") is None
