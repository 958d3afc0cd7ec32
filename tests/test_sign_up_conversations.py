"""Finding a session, signing up and giving back, through the real understanding: what is said,
and then the rows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot import ask
from core.db import Base, make_engine, make_sessions
from core.settings import Settings
from core.vault import make_keyring
from core.workshops.model import SignUp
from core.workshops.search.interest import Interest
from core.workshops.sheets import demo
from tests.peers.rasa import TrainedRasa
from tests.world import ROOT, the_library

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def player(
    tmp_path_factory: pytest.TempPathFactory, trained_rasa: TrainedRasa
) -> AsyncIterator[ask.Player]:
    """An assistant that has the sessions of the demonstration to offer."""
    folder = tmp_path_factory.mktemp("sign_ups")
    url = f"sqlite:///{folder}/tne.db"
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with make_sessions(engine).begin() as session:
        tables = the_library().tables
        demo.load(session, tables, ROOT / "content", datetime.now(UTC))
    engine.dispose()
    make_keyring(folder / "keys.json")
    settings = Settings(
        database_url=url, keys_file=folder / "keys.json", rasa_url=trained_rasa.url,
        rasa_timeout=20,
    )  # fmt: skip
    async with ask.Player(settings) as player:
        yield player


class Phone:
    """A made-up person; ``labels`` can be picked now."""

    def __init__(self, player: ask.Player, person: ask.Person) -> None:
        self._player, self._person = player, person
        self.labels: list[str] = []

    async def write(self, *turns: str) -> str:
        """What answers the last of *turns*; ``[label]`` is a button."""
        for turn in turns:
            if turn.startswith("["):
                result = await self._player.press(self._person, turn[1:-1])
            else:
                result = await self._player.say(self._person, turn)
            self.labels = [one.label for reply in result.replies for one in reply.choices]
        return "\n".join(self._person.ear.reads(reply) for reply in result.replies)


async def a_phone(player: ask.Player, channel: str, territory: str) -> Phone:
    return Phone(player, await player.person(channel, territory))


def sign_ups(player: ask.Player) -> list[tuple[str, int]]:
    with player.app.sessions.begin() as session:
        rows = session.execute(select(SignUp.state, SignUp.size).order_by(SignUp.id))
        return [tuple(row) for row in rows]


async def test_a_parent_finds_a_workshop_near_home_and_signs_up_by_sms(player):
    phone = await a_phone(player, "sms", "vienne")
    found = await phone.write("slt ya des atelier pr les parents vers latillé ?")
    assert "Latillé" in found
    assert "adultes viendront" in await phone.write("1", "1")
    done = await phone.write("2", "2", "1", "1")
    assert "C'est fait" in done
    assert sign_ups(player)[-1] == ("confirmed", 3)


async def test_a_teacher_signs_up_on_telegram_by_free_text_and_gives_the_seat_back(player):
    phone = await a_phone(player, "telegram", "vienne")
    found = await phone.write("quelles sont les prochaines formations pour les profs ?")
    assert "Premiers pas en robotique" in found
    label = phone.labels[1]  # the second of the list
    await phone.write(f"[{label}]", "[Je m'inscris]", "Anne Le Goff")
    summed_up = await phone.write("collège Jean-Moulin, Poitiers", "anne.legoff@ac-poitiers.fr")
    assert "Anne Le Goff, collège Jean-Moulin, Poitiers" in summed_up
    assert "Sofia-FMO" in await phone.write("[Je confirme]")
    assert sign_ups(player)[-1] == ("confirmed", 1)
    mine = await phone.write("a quoi je suis inscrite deja ?")
    assert "place réservée" in mine
    await phone.write("finalement je ne pourrai pas venir à la formation")
    given_back = await phone.write(f"[{phone.labels[0]}]")
    assert "Votre place est rendue" in given_back
    assert "Merci de l'avoir dit" in await phone.write("[Le travail]")
    assert sign_ups(player)[-1] == ("cancelled", 1)


async def test_a_question_in_the_middle_of_the_form_is_answered(player):
    phone = await a_phone(player, "sms", "vienne")
    await phone.write("quand sont les prochains ateliers parents ?", "1", "1")
    said = await phone.write("qui anime les ateliers ?")
    assert "orKs" in said
    assert "adultes viendront" in said


async def test_somebody_with_no_sign_up_who_cannot_come_is_told_so(player):
    phone = await a_phone(player, "sms", "vienne")
    said = await phone.write("je ne peux plus venir a l'atelier jeudi")
    assert "Je ne vois pas d'inscription" in said


async def test_who_finds_nothing_may_be_told_when_something_opens(player):
    phone = await a_phone(player, "telegram", "finistere")
    asked = "prévenez moi quand il y a une formation à Ouessant pour les parents en août"
    said = await phone.write(asked)
    assert "prévien" in said
    await phone.write(f"[{phone.labels[0]}]")
    with player.app.sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(Interest)) == 1


async def test_a_family_signs_up_in_turkish(player):
    phone = await a_phone(player, "telegram", "vienne")
    found = await phone.write("Poitiers yakınında veliler için atölye ne zaman?")
    assert "Poitiers" in found
    await phone.write(f"[{phone.labels[0]}]")
    asked = await phone.write(f"[{phone.labels[0]}]")
    assert "kaç yetişkin" in asked
    for _ in range(4):
        done = await phone.write(f"[{phone.labels[0]}]")
    assert "{" not in done
    assert sign_ups(player)[-1] == ("confirmed", 1)
