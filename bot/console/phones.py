"""What people would see of an answer: on a screen and by SMS, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core import sms
from core.answers import Listener
from core.content.editing import Place
from core.content.load import Library
from core.content.model import NATIONAL
from core.languages import FRENCH, LANGUAGES
from core.messages import Kind
from core.texts import Texts
from core.wording import Wording


@dataclass(frozen=True)
class Phone:
    """One language: the bubbles on a screen, the SMS, and how many parts that is."""

    language: str
    screen: list[str]
    sms: str
    parts: int


def seen(library: Library, people: Wording, where: Place, now: datetime) -> list[Phone]:
    """The answer as *library* gives it; of a French text all languages, as all may get it."""
    texts = Texts(lambda: library, people)
    territory = where.layer if where.layer != NATIONAL else None
    phones = []
    for language in LANGUAGES if where.language == FRENCH else (where.language,):
        screen, short = (
            [
                bubble.text
                for bubble in texts.answer(
                    where.id, Listener(kind, language, territory, may_ask_territory=False), now
                ).bubbles
            ]
            for kind in (Kind.CHAT, Kind.SMS)
        )
        phones.append(_phone(language, screen, "\n".join(short)))
    return phones


def seen_draft(fields: Mapping[str, str]) -> list[Phone]:
    """A draft is written in French only."""
    return [_phone(FRENCH, [fields.get("answer", "").strip()], fields.get("sms", "").strip())]


def _phone(language: str, screen: list[str], short: str) -> Phone:
    spelled = sms.spell(short)
    return Phone(language, screen, spelled, sms.size(spelled).segments if spelled else 0)
