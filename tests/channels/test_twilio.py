"""SMS through Twilio, played after its documentation; its own library judges signatures."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from twilio.request_validator import RequestValidator

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
from bot.channels.twilio import (
    NOTHING_TO_SAY,
    PROOF,
    RECEIVE,
    REPORT,
    Twilio,
    signature,
    spellings,
)
from core.messages import Choice, Outgoing
from tests.peers.doors import Recorder
from tests.peers.twilio import ACCOUNT, NUMBER, TOKEN, PlayedTwilio
from tests.peers.waiting import free_port
from tests.peers.web import listen, port_of, serving

ARABIC = "مرحبا، كيف أستعيد كلمة السر؟"
SERVICE = "MG" + "0b" * 16


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def provider() -> AsyncIterator[PlayedTwilio]:
    listener = listen()
    played = PlayedTwilio(f"http://127.0.0.1:{port_of(listener)}")
    played.web = listener
    async with played.running():
        yield played
    listener.close()


@pytest.fixture
async def channel(provider: PlayedTwilio, recorder: Recorder) -> AsyncIterator[Twilio]:
    channel = Twilio(ACCOUNT, TOKEN, NUMBER, provider.ours, provider.url, timeout=2)
    await channel.start(recorder.doors)
    async with serving(Starlette(routes=list(channel.routes())), [provider.web]):
        yield channel
    await channel.close()


def outgoing(phone: str, text: str = "Bonjour", *labels: str) -> Outgoing:
    return Outgoing(41, phone, text, tuple(Choice(label, "menu") for label in labels))


# Signatures


@given(
    st.dictionaries(st.text("abcXYZ_é0", max_size=8), st.text(max_size=12), max_size=6),
    st.sampled_from(["/sms/twilio/report?id=41", "/sms/twilio/receive", "/x?a=1&b=%20"]),
    st.sampled_from(["https://tne.example", "http://tne.example:8080", "https://tne.example:443"]),
)
def test_signatures_are_those_of_twilios_own_library(
    fields: dict[str, str], path: str, host: str
) -> None:
    url, official = host + path, RequestValidator(TOKEN)
    assert signature(url, fields.items(), TOKEN) == official.compute_signature(url, fields)
    for spelling in spellings(url):
        assert official.validate(url, fields, signature(spelling, fields.items(), TOKEN))
        # Only those two: any other address signs something else.
        assert urlsplit(spelling).hostname == urlsplit(url).hostname


def test_a_name_that_comes_twice_is_signed_as_twilio_does() -> None:
    class Twice(dict[str, list[str]]):
        def getlist(self, name: str) -> list[str]:
            return self[name]

    official = RequestValidator(TOKEN).compute_signature("https://x/", Twice(b=["2", "1"], a=["3"]))
    assert signature("https://x/", [("b", "2"), ("a", "3"), ("b", "1")], TOKEN) == official


# Receiving


@pytest.mark.parametrize(
    "text", ["slt g oublie le mdp", "Été à l'école ? & = + %", ARABIC, "un\ndeux", ""]
)
async def test_words_come_in_as_they_were_written(
    channel: Twilio, provider: PlayedTwilio, recorder: Recorder, phone: str, text: str
) -> None:
    response = await provider.writes(phone, text, MessageSid="SM7")
    assert (response.status_code, response.text) == (200, NOTHING_TO_SAY)
    assert response.headers["content-type"].startswith("text/xml")
    incoming = await recorder.next()
    assert (incoming.channel, incoming.address, incoming.text) == ("sms", phone, text)
    assert incoming.provider_id == "SM7"


async def test_a_brand_or_a_short_code_is_left_aside(
    channel: Twilio, provider: PlayedTwilio, recorder: Recorder
) -> None:
    for sender in ("3700", "INFO-SFR"):
        assert (await provider.writes(sender, "Votre facture")).status_code == 200
    assert recorder.incoming == []


async def test_what_twilio_did_not_sign_is_refused(
    channel: Twilio, provider: PlayedTwilio, recorder: Recorder, phone: str
) -> None:
    fields = {"From": phone, "MessageSid": "SM1", "Body": "bonjour", "MessageStatus": "delivered"}
    url, report = f"{provider.ours}{RECEIVE}", f"{provider.ours}{REPORT}?id="
    forged = [
        await provider.call("POST", url, data=fields),
        await provider.call("POST", url, data=fields, headers={PROOF: ""}),
        await provider.call("POST", url, data=fields, headers={PROOF: "é".encode("latin-1")}),
        # Signed for other words, another address, another delivery, or by somebody else.
        await provider.posts(url, fields, signed_url="https://elsewhere.example/"),
        await provider.posts(f"{report}41", fields, signed_url=f"{report}42"),
    ]
    provider.signs = "another token"
    forged += [await provider.posts(url, fields), await provider.posts(f"{report}41", fields)]
    assert {response.status_code for response in forged} == {403}
    assert (recorder.incoming, recorder.reports) == ([], [])


async def test_a_signed_message_that_is_none_is_refused_and_not_kept(
    channel: Twilio, provider: PlayedTwilio, recorder: Recorder, phone: str
) -> None:
    whole = {"From": phone, "MessageSid": "SM1", "Body": "bonjour"}
    malformed = [
        {key: value for key, value in whole.items() if key != left_out} for left_out in whole
    ]
    malformed += [whole | {"MessageSid": "x" * 101}, whole | {"MessageSid": "a\0b"}]
    for fields in malformed:
        response = await provider.posts(f"{provider.ours}{RECEIVE}", fields)
        assert response.status_code == 400, fields
    assert recorder.incoming == []


async def test_the_address_that_twilio_was_told_counts_not_what_a_proxy_made_of_it(
    provider: PlayedTwilio, recorder: Recorder, phone: str
) -> None:
    public = "https://tne.example/sms-of-the-team"
    channel = Twilio(ACCOUNT, TOKEN, NUMBER, public, provider.url)
    await channel.start(recorder.doors)
    fields = {"From": phone, "MessageSid": "SM1", "Body": "bonjour"}
    async with serving(Starlette(routes=list(channel.routes())), [provider.web]):
        inside = f"{provider.ours}{RECEIVE}"
        assert (await provider.posts(inside, fields, public + RECEIVE)).status_code == 200
        assert (await provider.posts(inside, fields)).status_code == 403
    assert len(recorder.incoming) == 1
    await channel.close()


# Sending


async def test_a_message_says_where_to_report(
    channel: Twilio, provider: PlayedTwilio, phone: str
) -> None:
    sent = await channel.send(outgoing(phone, "Où habitez-vous ?", "Vienne", "Finistère"))
    message = await provider.next()
    assert message["Body"] == "Où habitez-vous ?\n1 Vienne\n2 Finistère"
    assert (message["From"], message["To"]) == (NUMBER, phone)
    assert message["StatusCallback"] == f"{provider.ours}{REPORT}?id=41"
    assert sent == Sent(message["sid"], 1)


async def test_a_messaging_service_chooses_the_number(provider: PlayedTwilio, phone: str) -> None:
    channel = Twilio(ACCOUNT, TOKEN, SERVICE, provider.ours, provider.url)
    await channel.send(outgoing(phone, ARABIC))
    message = await provider.next()
    assert message["MessagingServiceSid"] == SERVICE
    assert "From" not in message
    assert message["Body"] == ARABIC
    await channel.close()


async def test_what_is_too_long_is_refused_before_it_leaves(
    channel: Twilio, provider: PlayedTwilio, phone: str
) -> None:
    with pytest.raises(Refused):
        await channel.send(outgoing(phone, "x" * 1531))
    assert provider.sent == []


@pytest.mark.parametrize(
    ("status", "code", "decision"),
    [
        (400, 21211, Unreachable), (400, 21614, Unreachable), (400, 21610, Unreachable),
        (400, 30005, Unreachable), (400, 30006, Unreachable), (400, 30003, Refused),
        (400, 21408, Refused), (400, 21617, Refused), (400, None, Refused),
        (400, 21606, TryLater), (400, 21705, TryLater), (401, 20003, TryLater),
        (403, 20403, TryLater), (404, 20404, TryLater), (500, 20500, TryLater),
        (503, None, TryLater), (429, 20429, Busy),
    ],
)  # fmt: skip
async def test_a_refusal_becomes_a_decision(
    channel: Twilio,
    provider: PlayedTwilio,
    phone: str,
    status: int,
    code: int | None,
    decision: type[DeliveryError],
) -> None:
    body = {"code": code, "message": f"The 'To' number {phone} is wrong", "status": status}
    provider.fail(status, body if code else "<html>")
    with pytest.raises(decision) as caught:
        await channel.send(outgoing(phone))
    assert type(caught.value) is decision
    assert phone not in caught.value.reason


@pytest.mark.parametrize(
    ("asked", "seconds"), [("7", 7), ("", 5), ("soon", 5), ("-1", 5), ("999999", 3600)]
)
async def test_twilio_says_how_long_to_wait(
    channel: Twilio, provider: PlayedTwilio, phone: str, asked: str, seconds: int
) -> None:
    provider.fail(429, {"code": 20429}, **({"Retry_After": asked} if asked else {}))
    with pytest.raises(Busy) as caught:
        await channel.send(outgoing(phone))
    assert caught.value.retry_after == timedelta(seconds=seconds)


async def test_silence_or_nonsense_after_the_request_left_is_uncertain(
    provider: PlayedTwilio, phone: str
) -> None:
    channel = Twilio(ACCOUNT, TOKEN, NUMBER, provider.ours, provider.url, timeout=0.3)
    provider.fail(None)
    provider.fail(201, "<html>")
    provider.fail(201, {"sid": None})
    for _ in range(3):
        with pytest.raises(Uncertain):
            await channel.send(outgoing(phone))
    await channel.close()


async def test_nobody_listening_is_tried_later(phone: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    channel = Twilio(ACCOUNT, TOKEN, NUMBER, nowhere, nowhere)
    with pytest.raises(TryLater):
        await channel.send(outgoing(phone))
    await channel.close()


# Reports


async def test_only_final_reports_are_passed_on(
    channel: Twilio, provider: PlayedTwilio, recorder: Recorder, phone: str
) -> None:
    await channel.send(outgoing(phone))
    message = await provider.next()
    for status in ("queued", "sending", "sent", "undelivered", "failed", "delivered", "odd"):
        response = await provider.reports(message, status, ErrorCode="30003")
        assert response.status_code == 200
    assert recorder.reports == [("sms", 41, False), ("sms", 41, False), ("sms", 41, True)]


@pytest.mark.parametrize("row", ["", "x", "-1", "9" * 16, "²", "1&id=x"])
async def test_a_report_about_nothing_is_refused(
    channel: Twilio, provider: PlayedTwilio, recorder: Recorder, row: str
) -> None:
    url = str(httpx.URL(f"{provider.ours}{REPORT}?id={row}"))
    response = await provider.posts(url, {"MessageStatus": "delivered"})
    assert (response.status_code, recorder.reports) == (400, [])


# Whether it is set up right


async def test_a_good_account_is_well(channel: Twilio, provider: PlayedTwilio) -> None:
    await channel.check()
    assert provider.sent == []


async def test_what_is_wrong_with_the_account_is_named(
    channel: Twilio, provider: PlayedTwilio
) -> None:
    provider.status = "suspended"
    await unwell(channel, "setup.twilio.suspended")
    provider.fail(503)
    await unwell(channel, "setup.twilio.away")
    wrong = Twilio(ACCOUNT, "wrong", NUMBER, provider.ours, provider.url)
    nowhere = Twilio(ACCOUNT, TOKEN, NUMBER, provider.ours, f"http://127.0.0.1:{free_port()}")
    await unwell(wrong, "setup.twilio.account")
    await unwell(nowhere, "setup.twilio.away")
    await wrong.close()
    await nowhere.close()


async def unwell(channel: Twilio, key: str) -> None:
    with pytest.raises(Unwell) as caught:
        await channel.check()
    assert caught.value.key == key
    assert TOKEN not in str(caught.value.values)
