"""To whom, in ``/diffuser``: what was chosen so far, the lists to tick, and the sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.answers import Listener
from core.broadcasts import authors, preview
from core.broadcasts.around import Around
from core.broadcasts.audience import Audience, BadAudience, read
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.staffwords import language, moment
from core.broadcasts.team import PICK, Team
from core.content.model import NATIONAL, TERRITORIES
from core.languages import LANGUAGES
from core.messages import Bubble, Choice
from core.people.contacts import Role
from core.workshops.model import SessionState, SignUpState, WorkshopSession
from core.workshops.phrases import cut
from core.workshops.reach import Reach
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
    "schools": "broadcasts.schools.label",
}
# Ticked in the console or in a file only.
ELSEWHERE = {
    NATIONAL: "console.territory.national",
    Role.STAFF: "console.cast.staff",
    SignUpState.EXCUSED: "console.sign_up.excused",
    SignUpState.CANCELLED: "console.sign_up.cancelled",
}
SCHOOLS = "schools"  # the list on which there may be others, written by name


@dataclass(frozen=True)
class Whom:
    team: Team

    def ask(self, session: Session, row: Broadcast, now: datetime) -> Bubble:
        audience = Audience.from_json(row.audience)
        size = preview.count(session, self.team.means, row, now).size
        chosen = self.chosen(audience) or self.say("broadcasts.everybody")
        done = "broadcasts.all.label" if audience.is_everybody else "broadcasts.these.label"
        choices = [self.team.choice(key, f"list:{name}") for name, key in CRITERIA.items()]
        choices.append(self.team.choice("broadcasts.around.label", "around"))
        choices.append(self.team.choice("broadcasts.session.label", "sessions:whom"))
        choices.append(self.team.choice(done, "write", count=size))
        choices.append(self.team.choice("broadcasts.drop.label", "drop"))
        return Bubble(self.say("broadcasts.whom", chosen=chosen, count=size), tuple(choices))

    def ticks(self, row: Broadcast, name: str, near: str = "", start: int = 0) -> Bubble:
        """The values of one criterion, to tick."""
        row.asking, row.state = SCHOOLS if name == SCHOOLS else "whom", BroadcastState.DRAFT
        audience = Audience.from_json(row.audience)
        ticked = getattr(audience, name)
        listed = Ticklist(
            Listener(),
            self.say("broadcasts.which_schools" if name == SCHOOLS else CRITERIA[name]),
            self.labels(name, audience),
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

    def tick(self, row: Broadcast, what: str) -> Bubble:
        """*what* is ``CRITERION:VALUE``: ticked if it was not, and the other way round."""
        name, _, value = what.partition(":")
        audience = Audience.from_json(row.audience)
        ticked: tuple[str, ...] = getattr(audience, name)
        now = tuple(one for one in ticked if one != value) if value in ticked else (*ticked, value)
        row.audience = replace(audience, **{name: now}).as_json()  # type: ignore[arg-type]
        return self.ticks(row, name, near=value)

    def school(self, row: Broadcast, words: str) -> Bubble:
        """One that is not on the list, or its name in other words: ticked."""
        try:
            [found] = read({"ecole": words}, self.team.means.tables()).schools
        except BadAudience as error:
            asked = self.ticks(row, SCHOOLS)
            return replace(asked, text=f"{self.say(error.key, **error.values)}\n\n{asked.text}")
        if found in Audience.from_json(row.audience).schools:
            return self.ticks(row, SCHOOLS, near=found)
        return self.tick(row, f"{SCHOOLS}:{found}")

    def chosen(self, audience: Audience) -> str:
        """What narrows it, in words."""
        parts = [
            ", ".join(self.labels(name, audience)[value] for value in getattr(audience, name))
            for name in CRITERIA
            if getattr(audience, name)
        ]
        if audience.communes:
            parts.append(Around(self.team).words(audience))
        if audience.session:
            parts.append(self.say("broadcasts.of_session", number=audience.session))
        return " + ".join(parts)

    def labels(self, name: str, audience: Audience) -> Mapping[str, str]:
        """What can be ticked in the list *name*, and what was ticked elsewhere."""
        known = self._known(name, audience.bound)
        others = [one for one in getattr(audience, name) if one not in known]
        return known | {
            one: self.say(ELSEWHERE[one]) if one in ELSEWHERE else one for one in others
        }

    def _known(self, name: str, bound: Reach) -> dict[str, str]:
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
            case "schools":
                return {
                    one.name: f"{one.name} ({one.commune})"
                    for one in self.team.means.tables().colleges
                    if bound.holds(Reach(one.territory, one.name))
                }
            case _:
                return {state: self.say(key) for state, key in SIGNED.items()}

    def say(self, key: str, **values: object) -> str:
        return self.team.words.say(key, **values)
