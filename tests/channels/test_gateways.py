"""Which gateway the settings name, and what is refused before anything starts."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.building import configured_channels
from bot.channels import webhooks
from bot.channels.console import Console, masked
from bot.channels.gateways import sms_gateway
from bot.channels.kannel import Kannel
from bot.channels.ovh import Ovh
from bot.channels.twilio import Twilio
from core.settings import GATEWAYS, SettingError, Settings

GIVEN: dict[str, dict[str, str]] = {
    "kannel": {"SMS_WEBHOOK_KEY": "key"},
    "twilio": {
        "TWILIO_ACCOUNT": "AC" + "0a" * 16, "TWILIO_TOKEN": "token", "SMS_SENDER": "+33639980098",
        "SMS_CALLBACK_URL": "https://tne.example",
    },
    "ovh": {
        "OVH_SERVICE": "sms-ab12345-1", "OVH_APPLICATION_KEY": "a", "OVH_APPLICATION_SECRET": "b",
        "OVH_CONSUMER_KEY": "c", "SMS_WEBHOOK_KEY": "key", "SMS_CALLBACK_URL": "https://tne.example",
    },
    "console": {},
}  # fmt: skip
CLASSES = {"kannel": Kannel, "twilio": Twilio, "ovh": Ovh, "console": Console}


def read(gateway: str, **more: str) -> Settings:
    return Settings.read({"SMS_GATEWAY": gateway} | GIVEN[gateway] | more)


@pytest.mark.parametrize("gateway", list(GATEWAYS))
async def test_every_gateway_is_built_under_the_one_name(gateway: str) -> None:
    channel = sms_gateway(read(gateway))
    assert type(channel) is CLASSES[gateway]
    assert channel.name == "sms"
    assert channel.pace == (0 if gateway == "console" else 10)
    await channel.close()


@pytest.mark.parametrize("gateway", list(GATEWAYS))
async def test_the_pace_can_be_set(gateway: str) -> None:
    channel = sms_gateway(read(gateway, SMS_PACE="2.5"))
    assert channel.pace == 2.5
    await channel.close()


async def test_channels_tell_their_pace() -> None:
    settings = Settings(telegram_token="1:a", demo=True)
    channels = configured_channels(settings)
    paces = {channel.name: channel.pace for channel in channels}
    assert paces == {"telegram": 30, "simulator_chat": 0, "simulator_sms": 0}
    for channel in channels:
        await channel.close()


@pytest.mark.parametrize("gateway", list(GATEWAYS))
def test_what_a_gateway_cannot_do_without_is_named(gateway: str) -> None:
    for left_out in GIVEN[gateway]:
        with pytest.raises(SettingError, match=f"^{left_out}: "):
            read(gateway, **{left_out: ""})


def test_a_public_address_does_where_none_is_set_for_the_gateway() -> None:
    public = {"SMS_CALLBACK_URL": "", "PUBLIC_URL": "https://tne.example"}
    for gateway in ("twilio", "ovh"):
        assert sms_gateway(read(gateway, **public))


@pytest.mark.parametrize(
    ("gateway", "wrong"),
    [
        ("twilio", {"TWILIO_ACCOUNT": "AC1"}), ("twilio", {"TWILIO_ACCOUNT": "SK" + "0a" * 16}),
        ("twilio", {"SMS_SENDER": "TNE"}), ("ovh", {"OVH_SERVICE": "sms/../me"}),
        ("ovh", {"SMS_SENDER": "a name that is too long"}), ("kannel", {"SMS_PRICE": "-1"}),
        ("kannel", {"SMS_PRICE": "nan"}), ("kannel", {"SMS_PRICE": "5 cts"}),
        ("kannel", {"SMS_PACE": "-1"}), ("kannel", {"SMS_PACE": "inf"}),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_named(gateway: str, wrong: dict[str, str]) -> None:
    (name,) = wrong
    with pytest.raises(SettingError, match=f"^{name}: "):
        read(gateway, **wrong)


def test_an_unknown_gateway_is_told_which_are_known() -> None:
    for make in (lambda: Settings.read({"SMS_GATEWAY": "pigeon"}),
                 lambda: sms_gateway(Settings(sms_gateway="pigeon"))):  # fmt: skip
        with pytest.raises(SettingError, match="kannel, twilio, ovh, console"):
            make()


def test_a_number_is_never_shown_whole() -> None:
    assert masked("+33639980042") == "••••••••••42"
    assert masked("") == ""


# Bodies


async def posted(content: bytes | AsyncIterator[bytes]) -> tuple[int, str]:
    async def size(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await webhooks.body(request))))

    web = httpx.ASGITransport(Starlette(routes=[Route("/", size, methods=["POST"])]))
    async with httpx.AsyncClient(transport=web, base_url="http://tne") as client:
        response = await client.post("/", content=content)
    return response.status_code, response.text


async def test_a_body_is_read_up_to_a_megabyte() -> None:
    assert await posted(b"x" * webhooks.LONGEST_BODY) == (200, "1000000")
    assert await posted(b"x" * (webhooks.LONGEST_BODY + 1)) == (413, "too long")


async def test_a_body_that_does_not_say_its_length_is_not_read_to_its_end() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 100_000_000:
            read += 100_000
            yield b"x" * 100_000

    assert await posted(endless()) == (413, "too long")
    assert read == 1_100_000
