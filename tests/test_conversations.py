"""Whole conversations through the real understanding: what is said, and what the database holds."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import yaml

from bot import ask
from core.db import Base, make_engine
from core.messages import Event
from core.people.consent import plain
from core.people.contacts import find
from core.settings import Settings
from core.vault import make_keyring
from tests.peers.rasa import TrainedRasa
from tests.world import ROOT

FILES = sorted((ROOT / "tests/conversations").glob("*.yml"))
CONVERSATIONS = [
    pytest.param(conversation, id=f"{path.stem}: {conversation['name']}")
    for path in FILES
    for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def player(
    tmp_path_factory: pytest.TempPathFactory, trained_rasa: TrainedRasa
) -> AsyncIterator[ask.Player]:
    """One assistant for all conversations: each is a person of its own."""
    folder = tmp_path_factory.mktemp("conversations")
    url = f"sqlite:///{folder}/tne.db"
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    make_keyring(folder / "keys.json")
    settings = Settings(
        database_url=url, keys_file=folder / "keys.json", rasa_url=trained_rasa.url,
        rasa_timeout=20,
    )  # fmt: skip
    async with ask.Player(settings) as player:
        yield player


@pytest.mark.parametrize("conversation", CONVERSATIONS)
async def test_conversation(player: ask.Player, conversation: dict) -> None:
    person = await player.person(
        conversation.get("channel", "telegram"),
        conversation.get("territory"),
        conversation.get("language"),
    )
    for turn in conversation["turns"]:
        await play(player, person, turn)
    holds(player, person, conversation.get("holds", {}))


async def play(player: ask.Player, person: ask.Person, turn: dict) -> None:
    if "button" in turn:
        result = await player.press(person, turn["button"])
    elif "event" in turn:
        result = await player.say(person, event=Event(turn["event"]))
    else:
        result = await player.say(person, turn["user"])
    said = "\n".join(person.ear.reads(reply) for reply in result.replies)
    for words in turn.get("says", []):
        assert plain(words) in plain(said), said
    for words in turn.get("never", []):
        assert plain(words) not in plain(said), said
    assert result.row.question_id == turn.get("question", result.row.question_id), said
    assert result.row.outcome == turn.get("outcome", result.row.outcome), said
    assert result.row.sealed_text is None


def holds(player: ask.Player, person: ask.Person, expected: dict) -> None:
    with player.app.sessions.begin() as session:
        address = find(session, player.app.vault, person.ear.name, person.address)
        assert address is not None
        contact = address.contact
        found = {
            "state": address.state, "territory": contact.territory, "language": contact.language,
        }  # fmt: skip
    assert found | expected == found
