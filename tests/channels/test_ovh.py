"""SMS through OVHcloud, played after its schema; its own client judges signatures."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import ovh as official
import pytest
from starlette.applications import Starlette

from bot.channels.base import (
    Busy,
    DeliveryError,
    Refused,
    Sent,
    TryLater,
    Uncertain,
    Unreachable,
    Unwell,
)
from bot.channels.ovh import ENDED, NOTHING_FINAL, RECEIVE, REPORT, Ovh
from core.messages import Outgoing
from tests.peers.doors import Recorder
from tests.peers.ovh import APPLICATION, CONSUMER, KEY, SECRET, SERVICE, PlayedOvh
from tests.peers.waiting import free_port
from tests.peers.web import listen, port_of, serving

ARABIC = "مرحبا، كيف أستعيد كلمة السر؟"
SIGNED = ("x-ovh-application", "x-ovh-consumer", "x-ovh-timestamp", "x-ovh-signature")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def provider() -> AsyncIterator[PlayedOvh]:
    listener = listen()
    played = PlayedOvh(f"http://127.0.0.1:{port_of(listener)}")
    played.web = listener
    async with played.running():
        yield played
    listener.close()


def an_account(provider: PlayedOvh, **more: Any) -> Ovh:
    given = {
        "service": SERVICE, "application": APPLICATION, "secret": SECRET, "consumer": CONSUMER,
        "sender": "", "callback_url": provider.ours, "key": KEY, "api_url": provider.api_url,
    }  # fmt: skip
    return Ovh(**given | {"timeout": 2} | more)


@pytest.fixture
async def channel(provider: PlayedOvh, recorder: Recorder) -> AsyncIterator[Ovh]:
    channel = an_account(provider)
    await channel.start(recorder.doors)
    async with serving(Starlette(routes=list(channel.routes())), [provider.web]):
        yield channel
    await channel.close()


def outgoing(phone: str, text: str = "Bonjour", row: int = 41) -> Outgoing:
    return Outgoing(row, phone, text)


# Signatures


async def test_requests_are_signed_as_ovhs_own_client_signs_them(
    channel: Ovh, provider: PlayedOvh, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    provider.ahead = 3600
    await channel.send(outgoing(phone, "Été « à » l'école\n" + ARABIC))
    await channel.check()
    job = {key: value for key, value in provider.sent[0].items() if key != "id"}

    def as_ovh_does_it() -> None:
        client = official.Client("ovh-eu", APPLICATION, SECRET, CONSUMER)
        client._endpoint = provider.api_url
        client._session.trust_env = False
        client.post(f"/sms/{SERVICE}/jobs", **job)
        client.get(f"/sms/{SERVICE}")
        client._session.close()

    await asyncio.to_thread(as_ovh_does_it)
    ours, theirs = provider.headers[:2], provider.headers[2:]
    assert [[one[name] for name in SIGNED] for one in ours] == [
        [one[name] for name in SIGNED] for one in theirs
    ]


async def test_a_clock_that_is_set_meanwhile_costs_one_attempt(
    channel: Ovh, provider: PlayedOvh, phone: str
) -> None:
    await channel.send(outgoing(phone))
    provider.ahead = 900
    with pytest.raises(TryLater):
        await channel.send(outgoing(phone))
    await channel.send(outgoing(phone))
    assert len(provider.sent) == 2


# Receiving


@pytest.mark.parametrize("text", ["slt g oublie", "Été à l'école ? & = + %", ARABIC, "a\nb", ""])
async def test_words_come_in_as_they_were_written(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, phone: str, text: str
) -> None:
    response = await provider.writes(phone, text, id="99")
    assert (response.status_code, response.text) == (200, "")
    incoming = await recorder.next()
    assert (incoming.channel, incoming.address, incoming.text) == ("sms", phone, text)
    assert incoming.provider_id == "99"


@pytest.mark.parametrize("prefix", ["+33", "0033", "33", "0"])
async def test_a_number_is_read_however_ovh_spells_it(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, phone: str, prefix: str
) -> None:
    await provider.writes(prefix + phone.removeprefix("+33"), "bonjour")
    assert (await recorder.next()).address == phone


async def test_a_message_may_come_in_the_address_too(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, phone: str
) -> None:
    query = {"key": KEY, "id": "99", "senderid": phone, "message": "é & è"}
    response = await provider.call("GET", f"{provider.ours}{RECEIVE}", params=query)
    assert response.status_code == 200
    assert (await recorder.next()).text == "é & è"


async def test_a_wrong_key_is_refused(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, phone: str
) -> None:
    await channel.send(outgoing(phone))
    fields = {
        "id": str(provider.sent[0]["id"]), "senderid": phone, "message": "bonjour", "ptt": "4",
    }  # fmt: skip
    for path in (RECEIVE, REPORT):
        for key in ({}, {"key": ""}, {"key": "wrong"}, {"key": "é"}):
            got = await provider.call("GET", provider.ours + path, params=fields | key)
            posted = await provider.call(
                "POST", provider.ours + path, params=key, data=fields | {"key": KEY}
            )
            assert (got.status_code, posted.status_code) == (403, 403)
    assert (recorder.incoming, recorder.reports) == ([], [])


async def test_a_malformed_message_is_refused_and_not_kept(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, phone: str
) -> None:
    whole = {"id": "99", "senderid": phone, "message": "bonjour"}
    malformed = [
        {key: value for key, value in whole.items() if key != left_out} for left_out in whole
    ]
    malformed += [whole | {"id": "x" * 101}, whole | {"id": "a\0b"}, whole | {"senderid": ""}]
    for fields in malformed:
        response = await provider.call(
            "POST", f"{provider.ours}{RECEIVE}", params={"key": KEY}, data=fields
        )
        assert response.status_code == 400, fields
    assert recorder.incoming == []


# Sending


async def test_a_message_is_no_advertisement_and_can_be_answered(
    channel: Ovh, provider: PlayedOvh, phone: str
) -> None:
    sent = await channel.send(outgoing(phone))
    message = await provider.next()
    assert sent == Sent(str(message["id"]), 1)
    assert (message["receivers"], message["message"]) == ([phone], "Bonjour")
    assert (message["noStopClause"], message["senderForResponse"]) == (True, True)
    assert (message["coding"], message["tag"]) == ("7bit", "tne-41")
    assert "sender" not in message


async def test_other_scripts_go_in_the_wide_alphabet(
    channel: Ovh, provider: PlayedOvh, phone: str
) -> None:
    sent = await channel.send(outgoing(phone, ARABIC * 3))
    message = await provider.next()
    assert (message["coding"], message["message"]) == ("8bit", ARABIC * 3)
    assert sent.segments == 2


async def test_a_number_of_ours_is_shown_instead(provider: PlayedOvh, phone: str) -> None:
    channel = an_account(provider, sender="+33639980097")
    await channel.send(outgoing(phone))
    message = await provider.next()
    assert message["sender"] == "+33639980097"
    assert "senderForResponse" not in message
    await channel.close()


async def test_a_number_that_ovh_does_not_take_is_unreachable(channel: Ovh) -> None:
    with pytest.raises(Unreachable):
        await channel.send(outgoing("+15005550001"))


@pytest.mark.parametrize(
    ("status", "body", "decision"),
    [
        (400, {"message": "Invalid parameter"}, Refused), (409, {}, Refused),
        (400, {"errorCode": "INVALID_SIGNATURE"}, TryLater),
        (403, {"errorCode": "NOT_GRANTED_CALL"}, TryLater), (402, {"message": "?"}, TryLater),
        (404, {"message": "no such service"}, TryLater), (500, "<html>", TryLater),
        (503, "", TryLater), (429, {}, Busy),
        (200, {"ids": [], "invalidReceivers": []}, Refused), (200, "<html>", Uncertain),
        (200, [1], Uncertain), (200, {"ids": ["x"]}, Uncertain), (200, {"ids": 4}, Uncertain),
    ],
)  # fmt: skip
async def test_an_answer_becomes_a_decision(
    channel: Ovh,
    provider: PlayedOvh,
    phone: str,
    status: int,
    body: Any,
    decision: type[DeliveryError],
) -> None:
    provider.fail(status, body)
    with pytest.raises(decision) as caught:
        await channel.send(outgoing(phone))
    assert type(caught.value) is decision


async def test_ovh_says_how_long_to_wait(channel: Ovh, provider: PlayedOvh, phone: str) -> None:
    provider.fail(429, {}, Retry_After="7")
    with pytest.raises(Busy) as caught:
        await channel.send(outgoing(phone))
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_silence_after_the_request_left_is_uncertain(provider: PlayedOvh, phone: str) -> None:
    channel = an_account(provider, timeout=0.3)
    provider.fail(None)
    with pytest.raises(Uncertain):
        await channel.send(outgoing(phone))
    await channel.close()


async def test_silence_about_the_time_is_tried_later(phone: str) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with server:
        for away in (url, nowhere):
            channel = Ovh(SERVICE, APPLICATION, SECRET, CONSUMER, "", url, KEY, away)
            with pytest.raises(TryLater):
                await channel.send(outgoing(phone))
            await channel.close()


# Reports


async def test_every_fine_code_is_final_or_not(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, phone: str
) -> None:
    await channel.send(outgoing(phone, row=7))
    reference = provider.sent[0]["id"]
    for ptt in (*ENDED, *NOTHING_FINAL):
        recorder.reports.clear()
        assert (await provider.reports(reference, ptt=str(ptt))).status_code == 200
        told = [] if ptt in NOTHING_FINAL else [("sms", 7, ptt == 4)]
        assert recorder.reports == told, ptt


@pytest.mark.parametrize(
    ("fields", "arrived"),
    [
        ({"ptt": "1", "dlr": "8"}, None), ({"ptt": "999", "dlr": "1"}, True),
        ({"ptt": "999", "dlr": "2"}, False), ({"ptt": "999", "description": "16"}, False),
        ({"dlr": "1"}, True), ({"dlr": "0"}, None), ({"ptt": "999"}, None),
        ({"ptt": "4", "dlr": "2"}, True),
    ],
)  # fmt: skip
async def test_a_coarse_code_says_the_rest(
    channel: Ovh,
    provider: PlayedOvh,
    recorder: Recorder,
    phone: str,
    fields: dict[str, str],
    arrived: bool | None,
) -> None:
    await channel.send(outgoing(phone))
    await provider.reports(provider.sent[0]["id"], **fields)
    assert recorder.reports == ([] if arrived is None else [("sms", 41, arrived)])


async def test_a_report_about_somebody_elses_message_changes_nothing(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder
) -> None:
    for number, tag in enumerate(("", "tne-", "tne-x", "other-41", "tne-" + "9" * 16)):
        provider.sent.append({"id": number, "tag": tag})
        assert (await provider.reports(number, ptt="4")).status_code == 200
    assert (await provider.reports(987_654, ptt="4")).status_code == 200
    assert recorder.reports == []


async def test_a_report_that_cannot_be_placed_now_is_asked_for_again(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, phone: str
) -> None:
    await channel.send(outgoing(phone))
    provider.fail(500)
    assert (await provider.reports(provider.sent[0]["id"], ptt="4")).status_code == 503
    assert (await provider.reports(provider.sent[0]["id"], ptt="4")).status_code == 200
    assert recorder.reports == [("sms", 41, True)]


@pytest.mark.parametrize(
    "fields",
    [{"id": ""}, {"id": "x"}, {"id": "9" * 19}, {"id": "²"}, {"ptt": ""}, {"ptt": "x"}],
)
async def test_a_malformed_report_is_refused(
    channel: Ovh, provider: PlayedOvh, recorder: Recorder, fields: dict[str, str]
) -> None:
    query = {"key": KEY, "id": "1", "ptt": "4"} | fields
    response = await provider.call("GET", f"{provider.ours}{REPORT}", params=query)
    assert (response.status_code, recorder.reports) == (400, [])


# Whether it is set up right


async def test_a_good_account_is_well(channel: Ovh, provider: PlayedOvh) -> None:
    await channel.check()
    assert provider.sent == []


@pytest.mark.parametrize(
    ("account", "key"),
    [
        ({"secret": "wrong"}, "setup.ovh.keys"), ({"consumer": "wrong"}, "setup.ovh.keys"),
        ({"application": "wrong"}, "setup.ovh.keys"),
        ({"service": "sms-xx1-1"}, "setup.ovh.service"),
        ({"api_url": f"http://127.0.0.1:{free_port()}"}, "setup.ovh.away"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_the_settings_is_named(
    provider: PlayedOvh, account: dict[str, str], key: str
) -> None:
    channel = an_account(provider, **account)
    await unwell(channel, key)
    await channel.close()


async def test_what_is_wrong_with_the_account_is_named(channel: Ovh, provider: PlayedOvh) -> None:
    provider.account["creditsLeft"] = 0
    await unwell(channel, "setup.ovh.credits")
    provider.account["status"] = "disable"
    await unwell(channel, "setup.ovh.disabled")
    provider.fail(500)
    await unwell(channel, "setup.ovh.away")


async def unwell(channel: Ovh, key: str) -> None:
    with pytest.raises(Unwell) as caught:
        await channel.check()
    assert caught.value.key == key
    assert SECRET not in str(caught.value.values)
