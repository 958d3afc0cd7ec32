"""One account's way out: claims what is due, and lets it leave at the account's pace.

Nothing is kept here that matters: a killed sender loses no row, its leases run out and another
takes them over. No more than ``ON_THE_WIRE`` messages are sent and not yet written down, so no
more can be sent twice by a kill. Replies have places of their own among them.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable, Sequence

from bot.channels.base import Busy, Channel, DeliveryError, Sent, TryLater, Uncertain
from bot.sending.ledger import Ledger, Result
from bot.sending.pace import Departure, Pace, arrived
from bot.sending.waiting import Claimed, Waiting
from core.outbox.claiming import Room
from core.outbox.delivery import Lane

log = logging.getLogger(__name__)
ON_THE_WIRE = 10
FOR_REPLIES = 2  # of them
AHEAD = 60  # rows claimed before they can leave, at an unlimited pace
MORE_REPLIES = 8  # rows of replies claimed beside that, whatever else waits
LOOK_EVERY = 0.25  # seconds; who is woken (core.outbox.alarm) does not wait for it
LONGEST_HOLD = 15.0  # seconds, after faults in a row
LONGEST_SETTLING = 20.0  # seconds
# How many seconds a row may wait here: what leaves later may be another sender's before it is
# written down (core.outbox.claiming.LEASE).
KEEPS = 35.0


Claim = Callable[[Room], Awaitable[list[Claimed]]]
GiveBack = Callable[[Sequence[Claimed]], Awaitable[None]]


class Pump:
    """Sends by *channel* what *claim* gives, at *pace*; *ledger* keeps what became of it.

    *give_back* is told of rows that were claimed and will not be sent.
    """

    def __init__(
        self, channel: Channel, claim: Claim, give_back: GiveBack, pace: Pace, ledger: Ledger
    ) -> None:
        self._channel = channel
        self._claim = claim
        self._give_back = give_back
        self._ledger = ledger
        self.pace = pace
        self._waiting = Waiting()
        # When to look again for replies, for what else leaves at any hour, and for the rest: loop
        # seconds.
        self._replies_at = self._first_at = self._bulk_at = 0.0
        self._sending: dict[asyncio.Task[None], int] = {}
        self._due = asyncio.Event()
        self._changed = asyncio.Event()
        self._until = math.inf
        self._faults = 0
        self._busy: tuple[str, float] = ("", 0.0)

    def wake(self) -> None:
        """Something was committed: look now for an answer; the rest waits for its next look."""
        self._replies_at = self._first_at = 0.0
        self._due.set()

    def share(self, a_second: float, seconds: float) -> None:
        """Send *a_second* messages of the account for the next *seconds*, then none.

        0 is none; an account without a limit has none here either.
        """
        now = _now()
        if self._channel.pace:
            self.pace.change(a_second or self._channel.pace)
        self._until = now + seconds if a_second or not self._channel.pace else now
        self._changed.set()

    async def run(self) -> None:
        """Send until cancelled; then what is on the wire is finished, and the rest given back."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._fetch())
                group.create_task(self._dispatch())
        finally:
            if rest := self._waiting.pop_all():
                await self._give_back(rest)
            await self._settle()

    async def drain(self, bulk: bool = True) -> None:
        """Send what is due now, and return when it is done. Not while it runs."""
        while True:
            self._replies_at = self._first_at = self._bulk_at = 0.0
            if not await self._take(bulk) and not self._waiting:
                return
            while self._waiting:
                await self._next()
            await self._settle()

    async def _fetch(self) -> None:
        while True:
            self._due.clear()
            if not await self._take():
                now = _now()
                waits = [at - now for at in self._looks() if at > now]
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._due.wait(), min(waits, default=LOOK_EVERY))

    async def _take(self, bulk: bool = True) -> int:
        """Claim what there is room for and may be there; how many that was."""
        room = self._room()
        room = room if bulk else room._replace(by_day=0)
        if not self._may_send() or not any(room):
            return 0
        now = _now()
        again_at = now + LOOK_EVERY
        # Before the claim: what is written meanwhile is looked for again.
        if room.replies:
            self._replies_at = again_at
        if room.any_hour:
            self._first_at = again_at
        if room.by_day:
            self._bulk_at = again_at
        claiming = asyncio.ensure_future(self._claim(room))
        try:
            await asyncio.shield(claiming)
        finally:  # also when we are told to stop: what is being claimed is ours to give back
            for one in await claiming:
                one.until = now + KEEPS
                self._waiting.add(one)
        came = claiming.result()
        replies = sum(one.lane == Lane.REPLY for one in came)
        by_day = sum(one.lane > Lane.URGENT for one in came)
        # Where much was, more may be.
        if 2 * replies > room.replies:
            self._replies_at = 0.0
        if room.any_hour and 2 * (len(came) - by_day) > room.any_hour + room.replies:
            self._first_at = 0.0
        if 2 * by_day > room.by_day:
            self._bulk_at = 0.0
        self._changed.set()
        return len(came)

    def _room(self) -> Room:
        """How many to claim of what.

        A second's worth of what leaves at any hour, and of the rest, for what is claimed must
        leave long before its lease ends; by halves, so that not every message that leaves brings a
        claim. A reply has room whatever waits before it. None where we looked just now, and little
        was there.
        """
        ahead = max(1, int(self.pace.a_second)) if self.pace.a_second else AHEAD
        now, first = _now(), self._waiting.how_many(Lane.URGENT)
        by_day = _half(len(self._waiting) - first, ahead) if self._bulk_at <= now else 0
        any_hour = _half(first, ahead) if self._first_at <= now else 0
        if not any_hour and self._replies_at > now:
            return Room(0, 0, by_day)
        replies = MORE_REPLIES - self._waiting.how_many(Lane.REPLY)
        return Room(max(0, replies), any_hour, by_day)

    def _looks(self) -> tuple[float, float, float]:
        return self._replies_at, self._first_at, self._bulk_at

    async def _dispatch(self) -> None:
        while True:
            self._changed.clear()
            if self._waiting:
                await self._next()
            else:
                await self._changed.wait()

    async def _next(self) -> None:
        """Send the first that waits, once there is room for it and the pace allows."""
        while not (self._has_room() and self._may_send()):
            self._changed.clear()
            await self._changed.wait()
        await self.pace.opens()
        if not (self._has_room() and self._may_send()):  # something else is the first now
            return
        if self._waiting.next.until <= _now():
            await self._let_go()
            return
        claimed = self._waiting.pop()
        task = asyncio.create_task(self._send(claimed, self.pace.leaves()))
        self._sending[task] = claimed.lane
        task.add_done_callback(self._ended)

    async def _let_go(self) -> None:
        """What waited too long, as the account had to, is claimed anew."""
        late = self._waiting.pop_late(_now())
        await self._give_back(late)
        self._replies_at = self._first_at = self._bulk_at = 0.0
        self._due.set()

    def _may_send(self) -> bool:
        return _now() < self._until

    def _has_room(self) -> bool:
        reply = self._waiting.next.lane <= Lane.URGENT
        return len(self._sending) < (ON_THE_WIRE if reply else ON_THE_WIRE - FOR_REPLIES)

    def _ended(self, task: asyncio.Task[None]) -> None:
        lane = self._sending.pop(task)
        self._changed.set()
        if lane == Lane.REPLY:
            self._replies_at = 0.0  # the next bubble to the same person waited for this one
        if any(self._room()):
            self._due.set()

    async def _settle(self) -> None:
        if self._sending:
            await asyncio.wait(set(self._sending), timeout=LONGEST_SETTLING)

    async def _send(self, claimed: Claimed, departure: Departure) -> None:
        what: Sent | DeliveryError
        try:
            what = await self._channel.send(claimed.outgoing)
        except DeliveryError as error:
            what = error
        except Exception as error:
            what = Uncertain(type(error).__name__)
        arrived(departure)
        self._mind(claimed, what)
        await self._ledger.write(Result(claimed.outgoing.delivery_id, claimed.lease, what))

    def _mind(self, claimed: Claimed, what: Sent | DeliveryError) -> None:
        """Slow down when the provider is in trouble, or says that we are too fast.

        A single 429 may be about one chat; when a second chat gets one meanwhile, it is about us.
        """
        match what:
            case Busy(retry_after=after):
                now, until = _now(), after.total_seconds()
                chat, busy_until = self._busy
                if now < busy_until and chat != claimed.outgoing.address:
                    self.pace.hold(until)
                self._busy = claimed.outgoing.address, now + until
            case TryLater():
                self._faults += 1
                if self._faults > 1:
                    self.pace.hold(min(0.5 * 2 ** min(self._faults, 10), LONGEST_HOLD))
            case _:
                self._faults = 0


def _now() -> float:
    return asyncio.get_running_loop().time()


def _half(here: int, room: int) -> int:
    """How many more fill *room*, once it is half empty."""
    return room - here if 2 * here <= room else 0
