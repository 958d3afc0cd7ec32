from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.messages import Bubble, Choice
from core.outbox import claiming, posting, prompts, results
from core.outbox.delivery import Cause, Delivery, Lane, State
from core.people.contacts import AddressState, change_state
from tests.world import NOON, a_contact, has_left, mine

SMS = "sms"


def queue(sessions, vault, *texts, cause_id=1, **changes):
    """Rows in the outbox for one person; their ids."""
    with sessions.begin() as session:
        rows = posting.reply(
            session, a_contact(session, vault), cause_id, [Bubble(text) for text in texts], NOON
        )
        for row in rows:
            for name, value in changes.items():
                setattr(row, name, value)
        return [row.id for row in rows]


def claim(sessions, now=NOON, **options):
    with sessions.begin() as session:
        claiming.take_back(session, SMS, now)
        return claiming.claim(session, SMS, now, **options)


def get(sessions, row_id) -> Delivery:
    with sessions.begin() as session:
        return session.get_one(Delivery, row_id)


def test_bubbles_of_a_reply_leave_one_after_the_other_whoever_sends_them(sessions, vault):
    queue(sessions, vault, "un", "deux", "trois")
    assert [row.text for row in claim(sessions)] == ["un"]
    assert claim(sessions) == []  # another sender
    with sessions.begin() as session:
        row = session.scalars(select(Delivery).where(Delivery.text == "un")).one()
        has_left(row, "p1", 1, NOON)
    assert [row.text for row in claim(sessions)] == ["deux"]


def test_a_claimed_row_is_not_claimed_by_another_sender(sessions, vault):
    queue(sessions, vault, "un")
    assert len(claim(sessions)) == 1
    assert claim(sessions) == []


def test_replies_overtake_bulk(sessions, vault):
    queue(sessions, vault, "rappel", lane=Lane.BULK, cause=Cause.REMINDER)
    queue(sessions, vault, "réponse", cause_id=2)
    assert [row.text for row in claim(sessions)] == ["réponse"]


def test_the_same_message_cannot_be_queued_twice(sessions, vault):
    queue(sessions, vault, "un")
    with pytest.raises(IntegrityError):
        queue(sessions, vault, "un")


def test_a_lease_that_ran_out_is_taken_over_and_marked(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    claim(sessions)
    later = NOON + claiming.LEASE + timedelta(seconds=1)
    (row,) = claim(sessions, later)
    assert row.id == row_id
    assert row.repeated


def test_a_sender_that_lost_its_lease_changes_nothing(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    (old,) = claim(sessions)
    claim(sessions, NOON + claiming.LEASE * 2)
    with sessions.begin() as session:
        assert results.held(session, {row_id: old.lease}) == {}


def test_retry_after_is_obeyed_and_costs_no_attempt(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    (row,) = claim(sessions)
    with sessions.begin() as session:
        results.retry(mine(session, row), "busy", NOON, timedelta(seconds=30))
    assert claim(sessions, NOON + timedelta(seconds=29)) == []
    assert len(claim(sessions, NOON + timedelta(seconds=30))) == 1
    assert get(sessions, row_id).attempts == 0


def test_a_fault_that_stays_for_hours_is_final(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    now = NOON
    for _ in range(results.MAX_ATTEMPTS):
        (row,) = claim(sessions, now)
        with sessions.begin() as session:
            results.retry(mine(session, row), "down", now)
        now += timedelta(minutes=10)
    assert get(sessions, row_id).state == State.FAILED
    assert claim(sessions, now) == []


def test_nothing_leaves_before_its_time_nor_after_it(sessions, vault):
    (row_id,) = queue(
        sessions, vault, "un",
        not_before=NOON + timedelta(hours=1), not_after=NOON + timedelta(hours=2),
    )  # fmt: skip
    assert claim(sessions, NOON) == []
    assert claim(sessions, NOON + timedelta(hours=3)) == []
    row = get(sessions, row_id)
    assert (row.state, row.reason) == (State.SKIPPED, "too late")


@pytest.mark.parametrize("reports", [(True, False), (False, True)])
def test_delivery_reports_count_in_any_order(sessions, vault, reports):
    (row_id,) = queue(sessions, vault, "un")
    (row,) = claim(sessions)
    with sessions.begin() as session:
        has_left(mine(session, row), "p1", 1, NOON)
    for arrived in reports:
        with sessions.begin() as session:
            assert results.report(session, row_id, "sms", arrived, NOON)
    assert get(sessions, row_id).state == State.DELIVERED


def test_a_report_that_overtakes_the_answer_of_the_gateway_is_kept(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    (row,) = claim(sessions)
    with sessions.begin() as session:
        results.report(session, row_id, "sms", True, NOON)
    with sessions.begin() as session:
        has_left(mine(session, row), "p1", 1, NOON)
    assert get(sessions, row_id).state == State.DELIVERED
    assert get(sessions, row_id).provider_id == "p1"


def test_a_delivered_row_is_never_sent_again_when_its_lease_ends(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    claim(sessions)
    with sessions.begin() as session:
        results.report(session, row_id, "sms", True, NOON)
    assert claim(sessions, NOON + claiming.LEASE * 2) == []


def test_a_report_for_another_channel_is_refused(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    with sessions.begin() as session:
        assert not results.report(session, row_id, "telegram", True, NOON)
        assert not results.report(session, 999, "sms", True, NOON)


def test_somebody_who_stopped_gets_replies_and_nothing_else(sessions, vault):
    reminder, reply = queue(sessions, vault, "rappel", "réponse")
    with sessions.begin() as session:
        row = session.get_one(Delivery, reminder)
        row.cause = Cause.REMINDER
        change_state(row.address, AddressState.STOPPED, NOON)
        row.lane = Lane.NOTICE
    assert [row.id for row in claim(sessions)] == [reply]
    assert get(sessions, reminder).state == State.QUEUED
    with sessions.begin() as session:
        has_left(session.get_one(Delivery, reply), "p1", 1, NOON - timedelta(hours=1))
    assert claim(sessions) == []
    assert get(sessions, reminder).state == State.SKIPPED


def test_an_uncertain_message_is_never_sent_again_by_itself(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    (row,) = claim(sessions)
    with sessions.begin() as session:
        results.doubt(mine(session, row), "timed out", NOON)
    assert claim(sessions, NOON + timedelta(hours=1)) == []
    assert get(sessions, row_id).state == State.UNCERTAIN


def test_a_blocked_address_is_unreachable_until_they_write_again(sessions, vault):
    (row_id,) = queue(sessions, vault, "un")
    (row,) = claim(sessions)
    with sessions.begin() as session:
        results.fail(mine(session, row), "blocked", NOON, unreachable=True)
    with sessions.begin() as session:
        assert session.get_one(Delivery, row_id).address.state == AddressState.UNREACHABLE
    with sessions.begin() as session:
        assert a_contact(session, vault).state == AddressState.OPEN


def test_the_last_prompt_is_the_newest_message_with_choices(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        choices = (Choice("Vienne", "territory:vienne:x"),)
        posting.reply(session, address, 1, [Bubble("où ?", choices)], NOON)
        posting.reply(session, address, 2, [Bubble("merci")], NOON)
        assert prompts.last_prompt(session, address) is None  # nothing was sent yet
        claiming.claim(session, SMS, NOON)
        assert prompts.last_prompt(session, address).picks() == choices


def test_a_message_that_answers_none_is_queued_once(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        bubble = Bubble("Réponse de l'équipe")
        for expected in (True, False):
            row = posting.post(
                session, address, Cause.HANDOFF, 1, "answer-1", bubble, NOON, vault=vault
            )
            assert (row is not None) is expected


def test_what_was_asked_for_reaches_somebody_who_stopped(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        change_state(address, AddressState.STOPPED, NOON)
        for cause in (Cause.HANDOFF, Cause.BROADCAST):
            posting.post(session, address, cause, 1, "1", Bubble(cause), NOON)
    assert [row.cause for row in claim(sessions)] == [Cause.HANDOFF]


@pytest.mark.parametrize("how", ["sent", "failed", "doubted", "delivered", "late"])
def test_sealed_words_are_erased_when_they_have_left_or_never_will(sessions, vault, how):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        row = posting.post(
            session, address, Cause.HANDOFF, 1, "1", Bubble("secret"), NOON, vault=vault
        )
        row_id = row.id
    assert get(sessions, row_id).sealed
    if how == "late":
        claim(sessions, NOON + timedelta(days=2))
    else:
        (row,) = claim(sessions)
        assert row.reveal(vault) == "secret"
        with sessions.begin() as session:
            if how == "sent":
                has_left(mine(session, row), "p1", None, NOON)
            elif how == "failed":
                results.fail(mine(session, row), "refused", NOON)
            elif how == "doubted":
                results.doubt(mine(session, row), "timed out", NOON)
            else:
                results.report(session, row_id, "sms", True, NOON)
    assert get(sessions, row_id).sealed is None


def test_what_is_held_back_never_leaves_and_what_has_left_is_told(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        later = NOON + timedelta(minutes=2)
        posting.post(session, address, Cause.HANDOFF, 1, "1", Bubble("a"), NOON, not_before=later)
        assert not posting.cancel(session, Cause.HANDOFF, 1, NOON)
        posting.post(session, address, Cause.HANDOFF, 2, "1", Bubble("b"), NOON)
        assert [row.text for row in claiming.claim(session, SMS, later)] == ["b"]
        assert posting.cancel(session, Cause.HANDOFF, 2, NOON)


def test_an_answer_that_was_promised_waits_for_the_day(sessions, vault):
    night = NOON.replace(hour=21)  # 22:00 in Paris, on a Saturday
    (row_id,) = queue(sessions, vault, "voici", cause=Cause.ANSWER, lane=Lane.BULK, not_after=None)
    assert claim(sessions, night) == []
    row = get(sessions, row_id)
    assert (row.state, row.lease) == (State.QUEUED, None)
    monday = NOON.replace(day=23, hour=7)
    assert claim(sessions, monday - timedelta(seconds=1)) == []
    assert [row.text for row in claim(sessions, monday)] == ["voici"]


def test_a_message_that_answers_none_of_theirs_is_queued_in_bulk(sessions, vault):
    with sessions.begin() as session:
        address = a_contact(session, vault)
        posting.post(session, address, Cause.ANSWER, 7, "1", Bubble("voici"), NOON, lane=Lane.BULK)
    (row,) = claim(sessions)
    assert (row.text, row.lane, row.cause, row.cause_id) == ("voici", Lane.BULK, "answer", 7)
