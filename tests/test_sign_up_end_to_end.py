"""From two kinds of phone to a seat and back, through Kannel, Telegram's emulator and the trained
Rasa; then the rows."""

import logging
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import logs
from bot.building import KINDS
from core.outbox.delivery import Cause, Delivery
from core.workshops.model import NAME, Audience, SignUp, WorkshopKind
from core.workshops.search.interest import Telling
from core.workshops.signing.form import Said
from core.workshops.wishes import matrix
from core.workshops.wishes.opening import Planned, open_session
from tests.core.workshops.shop import a_session, the_tables
from tests.peers.assistant import Assistant, assistant, since
from tests.peers.kannel import Gateway, Operator
from tests.peers.rasa import TrainedRasa
from tests.peers.telegram_emulator import Person, Shown, TelegramEmulator
from tests.world import NOON, texts_of, the_library

IN_TEN_DAYS = NOON + timedelta(days=10)
ADDRESS = "anne.exemple@ac-poitiers.fr"


def offer(bot: Assistant, **changes: object) -> int:
    with bot.app.sessions.begin() as session:
        return a_session(session, starts_at=IN_TEN_DAYS, **changes).id


def sms(operator: Operator, phone: str) -> Callable[..., Awaitable[str]]:
    """Writes *words* one after the other, and reads what answers the last."""

    async def write(*words: str) -> str:
        for one in words:
            await operator.send(phone, one)
            said = await operator.text(phone)
            assert said.segments <= 2, said.text
        return said.text

    return write


class Chat:
    """Somebody on Telegram; ``shown`` is what was answered last."""

    def __init__(self, emulator: TelegramEmulator) -> None:
        self.person, self._emulator = Person(), emulator
        self.shown: Shown

    async def write(self, *words: str) -> str:
        for one in words:
            await self._emulator.update(message=self.person.message(text=one))
            await self.read()
        return self.shown.text

    async def tap(self, label: str) -> str:
        data = next(data for name, data in self.shown.keys if name == label)
        await self._emulator.update(callback_query=self.person.tap(data))
        return await self.read()

    async def read(self) -> str:
        self.shown = await self._emulator.message(self.person.chat)
        return self.shown.text


def sign_ups(bot: Assistant) -> list[SignUp]:
    with bot.app.sessions.begin() as session:
        rows = list(session.scalars(select(SignUp).order_by(SignUp.id)))
        assert all(row.attendees is not None for row in rows)
        return rows


async def test_a_family_signs_up_by_digits_alone(
    tmp_path: Path,
    gateway: Gateway,
    operator: Operator,
    phone: str,
    trained_rasa: TrainedRasa,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    async with assistant(
        tmp_path, trained_rasa.url, gateway=gateway, clock=since(NOON), rasa_timeout=30
    ) as bot:
        offer(bot)
        write = sms(operator, phone)
        found = await write("slt ya des atelier pr les parents vers latillé ?")
        assert re.search(r"^1 .*", found, re.MULTILINE)
        assert "Combien d'adultes" in await write("1", "1")
        summed_up = await write("2", "2", "1")
        assert "2 adultes, 1 enfant" in summed_up
        done = await write("1")
        assert done.startswith("C'est fait !")

        [row] = sign_ups(bot)
        assert (row.state, row.size, row.consent, row.details) == ("confirmed", 3, "2026-11", None)
        assert [one.child for one in row.attendees] == [False, False, True]
        logged = caplog.text + trained_rasa.logs()
        assert phone.removeprefix("+33") not in logged
        assert phone.removeprefix("+33").encode() not in bot.stored_bytes()


async def test_a_teacher_signs_up_in_words_and_gets_a_file_for_the_calendar(
    tmp_path: Path,
    emulator: TelegramEmulator,
    trained_rasa: TrainedRasa,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    async with assistant(
        tmp_path, trained_rasa.url, emulator=emulator, clock=since(NOON), rasa_timeout=30
    ) as bot:
        offer(
            bot, title="Premiers pas en robotique", theme="robotique", kind=WorkshopKind.TRAINING,
            audience=Audience.TEACHERS, commune="Poitiers",
        )  # fmt: skip
        chat = Chat(emulator)
        await chat.write("/start vienne")
        found = await chat.write("bonjour, y a-t-il une formation robotique pour les enseignants ?")
        assert "Premiers pas en robotique" in found
        await chat.tap(chat.shown.keys[0][0])
        await chat.tap("Je m'inscris")
        await chat.write("Anne Exemple", "collège Jean-Moulin, Poitiers")
        assert "Anne Exemple, collège Jean-Moulin" in await chat.write(f"mon mail c'est {ADDRESS}")
        assert "Sofia-FMO" in await chat.tap("Je confirme")

        [row] = sign_ups(bot)
        assert (row.state, row.size) == ("confirmed", 1)
        assert [bot.app.vault.open(one.name, NAME) for one in row.attendees] == ["Anne Exemple"]
        assert row.details is not None
        assert Said.opened(row.details, bot.app.vault).email == ADDRESS
        [(name, content)] = chat.shown.files
        assert name == "tne.ics"
        assert b"DTSTART:20261201T120000Z" in content
        assert b"Anne" not in content
        logged = caplog.text + trained_rasa.logs()
        for telling in (ADDRESS, "Anne Exemple"):
            assert telling not in logged
            assert telling.encode() not in bot.stored_bytes()


async def test_a_full_session_fills_its_list_and_empties_it_again(
    tmp_path: Path,
    emulator: TelegramEmulator,
    gateway: Gateway,
    operator: Operator,
    phone: str,
    trained_rasa: TrainedRasa,
) -> None:
    async with assistant(
        tmp_path, trained_rasa.url, emulator=emulator, gateway=gateway, clock=since(NOON),
        rasa_timeout=30,
    ) as bot:  # fmt: skip
        number = offer(bot, seats=2)
        write, second, third = sms(operator, phone), Chat(emulator), Chat(emulator)
        # Two seats for a couple; then one person waits, and another after them.
        await write(f"ATELIER {number}", "1", "2", "1", "1", "1")
        for chat, place in ((second, 1), (third, 2)):
            await chat.write(f"/start s{number}", "1", "1", "1", "1")
            assert f"numéro {place} sur la liste" in await chat.write("1")

        # The couple gives its seats back in its own words, and both who wait are asked at once.
        await write("dsl on pourra plus venir a l atelier")
        assert "est rendue" in await write("1")
        for chat in (second, third):
            assert "place" in await chat.read()
            assert [label for label, _ in chat.shown.keys] == ["Oui, je viens", "Non merci"]
        assert "C'est fait" in await second.tap("Oui, je viens")
        await third.tap("Non merci")
        assert [row.state for row in sign_ups(bot)] == ["cancelled", "confirmed", "cancelled"]

        # The last one leaves as well; the session is empty, and nobody was told anything twice.
        await second.write("je ne peux plus venir à l'atelier")
        await second.tap(second.shown.keys[0][0])
        assert "Merci" in await second.tap("Garde d'enfant")
        first, then, last = sign_ups(bot)
        assert {first.state, then.state, last.state} == {"cancelled"}
        assert then.reason == "child_care"
        with bot.app.sessions.begin() as session:
            told = session.execute(
                select(Delivery.cause_id, Delivery.purpose).where(Delivery.cause == Cause.SIGN_UP)
            ).all()
        assert sorted(told) == [(then.id, "offer:1"), (last.id, "offer:1")]


async def test_wishes_become_a_session_and_those_who_fit_are_invited_first(
    tmp_path: Path, emulator: TelegramEmulator, trained_rasa: TrainedRasa
) -> None:
    tuesday = NOON + timedelta(days=17)  # 8 December 2026
    async with assistant(
        tmp_path, trained_rasa.url, emulator=emulator, clock=since(NOON), rasa_timeout=30
    ) as bot:
        fits, another = Chat(emulator), Chat(emulator)
        for chat, half_day in ((fits, "mardi après-midi"), (another, "vendredi matin")):
            await chat.write("/start vienne", "/souhaits", "robotique et IA", "C'est tout")
            await chat.write(half_day, "C'est tout")
            assert "Sofia-FMO" in await chat.write("collège Arthur Rimbaud")

        texts, tables = texts_of(the_library()), the_tables()
        planned = Planned(
            theme="robotique", title="Des robots en classe", organizer="Atelier Canopé 86",
            starts=f"{tuesday:%d/%m/%Y} 14:00", ends="16:00", place="Collège Arthur Rimbaud",
            commune="Latillé", seats=12, reserved=timedelta(hours=48),
        )  # fmt: skip
        with bot.app.sessions.begin() as session:
            counts = matrix.of_all(session, tables, matrix.Chosen(), NOON)
            assert counts.cells["robotique", "tue-pm"] == counts.cells["robotique", "fri-am"] == 1
            opened = open_session(session, Telling(texts, tables, KINDS), planned, NOON)
        assert (opened.wrongs, opened.invited) == ((), 1)

        assert "Des robots en classe" in await fits.read()
        await fits.tap(fits.shown.keys[0][0])
        await fits.write("Anne Exemple", "collège Arthur Rimbaud", ADDRESS)
        assert "Sofia-FMO" in await fits.tap("Je confirme")
        [row] = sign_ups(bot)
        assert (row.state, row.session_id) == ("confirmed", opened.number)
        # To the other it is not open yet.
        assert "Des robots en classe" not in await another.write(f"/start s{opened.number}")
