"""What a reminder says, made when it leaves: where and when the session is by then.

Each asks one thing, and is answered by one tap or digit: 1 I come, 2 I can't, 3 another date.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.answers import Listener
from core.content.reminders import Rule, RuleSet, rules_for
from core.messages import Bubble, Choice, Kind
from core.outbox.delivery import Cause, Delivery
from core.outbox.prompts import SEEN
from core.speaker import fits
from core.texts import Texts
from core.workshops.attendance import attendance
from core.workshops.model import SessionState, SignUp, SignUpState, WorkshopSession
from core.workshops.reminding import dates
from core.workshops.reminding.planning import purpose
from core.workshops.reminding.silence import FAIR, ends
from core.workshops.sentences import Sentences

PURPOSE = re.compile(r"([a-z][a-z0-9]*):(\d+)")
MAP = "https://www.openstreetmap.org/search?"
RATINGS = (3, 2, 1)  # of 3


class Reminders:
    """*rules* gives those of the library as it is now; *kinds* the screen of each channel."""

    def __init__(
        self, texts: Texts, rules: Callable[[], Sequence[RuleSet]], kinds: Mapping[str, Kind]
    ) -> None:
        self._sentences = Sentences(texts, kinds)
        self._rules = rules

    def word(self, session: Session, delivery: Delivery, now: datetime) -> Bubble | None:
        """What *delivery* says; None when it has no use any more."""
        row, named = session.get(SignUp, delivery.cause_id), PURPOSE.match(delivery.purpose)
        if row is None or named is None:
            return None
        one = row.session
        rules = rules_for(self._rules(), one.workshop.kind, one.workshop.audience)
        rule = next((rule for rule in rules if rule.name == named[1]), None)
        listener = self._sentences.listener(delivery.address)
        if rule is None or listener.kind not in rule.channels:
            return None
        if one.state != SessionState.OPEN or one.times_revision != int(named[2]):
            return None
        if rule.days_after is not None:
            return self._after(session, row, listener, now)
        silent = row.answered_at is None
        if row.state != SignUpState.CONFIRMED or now >= one.starts_at:
            return None
        if rule.asks:
            return self._ask(session, row, rule, rules, listener, now) if silent else None
        return self._tell(row, rule, listener)

    # Before the session

    def _ask(
        self,
        session: Session,
        row: SignUp,
        rule: Rule,
        rules: Sequence[Rule],
        listener: Listener,
        now: datetime,
    ) -> Bubble:
        one = row.session
        key = "reminder.again" if _asked(session, row, rule, rules) else "reminder.confirm"
        until, silence = ends(one, rule, rules, listener.kind), ""
        if until is not None and now <= until - FAIR:
            moment = self._sentences.moment(until, listener)
            silence = " " + self._sentences.say("reminder.silence", listener, until=moment)
        choices = self._choices(row, listener, "come", "release", "another")
        return self._sentences.about(
            key, one, listener, choices, people=self._people(row, listener), silence=silence
        )

    def _tell(self, row: SignUp, rule: Rule, listener: Listener) -> Bubble:
        """Where and when, and how to get there; it can be answered too."""
        one, choices = row.session, self._choices(row, listener, "come", "release")
        key = "reminder.practical" if rule.says == "practical" else "reminder.soon"
        people, travel = self._people(row, listener), self._travel(one, listener)
        bubble = self._sentences.about(
            key, one, listener, choices, street=True, people=people, travel=travel
        )
        if listener.kind is Kind.SMS and not fits(bubble):
            bubble = self._sentences.about(
                key, one, listener, choices, street=True, people=people, travel=""
            )
        return bubble

    def _choices(self, row: SignUp, listener: Listener, *verbs: str) -> tuple[Choice, ...]:
        return tuple(
            self._sentences.label(f"reminder.{verb}.label", listener, f"{verb}:{row.id}")
            for verb in verbs
        )

    def _people(self, row: SignUp, listener: Listener) -> str:
        if row.size == 1:
            return ""
        return " " + self._sentences.say("reminder.people", listener, size=row.size)

    def _travel(self, one: WorkshopSession, listener: Listener) -> str:
        """A link to take part, or to the place on a map; by SMS only the first, if it fits."""
        apart = " " if listener.kind is Kind.SMS else "\n"
        if one.remote:
            link = one.link
            return (
                apart + self._sentences.say("reminder.online", listener, link=link) if link else ""
            )
        if listener.kind is Kind.SMS:
            return ""
        found = ", ".join(part for part in (one.street or one.place, one.commune) if part)
        link = MAP + urlencode({"query": found})
        return apart + self._sentences.say("reminder.map", listener, link=link)

    # After it

    def _after(
        self, session: Session, row: SignUp, listener: Listener, now: datetime
    ) -> Bubble | None:
        one = row.session
        match row.state:
            case SignUpState.ATTENDED:
                choices = [
                    self._sentences.label(
                        f"rate.{rating}.label", listener, f"rate:{row.id}:{rating}"
                    )
                    for rating in RATINGS
                ]
                return self._sentences.about("reminder.thanks.rate", one, listener, choices)
            case SignUpState.CONFIRMED if not attendance.was_taken(session, one.id):
                return self._sentences.about("reminder.thanks", one, listener)
            case SignUpState.ABSENT:
                return self._missed(session, row, listener, now)
        return None

    def _missed(self, session: Session, row: SignUp, listener: Listener, now: datetime) -> Bubble:
        """A next date, or to be told of one."""
        others = dates.others(session, row, now)
        phrases = self._sentences.phrases(listener)
        choices = [
            Choice(dates.label(phrases, one), f"session:{one.id}")
            for one in others[: dates.SHOWN[listener.kind]]
        ]
        if choices:
            return self._sentences.about("reminder.missed", row.session, listener, choices)
        wanted = dates.near(row).encoded()
        tell_me = self._sentences.label("interest.label", listener, f"interest:{wanted}")
        return self._sentences.about("reminder.missed.none", row.session, listener, (tell_me,))


def _asked(session: Session, row: SignUp, rule: Rule, rules: Sequence[Rule]) -> bool:
    """Whether they saw an earlier question about this date."""
    earlier = [
        purpose(one.name, row.session.times_revision)
        for one in rules
        if one.asks and one.before > rule.before
    ]
    query = select(Delivery.id).where(
        Delivery.cause == Cause.REMINDER,
        Delivery.cause_id == row.id,
        Delivery.purpose.in_(earlier),
        Delivery.state.in_(SEEN),
    )
    return session.scalar(query.limit(1)) is not None
