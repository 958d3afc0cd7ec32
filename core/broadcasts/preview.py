"""What would happen: how many get it and how, who does not and why, what it costs, how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core import sms
from core.answers import Listener
from core.broadcasts import pacing, people
from core.broadcasts.audience import Audience
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast
from core.broadcasts.people import Numbers
from core.broadcasts.words import Template, template
from core.daytime import next_daytime
from core.messages import Bubble, Kind

EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """What somebody would read there."""

    channel: str
    language: str
    bubble: Bubble


@dataclass(frozen=True)
class Preview:
    """*untranslated* counts, by language, those who would read it in French after an excuse.

    *sizes* says how it travels by SMS in each language that is needed; *parts* are all of them
    together, and *cost* is in euros. *begins* is when the first may leave, *finishes* when the
    last has left, if nothing goes wrong.
    """

    people: Numbers
    untranslated: Mapping[str, int]
    sizes: Mapping[str, sms.Size]
    parts: int
    cost: float
    examples: Sequence[Example]
    begins: datetime
    finishes: datetime

    def by_kind(self, kinds: Mapping[str, Kind]) -> dict[Kind, int]:
        found: dict[Kind, int] = {}
        for (channel, _), count in self.people.sent_to.items():
            found[kinds[channel]] = found.get(kinds[channel], 0) + count
        return found


def begin(broadcast: Broadcast, now: datetime) -> datetime:
    """When *broadcast* is due next, or would be: now at the earliest."""
    return max(now, broadcast.next_at or broadcast.start_at or now)


def count(session: Session, means: Means, broadcast: Broadcast, now: datetime) -> Numbers:
    """Whom it is for, if it began when it is to begin."""
    audience = Audience.from_json(broadcast.audience)
    begins = begin(broadcast, now)
    found = people.find(session, means, audience, broadcast.session_id, begins, now)
    return people.numbers(session, found)


def preview(session: Session, means: Means, broadcast: Broadcast, now: datetime) -> Preview:
    """Of a broadcast without faults (core.broadcasts.checking)."""
    counted, begins = count(session, means, broadcast, now), begin(broadcast, now)
    at_any_hour = bool(broadcast.urgent)
    templates = {
        (channel, language): template(
            means.texts, broadcast, Listener(means.kinds[channel], language), "0"
        )
        for channel, language in counted.sent_to
    }
    by_sms = {
        (channel, language): one.size()
        for (channel, language), one in templates.items()
        if means.kinds[channel] is Kind.SMS
    }
    parts = sum(counted.sent_to[key] * size.segments for key, size in by_sms.items())
    return Preview(
        counted,
        {
            language: number
            for language, number in sorted(counted.languages().items())
            if language not in broadcast.texts
        },
        {language: size for (_, language), size in by_sms.items()},
        parts,
        parts * means.price,
        _examples(means, counted, templates),
        begins if at_any_hour else next_daytime(begins),
        pacing.finishes(means, counted, pacing.waiting(session, begins), begins, at_any_hour),
    )


def _examples(
    means: Means, counted: Numbers, templates: Mapping[tuple[str, str], Template]
) -> list[Example]:
    """What most people read, then another screen and another language where there are any."""
    left = [key for key, _ in counted.sent_to.most_common()]
    shown: list[tuple[str, str]] = []
    while left and len(shown) < EXAMPLES:
        left.sort(key=lambda key: _known(key, shown))  # stable: what more people read stays first
        shown.append(left.pop(0))
    return [
        Example(channel, language, templates[channel, language].bubble(_a_name(means, language)))
        for channel, language in shown
    ]


def _known(key: tuple[str, str], shown: Sequence[tuple[str, str]]) -> int:
    """How much of it was shown already."""
    channels, languages = {one for one, _ in shown}, {one for _, one in shown}
    return (key[0] in channels) + (key[1] in languages)


def _a_name(means: Means, language: str) -> str:
    return means.texts.say("broadcast.example_name", Listener(language=language))
