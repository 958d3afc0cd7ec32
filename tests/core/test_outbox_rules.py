"""What nobody asked for: by day, in measure, not after a stop, by the other channel if need be."""

from datetime import timedelta

import pytest

from core.messages import Bubble
from core.outbox import claiming, posting, results
from core.outbox.delivery import Cause, Delivery, Lane, State
from core.outbox.rerouting import reroute
from core.people import consents
from core.people.contacts import AddressState, change_state
from tests.world import NOON, a_contact, has_left

FRIDAY = NOON - timedelta(days=1)  # NOON is a Saturday
NIGHT = FRIDAY.replace(hour=20)  # 21:00 in Paris


def post(session, vault, cause=Cause.BROADCAST, cause_id=1, **options):
    address = options.pop("to", None) or a_contact(session, vault)
    options = {"lane": Lane.BULK} | options
    return posting.post(session, address, cause, cause_id, "1", Bubble(cause), FRIDAY, **options)


def claim(session, now=FRIDAY):
    """The causes that leave now; each has arrived."""
    rows = claiming.claim(session, "sms", now)
    for row in rows:
        has_left(row, "p", 1, now)
    return [row.cause for row in rows]


@pytest.fixture
def session(kept_sessions):
    with kept_sessions.begin() as session:
        yield session


def test_a_day_is_enough_for_four_messages_that_nobody_asked_for(session, vault):
    for number in range(6):
        post(session, vault, cause_id=number, for_long=timedelta(days=3))
    now, left = FRIDAY, []
    for _ in range(10):
        left += claim(session, now)
        now += timedelta(seconds=2)
    assert len(left) == claiming.MOST_A_DAY
    saturday = FRIDAY + timedelta(days=1)
    assert claim(session, saturday)
    assert claim(session, saturday + timedelta(seconds=2))


def test_what_cannot_wait_for_tomorrow_is_skipped_and_says_why(session, vault):
    for number in range(5):
        row = post(session, vault, cause_id=number, for_long=timedelta(hours=3))
        claim(session, FRIDAY + timedelta(seconds=2 * number))
    assert (row.state, row.reason) == (State.SKIPPED, "enough for a day")


def test_a_session_that_is_called_off_is_told_whatever_came_before(session, vault):
    for number in range(4):
        post(session, vault, cause_id=number)
        claim(session, FRIDAY + timedelta(seconds=2 * number))
    post(session, vault, Cause.CALLED_OFF, lane=Lane.NOTICE)
    assert claim(session, FRIDAY + timedelta(minutes=1)) == [Cause.CALLED_OFF]


def test_at_night_only_answers_leave_and_what_must_be_known_before_the_morning(session, vault):
    post(session, vault, for_long=timedelta(days=1))
    assert claim(session, NIGHT) == []
    urgent = a_contact(session, vault, address="+33639980002")
    post(session, vault, Cause.CALLED_OFF, lane=Lane.URGENT, to=urgent)
    assert claim(session, NIGHT) == [Cause.CALLED_OFF]
    assert claim(session, NOON.replace(hour=7)) == [Cause.BROADCAST]  # 8:00 in Paris


def test_nobody_is_written_to_twice_in_a_second_but_in_answer(session, vault):
    post(session, vault, cause_id=1)
    post(session, vault, cause_id=2)
    assert len(claim(session)) == 1
    assert claim(session, FRIDAY + timedelta(seconds=0.9)) == []
    posting.reply(session, a_contact(session, vault), 1, [Bubble("oui")], FRIDAY)
    assert claim(session, FRIDAY + timedelta(seconds=0.9)) == [Cause.REPLY]
    assert claim(session, FRIDAY + timedelta(seconds=2)) == [Cause.BROADCAST]


def test_one_session_may_be_stopped_and_the_others_go_on(session, vault):
    address = a_contact(session, vault)
    consents.stop_stream(session, address, 42, FRIDAY)
    row = post(session, vault, Cause.REMINDER, 1, about=42)
    post(session, vault, Cause.REMINDER, 2, about=43)
    assert claim(session) == [Cause.REMINDER]
    assert (row.state, row.reason) == (State.SKIPPED, "stopped for this session")
    consents.start_stream(session, address, 42)
    post(session, vault, Cause.REMINDER, 3, about=42)
    assert claim(session, FRIDAY + timedelta(minutes=1)) == [Cause.REMINDER]


def two_ways(session, vault):
    """Somebody on Telegram and by SMS."""
    phone, chat = a_contact(session, vault), a_contact(session, vault, "telegram", "70")
    chat.contact = phone.contact
    session.flush()
    return phone, chat


@pytest.mark.parametrize("how", ["failed", "unreachable before", "stopped before"])
def test_what_one_channel_could_not_deliver_goes_out_on_the_other_once(session, vault, how):
    phone, chat = two_ways(session, vault)
    if how != "failed":
        state = AddressState(how.split()[0])
        change_state(chat, state, FRIDAY)
    row = post(session, vault, Cause.BROADCAST, to=chat)
    (*rows,) = claiming.claim(session, "telegram", FRIDAY)
    if how == "failed":
        results.fail(rows[0], "blocked", FRIDAY, unreachable=True)
        reroute(session, row, FRIDAY)
    instead = session.query(Delivery).filter_by(instead_of=row.id).one()
    assert (instead.channel, instead.address_id, instead.text) == ("sms", phone.id, "")
    (one,) = claiming.claim(session, "sms", FRIDAY)
    results.fail(one, "blocked", FRIDAY, unreachable=True)
    assert reroute(session, one, FRIDAY) is None


def test_an_answer_stays_where_it_was_asked(session, vault):
    _, chat = two_ways(session, vault)
    (row,) = posting.reply(session, chat, 1, [Bubble("oui")], FRIDAY)
    results.fail(*claiming.claim(session, "telegram", FRIDAY), "blocked", FRIDAY, unreachable=True)
    assert reroute(session, row, FRIDAY) is None


def test_what_is_late_is_not_sent_elsewhere(session, vault):
    _, chat = two_ways(session, vault)
    row = post(session, vault, Cause.REMINDER, to=chat, for_long=timedelta(hours=1))
    assert claiming.claim(session, "telegram", FRIDAY + timedelta(hours=2)) == []
    assert (row.state, row.reason) == (State.SKIPPED, "too late")
    assert reroute(session, row, FRIDAY + timedelta(hours=2)) is None


def test_a_report_that_it_never_arrived_sends_it_elsewhere_and_closes_a_dead_number(session, vault):
    phone, chat = two_ways(session, vault)
    row = post(session, vault, Cause.REMINDER, to=phone)
    assert claim(session) == [Cause.REMINDER]
    results.report(session, row.id, "sms", False, FRIDAY, gone=True)
    assert phone.state == AddressState.UNREACHABLE
    instead = session.query(Delivery).filter_by(instead_of=row.id).one()
    assert instead.address_id == chat.id
