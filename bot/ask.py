"""Talk to the assistant in bulk: the same inbox and the same Rasa, each line a new person.

The people are made up on the spot and forgotten when the run ends.
"""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from starlette.routing import BaseRoute

from bot.app import App
from bot.ask_lines import CHANNELS
from bot.building import build
from bot.channels.base import Doors, Sent
from bot.channels.sms_text import written
from core import inbound, sms
from core.messages import Event, Incoming, Kind, Outgoing
from core.outbox.delivery import Delivery
from core.people import contacts
from core.settings import Settings

AT_ONCE = 4
PATIENCE = 15.0


class Ear:
    """A channel that only listens: what is sent to each person, in order."""

    pace = 0.0

    def __init__(self, name: str, kind: Kind) -> None:
        self.name = name
        self.kind = kind
        self.pace = 0.0
        self._heard: dict[str, list[Outgoing]] = defaultdict(list)
        self._news = asyncio.Condition()

    async def start(self, doors: Doors) -> None: ...

    async def stop(self) -> None: ...

    async def close(self) -> None: ...

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def typing(self, address: str) -> None: ...

    async def check(self) -> None: ...

    async def send(self, outgoing: Outgoing) -> Sent:
        async with self._news:
            self._heard[outgoing.address].append(outgoing)
            self._news.notify_all()
        segments = sms.size(self.reads(outgoing)).segments if self.kind is Kind.SMS else None
        return Sent(str(outgoing.delivery_id), segments)

    def reads(self, outgoing: Outgoing) -> str:
        """What the person reads: on SMS the choices are lines of it."""
        return written(outgoing) if self.kind is Kind.SMS else outgoing.text

    async def hear(self, address: str, count: int) -> list[Outgoing]:
        """The next *count* messages to *address*, taken off. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: len(self._heard[address]) >= count)
            heard = self._heard[address]
            taken, self._heard[address] = heard[:count], heard[count:]
        return taken


@dataclass(frozen=True)
class Turn:
    """What one message brought: the row that records it, and the replies."""

    row: inbound.Inbound
    replies: list[Outgoing]
    seconds: float


@dataclass
class Person:
    """Somebody made up, on one channel; *shown* is what they can pick now."""

    ear: Ear
    address: str = field(default_factory=lambda: uuid.uuid4().hex)
    shown: list[Outgoing] = field(default_factory=list)


class Player:
    """Plays people against a running assistant. Use as ``async with Player(settings)``."""

    def __init__(self, settings: Settings, app: App | None = None) -> None:
        self._ears = {
            "telegram": Ear(CHANNELS["telegram"], Kind.CHAT),
            "sms": Ear(CHANNELS["sms"], Kind.SMS),
        }
        # What made-up people ask is nobody's missed question.
        self.app = app or build(settings, list(self._ears.values()), learning=False)
        self._people: list[Person] = []
        self._running = self.app.running()

    async def __aenter__(self) -> "Player":
        await self._running.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await asyncio.to_thread(self._forget)
        await self._running.__aexit__(None, None, None)

    async def person(
        self, channel: str, territory: str | None = None, language: str | None = None
    ) -> Person:
        """A new person on ``telegram`` or ``sms``."""
        person = Person(self._ears[channel])
        self._people.append(person)
        await asyncio.to_thread(self._introduce, person, territory, language)
        return person

    async def say(
        self,
        person: Person,
        text: str = "",
        event: Event | None = None,
        tapped: str | None = None,
    ) -> Turn:
        """One message of *person*, and all that it brought."""
        began = time.perf_counter()
        incoming = Incoming(
            channel=person.ear.name,
            address=person.address,
            provider_id=uuid.uuid4().hex,
            received_at=datetime.now(UTC),
            text=text,
            event=event,
            tapped=tapped,
        )
        row_id = await self.app.inbox.answer(incoming)
        assert row_id is not None
        row, count = await asyncio.to_thread(self._outcome, row_id)
        person.shown = await person.ear.hear(person.address, count)
        return Turn(row, person.shown, time.perf_counter() - began)

    async def press(self, person: Person, label: str) -> Turn:
        """Tap the button *label* of the last replies; its digit on SMS. LookupError if absent."""
        for outgoing in reversed(person.shown):
            labels = [choice.label for choice in outgoing.choices]
            if label in labels:
                position = labels.index(label)
                if person.ear.kind is Kind.SMS:
                    return await self.say(person, str(position + 1))
                return await self.say(person, tapped=f"{outgoing.delivery_id}:{position}")
        raise LookupError(label)

    def _introduce(self, person: Person, territory: str | None, language: str | None) -> None:
        with self.app.sessions.begin() as session:
            address = contacts.meet(
                session, self.app.vault, person.ear.name, person.address, self.app.clock()
            )
            address.contact.territory = territory
            if language:
                address.contact.language, address.contact.language_chosen = language, True

    def _outcome(self, row_id: int) -> tuple[inbound.Inbound, int]:
        with self.app.sessions.begin() as session:
            row = session.get_one(inbound.Inbound, row_id)
            count = session.scalar(
                select(func.count())
                .select_from(Delivery)
                .where(Delivery.cause == "reply", Delivery.cause_id == row_id)
            )
            return row, count or 0

    def _forget(self) -> None:
        with self.app.sessions.begin() as session:
            for person in self._people:
                known = contacts.find(session, self.app.vault, person.ear.name, person.address)
                if known is not None:
                    contacts.forget(session, known)


async def answer_batch(
    player: Player, lines: Sequence[Mapping[str, Any]], done: Callable[[], object]
) -> AsyncIterator[dict[str, object]]:
    """Answer each line as a new person; results come in the order of *lines*."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(line: Mapping[str, Any]) -> dict[str, object]:
        async with room:
            person = await player.person(
                line.get("channel") or "telegram", line.get("territory"), line.get("language")
            )
            turn = await player.say(person, line["question"])
            done()
            return {
                "id": line["id"],
                "answer": "\n\n".join(person.ear.reads(reply) for reply in turn.replies),
                "question_id": turn.row.question_id,
                "confidence": turn.row.confidence,
                "outcome": turn.row.outcome,
                "language": turn.row.language,
                "latency_ms": round(turn.seconds * 1000, 1),
            }

    tasks = [asyncio.create_task(one(line)) for line in lines]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()


async def play_conversation(player: Player, conversation: Mapping[str, Any]) -> dict[str, object]:
    """The conversation again, each turn with the ``replies`` it brought."""
    person = await player.person(
        conversation.get("channel") or "telegram",
        conversation.get("territory"),
        conversation.get("language"),
    )
    turns: list[dict[str, object]] = []
    for turn in conversation["turns"]:
        played = dict(turn)
        try:
            result = await _play(player, person, turn)
            played["replies"] = [
                {
                    "text": person.ear.reads(reply),
                    "buttons": [choice.label for choice in reply.choices],
                }
                for reply in result.replies
            ]
        except LookupError:
            played |= {"replies": [], "error": "no such button"}
        turns.append(played)
    return {**conversation, "turns": turns}


async def _play(player: Player, person: Person, turn: Mapping[str, Any]) -> Turn:
    if "button" in turn:
        return await player.press(person, turn["button"])
    if "event" in turn:
        return await player.say(person, event=Event(turn["event"]))
    return await player.say(person, turn["user"])
