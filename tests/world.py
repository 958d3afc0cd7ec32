"""Builders with defaults, so that a test says only what it is about."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import yaml
from sqlalchemy.orm import object_session

from bot.services import offered
from core.answers import Answer, Listener
from core.broadcasts.means import Means
from core.broadcasts.staffwords import StaffWords
from core.broadcasts.team import Team
from core.content.load import Library, load
from core.languages import LANGUAGES, Languages
from core.messages import Event, Incoming, Kind, SentFile
from core.outbox import claiming, results
from core.outbox.delivery import Delivery
from core.people.contacts import Address, meet
from core.services import Services
from core.team.relay import Relay
from core.team.staffgroup import StaffGroup
from core.texts import Texts
from core.vault import Vault
from core.wording import STAFF, Wording
from core.workshops.notices import Notices

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
A_NUMBER = "+33639980001"


def incoming(
    text: str = "",
    address: str = A_NUMBER,
    channel: str = "sms",
    provider_id: str = "1",
    event: Event | None = None,
    tapped: str | None = None,
    reply_to: str | None = None,
    file: SentFile | None = None,
) -> Incoming:
    return Incoming(
        channel, address, provider_id, NOON, text, event, tapped, reply_to=reply_to, file=file
    )


def mine(session, row: Delivery) -> Delivery:
    """The row that was claimed, for writing down what became of it."""
    return results.held(session, {row.id: row.lease or ""})[row.id]


def has_left(row: Delivery, provider_id: str, segments: int | None, now: datetime) -> None:
    """The provider took the row that was claimed."""
    session = object_session(row)
    session.flush()
    one = results.Arrival(row.id, row.lease or "", provider_id, segments)
    results.sent(session, [one], now)
    session.refresh(row)


def leaving(session, now: datetime, *channels: str) -> Iterator[Delivery]:
    """What is due, one after the other: say of each what became of it before the next."""
    for channel in channels:
        while rows := claiming.claim(session, channel, now):
            yield from rows


def a_contact(session, vault: Vault, channel: str = "sms", address: str = A_NUMBER) -> Address:
    return meet(session, vault, channel, address, NOON)


def a_question(question_id: str = "mot_de_passe", **more: object) -> dict[str, object]:
    """A question as YAML gives it, complete unless *more* changes or removes (None) a key."""
    words = {"fr": 10} | {language: 3 for language in LANGUAGES if language != "fr"}
    question = {
        "id": question_id,
        "title": "Mot de passe oublié",
        "examples": {
            language: [f"{question_id} {language} exemple {number}" for number in range(count)]
            for language, count in words.items()
        },
        "answer": "Le secrétariat de l'école peut vous aider.",
        "sms": "Le secretariat de l'ecole peut vous aider.",
        "source": ["ent-educonnect.md §2"],
        "checked_on": NOON.date(),
    } | more
    return {key: value for key, value in question.items() if value is not None}


def write_content(root: Path, *questions: dict[str, object], **layers: list[dict]) -> Path:
    """A ``content/`` with one subject; *layers* adds questions to ``vienne`` or ``finistere``."""
    subject = {
        "subject": "ent",
        "title": "L'ENT",
        "menu": [question["id"] for question in questions],
        "questions": list(questions),
    }
    for layer, body in {"national": subject, **layers}.items():
        folder = root / layer
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(body, list):
            body = {"subject": "ent", "title": "L'ENT", "questions": body}
        (folder / "ent.yml").write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False))
    (root / "menu.yml").write_text("subjects: [ent]\n")
    (root / "tables").mkdir(exist_ok=True)
    return root


def a_library(root: Path, *questions: dict[str, object], **layers: list[dict]) -> Library:
    return load(write_content(root, *questions or (a_question(),), **layers))


@lru_cache(maxsize=1)
def the_library() -> Library:
    """The content as it is, read once."""
    return load(ROOT / "content")


@lru_cache(maxsize=1)
def the_languages() -> Languages:
    return Languages.learn(the_library().examples())


def texts_of(library: Library) -> Texts:
    return Texts(lambda: library, Wording(ROOT / "locale"))


def a_relay(texts: Texts, vault: Vault, chat: str = "") -> Relay:
    """The way to the team, whose group is *chat*; by default there is none."""
    group = StaffGroup(vault, Wording(ROOT / "locale", STAFF), chat)
    return Relay(texts, group, vault, {"sms": Kind.SMS, "telegram": Kind.CHAT})


def the_services(
    library: Library, vault: Vault, relay: Relay | None = None, second_at: int = 500
) -> Services:
    texts = texts_of(library)
    notices = Notices(texts, {"sms": Kind.SMS, "telegram": Kind.CHAT})
    relay = relay or a_relay(texts, vault)
    team = a_team(texts, vault, library, second_at)
    return offered(
        texts, vault, notices, relay, lambda: library.tables, "sms", "tne_bot", team,
        "https://console.example",
    )  # fmt: skip


def a_team(texts: Texts, vault: Vault, library: Library, second_at: int = 500) -> Team:
    """The team that sends broadcasts."""
    kinds = {"sms": Kind.SMS, "telegram": Kind.CHAT}
    paces = {"telegram": 30.0, "sms": 10.0}
    means = Means(texts, vault, lambda: library.tables, kinds, paces, 0.05, second_at)
    return Team(means, StaffWords(Wording(ROOT / "locale", STAFF), kinds))


class StubUnderstanding:
    """Stands for Rasa where the test is about what comes before or after it."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, Listener]] = []
        self.forgotten: list[str] = []

    async def ask(self, sender: str, text: str, listener: Listener) -> Answer:
        self.asked.append((sender, text, listener))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def forget(self, sender: str) -> None:
        self.forgotten.append(sender)

    async def ready(self) -> bool:
        return True

    async def close(self) -> None: ...
