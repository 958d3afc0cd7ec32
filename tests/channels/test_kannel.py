"""SMS through a real Kannel, and what its two URLs do with what is not Kannel's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from smsutil import codecs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import DeliveryError, Refused, Sent, TryLater, Uncertain, Unreachable
from bot.channels.kannel import RECEIVE, REPORT, Kannel
from core.messages import Choice, Outgoing
from core.outbox.delivery import Cause, Delivery, State
from core.people import contacts
from tests.peers.assistant import Assistant, assistant
from tests.peers.doors import Recorder
from tests.peers.kannel import KEY, NOT_ALLOWED, PASSWORD, SENDER, USER, Gateway, Operator, Text
from tests.peers.waiting import free_port, until
from tests.peers.web import listen, port_of, serving

NOWHERE = "http://127.0.0.1:9"
# Emoji are left out of what fits GSM-7, so a text that keeps them has other such letters.
ARABIC = "مرحبا، كيف أستعيد كلمة السر؟ 😀"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def kannel(gateway: Gateway, recorder: Recorder) -> AsyncIterator[Kannel]:
    """Our channel, with its two URLs where the real Kannel looks for them."""
    ours = listen()
    channel = Kannel(
        gateway.sendsms_url, USER, PASSWORD, SENDER, f"http://127.0.0.1:{port_of(ours)}", KEY
    )
    web = Starlette(routes=list(channel.routes()))
    async with serving(web, [ours, listen(gateway.web_port)]):
        await channel.start(recorder.doors)
        yield channel
        await channel.stop()
    await channel.close()


def outgoing(phone: str, text: str = "Bonjour", *labels: str) -> Outgoing:
    return Outgoing(41, phone, text, tuple(Choice(label, "menu") for label in labels))


# Receiving, through Kannel


@pytest.mark.parametrize(
    "text",
    ["slt g oublie le mdp", "Été à l'école ? L’élève dit « ça »", ARABIC, "un\ndeux\r\ntrois"],
)
async def test_words_come_in_as_they_were_written(
    kannel: Kannel, operator: Operator, recorder: Recorder, phone: str, text: str
) -> None:
    await operator.send(phone, text)
    incoming = await recorder.next()
    assert (incoming.channel, incoming.address, incoming.text) == ("sms", phone, text)
    assert incoming.provider_id


async def test_a_long_sms_comes_in_as_one(
    kannel: Kannel, operator: Operator, recorder: Recorder, phone: str
) -> None:
    await operator.send_in_parts(phone, "a" * 153, "b" * 153, "fin")
    assert (await recorder.next()).text == "a" * 153 + "b" * 153 + "fin"


async def test_an_empty_sms_comes_in(
    kannel: Kannel, operator: Operator, recorder: Recorder, phone: str
) -> None:
    await operator.send(phone, "")
    assert (await recorder.next()).text == ""


async def test_a_brand_or_a_short_code_is_left_aside(
    kannel: Kannel, operator: Operator, recorder: Recorder, phone: str
) -> None:
    for sender in ("3700", "INFO-SFR"):
        await operator.send(sender, "Votre facture est prete")
    await operator.send(phone, "fin")
    assert (await recorder.next()).text == "fin"
    assert len(recorder.incoming) == 1


async def test_what_could_not_be_kept_is_handed_in_again(
    kannel: Kannel, operator: Operator, recorder: Recorder, phone: str
) -> None:
    recorder.refuse = ConnectionError("the database is away")
    await operator.send(phone, "toujours la")
    assert (await recorder.next()).text == "toujours la"
    assert recorder.refuse is None


# Sending, through Kannel

Deliver = Callable[[str], Awaitable[tuple[Sent, Text]]]


@pytest.fixture
def deliver(kannel: Kannel, operator: Operator, recorder: Recorder, phone: str) -> Deliver:
    """Send, and return when the phone shows it and its report has come."""

    async def deliver(text: str, *labels: str) -> tuple[Sent, Text]:
        recorder.reports.clear()
        sent = await kannel.send(outgoing(phone, text, *labels))
        shown = await operator.text(phone)
        await until(lambda: recorder.reports, "a delivery report")
        return sent, shown

    return deliver


async def test_cheap_letters_go_in_the_cheap_alphabet(deliver: Deliver) -> None:
    sent, shown = await deliver("Été à l'école")
    assert shown == Text(SENDER, "Été à l'école", unicode=False, segments=1)
    assert sent == Sent("41", 1)


async def test_every_letter_that_we_call_cheap_arrives(deliver: Deliver) -> None:
    alphabet = "".join(char for char in map(chr, range(32, 0x2100)) if codecs.is_valid_gsm(char))
    assert {"é", "€", "Δ"} <= set(alphabet)
    _, shown = await deliver(f"[{alphabet}]")
    assert (shown.text, shown.unicode) == (f"[{alphabet}]", False)


async def test_other_scripts_arrive_intact(deliver: Deliver) -> None:
    _, shown = await deliver(ARABIC)
    assert shown == Text(SENDER, ARABIC, unicode=True, segments=1)


async def test_choices_are_numbered_lines(deliver: Deliver) -> None:
    _, shown = await deliver("Où habitez-vous ?", "Vienne", "Finistère")
    assert shown.text == "Où habitez-vous ?\n1 Vienne\n2 Finistère"


async def test_segments_are_counted_as_kannel_sends_them(deliver: Deliver) -> None:
    for letter, count, segments in (
        ("x", 160, 1), ("x", 161, 2), ("é", 306, 2), ("é", 307, 3), ("€", 80, 1), ("€", 81, 2),
        ("€", 153, 3), ("م", 70, 1), ("م", 71, 2), ("م", 134, 2), ("م", 135, 3), ("x", 1530, 10),
    ):  # fmt: skip
        sent, shown = await deliver(letter * count)
        assert shown.text == letter * count
        assert (sent.segments, shown.segments) == (segments, segments), (letter, count)


async def test_emoji_across_parts_are_counted_and_arrive(deliver: Deliver) -> None:
    for count in (34, 35, 36, 67, 68, 101):
        text = "م" + "😀" * count
        sent, shown = await deliver(text)
        assert shown.text == text
        assert sent.segments == shown.segments, count


async def test_what_kannel_would_cut_is_refused(kannel: Kannel, phone: str) -> None:
    with pytest.raises(Refused):
        await kannel.send(outgoing(phone, "x" * 1531))


async def test_a_long_message_is_reported_once(
    deliver: Deliver, recorder: Recorder, operator: Operator
) -> None:
    await deliver("x" * 400)
    await deliver("fin")
    assert recorder.reports == [("sms", 41, True)]


async def test_a_report_finds_its_way_back_whatever_the_key(
    gateway: Gateway, operator: Operator, recorder: Recorder, phone: str
) -> None:
    listener = listen()
    url = f"http://127.0.0.1:{port_of(listener)}/"
    channel = Kannel(gateway.sendsms_url, USER, PASSWORD, SENDER, url, "a+b/c=&d %p#?")
    await channel.start(recorder.doors)
    async with serving(Starlette(routes=list(channel.routes())), [listener]):
        await channel.send(outgoing(phone))
        await until(lambda: recorder.reports, "a delivery report")
    await channel.close()
    assert (await operator.text(phone)).text == "Bonjour"


async def test_a_number_that_kannel_refuses_is_unreachable(kannel: Kannel) -> None:
    with pytest.raises(Unreachable):
        await kannel.send(outgoing(NOT_ALLOWED))


async def test_a_wrong_password_is_tried_later(gateway: Gateway, phone: str) -> None:
    channel = Kannel(gateway.sendsms_url, USER, "wrong", SENDER, NOWHERE, KEY)
    with pytest.raises(TryLater):
        await channel.send(outgoing(phone))
    await channel.close()


# Sending, when Kannel is not well


@asynccontextmanager
async def stub_of_smsbox(
    answer: Callable[[Request], Awaitable[Response]], timeout: float = 15
) -> AsyncIterator[Kannel]:
    listener = listen()
    url = f"http://127.0.0.1:{port_of(listener)}/cgi-bin/sendsms"
    channel = Kannel(url, USER, PASSWORD, SENDER, NOWHERE, KEY, timeout)
    web = Starlette(routes=[Route("/cgi-bin/sendsms", answer, methods=["POST"])])
    async with serving(web, [listener]):
        yield channel
        await channel.close()


@pytest.mark.parametrize(
    ("status", "body", "decision"),
    [
        (503, "Temporal failure, try again later.", TryLater),
        (403, "Authorization failed for sendsms", TryLater),
        (500, "", TryLater),
        (400, "Missing receiver(s) number(s), rejected", Unreachable),
        (400, "Number(s) has/have been denied by white- and/or black-lists.", Unreachable),
        (400, "Sender missing and no global set, rejected", Refused),
        (404, "Unknown request.", Refused),
        (415, "Unsupported content-type, rejected", Refused),
    ],
)
async def test_a_refusal_becomes_a_decision(
    phone: str, status: int, body: str, decision: type[DeliveryError]
) -> None:
    async def answer(request: Request) -> Response:
        return PlainTextResponse(body, status)

    async with stub_of_smsbox(answer) as channel:
        with pytest.raises(decision) as caught:
            await channel.send(outgoing(phone))
        assert type(caught.value) is decision


async def test_silence_after_the_request_left_is_uncertain(phone: str) -> None:
    free = asyncio.Event()

    async def answer(request: Request) -> Response:
        await free.wait()
        return PlainTextResponse("0: Accepted for delivery", 202)

    async with stub_of_smsbox(answer, timeout=0.2) as channel:
        with pytest.raises(Uncertain):
            await channel.send(outgoing(phone))
        free.set()


async def test_a_cut_connection_is_uncertain(phone: str) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cgi-bin/sendsms"
    channel = Kannel(url, USER, PASSWORD, SENDER, NOWHERE, KEY)
    async with server:
        with pytest.raises(Uncertain):
            await channel.send(outgoing(phone))
    await channel.close()


async def test_nobody_listening_is_tried_later(phone: str) -> None:
    url = f"http://127.0.0.1:{free_port()}/cgi-bin/sendsms"
    channel = Kannel(url, USER, PASSWORD, SENDER, NOWHERE, KEY)
    with pytest.raises(TryLater):
        await channel.send(outgoing(phone))
    await channel.close()


# Our two URLs, asked by anybody


@asynccontextmanager
async def asked(recorder: Recorder) -> AsyncIterator[httpx.AsyncClient]:
    listener = listen()
    url = f"http://127.0.0.1:{port_of(listener)}"
    channel = Kannel(NOWHERE, USER, PASSWORD, SENDER, url, KEY)
    await channel.start(recorder.doors)
    async with (
        serving(Starlette(routes=list(channel.routes())), [listener]),
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield client
    await channel.close()


async def test_a_wrong_key_is_refused(recorder: Recorder, phone: str) -> None:
    sms = {"from": phone, "id": "1", "text": "bonjour"}
    async with asked(recorder) as client:
        for key in ({}, {"key": ""}, {"key": "wrong"}, {"key": "é"}):
            received = await client.get(RECEIVE, params=sms | key)
            reported = await client.get(REPORT, params={"id": "1", "type": "1"} | key)
            assert (received.status_code, reported.status_code) == (403, 403)
    assert (recorder.incoming, recorder.reports) == ([], [])


async def test_a_malformed_message_is_refused_and_not_kept(recorder: Recorder, phone: str) -> None:
    whole = {"from": phone, "id": "1", "text": "bonjour", "key": KEY}
    malformed = [
        {key: value for key, value in whole.items() if key != left_out}
        for left_out in ("from", "id", "text")
    ]
    malformed += [whole | {"from": ""}, whole | {"id": ""}]
    malformed += [whole | {"id": "x" * 101}, whole | {"id": "a\0b"}]
    async with asked(recorder) as client:
        for query in malformed:
            assert (await client.get(RECEIVE, params=query)).status_code == 400, query
    assert recorder.incoming == []


async def test_a_message_with_odd_characters_is_kept_as_it_is(
    recorder: Recorder, phone: str
) -> None:
    text = "a\0b\u202ec\u200f\x1b \ufffd" + "x" * 3000
    async with asked(recorder) as client:
        query = {"from": phone, "id": "1", "text": text, "key": KEY}
        response = await client.get(RECEIVE, params=query)
        assert (response.status_code, response.text) == (200, "")
    assert [incoming.text for incoming in recorder.incoming] == [text]


async def test_a_malformed_report_is_refused(recorder: Recorder) -> None:
    whole = {"id": "1", "type": "1", "key": KEY}
    malformed = [{"id": ""}, {"id": "x"}, {"id": "-1"}, {"id": "9" * 16}, {"id": "²"}]
    malformed += [{"type": ""}, {"type": "%d"}, {"type": "1" * 4}, {"type": "1.0"}]
    async with asked(recorder) as client:
        for odd in malformed:
            assert (await client.get(REPORT, params=whole | odd)).status_code == 400, odd
    assert recorder.reports == []


async def test_only_final_reports_are_passed_on(recorder: Recorder) -> None:
    async with asked(recorder) as client:
        for code in (8, 4, 2, 16, 1, 34):
            query = {"id": "5", "type": str(code), "key": KEY}
            assert (await client.get(REPORT, params=query)).status_code == 200
    assert recorder.reports == [("sms", 5, False), ("sms", 5, False), ("sms", 5, True)]


# Reports, down to the database


@pytest.fixture
async def bot(tmp_path: Path, rasa_url: str) -> AsyncIterator[Assistant]:
    """The whole bot; its Kannel is not there, for nothing is sent."""
    settings = {"sms_gateway": "kannel", "sms_webhook_key": KEY, "kannel_url": NOWHERE}
    async with assistant(tmp_path, rasa_url, **settings) as running:
        yield running


def a_delivery(bot: Assistant, phone: str, channel: str = "sms") -> int:
    """Sent a moment ago, waiting for its report; the delivery's id."""
    now = datetime.now(UTC)
    cause = len(bot.deliveries()) + 1
    with bot.app.sessions.begin() as session:
        address = contacts.meet(session, bot.app.vault, channel, phone, now)
        row = Delivery(
            cause=Cause.REPLY, cause_id=cause, purpose="1", contact_id=address.contact_id,
            address=address, channel=channel, state=State.SENT, text="Bonjour", not_before=now,
            created_at=now, sent_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


async def test_reports_count_in_any_order(bot: Assistant, phone: str) -> None:
    for codes, state in (
        ([1], State.DELIVERED), ([8, 1], State.DELIVERED), ([1, 8], State.DELIVERED),
        ([2], State.FAILED), ([16], State.FAILED), ([2, 1], State.DELIVERED),
        ([1, 2], State.DELIVERED), ([1, 16, 2], State.DELIVERED), ([4, 8], State.SENT),
    ):  # fmt: skip
        row = a_delivery(bot, phone)
        async with httpx.AsyncClient(base_url=bot.url) as client:
            for code in codes:
                query = {"key": KEY, "id": str(row), "type": str(code)}
                assert (await client.get(REPORT, params=query)).status_code == 200
        assert bot.deliveries()[-1].state == state, codes


async def test_a_report_changes_nothing_but_its_own_delivery(bot: Assistant, phone: str) -> None:
    ours = a_delivery(bot, phone)
    telegrams = a_delivery(bot, "700000000", channel="telegram")
    async with httpx.AsyncClient(base_url=bot.url) as client:
        for row in (telegrams, 999_999_999_999_999, 0):
            query = {"key": KEY, "id": str(row), "type": "1"}
            assert (await client.get(REPORT, params=query)).status_code == 200
        wrong = {"key": "wrong", "id": str(ours), "type": "1"}
        assert (await client.get(REPORT, params=wrong)).status_code == 403
    assert {delivery.state for delivery in bot.deliveries()} == {State.SENT}
