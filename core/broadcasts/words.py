"""A broadcast in somebody's words: its text in their language, filled in, and its choices.

Fields stand in braces: ``{atelier}``; ``{prenom|à tous}`` says what stands where there is no first
name. Nothing else is read in a text, and nothing that is filled in is read again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core import sms
from core.answers import Listener
from core.broadcasts.model import Broadcast
from core.direction import directed
from core.languages import FRENCH
from core.messages import Bubble, Choice, Kind
from core.texts import Texts
from core.workshops.model import WorkshopSession
from core.workshops.phrases import Phrases, cut

FIRST_NAME = "prenom"
FIELDS = (FIRST_NAME, "atelier", "date", "heure", "lieu")
FIELD = re.compile(r"(\s?)\{([^{}]*)\}")
# By SMS no more characters of each: what is paid for was counted with as many.
LONGEST_NAME = 20
LONGEST_PLACE = 60
ANSWER = "cast"  # what picking one of its buttons does: cast:BROADCAST:OCCURRENCE:BUTTON
FILE = "broadcast"  # what Bubble.file names: broadcast:NUMBER


def fields_of(text: str) -> list[str]:
    """What stands in braces in *text*, in its order, without what stands for a missing name."""
    return [_named(match[2])[0] for match in FIELD.finditer(text)]


def is_balanced(text: str) -> bool:
    """Whether every brace of *text* belongs to a field."""
    return not set("{}") & set(FIELD.sub("", text))


def fill(text: str, values: Mapping[str, str], first_name: str = "") -> str:
    """*text* with its fields; where there is no first name, nothing shows that one was meant."""

    def filled(match: re.Match[str]) -> str:
        name, otherwise = _named(match[2])
        value = first_name or otherwise if name == FIRST_NAME else values.get(name, "")
        return f"{match[1]}{value}" if value else ""

    whole = FIELD.sub(filled, text).strip()
    if not first_name and text.lstrip().startswith(f"{{{FIRST_NAME}}}"):
        whole = whole.lstrip(" ,;:.!")
        whole = whole[:1].upper() + whole[1:]
    return whole


def _named(field: str) -> tuple[str, str]:
    """ "prenom|à tous" as both its parts."""
    name, bar, otherwise = field.partition("|")
    # Only a first name may be missing.
    return (name, otherwise) if name == FIRST_NAME or not bar else (field, "")


@dataclass(frozen=True)
class Template:
    """A broadcast for one language and one kind of screen; only the first name is still missing."""

    text: str
    values: Mapping[str, str]
    excuse: str
    choices: tuple[Choice, ...]
    file: str
    listener: Listener
    texts: Texts

    @property
    def wants_name(self) -> bool:
        return FIRST_NAME in fields_of(self.text)

    def bubble(self, first_name: str = "") -> Bubble:
        short = self.listener.kind is Kind.SMS
        name = cut(first_name, LONGEST_NAME) if short else first_name
        text = fill(self.text, self.values, name)
        if self.excuse:
            text = f"{self.excuse}\n\n{text}"
        bubble = self.texts.under(text, self.listener, *self.choices)
        if short:
            return bubble
        return replace(bubble, text=directed(bubble.text, self.listener.language), file=self.file)

    def size(self) -> sms.Size:
        """How it travels by SMS, with as long a first name as there can be."""
        bubble = self.bubble("x" * LONGEST_NAME)
        return sms.size(sms.numbered(bubble.text, [one.label for one in bubble.choices]))


def template(texts: Texts, broadcast: Broadcast, listener: Listener, occurrence: str) -> Template:
    """*broadcast* for people like *listener*; in French, after a word of excuse in their language,
    where it has no translation.
    """
    language = listener.language if listener.language in broadcast.texts else FRENCH
    speaking = replace(listener, language=language)
    about = values(texts, broadcast.session, speaking) if broadcast.session else {}
    excuse = "" if language == listener.language else texts.say("broadcast.french", listener)
    return Template(
        broadcast.texts[language],
        about,
        excuse,
        tuple(_choices(texts, broadcast, listener, occurrence)),
        f"{FILE}:{broadcast.id}" if broadcast.file_name else "",
        listener,
        texts,
    )


def values(texts: Texts, row: WorkshopSession, listener: Listener) -> dict[str, str]:
    """The fields that the session *row* fills."""
    phrases, short = Phrases(texts, listener), listener.kind is Kind.SMS
    where = phrases.where(row)
    return {
        "atelier": phrases.title(row, LONGEST_PLACE) if short else phrases.title(row),
        "date": phrases.day(row),
        "heure": phrases.hour(row.starts_at),
        "lieu": cut(where, LONGEST_PLACE) if short else where,
    }


def _choices(
    texts: Texts, broadcast: Broadcast, listener: Listener, occurrence: str
) -> list[Choice]:
    choices = [
        Choice(
            labels.get(listener.language) or labels[FRENCH],
            f"{ANSWER}:{broadcast.id}:{occurrence}:{place}",
        )
        for place, labels in enumerate(broadcast.buttons)
    ]
    if broadcast.sign_up and broadcast.session_id is not None:
        label = texts.say("about.sign_up.label", listener)
        choices.insert(0, Choice(label, f"signup:{broadcast.session_id}"))
    return choices
