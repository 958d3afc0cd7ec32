"""A broadcast to thousands on both channels, as staff send it; then every number of its report is
compared with what the emulated Telegram and the operator behind Kannel received."""

import asyncio
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from core.broadcasts import deciding, report
from core.broadcasts.model import Broadcast, BroadcastState
from core.inbound import accept
from core.messages import Incoming
from core.outbox.delivery import Delivery, State
from core.people import consents
from core.people.contacts import meet
from tests.peers.assistant import Assistant, assistant
from tests.peers.kannel import Gateway, Operator
from tests.peers.telegram_emulator import Fault, TelegramEmulator
from tests.world import NOON

MONDAY = NOON + timedelta(days=2)
FIRST_CHAT, BLOCKED, STOPPED = 830_000_000, 40, 60
TEXT = "Bonjour, réunion sur l'ENT mardi à 18 h au collège. Venez nombreux !"
PATIENCE = 3600.0  # seconds
BLOCKS = "Forbidden: bot was blocked by the user"


class Blocking(TelegramEmulator):
    """Those who blocked the bot refuse what it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.blocked: set[int] = set()

    async def handle(self, request: Any) -> Any:
        if request.match_info["method"] == "sendMessage":
            fields = await request.post()
            if int(fields["chat_id"]) in self.blocked:
                self.fail("sendMessage", Fault(403, BLOCKS))
        return await super().handle(request)


async def run(people: int) -> dict[str, Any]:
    """*people*, half on Telegram and half by SMS; what arrived, and what does not agree."""
    with tempfile.TemporaryDirectory() as name:
        folder, emulator = Path(name), Blocking()
        gateway = Gateway(folder)
        operator = Operator(gateway.operator_port)
        await emulator.start()
        await operator.connect()
        began = time.monotonic()

        def clock() -> datetime:
            return MONDAY + timedelta(seconds=time.monotonic() - began)

        try:
            async with assistant(
                folder, "http://127.0.0.1:9", emulator=emulator, gateway=gateway, clock=clock,
                broadcast_second_at=10, sms_pace=50.0,
            ) as bot:  # fmt: skip
                await asyncio.to_thread(_fill, bot, people, emulator.blocked, clock())
                started = time.monotonic()
                number = await asyncio.to_thread(_begin, bot, clock())
                await bot.app.ticks.tick()
                await _finished(bot, number)
                took = time.monotonic() - started
                return _compare(bot, number, emulator, operator, people) | {"seconds": took}
        finally:
            await operator.disconnect()
            await emulator.stop()
            gateway.stop()


def _fill(bot: Assistant, people: int, blocked: set[int], now: datetime) -> None:
    """Some blocked the bot, of whom half have a phone too; some stopped."""
    vault = bot.app.vault
    with bot.app.sessions.begin() as session:
        for number in range(people):
            channel = "telegram" if number % 2 else "sms"
            name = str(FIRST_CHAT + number) if number % 2 else f"+33639{980000 + number:06d}"
            row = accept(
                session, vault, Incoming(channel, name, f"soak-{number}", now, "bonjour"), "fr", now
            )
            assert row is not None
            row.handled_at = now
            if number % 2 and number // 2 < BLOCKED:
                blocked.add(FIRST_CHAT + number)
                if number % 4 == 1:
                    phone = meet(session, vault, "sms", f"+33639{980000 + number:06d}", now)
                    stranger, phone.contact = phone.contact, row.address.contact
                    session.flush()
                    session.expire(stranger)
                    session.delete(stranger)
            if number >= people - STOPPED:
                consents.stop(session, row.address, now)


def _begin(bot: Assistant, now: datetime) -> int:
    """One member writes it, another confirms."""
    with bot.app.sessions.begin() as session:
        row = Broadcast(
            author="cli:anne", title="ENT", state=BroadcastState.READY, texts={"fr": TEXT},
            created_at=now, changed_at=now,
        )  # fmt: skip
        deciding.create(session, row, now)
        means = bot.app.progress.team.means
        deciding.confirm(session, means, row.id, "cli:anne", now)
        deciding.confirm(session, means, row.id, "cli:bruno", now)
        return int(row.id)


async def _finished(bot: Assistant, number: int) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        await bot.app.ticks.tick()
        with bot.app.sessions.begin() as session:
            if session.get_one(Broadcast, number).state == "finished":
                return
        await asyncio.sleep(2)
    raise AssertionError("not finished in time")


def _compare(
    bot: Assistant, number: int, emulator: TelegramEmulator, operator: Operator, people: int
) -> dict[str, Any]:
    at_telegram = Counter(
        int(fields["chat_id"]) for method, fields in emulator.calls if method == "sendMessage"
    )
    texts = operator.texts()
    at_operator = Counter(to for to, _ in texts)
    with bot.app.sessions.begin() as session:
        broadcast = session.get_one(Broadcast, number)
        told = report.report(session, broadcast)
        sent = {
            row[0]: row[1]
            for row in session.execute(
                select(Delivery.channel, func.count())
                .where(Delivery.cause == "broadcast")
                .where(Delivery.state.in_([State.SENT, State.DELIVERED]))
                .group_by(Delivery.channel)
            )
        }
        segments = session.scalar(
            select(func.sum(Delivery.segments)).where(Delivery.cause == "broadcast")
        )
        to_phone = report.unreached(
            session, bot.app.progress.team.means, broadcast, "cli:anne", MONDAY
        )
    reported = told.outcomes[State.SENT] + told.outcomes[State.DELIVERED]
    only_telegram = sum(1 for number in range(1, 2 * BLOCKED, 2) if number % 4 != 1)
    checks = {
        "reported as sent": (reported, len(at_telegram) + len(at_operator)),
        "sent on Telegram": (sent.get("telegram", 0), len(at_telegram)),
        "sent by SMS": (sent.get("sms", 0), len(at_operator)),
        "nobody twice": (max([*at_telegram.values(), *at_operator.values()]), 1),
        "SMS parts": (segments, sum(one.segments for _, one in texts)),
        "failed": (told.outcomes[State.FAILED], only_telegram),
        "left out": (told.left_out["stopped"], STOPPED),
        "to phone back": (len(to_phone), only_telegram),
        "everybody is in it": (told.size + told.left_out.total(), people),
    }
    return {
        "people": people,
        "telegram": len(at_telegram),
        "sms": len(at_operator),
        "checks": checks,
        "broken": [name for name, (told_, true) in checks.items() if told_ != true],
    }
