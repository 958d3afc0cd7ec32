"""``/diffuser``: a member of the team writes a broadcast on Telegram, in private.

    whom → text → translations → options → when → preview ─(test)→ confirmed

A draft is a row like any other, so what is left in the middle is there the next day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from core import inbound
from core.answers import Answer, Outcome
from core.broadcasts import agreeing, authors, deciding
from core.broadcasts.checking import BAD_FILE, BIGGEST_FILE
from core.broadcasts.deciding import Refused
from core.broadcasts.drafting import FILE, Drafting, shown
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.team import LIST, PICK, Team
from core.broadcasts.timing import TIMES
from core.messages import Bubble, Kind, SentFile
from core.services import Handler, Service, Wanted
from core.talk import Talk
from core.team.members import actor_of
from core.workshops.reach import Reach
from core.workshops.sheets.spreadsheet import tidy


@dataclass(frozen=True)
class Desk(Service):
    """For who may (core.broadcasts.authors); to anybody else there is no such command."""

    team: Team

    @property
    def drafting(self) -> Drafting:
        return Drafting(self.team)

    def commands(self) -> Mapping[str, Handler]:
        return {"diffuser": self.open}

    def picks(self) -> Mapping[str, Handler]:
        return {PICK: self.pick}

    def open(self, talk: Talk, rest: str) -> Answer:
        reach = _reach(talk)
        if reach is None:
            return self._unknown(talk)
        row = self._draft(talk)
        return shown(self.drafting.screens.found(row)) if row else self.drafting.begin(talk, reach)

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """What they write while something is being asked of them."""
        row = self._asking(talk)
        if row is None:
            return None
        words = tidy(inbound.words(talk.row, self.team.means.vault))
        row.changed_at = talk.now
        return self.drafting.hear(talk, row, words)

    def counts(self, talk: Talk) -> bool:
        row = self._asking(talk)
        return row is not None and row.asking == TIMES

    def sees(self, talk: Talk, file: SentFile | None) -> Answer | Wanted | None:
        """Nobody's file is ever fetched but one that was asked for, of who may write broadcasts."""
        row = self._asking(talk)
        if row is None or row.asking != FILE:
            return None
        screens = self.drafting.screens
        if file is None:
            return shown(screens.file(screens.say("broadcasts.not_a_file")))
        if file.size is not None and file.size > BIGGEST_FILE:
            return shown(screens.file(self.team.words.fault(BAD_FILE)))
        return Wanted(file, partial(self._join, file.name))

    def _join(self, name: str, talk: Talk, content: bytes | None) -> Answer:
        """The file is here; what asked for it may be gone."""
        row = self._draft(talk) if _reach(talk) is not None else None
        if row is None or row.asking != FILE:
            return self._say("broadcasts.no_draft")
        row.changed_at = talk.now
        return self.drafting.join(talk, row, name, content)

    def pick(self, talk: Talk, rest: str) -> Answer:
        """``diff:VERB`` of their own draft, ``diff:VERB:NUMBER`` of one that was confirmed."""
        if _reach(talk) is None:
            return self._unknown(talk)
        verb, _, what = rest.partition(":")
        if verb in DECISIONS:
            return self._decide(talk, verb, int(what))
        row = self._draft(talk)
        if row is None:
            return self._say("broadcasts.no_draft")
        row.changed_at = talk.now
        return self.drafting.edit(talk, row, verb, what)

    # Decisions

    def _decide(self, talk: Talk, verb: str, number: int) -> Answer:
        session, actor = talk.session, actor_of(talk.address.contact)
        try:
            with session.begin_nested():
                row = deciding.find(session, number)
                if not authors.may_decide(session, talk.address.contact, row):
                    raise Refused("broadcasts.none", number=number)
                match verb:
                    case "confirm" | "approve":
                        return self._confirm(talk, row, actor)
                    case "refuse":
                        agreeing.refuse(session, self.team, number, actor, talk.now)
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
                        return shown(Bubble(text, file=file))
                text, choices = self.team.progress(session, row)
                return shown(Bubble(text, choices))
        except Refused as refusal:
            return self._say(refusal.key, **refusal.values)

    def _confirm(self, talk: Talk, row: Broadcast, actor: str) -> Answer:
        state, others = agreeing.confirm(talk.session, self.team, row.id, actor, talk.now)
        if state is BroadcastState.WAITING:
            return self._say("broadcasts.asked_others", number=row.id, count=others)
        text = self.team.words.say("broadcasts.confirmed", number=row.id)
        return shown(Bubble(text, self.team.progress(talk.session, row)[1]))

    # Who and what

    def _asking(self, talk: Talk) -> Broadcast | None:
        """What they are writing, when the last thing that they were asked is about it."""
        here = _reach(talk) is not None and self._asked_last(talk)
        return self._draft(talk) if here else None

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
        prompt = talk.last_prompt
        return prompt is not None and any(
            choice.does.startswith(f"{PICK}:") for choice in prompt.picks()
        )

    def _say(self, key: str, **values: object) -> Answer:
        return shown(Bubble(self.team.words.say(key, **values)))

    def _unknown(self, talk: Talk) -> Answer:
        return self.team.means.texts.guidance("command.unknown", talk.listener, Outcome.REACTED)


DECISIONS = ("confirm", "approve", "refuse", "look", "pause", "resume", "cancel", "phone")


def _reach(talk: Talk) -> Reach | None:
    """Whom they may write to (core.broadcasts.authors); None: to them there is no such thing."""
    if talk.listener.kind is not Kind.CHAT:
        return None
    return authors.reach(talk.session, talk.address.contact)
