"""The clock: it ticks at once, goes on after a fault, and stops cleanly."""

import asyncio

from sqlalchemy import text

from bot.schedule import Clock
from tests.peers.waiting import until
from tests.world import NOON


async def test_the_first_tick_comes_at_once_with_the_present(sessions):
    seen = []
    clock = Clock(sessions, [lambda session, now: seen.append(now)], lambda: NOON)
    clock.start()
    await until(lambda: seen, "a tick")
    await clock.stop()
    assert seen == [NOON]


async def test_a_round_that_fails_keeps_no_other_from_its_turn_and_quotes_nothing(sessions, caplog):
    seen = []

    def broken(session, now):
        session.execute(text("SELECT 'secret' FROM nowhere"))

    clock = Clock(sessions, [broken, lambda session, now: seen.append(now)], lambda: NOON)
    await clock.tick()
    assert seen == [NOON]
    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_tick_that_is_running_is_waited_for(sessions):
    done = []

    def slow(session, now):
        asyncio.run(asyncio.sleep(0.2))
        done.append(now)

    clock = Clock(sessions, [slow], lambda: NOON)
    clock.start()
    await until(lambda: clock._ticking.locked(), "a tick to begin")
    await clock.stop()
    assert done == [NOON]
