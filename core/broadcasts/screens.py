"""What ``/diffuser`` shows: to whom, the texts, the options, when, and the preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.answers import Listener
from core.broadcasts import authors, preview
from core.broadcasts.audience import Audience
from core.broadcasts.model import Broadcast
from core.broadcasts.staffwords import language, moment
from core.broadcasts.team import PICK, Team
from core.content.model import TERRITORIES
from core.languages import LANGUAGES
from core.messages import Bubble, Choice
from core.people.contacts import Role
from core.workshops.model import SessionState, SignUpState, WorkshopSession
from core.workshops.phrases import cut
from core.workshops.wishes.ticklist import Ticklist
from core.workshops.wishes.topics import OFFERED

BEFORE, AFTER = timedelta(days=21), timedelta(days=60)
MOST_SESSIONS = 10
ROLES = {Role.PARENT: "broadcasts.parents", Role.TEACHER: "broadcasts.teachers"}
SIGNED = {
    SignUpState.CONFIRMED: "broadcasts.signed.confirmed",
    SignUpState.WAITING: "broadcasts.signed.waiting",
    SignUpState.ATTENDED: "broadcasts.signed.attended",
    SignUpState.ABSENT: "broadcasts.signed.absent",
}
# What can be ticked, and how each list is called.
CRITERIA = {
    "territories": "broadcasts.territories.label",
    "roles": "broadcasts.roles.label",
    "languages": "broadcasts.languages.label",
    "themes": "broadcasts.themes.label",
    "states": "broadcasts.states.label",
}


@dataclass(frozen=True)
class Screens:
    team: Team

    def whom(self, session: Session, row: Broadcast, now: datetime) -> Bubble:
        audience = Audience.from_json(row.audience)
        size = preview.count(session, self.team.means, row, now).size
        chosen = self.chosen(audience) or self.say("broadcasts.everybody")
        done = "broadcasts.all.label" if audience.is_everybody else "broadcasts.these.label"
        choices = [self.team.choice(key, f"list:{name}") for name, key in CRITERIA.items()]
        choices.append(self.team.choice("broadcasts.session.label", "sessions:whom"))
        choices.append(self.team.choice(done, "write", count=size))
        choices.append(self.team.choice("broadcasts.drop.label", "drop"))
        return Bubble(self.say("broadcasts.whom", chosen=chosen, count=size), tuple(choices))

    def ticks(self, row: Broadcast, name: str, near: str = "", start: int = 0) -> Bubble:
        """The values of one criterion, to tick."""
        ticked = getattr(Audience.from_json(row.audience), name)
        listed = Ticklist(
            Listener(),
            self.say(CRITERIA[name]),
            self.labels(name),
            f"{PICK}:tick:{name}:",
            f"{PICK}:page:{name}:",
            self.say("broadcasts.more.label"),
            self.team.choice("broadcasts.back.label", "whom"),
        )
        return listed.page(ticked, listed.start_of(near) if near else start)

    def sessions(self, session: Session, row: Broadcast, into: str, now: datetime) -> Bubble:
        """Those of these weeks; *into* says what for: "in" it, or "about" it."""
        query = (
            select(WorkshopSession)
            .options(joinedload(WorkshopSession.workshop))
            .where(WorkshopSession.starts_at.between(now - BEFORE, now + AFTER))
            .where(WorkshopSession.state != SessionState.DRAFT)
            .where(authors.reach_in(row).sessions())
            .order_by(WorkshopSession.starts_at.desc())
            .limit(MOST_SESSIONS)
        )
        rows = sorted(session.scalars(query), key=lambda one: (one.starts_at, one.id))
        choices = [
            Choice(
                f"{one.id} · {moment(one.starts_at)[:5]} {cut(one.workshop.title, 40)}",
                f"{PICK}:{into}:{one.id}",
            )
            for one in rows
        ]
        back = "whom" if into == "in" else "write"
        choices.append(self.team.choice("broadcasts.back.label", back))
        return Bubble(self.say("broadcasts.which_session"), tuple(choices))

    def text(self, code: str, people: int, wrong: str = "") -> Bubble:
        """The text in the language *code* is asked for; *wrong* says why the last one was none."""
        french = code == LANGUAGES[0]
        key = "broadcasts.write_french" if french else "broadcasts.write_other"
        asked = self.say(key, language=language(code), count=people)
        choices = (
            [
                self.team.choice("broadcasts.about.label", "sessions:about"),
                self.team.choice("broadcasts.back.label", "whom"),
            ]
            if french
            else [self.team.choice("broadcasts.skip.label", f"skip:{code}")]
        )
        return Bubble(f"{wrong}\n\n{asked}".strip(), tuple(choices))

    def options(self, row: Broadcast) -> Bubble:
        choices = []
        if row.session_id is not None:
            key = "broadcasts.no_sign_up.label" if row.sign_up else "broadcasts.sign_up.label"
            choices.append(self.team.choice(key, "signup"))
        choices.append(self.team.choice("broadcasts.buttons.label", "buttons"))
        choices.append(self.team.choice("broadcasts.go_on.label", "when"))
        labels = ", ".join(f"« {one['fr']} »" for one in row.buttons) or "–"
        return Bubble(self.say("broadcasts.options", labels=labels), tuple(choices))

    def buttons(self) -> Bubble:
        back = self.team.choice("broadcasts.back.label", "options")
        return Bubble(self.say("broadcasts.write_buttons"), (back,))

    def when(self, wrong: str = "") -> Bubble:
        choices = (
            self.team.choice("broadcasts.now.label", "at:now"),
            self.team.choice("broadcasts.tomorrow.label", "at:tomorrow"),
        )
        asked = self.say("broadcasts.write_when")
        return Bubble(f"{wrong}\n\n{asked}".strip(), choices)

    def quiet(self, wrong: str, urgent: bool) -> Bubble:
        """Quiet hours: it waits, goes at another time, or is urgent."""
        choices = [
            self.team.choice("broadcasts.wait.label", "wait"),
            self.team.choice("broadcasts.other_time.label", "when"),
        ]
        if urgent:
            choices.append(self.team.choice("broadcasts.urgent.label", "urgent"))
        return Bubble(wrong, tuple(choices))

    def reason(self, wrong: str = "") -> Bubble:
        back = self.team.choice("broadcasts.other_time.label", "when")
        asked = self.say("broadcasts.write_reason")
        return Bubble(f"{wrong}\n\n{asked}".strip(), (back,))

    def preview(self, session: Session, row: Broadcast, now: datetime) -> Bubble:
        words, seen = self.team.words, preview.preview(session, self.team.means, row, now)
        lines = [*words.preview(row, seen), *(f"\n{words.example(one)}" for one in seen.examples)]
        choices = (
            self.team.choice("broadcasts.test.label", "test"),
            self.team.choice(
                "broadcasts.confirm.label", f"confirm:{row.id}", count=seen.people.size
            ),
            self.team.choice("broadcasts.rewrite.label", "write"),
            self.team.choice("broadcasts.rewhom.label", "whom"),
            self.team.choice("broadcasts.rewhen.label", "when"),
            self.team.choice("broadcasts.drop.label", "drop"),
        )
        return Bubble("\n".join([words.line(row), *lines]), choices)

    def found(self, row: Broadcast) -> Bubble:
        """A draft that was left in the middle."""
        choices = (
            self.team.choice("broadcasts.take_up.label", "take_up"),
            self.team.choice("broadcasts.drop.label", "drop"),
        )
        started = moment(row.created_at)
        return Bubble(self.say("broadcasts.found", title=row.title, when=started), choices)

    def chosen(self, audience: Audience) -> str:
        """What narrows it, in words."""
        parts = [
            ", ".join(self.labels(name)[value] for value in getattr(audience, name))
            for name in CRITERIA
            if getattr(audience, name)
        ]
        if audience.session:
            parts.append(self.say("broadcasts.of_session", number=audience.session))
        return " + ".join(parts)

    def labels(self, name: str) -> Mapping[str, str]:
        texts, french = self.team.means.texts, Listener()
        match name:
            case "territories":
                return {one: texts.say(f"territory.{one}", french) for one in TERRITORIES}
            case "roles":
                return {role: self.say(key) for role, key in ROLES.items()}
            case "languages":
                return {one: language(one) for one in LANGUAGES}
            case "themes":
                return {one: texts.say(f"theme.{one}", french) for one in OFFERED}
            case _:
                return {state: self.say(key) for state, key in SIGNED.items()}

    def say(self, key: str, **values: object) -> str:
        return self.team.words.say(key, **values)
