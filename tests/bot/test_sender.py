"""The sender: what it does with each answer of a provider, and after it was killed."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bot.channels.base import Busy, Refused, Sent, TryLater, Uncertain, Unreachable
from bot.sending import pump
from bot.sending.sender import Sender
from core.files import Files
from core.messages import Attachment, Bubble, Kind, Outgoing
from core.outbox import claiming, posting, results
from core.outbox.alarm import ring_on_commit
from core.outbox.delivery import Cause, Delivery, Lane, State
from core.people.contacts import AddressState
from tests.world import NOON, a_contact

NO_FILES = Files({}, {})


class Phone:
    """A channel that answers as it is told, then takes everything."""

    name, kind, pace = "sms", Kind.SMS, 0.0

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.got: list[str] = []
        self.files: list[Attachment | None] = []

    async def send(self, outgoing: Outgoing) -> Sent:
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop(0)
        self.got.append(outgoing.text)
        self.files.append(outgoing.attachment)
        return Sent("p1", 1)


class Post:
    """A sender on one phone, and the only row it has to send."""

    def __init__(self, sessions, vault, phone, files=NO_FILES, file=""):
        self.sessions, self.phone, self.now = sessions, phone, NOON
        self.sender = Sender(sessions, vault, {"sms": phone}, files, {}, lambda: self.now)
        with sessions.begin() as session:
            bubble = Bubble("bonjour", file=file)
            posting.reply(session, a_contact(session, vault), 1, [bubble], NOON)

    async def drain(self, later=timedelta()):
        self.now += later
        await self.sender.drain()
        with self.sessions.begin() as session:
            row = session.scalars(select(Delivery)).one()
            assert row.address
            return row


@pytest.mark.parametrize(
    ("fault", "state", "address"),
    [
        (None, State.SENT, AddressState.OPEN),
        (TryLater("down"), State.QUEUED, AddressState.OPEN),
        (Busy("busy", timedelta(seconds=30)), State.QUEUED, AddressState.OPEN),
        (Refused("too long"), State.FAILED, AddressState.OPEN),
        (Unreachable("blocked"), State.FAILED, AddressState.UNREACHABLE),
        (Uncertain("timed out"), State.UNCERTAIN, AddressState.OPEN),
        (RuntimeError("a bug"), State.UNCERTAIN, AddressState.OPEN),
    ],
)
async def test_the_error_carries_the_decision(sessions, vault, fault, state, address):
    post = Post(sessions, vault, Phone(*([fault] if fault else [])))
    row = await post.drain()
    assert (row.state, row.address.state) == (state, address)
    assert (row.lease, row.leased_until) == (None, None)


def a_file(session, what, listener, now):
    return Attachment(f"{what}.ics", now.isoformat().encode(), "text/calendar")


def no_file(session, what, listener, now):
    raise LookupError(what)


@pytest.mark.parametrize(
    ("kind", "maker", "content"),
    [
        (Kind.CHAT, a_file, (NOON + timedelta(hours=1)).isoformat().encode()),
        (Kind.CHAT, no_file, None),
        (Kind.SMS, a_file, None),
    ],
)
async def test_a_file_is_made_when_it_leaves_and_its_words_go_without_it(
    sessions, vault, kind, maker, content
):
    phone = Phone()
    post = Post(sessions, vault, phone, Files({"calendar": maker}, {"sms": kind}), "calendar:7")
    row = await post.drain(timedelta(hours=1))
    assert row.state == State.SENT
    assert phone.got == ["bonjour"]
    assert [one.content if one else None for one in phone.files] == [content]


async def test_what_failed_for_a_moment_arrives_once(sessions, vault):
    phone = Phone(TryLater("down"), Busy("busy", timedelta(seconds=3)), TryLater("down"))
    post = Post(sessions, vault, phone)
    for _ in range(5):
        row = await post.drain(later=timedelta(minutes=1))
    assert (row.state, row.attempts) == (State.SENT, 2)
    assert phone.got == ["bonjour"]


async def test_a_killed_sender_loses_nothing_and_what_it_held_is_marked(sessions, vault):
    post = Post(sessions, vault, Phone())
    post.sender._claim("sms", claiming.Room())  # then it dies, with the row on the wire
    assert (await post.drain()).state == State.SENDING
    row = await post.drain(later=claiming.LEASE * 2)
    assert (row.state, row.repeated) == (State.SENT, True)


async def test_bubbles_arrive_in_their_order_to_each_of_many_people(sessions, vault):
    phone = Phone()
    sender = Sender(sessions, vault, {"sms": phone}, NO_FILES, {}, lambda: NOON)
    with sessions.begin() as session:
        for number in range(20):
            who = a_contact(session, vault, address=f"+336399800{number:02}")
            bubbles = [Bubble(f"{number}.{part}") for part in range(3)]
            posting.reply(session, who, number, bubbles, NOON)
    await sender.drain()
    for number in range(20):
        mine = [text for text in phone.got if text.startswith(f"{number}.")]
        assert mine == [f"{number}.0", f"{number}.1", f"{number}.2"]


async def test_a_reply_leaves_as_soon_as_the_sender_is_woken(sessions, vault):
    phone = Phone()
    sender = Sender(sessions, vault, {"sms": phone}, NO_FILES, {}, lambda: NOON)
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    with sessions.begin() as session:
        posting.reply(session, a_contact(session, vault), 1, [Bubble("bonjour")], NOON)
    sender.wake("sms")
    async with asyncio.timeout(5):
        while not phone.got:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_reply_costs_four_statements(sessions, vault, monkeypatch):
    monkeypatch.setattr(pump, "LOOK_EVERY", 60.0)
    monkeypatch.setattr("bot.sending.sender.SHOWS", timedelta(hours=1))
    phone, asked = Phone(), []
    sender = Sender(sessions, vault, {"sms": phone}, NO_FILES, {}, lambda: NOON)
    ring_on_commit(sessions, sender.wake)

    @event.listens_for(sessions.kw["bind"], "before_cursor_execute")
    def note(connection, cursor, statement, *more):
        asked.append(" ".join(statement.split()[:2]))

    running = asyncio.create_task(sender.run())
    for number in (1, 2):  # the first finds a sender that has only just begun
        with sessions.begin() as session:
            posting.reply(session, a_contact(session, vault), number, [Bubble("bonjour")], NOON)
        asked.clear()
        async with asyncio.timeout(10):
            while len(phone.got) < number:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
    costs = [one for one in asked if one != "BEGIN IMMEDIATE"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    look = "SELECT contact.id,"
    # The last is for the next bubble.
    assert costs == [look, "UPDATE delivery", "UPDATE delivery", look]


class Losing(Phone):
    """A gateway whose report that it was lost comes before its answer."""

    def __init__(self, sessions):
        super().__init__()
        self.sessions = sessions

    async def send(self, outgoing):
        with self.sessions.begin() as session:
            results.report(session, outgoing.delivery_id, "sms", False, NOON)
        return await super().send(outgoing)


async def test_what_is_reported_lost_before_the_answer_goes_out_on_the_other_channel_once(
    sessions, vault
):
    channels = {"sms": Losing(sessions), "telegram": Phone()}
    makers = {Cause.CALLED_OFF: lambda session, row, now: Bubble("annulé")}
    sender = Sender(sessions, vault, channels, NO_FILES, makers, lambda: NOON)
    with sessions.begin() as session:
        phone, chat = a_contact(session, vault), a_contact(session, vault, "telegram", "70")
        chat.contact = phone.contact
        posting.post(session, phone, Cause.CALLED_OFF, 1, "1", None, NOON, lane=Lane.URGENT)
    async with asyncio.timeout(30):
        await sender.drain()
    assert [one.got for one in channels.values()] == [["annulé"], ["annulé"]]
    with sessions.begin() as session:
        assert set(session.scalars(select(Delivery.state))) == {State.FAILED, State.SENT}
