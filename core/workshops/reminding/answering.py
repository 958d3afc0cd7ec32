"""What people answer to a reminder by tap, digit or words: they come, they cannot, another date.

With two open, an answer is matched by the day, the title or the number in it, or asked back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from babel.dates import format_date
from sqlalchemy import func, select

from core.answers import Answer, Asked
from core.daytime import paris_day
from core.messages import Bubble, Choice, Kind
from core.outbox import prompts
from core.outbox.delivery import Cause, Delivery
from core.people.consent import plain
from core.services import Handler, Service
from core.speaker import fits
from core.talk import Talk
from core.vault import Vault
from core.workshops.booking import room
from core.workshops.booking.refusals import NotSignedUp, SessionCalledOff, SessionOver
from core.workshops.model import SessionState, SignUp, SignUpState, WorkshopSession
from core.workshops.phrases import Phrases
from core.workshops.reminding import dates, moving
from core.workshops.reminding.hearing import Heard, Verb, asks, heard
from core.workshops.signing.holdings import Holdings
from core.workshops.voice import TITLES, Voice, reacted

MOST_ASKED = 5
LEAST_OF_A_TITLE = 4  # letters of a word that names a session


@dataclass(frozen=True)
class Answering(Service):
    voice: Voice
    vault: Vault
    holdings: Holdings

    def picks(self) -> Mapping[str, Handler]:
        return {"come": self.come, "another": self.another, "move": self.move, "rate": self.rate}

    def doubt(self, talk: Talk, choice: Choice) -> Answer | None:
        """A digit or a yes under the last of two reminders may be meant for the first."""
        verb = choice.does.partition(":")[0]
        if verb not in set(Verb) or not _is_reminder(talk.prompt):
            return None
        rows = self._open(talk)
        return self._ask_back(talk, Verb(verb), rows) if len(rows) > 1 else None

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """What *text* answers to a reminder, while one is open or the last thing shown."""
        if asks(text):
            return None
        prompt = talk.last_prompt
        rows = self._open(talk)
        shown = self._shown(talk, prompt)
        if (not rows and shown is None) or self.voice.texts.danger(Asked(text)):
            return None
        names = {row: _names(row.session, talk.listener.language) for row in rows}
        said = heard(text, frozenset().union(*names.values()))
        if said is None or (said.bare and shown is None):
            return None
        words = set(plain(text).split())
        named = [row for row in rows if words & _only(row, names)]
        if len(named) == 1:
            return self._do(talk, said, named[0])
        if len(rows) > 1:
            return self._ask_back(talk, said.verb, rows)
        return self._do(talk, said, shown or rows[0])

    def cannot(self, talk: Talk) -> Answer | None:
        """They wrote that they cannot come: of which, when a reminder was the last thing shown."""
        shown = self._shown(talk, talk.last_prompt)
        if shown is None:
            return None
        rows = self._open(talk)
        if len(rows) > 1:
            return self._ask_back(talk, Verb.RELEASE, rows)
        return self.holdings.release(talk, str(shown.id))

    # What is picked

    def come(self, talk: Talk, sign_up_id: str) -> Answer:
        """``come:SIGNUP``: they come."""
        return self.holdings.own(talk, sign_up_id, self._come)

    def another(self, talk: Talk, sign_up_id: str) -> Answer:
        """``another:SIGNUP``: other dates; theirs stays until they take one."""
        return self.holdings.own(talk, sign_up_id, self._another)

    def move(self, talk: Talk, what: str) -> Answer:
        """``move:SIGNUP:SESSION``: the seat there, and then the one here given back."""
        sign_up_id, _, session_id = what.partition(":")

        def do(talk: Talk, row: SignUp) -> Answer:
            moved = moving.move(
                talk.session, self.holdings.notices, row.id, int(session_id), self.vault, talk.now
            )
            if moved is None:
                return self._another(talk, row, "moving.full")
            bubble = self.voice.about(talk, "moving.done", moved.session, ())
            return reacted(replace(bubble, file=f"calendar:{moved.id}"))

        return self.holdings.own(talk, sign_up_id, do)

    def rate(self, talk: Talk, what: str) -> Answer:
        """``rate:SIGNUP:1`` to ``3``, after the session."""
        sign_up_id, _, rating = what.partition(":")

        def keep(talk: Talk, row: SignUp) -> Answer:
            row.rating = int(rating)
            return self.voice.say(talk, "rate.thanks")

        return self.holdings.own(talk, sign_up_id, keep)

    # Each of them

    def _do(self, talk: Talk, said: Heard, row: SignUp) -> Answer:
        match said.verb:
            case Verb.RELEASE:
                return self.holdings.release(talk, str(row.id))
            case Verb.ANOTHER:
                return self.another(talk, str(row.id))
            case Verb.COME:
                answer = self.come(talk, str(row.id))
        if said.people is None or said.people <= row.size or row.answered_at != talk.now:
            return answer
        change = self.voice.label(talk, "mine.change.label", f"change:{row.session_id}")
        more = self.voice.texts.offer(
            "reminder.more", talk.listener, change, size=row.size, people=said.people
        )
        return replace(answer, bubbles=(answer.bubbles[0], more))

    def _come(self, talk: Talk, row: SignUp) -> Answer:
        row = room.held(talk.session, row.id)
        one = room.fresh(talk.session, row.session_id)
        if row.state == SignUpState.OFFERED:
            return self.holdings.accept(talk, str(row.id))
        if one.state == SessionState.CANCELLED:
            raise SessionCalledOff
        if one.is_over(talk.now):
            raise SessionOver
        if row.state not in (SignUpState.CONFIRMED, SignUpState.ATTENDED):
            raise NotSignedUp
        row.answered_at = talk.now
        talk.session.flush()
        noted = self.voice.about(talk, "reminder.noted", one, ())
        others = [other for other in self._open(talk) if other.id != row.id]
        if not others:
            return reacted(noted)
        return replace(reacted(noted), bubbles=(noted, self._and(talk, others[0])))

    def _and(self, talk: Talk, row: SignUp) -> Bubble:
        """The other session that waits for an answer."""
        choices = [
            self.voice.label(talk, f"reminder.{verb}.label", f"{verb}:{row.id}") for verb in Verb
        ]
        return self.voice.about(talk, "reminder.and", row.session, choices)

    def _another(self, talk: Talk, row: SignUp, opening: str = "moving.some") -> Answer:
        if row.state != SignUpState.CONFIRMED:
            raise NotSignedUp
        found = dates.others(talk.session, row, talk.now)
        phrases = Phrases(self.voice.texts, talk.listener)
        choices = [
            Choice(dates.label(phrases, one), f"move:{row.id}:{one.id}")
            for one in found[: dates.SHOWN[talk.listener.kind]]
        ]
        keep = self.voice.label(talk, "moving.keep.label", f"come:{row.id}")
        cannot = self.voice.label(talk, "reminder.release.label", f"release:{row.id}")
        if not choices:
            return reacted(self.voice.about(talk, "moving.none", row.session, (keep, cannot)))
        return reacted(self.voice.about(talk, opening, row.session, (*choices, keep, cannot)))

    # Which session is meant

    def _open(self, talk: Talk) -> list[SignUp]:
        """Those that they were reminded of, and said nothing about since; the soonest first."""
        since = func.coalesce(SignUp.answered_at, SignUp.settled_at)
        reminded = select(Delivery.id).where(
            Delivery.cause == Cause.REMINDER,
            Delivery.cause_id == SignUp.id,
            Delivery.state.in_(prompts.SEEN),
            Delivery.created_at > since,
        )
        query = (
            select(SignUp)
            .join(SignUp.session)
            .where(SignUp.contact_id == talk.address.contact_id)
            .where(SignUp.state == SignUpState.CONFIRMED, reminded.exists())
            .where(WorkshopSession.state == SessionState.OPEN)
            .where(WorkshopSession.ends_at > talk.now)
            .order_by(WorkshopSession.starts_at, SignUp.id)
            .limit(MOST_ASKED)
        )
        return list(talk.session.scalars(query))

    def _shown(self, talk: Talk, prompt: Delivery | None) -> SignUp | None:
        """The sign-up of the reminder that was the last thing shown, while it can be answered."""
        if prompt is None or not _is_reminder(prompt):
            return None
        row = talk.session.get(SignUp, prompt.cause_id)
        return row if row is not None and row.state == SignUpState.CONFIRMED else None

    def _ask_back(self, talk: Talk, verb: Verb, rows: Sequence[SignUp]) -> Answer:
        """For which of them? One tap says it."""
        phrases, texts = Phrases(self.voice.texts, talk.listener), self.voice.texts
        for most in TITLES:
            choices = [
                Choice(
                    f"{phrases.short_day(row.session)} : {phrases.title(row.session, most)}",
                    f"{verb}:{row.id}",
                )
                for row in rows
            ]
            bubble = texts.offer(f"reminder.which.{verb}", talk.listener, *choices)
            if talk.listener.kind is not Kind.SMS or fits(bubble):
                break
        return reacted(bubble)


def _is_reminder(prompt: Delivery | None) -> bool:
    return (
        prompt is not None
        and prompt.cause == Cause.REMINDER
        and any(choice.does.startswith("release:") for choice in prompt.picks())
    )


def _names(one: WorkshopSession, language: str) -> frozenset[str]:
    """The words that may name it: of its title and town, its day, its number."""
    day = paris_day(one.starts_at)
    weekday = format_date(day, "EEEE", locale=language)
    words = plain(f"{one.workshop.title} {one.commune} {weekday}").split()
    long = {word for word in words if len(word) >= LEAST_OF_A_TITLE}
    return frozenset({*long, str(one.id), str(day.day)})


def _only(row: SignUp, names: Mapping[SignUp, frozenset[str]]) -> frozenset[str]:
    """The names of *row* that no other has."""
    others = (one for other, one in names.items() if other is not row)
    return names[row].difference(*others)
