"""Each channel with its other side, all handled alike: for the one contract over them all."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels import kannel, ovh, simulator, telegram, twilio
from bot.channels.base import Channel
from bot.channels.console import Console
from tests.peers import ovh as played_ovh
from tests.peers import twilio as played_twilio
from tests.peers.doors import Recorder
from tests.peers.kannel import KEY, PASSWORD, SENDER, USER, Operator
from tests.peers.telegram_emulator import TOKEN, Person, Shown, TelegramEmulator
from tests.peers.waiting import free_port
from tests.peers.web import listen, port_of, serving


@dataclass(frozen=True)
class Heard:
    """A message as the person gets it: its words, what a tap on each button sends, its files."""

    text: str
    taps: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass
class Rig:
    """*channel*, started, and the person at *address* on its other side.

    *away* is the same channel with nobody at the other end; None when it has no other end.
    *secrets* must never be logged. *say* is None where nobody can write.
    """

    channel: Channel
    address: str
    recorder: Recorder
    say: Callable[[str], Any] | None
    tap: Callable[[str], Any] | None
    hear: Callable[[], Any]
    away: Channel | None = None
    secrets: tuple[str, ...] = ()


@asynccontextmanager
async def on_telegram(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    emulator, person, recorder = TelegramEmulator(), Person(), Recorder()
    await emulator.start()
    channel = telegram.Telegram(TOKEN, emulator.api_url)
    away = telegram.Telegram(TOKEN, f"http://127.0.0.1:{free_port()}/bot")
    await channel.start(recorder.doors)

    async def say(text: str) -> None:
        await emulator.update(message=person.message(text=text))

    async def tap(data: str) -> None:
        await emulator.update(callback_query=person.tap(data))

    async def hear() -> Heard:
        shown: Shown = await emulator.message(person.chat)
        return Heard(shown.text, tuple(data for _, data in shown.keys), shown.files)

    yield Rig(channel, str(person.chat), recorder, say, tap, hear, away, (TOKEN,))
    await channel.close()
    await away.close()
    await emulator.stop()


@asynccontextmanager
async def on_kannel(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    gateway, phone = request.getfixturevalue("gateway"), request.getfixturevalue("phone")
    operator = Operator(gateway.operator_port)
    await operator.connect()

    async def hear() -> Heard:
        shown = await operator.text(phone)
        return Heard(shown.text)

    async with _kannel_rig(gateway.sendsms_url, gateway.web_port, phone) as rig:
        rig.say = rig.tap = lambda text: operator.send(phone, text)
        rig.hear = hear
        yield rig
    await operator.disconnect()


@asynccontextmanager
async def on_kannel_played(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Where no Kannel is installed: what it says over HTTP, and nothing else."""
    phone, sent = request.getfixturevalue("phone"), asyncio.Queue[str]()
    smsbox, web_port = listen(), free_port()

    async def sendsms(request: Request) -> Response:
        assert request.headers["x-kannel-to"] == phone
        await sent.put((await request.body()).decode())
        return PlainTextResponse("0: Accepted for delivery", 202)

    async def hear() -> Heard:
        return Heard(await sent.get())

    async def say(text: str) -> None:
        query = {"from": phone, "id": "uuid-1", "text": text, "key": KEY}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{web_port}") as client:
            (await client.get(kannel.RECEIVE, params=query)).raise_for_status()

    stub = Starlette(routes=[Route("/cgi-bin/sendsms", sendsms, methods=["POST"])])
    url = f"http://127.0.0.1:{port_of(smsbox)}/cgi-bin/sendsms"
    async with serving(stub, [smsbox]), _kannel_rig(url, web_port, phone) as rig:
        rig.say = rig.tap = say
        rig.hear = hear
        yield rig


@asynccontextmanager
async def _kannel_rig(sendsms_url: str, web_port: int, phone: str) -> AsyncIterator[Rig]:
    recorder, ours = Recorder(), listen()

    def channel(url: str) -> kannel.Kannel:
        ours_url = f"http://127.0.0.1:{port_of(ours)}"
        return kannel.Kannel(url, USER, PASSWORD, SENDER, ours_url, KEY)

    here, away = channel(sendsms_url), channel(f"http://127.0.0.1:{free_port()}/cgi-bin/sendsms")
    async with serving(Starlette(routes=list(here.routes())), [ours, listen(web_port)]):
        await here.start(recorder.doors)
        nothing = asyncio.sleep
        yield Rig(here, phone, recorder, nothing, nothing, nothing, away, (PASSWORD, KEY))
    await here.close()
    await away.close()


@asynccontextmanager
async def on_twilio(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    ours, recorder, phone = listen(), Recorder(), request.getfixturevalue("phone")
    provider = played_twilio.PlayedTwilio(f"http://127.0.0.1:{port_of(ours)}")

    def channel(url: str) -> twilio.Twilio:
        account, token = played_twilio.ACCOUNT, played_twilio.TOKEN
        return twilio.Twilio(account, token, played_twilio.NUMBER, provider.ours, url)

    async def say(text: str) -> None:
        (await provider.writes(phone, text)).raise_for_status()

    async def hear() -> Heard:
        message = await provider.next()
        assert message["To"] == phone
        return Heard(message["Body"])

    here, away = channel(provider.url), channel(f"http://127.0.0.1:{free_port()}")
    async with provider.running(), serving(Starlette(routes=list(here.routes())), [ours]):
        await here.start(recorder.doors)
        secrets = (played_twilio.TOKEN, played_twilio.ACCOUNT)
        yield Rig(here, phone, recorder, say, say, hear, away, secrets)
        await here.close()
        await away.close()


@asynccontextmanager
async def on_ovh(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    ours, recorder, phone = listen(), Recorder(), request.getfixturevalue("phone")
    provider = played_ovh.PlayedOvh(f"http://127.0.0.1:{port_of(ours)}")
    secrets = (played_ovh.APPLICATION, played_ovh.SECRET, played_ovh.CONSUMER)

    def channel(url: str) -> ovh.Ovh:
        return ovh.Ovh(
            played_ovh.SERVICE, *secrets, "", provider.ours, played_ovh.KEY, f"{url}/1.0"
        )

    async def say(text: str) -> None:
        (await provider.writes(phone, text)).raise_for_status()

    async def hear() -> Heard:
        message = await provider.next()
        assert message["receivers"] == [phone]
        return Heard(message["message"])

    here, away = channel(provider.url), channel(f"http://127.0.0.1:{free_port()}")
    async with provider.running(), serving(Starlette(routes=list(here.routes())), [ours]):
        await here.start(recorder.doors)
        yield Rig(here, phone, recorder, say, say, hear, away, (*secrets, played_ovh.KEY))
        await here.close()
        await away.close()


@asynccontextmanager
async def on_console(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    recorder, phone = Recorder(), request.getfixturevalue("phone")
    capsys = request.getfixturevalue("capsys")
    channel = Console()

    async def hear() -> Heard:
        shown: str = capsys.readouterr().out
        assert phone[-2:] in shown
        assert phone[:-2] not in shown
        return Heard(shown.partition(": ")[2].removesuffix("\n"))

    await channel.start(recorder.doors)
    yield Rig(channel, phone, recorder, None, None, hear)
    await channel.close()


def on_simulator(name: str) -> Callable[..., AbstractAsyncContextManager[Rig]]:
    kind = dict(simulator.PHONES)[name]

    @asynccontextmanager
    async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
        recorder, person, listener = Recorder(), f"person-{name.replace('_', '-')}", listen()
        channel = simulator.Simulator(name, kind)
        base = f"http://127.0.0.1:{port_of(listener)}/simulator/{name}"
        posted = 0

        async def post(**did: str) -> None:
            nonlocal posted
            posted += 1
            message = {"person": person, "id": f"id-{posted}", **did}
            (await client.post(f"{base}/messages", json=message)).raise_for_status()

        heard = 0

        async def hear() -> Heard:
            nonlocal heard
            messages = [json.loads(data) for _, data in channel._threads.of(person)._kept]
            ours = [message for message in messages if message["from"] == "assistant"]
            heard += 1
            shown = ours[heard - 1]
            file = shown.get("file")
            files = ((file["name"], base64.b64decode(file["content"])),) if file else ()
            taps = tuple(key["tap"] for key in shown.get("choices", ()))
            return Heard(shown["text"], taps, files)

        async with serving(Starlette(routes=list(channel.routes())), [listener]):
            await channel.start(recorder.doors)
            async with httpx.AsyncClient() as client:
                yield Rig(
                    channel, person, recorder,
                    say=lambda text: post(text=text),
                    tap=lambda data: post(**{"tapped" if ":" in data else "text": data}),
                    hear=hear,
                )  # fmt: skip
            await channel.stop()

    return rig


RIGS: dict[str, Callable[..., AbstractAsyncContextManager[Rig]]] = {
    "telegram": on_telegram,
    "kannel": on_kannel,
    "kannel_played": on_kannel_played,
    "twilio": on_twilio,
    "ovh": on_ovh,
    "console": on_console,
    **{name: on_simulator(name) for name, _ in simulator.PHONES},
}
