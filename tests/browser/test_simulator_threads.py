"""What the simulator keeps in memory, and that it never makes anybody wait."""

import asyncio
import json
import signal

from bot.channels import simulator_threads as threads_of
from bot.channels.base import Doors
from bot.channels.simulator import PHONES, Simulator
from bot.channels.simulator_threads import KEPT, MOST_PERSONS, Threads
from core.messages import Choice, Incoming, Kind, Outgoing


async def receive(incoming: Incoming) -> bool:
    return True


async def report(channel: str, delivery_id: int, arrived: bool) -> bool:
    return True


DOORS = Doors(receive, report)


def outgoing(text: str = "Bonjour", address: str = "someone") -> Outgoing:
    return Outgoing(7, address, text, (Choice("Oui", "menu"), Choice("Non", "human")))


async def read(threads: Threads, person: str) -> list[str]:
    """All that one stream gives until it ends."""
    return [one async for one in threads.stream(person)]


def test_sending_to_nobody_succeeds_and_is_kept() -> None:
    async def main() -> None:
        for name, kind in PHONES:
            phone = Simulator(name, kind)
            await phone.start(DOORS)
            sent = await phone.send(outgoing())
            assert sent.provider_id
            assert sent.segments == (1 if kind is Kind.SMS else None)
            await phone.stop()

    asyncio.run(main())


def test_a_button_carries_its_delivery_and_position() -> None:
    async def main() -> list[str]:
        phone = Simulator(*PHONES[0])
        await phone.send(outgoing())
        return phone._threads.of("someone").after(0)[1]

    (event,) = asyncio.run(main())
    choices = json.loads(event.removeprefix("data: "))["choices"]
    assert choices == [{"label": "Oui", "tap": "7:0"}, {"label": "Non", "tap": "7:1"}]


def test_a_reader_who_never_reads_holds_up_nobody() -> None:
    async def main() -> list[str]:
        threads = Threads()
        stream = threads.stream("slow")
        await anext(stream)
        async with asyncio.timeout(2):
            for number in range(10_000):
                threads.of("slow").add({"text": str(number)})
        news = [await anext(stream) for _ in range(KEPT)]
        await stream.aclose()
        return news

    news = asyncio.run(main())
    assert '"9900"' in news[0]
    assert '"9999"' in news[-1]


def test_people_are_forgotten_before_memory_runs_out_but_never_one_who_looks() -> None:
    async def main() -> None:
        threads = Threads()
        stream = threads.stream("watching")
        await anext(stream)
        kept = threads.of("watching")
        for number in range(MOST_PERSONS * 2):
            threads.of(str(number)).add({"text": "bonjour"})
        assert len(threads._threads) == MOST_PERSONS
        assert threads.of("watching") is kept
        assert threads.of("0").after(0)[1] == []
        await stream.aclose()
        assert kept.watchers == 0

    asyncio.run(main())


def test_typing_is_forgotten_once_the_answer_is_there() -> None:
    async def main() -> tuple[list[str], list[str]]:
        thread = Threads().of("someone")
        thread.type()
        before = thread.after(0)[1]
        thread.add({"text": "voilà"})
        return before, thread.after(0)[1]

    before, after = asyncio.run(main())
    assert before == ["event: typing\ndata: {}\n\n"]
    assert len(after) == 1
    assert "typing" not in after[0]


def test_a_silent_stream_shows_that_it_lives(monkeypatch) -> None:
    monkeypatch.setattr(threads_of, "KEEP_ALIVE", 0.01)

    async def main() -> str:
        stream = Threads().stream("someone")
        await anext(stream)
        comment = await anext(stream)
        await stream.aclose()
        return comment

    assert asyncio.run(main()) == ":\n\n"


def test_stop_ends_every_stream_and_start_opens_the_phone_again() -> None:
    async def main() -> None:
        phone = Simulator(*PHONES[0])
        await phone.start(DOORS)
        reading = [asyncio.create_task(read(phone._threads, str(one))) for one in range(20)]
        await asyncio.sleep(0.01)
        async with asyncio.timeout(1):
            await phone.stop()
            await asyncio.gather(*reading)
        assert await read(phone._threads, "late") == ["retry: 1000\n\n"]
        await phone.start(DOORS)
        stream = phone._threads.stream("again")
        await anext(stream)
        await phone.send(outgoing("re", "again"))
        assert '"re"' in await anext(stream)
        await stream.aclose()
        await phone.stop()

    asyncio.run(main())


def test_the_signal_handlers_are_given_back() -> None:
    async def main() -> None:
        before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
        phones = [Simulator(*one) for one in PHONES]
        for phone in phones:
            await phone.start(DOORS)
        assert signal.getsignal(signal.SIGINT) is not before[0]
        for phone in reversed(phones):
            await phone.stop()
        assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before

    asyncio.run(main())
