"""When, in ``/diffuser``: the moment, how often, and what becomes of it in quiet hours."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from core.broadcasts import recurring
from core.broadcasts.checking import Fault, could_be_urgent, faults
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.staffwords import OFTEN
from core.broadcasts.team import PICK, Team
from core.daytime import PARIS, paris_day
from core.messages import Bubble, Choice, Kind
from core.people.consent import plain
from core.workshops.sheets.moments import BadMoment, read_moment
from core.workshops.wishes.ticklist import TICKED

NINE = time(9)
OF_THE_TIME = ("quand", "repetition")
TIMES = "times"  # what is asked for, where a number is no choice
OFFERED = (2, 3, 4, 6)  # times in all, as choices
HOW_MANY = re.compile(r"(\d{1,9})(?: fois| times)?")


@dataclass(frozen=True)
class Timing:
    """Each says what is asked next; None: all is said, and the preview can be shown."""

    team: Team

    def edit(
        self, session: Session, row: Broadcast, verb: str, what: str, now: datetime
    ) -> Bubble | None:
        """A tap: ``again``, ``often:SEMAINE``, ``times:4``, ``at:now``, ``at:tomorrow``, ``wait``,
        ``urgent``; anything else asks for the moment anew.
        """
        row.state = BroadcastState.DRAFT  # until the preview was seen again
        match verb:
            case "again":
                return self._how_often(row)
            case "often" if what in recurring.RULES:
                row.rrule = recurring.rule_of(what)
                return self._how_many(row)
            case "often":
                row.rrule = ""
            case "times":
                return self._times(row, what)
            case "at":
                day = paris_day(now) + timedelta(days=1)
                moment = datetime.combine(day, NINE, PARIS) if what == "tomorrow" else None
                return self._set(session, row, moment, now)
            case "wait":
                row.waits = True
                return None
            case "urgent":
                row.asking = "urgent"
                return self._reason()
        row.start_at, row.waits, row.urgent = None, False, ""
        return self.ask(row)

    def hear(self, session: Session, row: Broadcast, words: str, now: datetime) -> Bubble | None:
        """*words* are a moment, how many times, or why it is urgent: whichever was asked for."""
        if row.asking == TIMES:
            number = HOW_MANY.fullmatch(plain(words))
            if number and 1 <= int(number[1]) <= recurring.MOST_TIMES:
                return self._times(row, number[1])
            most = recurring.MOST_TIMES
            return self._how_many(
                row, self._say("broadcasts.not_a_number", found=words[:20], most=most)
            )
        if row.asking == "urgent":
            row.urgent = words
            found = [one for one in self._faults(session, row, now) if one.at[0] == "urgent"]
            return self._reason(self.team.words.fault(found[0])) if found else None
        try:
            return self._set(session, row, read_moment(words), now)
        except BadMoment as error:
            return self.ask(row, self._say(error.key, found=words[:40]))

    def ask(self, row: Broadcast, wrong: str = "") -> Bubble:
        row.asking, row.state = "when", BroadcastState.DRAFT
        again = "broadcasts.rerepeat.label" if row.rrule else "broadcasts.repeat.label"
        choices = (
            self.team.choice("broadcasts.now.label", "at:now"),
            self.team.choice("broadcasts.tomorrow.label", "at:tomorrow"),
            self.team.choice(again, "again"),
        )
        asked = self._say("broadcasts.write_when")
        if row.rrule:
            repeats = self._say("broadcasts.repeats", often=self.team.words.often(row.rrule))
            asked = f"{repeats}\n{asked}"
        return Bubble(f"{wrong}\n\n{asked}".strip(), choices)

    def _how_often(self, row: Broadcast) -> Bubble:
        often, _ = recurring.chosen(row.rrule) or (row.rrule, "")
        names = {"": "console.cast.once", **OFTEN}
        choices = []
        for name, key in names.items():
            sign = TICKED[Kind.CHAT] if name == often else "{}"
            choices.append(Choice(sign.format(self._say(key)), f"{PICK}:often:{name}"))
        choices.append(self.team.choice("broadcasts.back.label", "when"))
        return Bubble(self._say("broadcasts.how_often"), tuple(choices))

    def _how_many(self, row: Broadcast, wrong: str = "") -> Bubble:
        picked = recurring.chosen(row.rrule)
        if picked is None:
            return self.ask(row)
        row.asking = TIMES
        choices = [
            self.team.choice("broadcasts.without_end.label", "times"),
            *(self.team.choice("broadcasts.how_many.label", f"times:{one}", count=one)
              for one in OFFERED),
        ]  # fmt: skip
        asked = self._say("broadcasts.how_many", often=self._say(OFTEN[picked[0]]))
        return Bubble(f"{wrong}\n\n{asked}".strip(), tuple(choices))

    def _times(self, row: Broadcast, times: str) -> Bubble:
        """*times* in all; "": until it is cancelled. Once is no repetition."""
        picked = recurring.chosen(row.rrule)
        if picked is not None:
            row.rrule = recurring.rule_of(picked[0], times) if times != "1" else ""
        return self.ask(row)

    def _set(
        self, session: Session, row: Broadcast, moment: datetime | None, now: datetime
    ) -> Bubble | None:
        """*moment*; None: as soon as it is confirmed. Quiet hours are chosen knowingly."""
        row.asking, row.start_at = "when", moment
        found = [one for one in self._faults(session, row, now) if one.at[0] in OF_THE_TIME]
        if not found:
            return None
        wrong = self.team.words.fault(found[0])
        if found[0].key != "broadcasts.quiet":
            return self.ask(row, wrong)
        choices = [
            self.team.choice("broadcasts.wait.label", "wait"),
            self.team.choice("broadcasts.other_time.label", "when"),
        ]
        if could_be_urgent(row, now):
            choices.append(self.team.choice("broadcasts.urgent.label", "urgent"))
        return Bubble(wrong, tuple(choices))

    def _reason(self, wrong: str = "") -> Bubble:
        back = self.team.choice("broadcasts.other_time.label", "when")
        asked = self._say("broadcasts.write_reason")
        return Bubble(f"{wrong}\n\n{asked}".strip(), (back,))

    def _faults(self, session: Session, row: Broadcast, now: datetime) -> list[Fault]:
        return faults(session, self.team.means, row, now)

    def _say(self, key: str, **values: object) -> str:
        return self.team.words.say(key, **values)
