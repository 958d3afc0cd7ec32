"""A broadcast as it stands on somebody's telephone, in every language and on both screens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import sms
from core.answers import Listener
from core.broadcasts.audience import Audience
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast
from core.broadcasts.words import template
from core.languages import LANGUAGES
from core.messages import Bubble, Kind


@dataclass(frozen=True)
class Phone:
    """*text* is all that stands in an SMS, choices too; *labels* are buttons under a message on
    Telegram. *size* is how an SMS travels, with the longest first name in it.
    """

    kind: Kind
    language: str
    text: str
    labels: tuple[str, ...]
    size: sms.Size | None = None


def phone(kind: Kind, language: str, bubble: Bubble, size: sms.Size | None = None) -> Phone:
    labels = tuple(choice.label for choice in bubble.choices)
    if kind is Kind.SMS:
        return Phone(kind, language, sms.numbered(bubble.text, labels), (), size)
    return Phone(kind, language, bubble.text, labels)


def drawn(means: Means, broadcast: Broadcast) -> Mapping[str, Sequence[Phone]]:
    """For each of our languages, each screen that *broadcast* may go to. It has a French text."""
    only = Audience.from_json(broadcast.audience).kind
    kinds = [kind for kind in Kind if only in (None, kind)]
    return {one: [_draw(means, broadcast, kind, one) for kind in kinds] for one in LANGUAGES}


def _draw(means: Means, broadcast: Broadcast, kind: Kind, language: str) -> Phone:
    filled = template(means.texts, broadcast, Listener(kind, language), "0")
    name = means.texts.say("broadcast.example_name", Listener(language=language))
    return phone(kind, language, filled.bubble(name), filled.size() if kind is Kind.SMS else None)
