"""Providers that slow down or go away, a full disk, a restarting database, several senders."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.channels.base import Busy, Sent, TryLater
from bot.leading import Leadership
from bot.sending import ledger, pump, sender
from bot.sending.sender import Sender
from bot.sending.waiting import Claimed
from core.db import make_engine, make_sessions
from core.files import Files
from core.messages import Bubble, Kind, Outgoing
from core.outbox import claiming, posting
from core.outbox.alarm import ring_on_commit
from core.outbox.delivery import Cause, Delivery, Lane, State
from tests.peers.waiting import until, until_now
from tests.world import NOON, a_contact

FRIDAY = NOON - timedelta(days=1)


class Network:
    """A channel that takes a moment; *answers* gives what it says to a text, None: taken."""

    name, kind = "sms", Kind.SMS

    def __init__(self, pace=0.0, answers=lambda text: None):
        self.pace, self._answers = pace, answers
        self.got = []

    async def send(self, outgoing):
        await asyncio.sleep(0.001)
        if error := self._answers(outgoing.text):
            raise error
        self.got.append(outgoing.text)
        return Sent("p1", 1)


def a_sender(sessions, vault, network, clock=lambda: FRIDAY):
    return Sender(sessions, vault, {"sms": network}, Files({}, {}), {}, clock)


def post(sessions, vault, people, lane=Lane.BULK):
    with sessions.begin() as session:
        for number in range(people):
            who = a_contact(session, vault, address=f"+33639980{number:03}")
            posting.post(
                session, who, Cause.BROADCAST, 1, "1", Bubble(f"{number}"), FRIDAY, lane=lane
            )


def states(sessions):
    with sessions.begin() as session:
        rows = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
        return {row[0]: row[1] for row in rows}


async def run_until(one, ready, what):
    running = asyncio.create_task(one.run())
    try:
        await until(ready, what)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("lane", [Lane.BULK, Lane.URGENT])
async def test_a_reply_overtakes_what_waits_for_its_turn(sessions, vault, lane):
    network = Network(pace=30.0)
    post(sessions, vault, 100, lane)
    one = a_sender(sessions, vault, network)
    ring_on_commit(sessions, one.wake)

    def ask():
        with sessions.begin() as session:
            who = a_contact(session, vault, address="+33639980999")
            posting.reply(session, who, 1, [Bubble("réponse")], FRIDAY)

    running = asyncio.create_task(one.run())
    await until(lambda: len(network.got) > 5, "some to leave")
    before = len(network.got)
    await asyncio.to_thread(ask)
    await until(lambda: "réponse" in network.got, "the reply")
    assert network.got.index("réponse") - before < 8
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_was_claimed_and_did_not_leave_is_given_back_when_it_stops(sessions, vault):
    post(sessions, vault, 40)
    network = Network(pace=5.0)
    await run_until(a_sender(sessions, vault, network), lambda: network.got, "the first")
    left = len(network.got)
    assert states(sessions) == {State.SENT: left, State.QUEUED: 40 - left}
    with sessions.begin() as session:
        assert not session.scalar(select(func.count()).where(Delivery.repeated))


async def test_a_second_chat_that_is_too_much_holds_the_account_and_a_single_one_does_not():
    held = []
    for first, second in (("a", "a"), ("a", "b")):
        line = pump.Pump(Network(30.0), None, None, pump.Pace(30.0), None)
        for chat in (first, second):
            outgoing = Outgoing(1, chat, "")
            line._mind(Claimed(0, 1, "", outgoing), Busy("429", timedelta(seconds=9)))
        held.append(line.pace._opens_at() > asyncio.get_running_loop().time() + 5)
    assert held == [False, True]


async def test_what_waited_longer_than_its_lease_is_claimed_again_and_sent_once(
    sessions, vault, monkeypatch
):
    """The provider told the account to wait; meanwhile the lease of what was claimed ends."""
    now, network = [FRIDAY], Network()
    post(sessions, vault, 3)
    one = a_sender(sessions, vault, network, lambda: now[0])
    line = one._pumps["sms"]
    monkeypatch.setattr(pump, "KEEPS", 0.0)
    await line._take()
    now[0] += 2 * claiming.LEASE
    one._take_back("sms")
    while line._waiting:
        await line._next()
    monkeypatch.undo()
    await one.drain()
    assert sorted(network.got) == ["0", "1", "2"]
    assert states(sessions) == {State.SENT: 3}


async def test_an_hour_without_a_gateway_loses_nobody(sessions, vault, monkeypatch):
    """The clock is ours: every look is ten minutes later."""
    monkeypatch.setattr(pump, "LONGEST_HOLD", 0.0)
    now, back = [FRIDAY], FRIDAY + timedelta(hours=1)
    network = Network(answers=lambda text: TryLater("away") if now[0] < back else None)
    post(sessions, vault, 30)
    one = a_sender(sessions, vault, network, lambda: now[0])
    while now[0] < FRIDAY + timedelta(hours=2):
        await one.drain()
        now[0] += timedelta(minutes=10)
    assert states(sessions) == {State.SENT: 30}
    assert Counter(network.got).most_common(1)[0][1] == 1


async def test_a_full_disk_makes_nobody_wait_for_ever_and_nobody_read_twice(
    sessions, vault, monkeypatch, caplog
):
    monkeypatch.setattr(ledger, "AGAIN_AFTER", 0.05)
    monkeypatch.setattr(pump, "LOOK_EVERY", 0.05)
    post(sessions, vault, 20)
    network = Network()

    def fill(pages):
        # The only connection of this engine (core.db): SQLite itself says that the disk is full.
        with sessions.begin() as session:
            session.execute(text(f"PRAGMA max_page_count = {pages}"))

    def is_full():
        return "cannot" in caplog.text

    with sessions.begin() as session:
        session.execute(text("CREATE TABLE filler (x BLOB)"))
        grow_statement = (
            "CREATE TRIGGER full AFTER UPDATE ON delivery BEGIN "
            "INSERT INTO filler VALUES (zeroblob(100000)); END"
        )
        session.execute(text(grow_statement))
        pages = session.scalar(text("PRAGMA page_count"))
    fill(pages + 300)  # room for a few rows, and then no more
    one = a_sender(sessions, vault, network)
    running = asyncio.create_task(one.run())
    await until(is_full, "the disk to be full")
    await asyncio.to_thread(fill, 1_000_000)
    await until(lambda: states(sessions) == {State.SENT: 20}, "all to be sent")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert sorted(network.got, key=int) == [str(number) for number in range(20)]


@pytest.mark.parametrize("number", [2, 4])
async def test_several_senders_send_nothing_twice_and_keep_the_pace(
    fresh_database, vault, monkeypatch, number
):
    monkeypatch.setattr(sender, "SURE", timedelta(seconds=0.5))
    monkeypatch.setattr(sender, "SHOWS", timedelta(seconds=0.1))
    url, network = fresh_database(), Network(pace=60.0)
    engines = [make_engine(url) for _ in range(number)]
    all_sessions = [make_sessions(engine) for engine in engines]
    post(all_sessions[0], vault, 120)
    senders = [a_sender(sessions, vault, network) for sessions in all_sessions]
    running = [asyncio.create_task(one.run()) for one in senders]
    await until(lambda: len(network.got) >= 120, "all to leave")
    await until(lambda: states(all_sessions[0]) == {State.SENT: 120}, "all to be written down")
    parts = [one._pumps["sms"].pace.a_second for one in senders]
    assert sum(parts) == 60
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for engine in engines:
        engine.dispose()
    assert Counter(network.got).most_common(1)[0][1] == 1


async def test_a_sender_that_cannot_show_itself_sends_nothing(sessions, vault, monkeypatch):
    monkeypatch.setattr(sender, "SURE", timedelta(seconds=0.2))
    network = Network()
    one = a_sender(sessions, vault, network)
    monkeypatch.setattr(one, "_take_place", lambda *_: 1 / 0)
    one._pumps["sms"].share(0, 0.0)
    one._pumps["sms"]._until = 0.0
    post(sessions, vault, 1)
    running = asyncio.create_task(one.run())
    await asyncio.sleep(0.3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert network.got == []
    assert states(sessions) == {State.QUEUED: 1}


def test_one_clock_leads_and_another_takes_over_when_it_dies(fresh_database):
    engine = make_engine(fresh_database())
    first, second = Leadership(engine), Leadership(engine)
    assert (first.holds(), second.holds(), first.holds()) == (True, False, True)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE locktype = 'advisory' AND objid = 6"
            )
        )
    until_now(second.holds, "the lock to be free")
    assert not first.holds()
    second.give_up()
    assert first.holds()
    first.give_up()
    engine.dispose()
