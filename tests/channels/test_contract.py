"""What every channel promises (bot.channels.base), each against its other side."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot import logs
from bot.channels.base import DeliveryError
from core.messages import Attachment, Choice, Kind, Outgoing
from tests.channels.rigs import RIGS, Rig
from tests.peers.doors import Recorder

WORDS = "Été à l'école : jean_paul@exemple.fr, 2 < 3 & [4]"


@pytest.fixture(params=list(RIGS))
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with RIGS[request.param](request) as rig:
        yield rig


def outgoing(rig: Rig, *labels: str) -> Outgoing:
    return Outgoing(41, rig.address, WORDS, tuple(Choice(label, "menu") for label in labels))


async def test_words_arrive_and_the_provider_gives_a_reference(rig: Rig) -> None:
    sent = await rig.channel.send(outgoing(rig))
    assert (await rig.hear()).text == WORDS
    assert sent.provider_id
    assert (sent.segments is not None) == (rig.channel.kind is Kind.SMS)


async def test_words_arrive_also_where_their_file_cannot(rig: Rig) -> None:
    file = Attachment("tne.ics", b"BEGIN:VCALENDAR", "text/calendar")
    await rig.channel.send(replace(outgoing(rig), attachment=file))
    heard = await rig.hear()
    assert (heard.text, heard.files) == (
        WORDS, () if rig.channel.kind is Kind.SMS else (("tne.ics", b"BEGIN:VCALENDAR"),)
    )  # fmt: skip


async def test_what_a_person_writes_comes_in_under_their_address(rig: Rig) -> None:
    if rig.say is None:
        return  # nobody can write to it
    await rig.say("un mot")
    incoming = await rig.recorder.next()
    assert (incoming.channel, incoming.address) == (rig.channel.name, rig.address)
    assert (incoming.text, incoming.event, incoming.tapped) == ("un mot", None, None)
    assert incoming.provider_id
    assert incoming.received_at.tzinfo is not None


async def test_what_is_offered_can_be_picked(rig: Rig) -> None:
    await rig.channel.send(outgoing(rig, "Vienne", "Finistère"))
    heard = await rig.hear()
    if rig.channel.kind is Kind.SMS:
        assert heard.text.splitlines()[-2:] == ["1 Vienne", "2 Finistère"]
        if rig.tap is None:
            return
        await rig.tap("2")
        assert (await rig.recorder.next()).text == "2"
    else:
        assert rig.tap is not None
        await rig.tap(heard.taps[1])
        assert (await rig.recorder.next()).tapped == "41:1"


async def test_a_provider_that_is_away_raises_what_the_sender_knows(rig: Rig) -> None:
    if rig.away is None:
        return  # nothing to be away: it is in this process
    with pytest.raises(DeliveryError) as caught:
        await rig.away.send(outgoing(rig))
    assert caught.value.reason
    assert rig.address not in caught.value.reason


async def test_its_pace_is_known(rig: Rig) -> None:
    assert 0 <= rig.channel.pace <= 1000


async def test_typing_never_raises(rig: Rig) -> None:
    for channel in (rig.channel, rig.away):
        if channel is not None:
            await channel.typing(rig.address)


async def test_starting_and_stopping_twice_is_harmless(rig: Rig) -> None:
    for number, text in enumerate(("un", "deux"), start=1):
        await rig.channel.start(rig.recorder.doors)
        if rig.say is not None:
            await rig.say(text)
            assert (await rig.recorder.next()).text == text
            assert len(rig.recorder.incoming) == number
        await rig.channel.stop()
        await rig.channel.stop()


async def test_what_was_answered_before_the_stop_can_still_leave(rig: Rig) -> None:
    await rig.channel.stop()
    await rig.channel.send(outgoing(rig))
    assert (await rig.hear()).text == WORDS


async def test_a_start_while_the_provider_is_away_does_not_fail(rig: Rig) -> None:
    if rig.away is not None:
        await rig.away.start(Recorder().doors)
        await rig.away.stop()


async def test_logs_hold_no_address_no_words_and_no_secret(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    if rig.say is not None:
        await rig.say("confidence")
        await rig.recorder.next()
    await rig.channel.typing(rig.address)
    await rig.channel.send(outgoing(rig, "Vienne"))
    await rig.hear()
    if rig.away is not None:
        await rig.away.start(Recorder().doors)
        await rig.away.typing(rig.address)
        with pytest.raises(DeliveryError):
            await rig.away.send(outgoing(rig))
        await rig.away.stop()
    await rig.channel.stop()
    for secret in ("confidence", "jean_paul", rig.address.removeprefix("+"), *rig.secrets):
        assert secret not in caplog.text
