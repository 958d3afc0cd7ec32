"""Sessions as messages: a page of them to choose from, and one in full.

Choices carry all that is needed to go on: ``more:OFFSET:WANTED`` asks for the page that begins
there, ``session:ID`` for one session, ``signup:ID`` begins a sign-up, ``interest:WANTED`` asks
to be told when something opens.
"""

from collections.abc import Sequence
from datetime import datetime

from babel import Locale
from babel.lists import format_list
from sqlalchemy.orm import Session

from core.answers import Listener
from core.content.tables import Tables
from core.direction import directed
from core.messages import Bubble, Choice, Kind
from core.speaker import fits
from core.texts import Texts
from core.workshops.model import Audience
from core.workshops.phrases import Phrases, cut
from core.workshops.search.finding import Found, find, one, opens_later
from core.workshops.search.wanted import Wanted

PAGE = 5
LABEL_TOWN = 24
# By SMS, how long titles may be: cut until a page fits, before a page has fewer sessions.
SMS_TITLES = (40, 28)
LAST_RESORT = (20, 14, 8)
FOR_WHOM = {
    Audience.PARENTS: "about.parents",
    Audience.TEACHERS: "about.teachers",
    Audience.ALL: "about.all",
}


def listing(
    session: Session,
    texts: Texts,
    tables: Tables,
    wanted: Wanted,
    listener: Listener,
    now: datetime,
    offset: int = 0,
    contact_id: int | None = None,
) -> Bubble:
    """The page of what *wanted* fits that begins at *offset*, for that contact.

    When nothing is at that time, what is at any other, and says so; when there is nothing at
    all, offers to tell them as soon as there is.
    """
    found, opening = find(session, tables, wanted, now, contact_id), "find.some"
    if not found and wanted.names_a_time:
        wanted, opening = wanted.at_any_time(), "find.other_days"
        found = find(session, tables, wanted, now, contact_id)
    if not found:
        return _nothing(texts, wanted, listener)
    if offset:
        opening = "find.more"
    page = Page(texts, listener, wanted, found, min(offset, len(found) - 1), opening)
    return page.short() if listener.kind is Kind.SMS else page.whole()


def about(
    session: Session,
    texts: Texts,
    session_id: int,
    listener: Listener,
    now: datetime,
    wanted: Wanted | None = None,
    contact_id: int | None = None,
) -> Bubble:
    """One session in full, for that contact to sign up for; *wanted* is what the list before it
    was about.
    """
    found = one(session, session_id, now, contact_id)
    back = Choice(
        texts.say("about.back.label", listener), f"more:0:{(wanted or Wanted()).encoded()}"
    )
    if found is None:
        later = opens_later(session, session_id, now)
        return texts.offer("refused.NotOpenYet" if later else "about.gone", listener, back)
    key = "about.sign_up.label" if found.free else "about.wait.label"
    choices = (Choice(texts.say(key, listener), f"signup:{session_id}"), back)
    phrases = Phrases(texts, listener)
    if listener.kind is Kind.SMS:
        return _about_short(texts, phrases, found, listener, choices)
    row = found.session
    names = Locale.parse(listener.language).languages
    spoken = format_list(
        [names.get(code, code) for code in row.languages], locale=listener.language
    )
    facts = [
        phrases.when(row, year=True),
        phrases.where(row),
        phrases.seats(found),
        texts.say(FOR_WHOM[Audience(row.workshop.audience)], listener),
        texts.say("about.languages", listener, names=spoken),
        texts.say("about.organizer", listener, name=row.workshop.organizer),
        texts.say("about.closes", listener, moment=phrases.closes(row)),
    ]
    parts = [phrases.title(row), row.workshop.description, "\n".join(facts)]
    text = "\n\n".join(part for part in parts if part)
    return Bubble(directed(text, listener.language), choices)


class Page:
    """Some of *found*, from *offset* on."""

    def __init__(
        self,
        texts: Texts,
        listener: Listener,
        wanted: Wanted,
        found: Sequence[Found],
        offset: int,
        opening: str,
    ) -> None:
        self._texts = texts
        self._listener = listener
        self._phrases = Phrases(texts, listener)
        self._wanted = wanted
        self._found = found
        self._offset = offset
        self._opening = opening

    def whole(self) -> Bubble:
        """Five sessions, each in a few lines, with a button."""
        shown = self._shown(PAGE)
        numbered = list(enumerate(shown, start=1))
        lines = "\n\n".join(f"{number}. {self._lines(found)}" for number, found in numbered)
        labels = [
            f"{number}. {self._phrases.short_day(found.session)}, "
            f"{self._phrases.town(found.session)}"
            for number, found in numbered
        ]
        bubble = self._offer(shown, labels, lines=lines)
        return Bubble(directed(bubble.text, self._listener.language), bubble.choices)

    def short(self) -> Bubble:
        """As many sessions as two SMS hold with their digits: one at least."""
        most = min(PAGE, len(self._found) - self._offset)
        for count in range(most, 0, -1):
            shown = self._shown(count)
            for length in SMS_TITLES if count > 1 else (*SMS_TITLES, *LAST_RESORT):
                bubble = self._offer(shown, [self._label(found, length) for found in shown])
                if fits(bubble):
                    return bubble
        return bubble

    def _shown(self, count: int) -> Sequence[Found]:
        return self._found[self._offset : self._offset + count]

    def _lines(self, found: Found) -> str:
        row = found.session
        where = self._phrases.where(row) + self._phrases.away(found)
        facts = (self._phrases.title(row), self._phrases.when(row), where)
        return "\n".join((*facts, self._phrases.seats(found)))

    def _label(self, found: Found, length: int) -> str:
        row, phrases = found.session, self._phrases
        town = cut(phrases.town(row), LABEL_TOWN) if length not in LAST_RESORT else ""
        when = f"{phrases.short_day(row)} {phrases.hour(row.starts_at)}"
        place = f"{when} {town}".strip()
        return f"{place}: {phrases.title(row, length)} ({phrases.seats(found)})"

    def _offer(self, shown: Sequence[Found], labels: Sequence[str], **values: object) -> Bubble:
        choices = [
            Choice(label, f"session:{found.session.id}")
            for label, found in zip(labels, shown, strict=True)
        ]
        following = self._offset + len(shown)
        if following < len(self._found):
            more = self._texts.say("find.more.label", self._listener)
            choices.append(Choice(more, f"more:{following}:{self._wanted.encoded()}"))
        return self._texts.offer(self._opening, self._listener, *choices, **values)


def _nothing(texts: Texts, wanted: Wanted, listener: Listener) -> Bubble:
    choices = [Choice(texts.say("interest.label", listener), f"interest:{wanted.encoded()}")]
    if wanted.audience is Audience.TEACHERS:
        choices.append(Choice(texts.say("find.wish.label", listener), "wishes"))
    choices.append(Choice(texts.say("menu.label", listener), "menu"))
    return texts.offer("find.none", listener, *choices)


def _about_short(
    texts: Texts,
    phrases: Phrases,
    found: Found,
    listener: Listener,
    choices: Sequence[Choice],
) -> Bubble:
    """The essentials, cut until they fit in two SMS with the choices."""
    row = found.session
    for length in (80, *SMS_TITLES, *LAST_RESORT):
        where = phrases.where(row) if length > LAST_RESORT[0] else phrases.town(row)
        bubble = texts.offer(
            "about.short", listener, *choices,
            title=phrases.title(row, length), when=phrases.when(row), where=cut(where, length),
            seats=phrases.seats(found),
        )  # fmt: skip
        if fits(bubble):
            break
    return bubble
