"""``/diffuser``: a member of the team writes a broadcast on Telegram, in private.

    whom → text → translations → options → when → preview ─(test)→ confirmed

A draft is a row like any other, so what is left in the middle is there the next day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import select

from core import inbound
from core.answers import Answer, Listener, Outcome
from core.broadcasts import deciding, preview
from core.broadcasts.audience import Audience
from core.broadcasts.checking import Fault, could_be_urgent, faults
from core.broadcasts.deciding import Refused
from core.broadcasts.model import MOST_BUTTONS, Broadcast, BroadcastState
from core.broadcasts.screens import Screens
from core.broadcasts.team import LIST, PICK, Team
from core.broadcasts.words import template
from core.daytime import PARIS, paris_day
from core.languages import FRENCH, LANGUAGES
from core.messages import Bubble, Kind
from core.outbox import prompts
from core.people.contacts import Role
from core.services import Handler, Service
from core.talk import Talk
from core.team.members import actor_of
from core.workshops.phrases import cut
from core.workshops.sheets.moments import BadMoment, read_moment
from core.workshops.sheets.spreadsheet import tidy

NINE = time(9)
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Desk(Service):
    """For who has the role of staff; to anybody else there is no such command."""

    team: Team

    @property
    def screens(self) -> Screens:
        return Screens(self.team)

    def commands(self) -> Mapping[str, Handler]:
        return {"diffuser": self.open}

    def picks(self) -> Mapping[str, Handler]:
        return {PICK: self.pick}

    def open(self, talk: Talk, rest: str) -> Answer:
        if not _is_member(talk):
            return self._unknown(talk)
        row = self._draft(talk)
        return _shown(self.screens.found(row)) if row else self._begin(talk)

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """What they write while something is being asked of them."""
        row = self._draft(talk) if _is_member(talk) and self._asked_last(talk) else None
        if row is None:
            return None
        words = tidy(inbound.words(talk.row, self.team.means.vault))
        what, _, rest = row.asking.partition(":")
        row.changed_at = talk.now
        match what:
            case "text":
                return self._write(talk, row, rest, words)
            case "buttons":
                labels = [one.strip() for one in words.replace("\n", "/").split("/")]
                row.buttons = [{FRENCH: one} for one in labels if one]
                return self._or_wrong(talk, row, "boutons", self._options)
            case "when":
                return self._time(talk, row, words)
            case "urgent":
                row.urgent = words
                wrong = self._wrong(talk, row, "urgent")
                return _shown(self.screens.reason(wrong)) if wrong else self._preview(talk, row)
        return None

    def pick(self, talk: Talk, rest: str) -> Answer:
        """``diff:VERB`` of their own draft, ``diff:VERB:NUMBER`` of one that was confirmed."""
        if not _is_member(talk):
            return self._unknown(talk)
        verb, _, what = rest.partition(":")
        if verb in DECISIONS:
            return self._decide(talk, verb, int(what))
        row = self._draft(talk)
        if row is None:
            return self._say("broadcasts.no_draft")
        row.changed_at = talk.now
        return self._edit(talk, row, verb, what)

    def _edit(self, talk: Talk, row: Broadcast, verb: str, what: str) -> Answer:
        screens, session = self.screens, talk.session
        match verb:
            case "take_up":
                return self._take_up(talk, row)
            case "drop":
                deciding.cancel(session, row.id, row.author, talk.now)
                return self._say("broadcasts.dropped")
            case "list":
                return _shown(screens.ticks(row, what))
            case "page":
                name, _, start = what.partition(":")
                return _shown(screens.ticks(row, name, start=int(start)))
            case "tick":
                name, _, value = what.partition(":")
                _toggle(row, name, value)
                return _shown(screens.ticks(row, name, near=value))
            case "sessions":
                return _shown(
                    screens.sessions(session, "about" if what == "about" else "in", talk.now)
                )
            case "in":
                audience = Audience.from_json(row.audience)
                row.audience = replace(audience, session=int(what)).as_json()
                row.session_id = int(what)
                return self._whom(talk, row)
            case "about":
                row.session_id = int(what)
                return self._ask_text(talk, row, FRENCH)
            case "write":
                row.texts = {}
                return self._ask_text(talk, row, FRENCH)
            case "skip":
                return self._next_text(talk, row, what)
            case "signup":
                row.sign_up = not row.sign_up
                return self._or_wrong(talk, row, "inscription", self._options)
            case "buttons":
                row.asking = "buttons"
                return _shown(screens.buttons())
            case "options":
                return self._options(talk, row)
            case "at":
                return self._at(talk, row, what)
            case "wait":
                row.waits = True
                return self._preview(talk, row)
            case "urgent":
                row.asking = "urgent"
                return _shown(screens.reason())
            case "test":
                return self._test(talk, row)
            case "when":
                row.asking, row.start_at, row.waits, row.urgent = "when", None, False, ""
                return _shown(screens.when())
        return self._whom(talk, row)

    # Steps

    def _begin(self, talk: Talk) -> Answer:
        row = Broadcast(
            author=actor_of(talk.address.contact), state=BroadcastState.DRAFT, audience={},
            texts={}, buttons=[], created_at=talk.now, changed_at=talk.now, asking="whom",
            title=self.team.words.say("broadcasts.untitled"), occurrence=0, excluded={},
            sign_up=False, waits=False, urgent="", rrule="", file_name="", file_type="",
        )  # fmt: skip
        deciding.create(talk.session, row, talk.now)
        return self._whom(talk, row)

    def _take_up(self, talk: Talk, row: Broadcast) -> Answer:
        what, _, rest = row.asking.partition(":")
        match what:
            case "text":
                return self._ask_text(talk, row, rest)
            case "buttons" | "options":
                return self._options(talk, row)
            case "when" | "urgent":
                return _shown(self.screens.when())
            case "preview":
                return self._preview(talk, row)
        return self._whom(talk, row)

    def _whom(self, talk: Talk, row: Broadcast) -> Answer:
        row.asking, row.state = "whom", BroadcastState.DRAFT
        return _shown(self.screens.whom(talk.session, row, talk.now))

    def _ask_text(self, talk: Talk, row: Broadcast, code: str, wrong: str = "") -> Answer:
        row.asking, row.state = f"text:{code}", BroadcastState.DRAFT
        count = preview.count(talk.session, self.team.means, row, talk.now)
        return _shown(self.screens.text(code, count.languages()[code], wrong))

    def _write(self, talk: Talk, row: Broadcast, code: str, words: str) -> Answer:
        row.texts = {**row.texts, code: words}
        if code == FRENCH:
            row.title = cut(words.partition("\n")[0], LONGEST_TITLE)
        wrong = self._wrong(talk, row, "texte")
        if not wrong:
            return self._next_text(talk, row, code)
        row.texts = {one: text for one, text in row.texts.items() if one != code}
        return self._ask_text(talk, row, code, wrong)

    def _next_text(self, talk: Talk, row: Broadcast, code: str) -> Answer:
        """The next language that somebody of the audience reads; then the options."""
        people = preview.count(talk.session, self.team.means, row, talk.now).languages()
        for other in LANGUAGES[LANGUAGES.index(code) + 1 :]:
            if people[other]:
                return self._ask_text(talk, row, other)
        return self._options(talk, row)

    def _options(self, talk: Talk, row: Broadcast) -> Answer:
        row.asking = "options"
        return _shown(self.screens.options(row))

    def _at(self, talk: Talk, row: Broadcast, what: str) -> Answer:
        if what == "tomorrow":
            day = paris_day(talk.now) + timedelta(days=1)
            return self._set(talk, row, datetime.combine(day, NINE, PARIS))
        return self._set(talk, row, None)

    def _time(self, talk: Talk, row: Broadcast, words: str) -> Answer:
        try:
            return self._set(talk, row, read_moment(words))
        except BadMoment as error:
            wrong = self.team.words.say(error.key, found=words[:40])
            return _shown(self.screens.when(wrong))

    def _set(self, talk: Talk, row: Broadcast, moment: datetime | None) -> Answer:
        """*moment*; None: as soon as it is confirmed. Quiet hours are chosen knowingly."""
        row.asking, row.start_at = "when", moment
        found = [one for one in self._faults(talk, row) if one.at[0] == "quand"]
        if not found:
            return self._preview(talk, row)
        wrong = self._worded(found[0])
        if found[0].key == "broadcasts.quiet":
            return _shown(self.screens.quiet(wrong, could_be_urgent(row, talk.now)))
        return _shown(self.screens.when(wrong))

    def _preview(self, talk: Talk, row: Broadcast) -> Answer:
        for fault in self._faults(talk, row):
            row.asking = "when"
            return _shown(self.screens.when(self._worded(fault)))
        row.asking, row.state = "preview", BroadcastState.READY
        return _shown(self.screens.preview(talk.session, row, talk.now))

    def _test(self, talk: Talk, row: Broadcast) -> Answer:
        """What it looks like, to whoever writes it; then the preview again."""
        listener = Listener(talk.listener.kind, talk.listener.language)
        texts = self.team.means.texts
        bubble = template(texts, row, listener, "0").bubble(
            texts.say("broadcast.example_name", listener)
        )
        return Answer((bubble, *self._preview(talk, row).bubbles), Outcome.REACTED)

    # Decisions

    def _decide(self, talk: Talk, verb: str, number: int) -> Answer:
        session, actor = talk.session, actor_of(talk.address.contact)
        try:
            with session.begin_nested():
                row = deciding.find(session, number)
                match verb:
                    case "confirm" | "approve":
                        return self._confirm(talk, row, actor)
                    case "refuse":
                        deciding.refuse(session, number, actor, talk.now)
                        text = self.team.words.say("broadcasts.was_refused", number=number)
                        self.team.tell_author(session, row, f"no:{talk.row.id}", text, talk.now)
                        return self._say("broadcasts.refused", number=number)
                    case "pause":
                        deciding.pause(session, number, actor, talk.now)
                    case "resume":
                        deciding.resume(session, number, actor, talk.now)
                    case "cancel":
                        deciding.cancel(session, number, actor, talk.now)
                    case "phone":
                        text = self.team.words.say("broadcasts.here_is_the_list", number=number)
                        file = f"{LIST}:{number}:{talk.address.contact.uid}"
                        return _shown(Bubble(text, file=file))
                text, choices = self.team.progress(session, row)
                return _shown(Bubble(text, choices))
        except Refused as refusal:
            return self._say(refusal.key, **refusal.values)

    def _confirm(self, talk: Talk, row: Broadcast, actor: str) -> Answer:
        state = deciding.confirm(talk.session, self.team.means, row.id, actor, talk.now)
        if state is BroadcastState.WAITING:
            others = self.team.ask_a_second(talk.session, row, talk.now)
            return self._say("broadcasts.asked_others", number=row.id, count=others)
        text = self.team.words.say("broadcasts.confirmed", number=row.id)
        if actor != row.author:
            self.team.tell_author(talk.session, row, f"yes:{talk.row.id}", text, talk.now)
        return _shown(Bubble(text, self.team.progress(talk.session, row)[1]))

    # Who and what

    def _draft(self, talk: Talk) -> Broadcast | None:
        """What they are writing."""
        query = (
            select(Broadcast)
            .where(Broadcast.author == actor_of(talk.address.contact), Broadcast.asking != "")
            .where(Broadcast.state.in_((BroadcastState.DRAFT, BroadcastState.READY)))
            .order_by(Broadcast.id.desc())
            .limit(1)
        )
        return talk.session.scalar(query)

    def _asked_last(self, talk: Talk) -> bool:
        prompt = prompts.last_prompt(talk.session, talk.address)
        return prompt is not None and any(
            choice.does.startswith(f"{PICK}:") for choice in prompt.picks()
        )

    def _faults(self, talk: Talk, row: Broadcast) -> list[Fault]:
        return faults(talk.session, self.team.means, row, talk.now)

    def _wrong(self, talk: Talk, row: Broadcast, at: str) -> str:
        """What is wrong there, in words; "" when nothing is."""
        found = (one for one in self._faults(talk, row) if one.at[0] == at)
        return next(map(self._worded, found), "")

    def _or_wrong(
        self, talk: Talk, row: Broadcast, at: str, then: Callable[[Talk, Broadcast], Answer]
    ) -> Answer:
        wrong = self._wrong(talk, row, at)
        if not wrong:
            return then(talk, row)
        row.buttons, row.sign_up = row.buttons[:MOST_BUTTONS] if at != "boutons" else [], False
        (bubble,) = then(talk, row).bubbles
        return _shown(replace(bubble, text=f"{wrong}\n\n{bubble.text}"))

    def _worded(self, fault: Fault) -> str:
        return self.team.words.say(fault.key, **fault.values)

    def _say(self, key: str, **values: object) -> Answer:
        return _shown(Bubble(self.team.words.say(key, **values)))

    def _unknown(self, talk: Talk) -> Answer:
        return self.team.means.texts.guidance("command.unknown", talk.listener, Outcome.REACTED)


DECISIONS = ("confirm", "approve", "refuse", "look", "pause", "resume", "cancel", "phone")


def _is_member(talk: Talk) -> bool:
    return talk.address.contact.role == Role.STAFF and talk.listener.kind is Kind.CHAT


def _toggle(row: Broadcast, name: str, value: str) -> None:
    audience = Audience.from_json(row.audience)
    ticked: tuple[str, ...] = getattr(audience, name)
    now = tuple(one for one in ticked if one != value) if value in ticked else (*ticked, value)
    row.audience = replace(audience, **{name: now}).as_json()  # type: ignore[arg-type]


def _shown(*bubbles: Bubble) -> Answer:
    return Answer(bubbles, Outcome.REACTED)
