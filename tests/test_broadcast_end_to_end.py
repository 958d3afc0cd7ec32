"""A member and somebody who reads Turkish, each on Telegram, through the whole assistant."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import logs
from core.audit import Audit
from core.broadcasts.model import Broadcast
from core.team import members
from tests.peers.assistant import assistant, since
from tests.peers.telegram_emulator import Person, TelegramEmulator
from tests.peers.waiting import free_port, until
from tests.test_sign_up_end_to_end import Chat
from tests.world import NOON


async def test_from_diffuser_to_a_report_while_a_message_tells_how_far_it_is(
    tmp_path: Path, emulator: TelegramEmulator, rasa_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    clock = since(NOON)
    async with assistant(tmp_path, rasa_url, emulator=emulator, clock=clock) as bot:
        member, reader = Chat(emulator), Chat(emulator)
        reader.person = Person("tr")
        await reader.write("/start")
        with bot.app.sessions.begin() as session:
            code = members.make_code(session, bot.app.vault, "cli:root", clock())
        assert "/diffuser" in await member.write(f"/equipe {code}")
        await member.write("/diffuser")
        for label in ("Langue", "turc", "Retour", "C'est bon : 1 personne(s)"):
            await member.tap(label)
        assert "lisent : turc" in await member.write("Réunion mardi secrète")
        await member.write("Salı toplantı var")
        await member.tap("Des réponses à toucher")
        await member.write("Oui / Non")
        await member.tap("Continuer")
        assert "Salı toplantı var" in await member.tap("Dès que c'est confirmé")
        assert "confirmée" in await member.tap("Confirmer : 1 personne(s)")

        await bot.app.ticks.tick()
        assert await reader.read() == "Salı toplantı var"
        assert [label for label, _ in reader.shown.keys] == ["Oui", "Non"]
        assert "Not ettik: “Oui”" in await reader.tap("Oui")
        live = await member.read()
        assert "(en cours" in live
        assert [label for label, _ in member.shown.keys][1:] == ["Pause", "Annuler l'envoi"]

        def all_left() -> bool:
            return {row.state for row in bot.deliveries()} == {"sent"}

        await until(all_left, "all to have left")
        for _ in range(2):
            await bot.app.progress.show()
        edit = [fields for method, fields in emulator.calls if method == "editMessageText"][-1]
        assert "Envoyés : 1" in edit["text"]
        assert "Réponse « Oui » : 1" in edit["text"]
        await bot.app.ticks.tick()
        report = await member.read()
        assert "(finie" in report
        await bot.app.progress.show()
        last = [fields for method, fields in emulator.calls if method == "editMessageText"][-1]
        assert "Qui rappeler" in str(last["reply_markup"])
        await member.tap("Qui rappeler (fichier)")
        [(name, content)] = member.shown.files
        assert name == "rappels-1.csv"
        assert content.decode("utf-8-sig").strip() == "numero;prenom;langue;territoire;raison"
        with bot.app.sessions.begin() as session:
            assert session.scalars(select(Broadcast.state)).one() == "finished"
            done = list(session.scalars(select(Audit.action).order_by(Audit.id)))
        assert done == [
            "staff.code", "staff.joined", "broadcast.created", "broadcast.confirmed",
            "broadcast.begun", "broadcast.finished", "broadcast.phone_list",
        ]  # fmt: skip
        assert "secrète" not in caplog.text
        assert str(reader.person.chat) not in caplog.text


async def test_a_photo_sent_in_private_reaches_the_readers(
    tmp_path: Path, emulator: TelegramEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    """No model is asked for any of it: there is none."""
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    clock = since(NOON)
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with assistant(tmp_path, nowhere, emulator=emulator, clock=clock) as bot:
        member, reader = Chat(emulator), Chat(emulator)
        reader.person = Person("tr")
        await reader.write("/start")
        photo = {**emulator.holds("large", b"\xff\xd8 secret"), "width": 90, "height": 90}
        await emulator.update(message=reader.person.message(photo=[photo]))
        await reader.read()
        assert emulator.count("getFile") == 0
        with bot.app.sessions.begin() as session:
            code = members.make_code(session, bot.app.vault, "cli:root", clock())
        await member.write(f"/equipe {code}")
        await member.write("/diffuser")
        for label in ("Langue", "turc", "Retour", "C'est bon : 1 personne(s)"):
            await member.tap(label)
        await member.write("Réunion mardi")
        await member.tap("Passer : pas de traduction")
        await member.tap("Joindre un fichier")
        await emulator.update(message=member.person.message(photo=[photo]))
        assert "Pièce jointe « photo.jpg »" in await member.read()
        await member.tap("Continuer")
        assert "Pièce jointe « photo.jpg »" in await member.tap("Dès que c'est confirmé")
        assert "Réunion mardi" in await member.tap("M'envoyer un essai")
        assert member.shown.files == (("photo.jpg", b"\xff\xd8 secret"),)
        await member.read()
        assert "confirmée" in await member.tap("Confirmer : 1 personne(s)")
        await bot.app.ticks.tick()
        assert "Réunion mardi" in await reader.read()
        assert reader.shown.files == (("photo.jpg", b"\xff\xd8 secret"),)
        assert emulator.count("getFile") == 1
        assert str(reader.person.chat) not in caplog.text
