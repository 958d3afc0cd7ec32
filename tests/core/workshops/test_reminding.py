"""Reminders: when they are due, what they say, who does not answer, and the day after."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core import sms
from core.content.reminders import rules_for
from core.daytime import PARIS
from core.languages import LANGUAGES
from core.messages import Kind
from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import Address, Contact
from core.workshops.model import SignUp, SignUpState, Workshop, WorkshopSession
from core.workshops.reminding import moments
from tests.core.workshops.calendar_days import KINDS, RULES, Days
from tests.core.workshops.hall import Hall

HOUR = timedelta(hours=1)
OURS = rules_for(RULES, "workshop", "parents")
EARLY = datetime(2026, 11, 24, 12, tzinfo=PARIS)  # a Tuesday, as in hall
STARTS = datetime(2026, 12, 17, 14, tzinfo=PARIS)  # a Thursday


def paris(day, hour, minute=0, month=12):
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def a_hall(sessions, vault, channel="telegram", starts=STARTS, **more):
    values = {
        "starts_at": starts, "ends_at": starts + 2 * HOUR, "closes_at": starts, "seats": 6,
    } | more  # fmt: skip
    return Hall(sessions, vault, channel=channel, **values)


def names_and_hours(dues):
    return [(due.rule.name, f"{due.at.astimezone(PARIS):%d/%m %H:%M}") for due in dues]


# When


@pytest.mark.parametrize(
    ("kind", "starts", "dues"),
    [
        (Kind.CHAT, paris(17, 14),
         [("j7", "10/12 17:30"), ("j2", "15/12 12:30"), ("j1", "16/12 17:30"),
          ("h2", "17/12 12:00")]),
        (Kind.SMS, paris(17, 14),
         [("j7", "10/12 17:30"), ("j2", "15/12 12:30"), ("j1", "16/12 17:30")]),
        # On a Monday: Sunday is quiet, so the day before is Saturday.
        (Kind.CHAT, paris(14, 9),
         [("j7", "07/12 17:30"), ("j2", "12/12 12:30"), ("j1", "12/12 17:30"),
          ("h2", "14/12 08:00")]),
        # Too early for eight o'clock to be of use.
        (Kind.CHAT, paris(17, 8, 30),
         [("j7", "10/12 17:30"), ("j2", "15/12 12:30"), ("j1", "16/12 17:30")]),
        # The day after Christmas.
        (Kind.SMS, paris(26, 14),
         [("j7", "19/12 17:30"), ("j2", "24/12 12:30"), ("j1", "24/12 17:30")]),
        # Over the night when clocks change, it is the same hour of the day.
        (Kind.SMS, datetime(2027, 3, 29, 14, tzinfo=PARIS),
         [("j7", "22/03 17:30"), ("j2", "27/03 12:30"), ("j1", "27/03 17:30")]),
    ],
)  # fmt: skip
def test_each_rule_has_its_moment_by_day(kind, starts, dues):
    assert names_and_hours(moments.before(OURS, kind, starts)) == dues


def test_each_ends_when_the_next_begins_and_the_last_half_an_hour_before_the_start():
    dues = moments.before(OURS, Kind.CHAT, STARTS)
    assert [due.until for due in dues[:-1]] == [due.at for due in dues[1:]]
    assert dues[-1].until == STARTS - HOUR / 2


def test_thanks_come_on_the_next_day_that_is_none_of_rest():
    (due,) = moments.after(OURS, Kind.SMS, paris(19, 16))  # a Saturday
    assert f"{due.at.astimezone(PARIS):%d/%m %H:%M}" == "21/12 10:30"


def days_of(sessions, *moments_):
    days = Days(sessions)
    for one in moments_:
        days.tick(one)
    return days


WEEK = [paris(10, 18), paris(15, 13), paris(16, 18), paris(17, 12, 10), paris(17, 15)]


@pytest.mark.parametrize(
    ("channel", "came", "reminded"),
    [
        ("telegram", paris(1, 10), ["j7", "j2", "j1", "h2"]),
        ("sms", paris(1, 10), ["j7", "j2", "j1"]),
        ("telegram", paris(12, 10), ["j2", "j1", "h2"]),
        ("telegram", paris(16, 19), ["h2"]),
        ("sms", paris(16, 19), ["j1"]),  # late, rather than none
        ("sms", paris(17, 11), ["j1"]),
        ("telegram", paris(17, 12, 5), ["h2"]),
        ("sms", paris(17, 13, 30), []),  # half an hour before
    ],
)
def test_who_signs_up_late_gets_the_next_and_never_none(sessions, vault, channel, came, reminded):
    hall = a_hall(sessions, vault, channel)
    days = Days(sessions)
    for one in sorted([*WEEK, came, paris(17, 12, 40), paris(17, 13, 31)]):
        if one == came:
            hall.signs_up(0, now=came)
        days.tick(one)
    assert days.reminders_of(hall.row(0).id) == reminded


def test_who_answered_is_not_asked_again_and_still_told_where_and_when(sessions, vault):
    hall = a_hall(sessions, vault)
    hall.signs_up(0, now=EARLY)
    days = days_of(sessions, WEEK[0])
    with sessions.begin() as session:
        session.scalars(select(SignUp)).one().answered_at = WEEK[0] + HOUR
    for one in WEEK[1:]:
        days.tick(one)
    assert days.reminders_of(hall.row(0).id) == ["j7", "j1", "h2"]


def test_after_an_outage_only_the_newest_is_made_up_for(sessions, vault):
    hall = a_hall(sessions, vault)
    hall.signs_up(0, now=EARLY)
    days = days_of(sessions, paris(16, 18), paris(16, 19))
    assert days.reminders_of(hall.row(0).id) == ["j1"]


def test_a_session_that_is_moved_is_reminded_of_anew_and_the_old_answer_is_no_answer(
    sessions, vault
):
    hall = a_hall(sessions, vault)
    hall.signs_up(0, now=EARLY)
    days = days_of(sessions, WEEK[0])
    with sessions.begin() as session:
        session.scalars(select(SignUp)).one().answered_at = WEEK[0]
    later = paris(23, 14)
    hall.is_changed(paris(11, 10), starts_at=later, ends_at=later + HOUR, closes_at=later)
    assert hall.row(0).answered_at is None
    for one in (paris(11, 11), paris(16, 18), paris(21, 13), paris(22, 18)):
        days.tick(one)
    assert [one.purpose for one in days.left if one.cause == Cause.REMINDER] == [
        "j7:0", "j7:1", "j2:1", "j1:1",
    ]  # fmt: skip


def test_who_waits_or_is_offered_a_seat_is_not_reminded(sessions, vault):
    hall = a_hall(sessions, vault, seats=1)
    hall.signs_up(0, now=EARLY)
    hall.signs_up(1, now=EARLY)
    days = days_of(sessions, *WEEK)
    assert days.reminders_of(hall.row(1).id) == []


def test_what_was_planned_for_somebody_who_cannot_come_any_more_is_not_sent(sessions, vault):
    hall = a_hall(sessions, vault)
    hall.signs_up(0, now=EARLY)
    days = Days(sessions)
    with sessions.begin() as session:
        days.planning.due(session, WEEK[0])
    hall.releases(0, WEEK[0])
    days.send(WEEK[0])
    assert [(row.state, row.reason) for row in days.planned()] == [
        (State.SKIPPED, "no longer of use")
    ]


# What they say


def test_the_first_asks_and_the_second_says_that_there_is_no_answer_yet(sessions, vault):
    hall = a_hall(sessions, vault)
    hall.signs_up(0, size=2, now=EARLY)
    first, second, third, last = days_of(sessions, *WEEK).left[:4]
    number = hall.row(0).id
    assert "jeudi 17 décembre à 14 h" in first.text
    assert "(vous êtes 2). Venez-vous toujours ?" in first.text
    assert "Je n'ai pas encore votre réponse" in second.text
    assert "perd" not in second.text + first.text
    assert first.does == (f"come:{number}", f"release:{number}", f"another:{number}")
    assert "https://www.openstreetmap.org/search?query=1+place+de+l%27" in third.text
    assert third.does == last.does == (f"come:{number}", f"release:{number}")


def test_who_was_never_asked_is_asked_as_the_first_time(sessions, vault):
    hall = a_hall(sessions, vault)
    hall.signs_up(0, now=paris(12, 10))
    (asked,) = days_of(sessions, WEEK[1]).left
    assert asked.purpose == "j2:0"
    assert "Je n'ai pas" not in asked.text


@pytest.mark.parametrize("channel", KINDS)
def test_a_remote_session_says_how_to_take_part(sessions, vault, channel):
    hall = a_hall(
        sessions, vault, channel, remote=True, place="", street="", commune="",
        link="https://visio.example/ent",
    )  # fmt: skip
    hall.signs_up(0, now=EARLY)
    said = days_of(sessions, WEEK[2]).left[-1]
    assert "https://visio.example/ent" in said.text


LONG = ("Accompagner son enfant sur les écrans " * 5, "Salle des fêtes " * 12, "Saint-" * 9)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("title", "place", "commune"), [("Découvrir l'ENT", "Médiathèque", "Latillé"), LONG]
)
def test_every_reminder_fits_in_two_sms_with_its_digits(
    sessions, vault, language, title, place, commune
):
    hall = a_hall(sessions, vault, "sms", place=place, commune=commune, silence_releases=True)
    hall.signs_up(0, size=3, now=EARLY)
    with sessions.begin() as session:
        session.get_one(Address, hall.people[0]).contact.language = language
        session.query(Workshop).one().title = title[:200]
    days = days_of(sessions, *WEEK[:3])
    with sessions.begin() as session:
        row = session.scalars(select(SignUp)).one()
        for state in (SignUpState.ATTENDED, SignUpState.ABSENT):
            row.state = state
            session.flush()
            fresh = Delivery(
                cause="reminder", cause_id=row.id, purpose="merci:0", channel="sms",
                address=session.get_one(Address, hall.people[0]),
            )  # fmt: skip
            with session.no_autoflush:
                bubble = days.reminders.word(session, fresh, paris(18, 11))
            _two_segments(bubble.text, [choice.label for choice in bubble.choices], language)
        session.rollback()
    for one in days.left:
        choices = days_choices(sessions, one.id)
        _two_segments(one.text, choices, language)
        assert commune[:3] in one.text
        assert title[:5] in one.text


def days_choices(sessions, number):
    with sessions.begin() as session:
        return [choice.label for choice in session.get_one(Delivery, number).picks()]


def _two_segments(text, labels, language):
    size = sms.size(sms.numbered(text, labels))
    assert size.segments <= 2, (text, labels)
    assert size.unicode == (language == "ar"), text
    assert "{" not in text


# Silence


def silent_hall(sessions, vault, **more):
    hall = a_hall(sessions, vault, seats=2, silence_releases=True, **more)
    for person in range(3):
        hall.signs_up(person, now=EARLY)
    return hall


def test_silence_gives_the_seat_back_at_the_hour_that_was_announced(sessions, vault):
    hall = silent_hall(sessions, vault)
    days = days_of(sessions, WEEK[0], WEEK[1])
    said = [one for one in days.left if one.purpose == "j2:0"]
    assert "Sans réponse avant mercredi 16 décembre à 12 h 30" in said[0].text
    with sessions.begin() as session:
        session.get_one(SignUp, hall.row(0).id).answered_at = WEEK[1] + HOUR
    days.tick(paris(16, 12, 29))
    assert hall.state(1) == SignUpState.CONFIRMED
    told = days.tick(paris(16, 12, 31))
    assert (hall.state(0), hall.state(1)) == (SignUpState.CONFIRMED, SignUpState.CANCELLED)
    assert hall.row(1).reason == "no_answer"
    assert hall.state(2) == SignUpState.OFFERED  # the next, as ever
    assert {one.purpose for one in told} >= {"silent:0", "offer:1"}


@pytest.mark.parametrize("how", ["wrote", "was told late", "staff said no", "not sent"])
def test_no_seat_goes_when_it_was_not_plain_silence(sessions, vault, how):
    hall = silent_hall(sessions, vault)
    days = days_of(sessions, WEEK[0])
    days.tick(paris(16, 8) if how == "was told late" else WEEK[1])
    with sessions.begin() as session:
        if how == "wrote":
            for one in session.scalars(select(Contact)):
                one.seen_at = WEEK[1] + HOUR
        if how == "staff said no":
            session.scalars(select(WorkshopSession)).one().silence_releases = False
        if how == "not sent":
            for row in session.scalars(select(Delivery).where(Delivery.purpose == "j2:0")):
                row.state = State.FAILED
    days.tick(paris(16, 12, 31))
    assert (hall.state(0), hall.state(1)) == (SignUpState.CONFIRMED, SignUpState.CONFIRMED)


def test_without_the_choice_of_staff_nothing_is_announced_nor_given_back(sessions, vault):
    hall = silent_hall(sessions, vault)
    hall.becomes(silence_releases=False)
    days = days_of(sessions, *WEEK[:3])
    assert not [one for one in days.left if "Sans réponse avant" in one.text]
    assert hall.state(1) == SignUpState.CONFIRMED


def test_staff_see_whom_to_phone_once_the_last_question_was_asked(sessions, vault):
    hall = a_hall(sessions, vault)
    for person in range(3):
        hall.signs_up(person, now=EARLY)
    days = days_of(sessions, WEEK[0])
    with sessions.begin() as session:
        session.get_one(SignUp, hall.row(0).id).answered_at = WEEK[0]
        assert days.silence.to_phone(session, WEEK[0]) == []
        found = days.silence.to_phone(session, WEEK[1])
        assert [row.address_id for row in found] == hall.people[1:3]
        assert days.silence.to_phone(session, WEEK[1], session_id=999) == []


# The day after


def after(sessions, vault, **states):
    hall = a_hall(sessions, vault, seats=6)
    for person in range(len(states)):
        hall.signs_up(person, now=EARLY)
    with sessions.begin() as session:
        rows = session.scalars(select(SignUp).order_by(SignUp.id))
        for row, state in zip(rows, states.values(), strict=True):
            row.state = state
    days = days_of(sessions, paris(18, 11))
    return hall, {one.address_id: one for one in days.left if one.purpose == "merci:0"}


def test_who_came_is_thanked_and_asked_how_it_was_and_who_did_not_is_shown_another_date(
    sessions, vault
):
    states = {"a": SignUpState.ATTENDED, "b": SignUpState.ABSENT, "c": SignUpState.EXCUSED}
    hall, told = after(sessions, vault, **states)
    came, absent = told[hall.people[0]], told[hall.people[1]]
    number = hall.row(0).id
    assert came.does == tuple(f"rate:{number}:{rating}" for rating in (3, 2, 1))
    assert "Vous nous avez manqué" in absent.text
    assert absent.does[0].startswith("interest:")
    assert hall.people[2] not in told


def test_when_no_roll_was_taken_everybody_is_thanked_and_nothing_asked(sessions, vault):
    hall, told = after(sessions, vault, a=SignUpState.CONFIRMED)
    assert told[hall.people[0]].does == ()
    assert told[hall.people[0]].text.startswith("Merci pour")
