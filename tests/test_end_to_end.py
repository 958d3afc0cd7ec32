"""From a phone to an answer on it, through real peers, and what the database holds then."""

import logging
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot import logs
from bot.channels.sms_text import written
from bot.channels.telegram import PROOF, WEBHOOK
from core.messages import Outgoing
from core.outbox.delivery import State
from tests.peers.assistant import WEBHOOK_SECRET, Assistant, assistant
from tests.peers.kannel import KEY, PASSWORD, FakeSmsc, Gateway, Operator
from tests.peers.rasa import TrainedRasa
from tests.peers.telegram_emulator import TOKEN, VOICE, Fault, Person, TelegramEmulator
from tests.peers.waiting import free_port

QUESTION = "slt g oublié le mdp de l'ENT, qui peut m'aider ?"
# Of the question, nothing may stay: these words are in no answer of ours.
TELLING = "slt g oubli"


@pytest.fixture(autouse=True)
def all_logs(caplog: pytest.LogCaptureFixture) -> None:
    """Everything that is logged at the chattiest level, as ``LOG_LEVEL=DEBUG`` would."""
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)


async def test_telegram_end_to_end(
    tmp_path: Path,
    emulator: TelegramEmulator,
    trained_rasa: TrainedRasa,
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = Person()
    async with assistant(tmp_path, trained_rasa.url, emulator=emulator) as bot:
        await emulator.update(message=person.message(text=QUESTION))
        shown = await emulator.message(person.chat)
        [row] = await bot.answered(1)
        rows = await bot.all_in_state(State.SENT)

        assert (row.outcome, row.channel) == ("answered", "telegram")
        assert row.question_id == "ent_mdp_oublie"
        assert row.confidence is not None
        assert "secrétariat" in shown.text
        assert (row.sealed_text, row.details) == (None, {})
        assert shown.text == rows[0].text
        assert all(delivery.provider_id and delivery.sent_at for delivery in rows)
        logged = caplog.text + trained_rasa.logs()
        holds_nobody(bot, logged, str(person.chat), "Camille", TOKEN)


async def test_sms_end_to_end(
    tmp_path: Path,
    gateway: Gateway,
    phone: str,
    trained_rasa: TrainedRasa,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with assistant(tmp_path, trained_rasa.url, gateway=gateway) as bot:
        fakesmsc = FakeSmsc(gateway, phone, QUESTION, tmp_path)
        shown = await fakesmsc.text()
        [row] = await bot.answered(1)
        rows = await bot.all_in_state(State.DELIVERED)
        fakesmsc.stop()

        assert (row.outcome, row.channel) == ("answered", "sms")
        assert (row.sealed_text, row.details) == (None, {})
        assert shown.text == written(Outgoing(0, "", rows[0].text, rows[0].picks()))
        assert (shown.segments, shown.unicode) == (rows[0].segments, False)
        assert all(delivery.ended_at for delivery in rows)
        logged = caplog.text + trained_rasa.logs()
        holds_nobody(bot, logged, phone.removeprefix("+33"), PASSWORD, KEY)


def holds_nobody(bot: Assistant, logged: str, address: str, *names: str) -> None:
    """Neither the disk nor the logs know the person, what they wrote, or a secret."""
    [known] = bot.addresses()
    assert known.reveal(bot.app.vault).endswith(address)
    stored = bot.stored_bytes()
    assert known.fingerprint.encode() in stored
    for telling in (address, TELLING, *names):
        assert telling.encode() not in stored
        assert telling not in logged


async def test_many_at_once_on_postgresql(
    tmp_path: Path, emulator: TelegramEmulator, rasa_url: str, fresh_database: Callable[[], str]
) -> None:
    people = [Person() for _ in range(10)]
    url = fresh_database()
    async with assistant(tmp_path, rasa_url, emulator=emulator, database_url=url) as bot:
        for person in people:
            await emulator.update(message=person.message(text="/aide"))
            await emulator.update(message=person.message(text=QUESTION))
        rows = await bot.answered(20)
        assert [row.outcome for row in rows] == ["menu", "answered"] * 10
        await bot.all_in_state(State.SENT)
        order = [row.text for row in bot.deliveries() if row.address_id == rows[0].address_id]
        assert [shown.text for shown in emulator.messages(people[0].chat)] == order


async def test_buttons_are_tapped_by_webhook(
    tmp_path: Path, emulator: TelegramEmulator, rasa_url: str
) -> None:
    person = Person()
    async with assistant(tmp_path, rasa_url, emulator=emulator, webhook=True) as bot:
        await emulator.update(message=person.message(text="/start vienne"))
        welcome = await emulator.message(person.chat)
        assert welcome.keys
        await emulator.update(callback_query=person.tap(welcome.keys[0][1]))
        assert (await emulator.message(person.chat)).keys
        await emulator.called("answerCallbackQuery")
        rows = await bot.answered(2)
        assert [row.outcome for row in rows] == ["menu", "menu"]
        assert emulator.count("getUpdates") == 0
        with bot.app.sessions.begin() as session:
            assert session.merge(bot.addresses()[0]).contact.territory == "vienne"


async def test_digits_pick_by_sms(
    tmp_path: Path, gateway: Gateway, operator: Operator, phone: str, rasa_url: str
) -> None:
    async with assistant(tmp_path, rasa_url, gateway=gateway) as bot:
        await operator.send(phone, "menu")
        menu = await operator.text(phone)
        assert "\n1 " in menu.text
        await operator.send(phone, "1")
        assert "\n1 " in (await operator.text(phone)).text
        await operator.send(phone, "99")
        await operator.text(phone)
        assert [row.outcome for row in await bot.answered(3)] == ["menu", "menu", "reacted"]
        await bot.all_in_state(State.DELIVERED)


async def test_the_same_update_twice_is_answered_once(
    tmp_path: Path, emulator: TelegramEmulator, rasa_url: str
) -> None:
    person = Person()
    update = {"update_id": 77, "message": person.message(voice=VOICE)}
    async with (
        assistant(tmp_path, rasa_url, emulator=emulator, webhook=True) as bot,
        httpx.AsyncClient(base_url=bot.url, headers={PROOF: WEBHOOK_SECRET}) as client,
    ):
        for _ in range(2):
            assert (await client.post(WEBHOOK, json=update)).status_code == 200
        await emulator.message(person.chat)
        assert len(await bot.answered(1)) == 1
        assert len(await bot.all_in_state(State.SENT)) == 1
    assert len(emulator.messages(person.chat)) == 1


async def test_what_was_taken_is_answered_before_we_end(
    tmp_path: Path, emulator: TelegramEmulator, rasa_url: str
) -> None:
    person = Person()
    update = {"update_id": 77, "message": person.message(text=QUESTION)}
    async with (
        assistant(tmp_path, rasa_url, emulator=emulator, webhook=True) as bot,
        httpx.AsyncClient(base_url=bot.url, headers={PROOF: WEBHOOK_SECRET}) as client,
    ):
        assert (await client.post(WEBHOOK, json=update)).status_code == 200
    assert len(emulator.messages(person.chat)) == 1


async def test_what_is_refused_leaves_no_trace(
    tmp_path: Path, emulator: TelegramEmulator, rasa_url: str
) -> None:
    person = Person()
    update = {"update_id": 77, "message": person.message(text="bonjour")}
    async with (
        assistant(tmp_path, rasa_url, emulator=emulator, webhook=True) as bot,
        httpx.AsyncClient(base_url=bot.url) as client,
    ):
        assert (await client.post(WEBHOOK, json=update)).status_code == 403
        wrong = {PROOF: "wrong"}
        assert (await client.post(WEBHOOK, json=update, headers=wrong)).status_code == 403
        right = {PROOF: WEBHOOK_SECRET}
        assert (await client.post(WEBHOOK, content=b"{", headers=right)).status_code == 400
        assert (bot.inbound(), bot.addresses(), bot.deliveries()) == ([], [], [])


async def test_an_sms_that_came_while_we_were_away_is_answered_when_we_return(
    tmp_path: Path, gateway: Gateway, operator: Operator, phone: str, rasa_url: str
) -> None:
    await operator.send(phone, "aide")
    async with assistant(tmp_path, rasa_url, gateway=gateway) as bot:
        await operator.text(phone)
        assert len(await bot.answered(1)) == 1


async def test_without_the_understanding_people_are_told_so(
    tmp_path: Path, emulator: TelegramEmulator
) -> None:
    person = Person()
    nobody = f"http://127.0.0.1:{free_port()}"
    async with assistant(tmp_path, nobody, emulator=emulator) as bot:
        await emulator.update(message=person.message(text=QUESTION))
        assert (await emulator.message(person.chat)).keys
        assert [row.outcome for row in await bot.answered(1)] == ["unavailable"]


async def test_somebody_who_blocked_us_is_unreachable_until_they_write(
    tmp_path: Path, emulator: TelegramEmulator, rasa_url: str
) -> None:
    person = Person()
    async with assistant(tmp_path, rasa_url, emulator=emulator) as bot:
        emulator.fail("sendMessage", Fault(403, "Forbidden: bot was blocked by the user"))
        await emulator.update(message=person.message(text="/aide"))
        await bot.all_in_state(State.FAILED)
        assert [address.state for address in bot.addresses()] == ["unreachable"]
        await emulator.update(message=person.message(text="/aide"))
        await emulator.message(person.chat)
        assert [address.state for address in bot.addresses()] == ["open"]
