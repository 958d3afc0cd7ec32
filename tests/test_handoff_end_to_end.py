"""A person and a member of the team, each on their own phone, through the whole assistant."""

import logging
from pathlib import Path

import pytest

from bot import logs
from core.answers import Answer, Outcome
from core.messages import Bubble
from core.outbox.delivery import State
from tests.peers.assistant import Assistant, assistant
from tests.peers.kannel import Gateway, Operator
from tests.peers.telegram_emulator import TEAM, Person, Shown, TelegramEmulator
from tests.peers.understanding import StubRasa
from tests.peers.waiting import until

WORDS = "je veux parler a quelquun svp"
SOMEBODY = Answer((Bubble("…"),), Outcome.HANDOFF, "parler_a_un_humain", 0.9)
GROUP = {"telegram_staff_group": str(TEAM["id"])}


@pytest.fixture(autouse=True)
def all_logs(caplog: pytest.LogCaptureFixture) -> None:
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)


async def reference(bot: Assistant, purpose: str) -> int:
    """Telegram's number of the post whose purpose begins with *purpose*, once it is there."""

    def number() -> str | None:
        rows = [row for row in bot.deliveries() if row.purpose.startswith(purpose)]
        return rows[-1].provider_id if rows else None

    return int(await until(number, f"the post {purpose}") or 0)


async def group_hears(emulator: TelegramEmulator) -> Shown:
    return await emulator.message(TEAM["id"])


async def test_a_person_and_a_member_talk_on_telegram(
    tmp_path: Path, emulator: TelegramEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    person, member = Person(), Person()
    async with (
        StubRasa(SOMEBODY).running() as rasa,
        assistant(tmp_path, rasa.url, emulator=emulator, **GROUP) as bot,
    ):
        await emulator.update(message=person.message(text=WORDS))
        assert "équipe TNE" in (await emulator.message(person.chat)).text
        post = await group_hears(emulator)
        assert WORDS in post.text
        assert str(person.chat) not in post.text
        assert "Camille" not in post.text

        opened = await reference(bot, "opened")
        await emulator.update(message=member.answer(opened, text="Bonjour, dites-moi tout."))
        answer = await emulator.message(person.chat)
        assert answer.text == "Réponse de l'équipe TNE : Bonjour, dites-moi tout."
        assert (await group_hears(emulator)).text == "#1 : transmis."

        await emulator.update(message=person.message(text="mon fils est perdu sur Pronote"))
        noted = await emulator.message(person.chat)
        assert [label for label, _ in noted.keys] == ["Revenir à l'assistant"]
        assert "perdu sur Pronote" in (await group_hears(emulator)).text

        await emulator.update(message=member.answer(opened, text="/fin"))
        assert "terminé" in (await emulator.message(person.chat)).text
        assert "terminé" in (await group_hears(emulator)).text

        await bot.all_in_state(State.SENT)
        stored, logged = bot.stored_bytes(), caplog.text
        for telling in (WORDS, "dites-moi tout", "perdu sur Pronote", str(person.chat)):
            assert telling.encode() not in stored
            assert telling not in logged
        assert str(TEAM["id"]) not in logged


async def test_a_person_with_an_old_phone_talks_to_a_member_by_sms(
    tmp_path: Path, emulator: TelegramEmulator, gateway: Gateway, operator: Operator, phone: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    member, long = Person(), "Venez mardi ou jeudi à la médiathèque, nous serons là. " * 8
    async with (
        StubRasa(SOMEBODY).running() as rasa,
        assistant(tmp_path, rasa.url, emulator=emulator, gateway=gateway, **GROUP) as bot,
    ):
        await operator.send(phone, WORDS)
        assert "TNE" in (await operator.text(phone)).text
        post = await group_hears(emulator)
        assert WORDS in post.text
        assert "SMS" in post.text
        assert phone.removeprefix("+33") not in post.text

        opened = await reference(bot, "opened")
        await emulator.update(message=member.answer(opened, text=long))
        answer = await operator.text(phone)
        assert answer.text == f"Réponse de l'équipe TNE : {long.strip()}".replace("ê", "e")
        assert answer.segments > 2  # nothing of what a human wrote is cut
        await group_hears(emulator)

        await operator.send(phone, "merci a jeudi")
        assert "\n1 Revenir" in (await operator.text(phone)).text
        assert "merci a jeudi" in (await group_hears(emulator)).text
        await operator.send(phone, "1")
        assert "de nouveau l'assistant" in (await operator.text(phone)).text
        assert "revenue" in (await group_hears(emulator)).text
        assert phone.removeprefix("+33") not in caplog.text
