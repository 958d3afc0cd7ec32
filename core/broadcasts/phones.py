"""A broadcast as it stands on somebody's telephone, in every language and on both screens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import sms
from core.answers import Listener
from core.broadcasts.audience import Audience
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast
from core.broadcasts.preview import Preview
from core.broadcasts.words import template
from core.languages import LANGUAGES
from core.messages import Bubble, Kind


@dataclass(frozen=True)
class Phone:
    """*text* is all that stands in an SMS, choices too; *labels* are buttons under a message on
    Telegram. *size* is how an SMS travels, with the longest first name in it; None of Telegram.
    """

    language: str
    text: str
    labels: tuple[str, ...]
    size: sms.Size | None = None


def phone(language: str, bubble: Bubble, size: sms.Size | None) -> Phone:
    """*bubble* as it stands there; *size* when it is an SMS."""
    labels = tuple(choice.label for choice in bubble.choices)
    if size is None:
        return Phone(language, bubble.text, labels)
    return Phone(language, sms.numbered(bubble.text, labels), (), size)


def examples(means: Means, seen: Preview) -> Sequence[tuple[Phone, int]]:
    """What most people read, and how many."""
    return [
        (
            phone(
                one.language, one.bubble,
                seen.sizes[one.language] if means.kinds[one.channel] is Kind.SMS else None,
            ),
            seen.people.sent_to[one.channel, one.language],
        )
        for one in seen.examples
    ]  # fmt: skip


def drawn(means: Means, broadcast: Broadcast) -> Mapping[str, Sequence[Phone]]:
    """For each of our languages, each screen that *broadcast* may go to. It has a French text."""
    only = Audience.from_json(broadcast.audience).kind
    kinds = [kind for kind in Kind if only in (None, kind)]
    return {one: [_draw(means, broadcast, kind, one) for kind in kinds] for one in LANGUAGES}


def _draw(means: Means, broadcast: Broadcast, kind: Kind, language: str) -> Phone:
    filled = template(means.texts, broadcast, Listener(kind, language), "0")
    name = means.texts.say("broadcast.example_name", Listener(language=language))
    return phone(language, filled.bubble(name), filled.size() if kind is Kind.SMS else None)
