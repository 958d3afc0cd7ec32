"""When, in ``/diffuser``: the moment, and what becomes of it in quiet hours."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from core.broadcasts.checking import Fault, could_be_urgent, faults
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.team import Team
from core.daytime import PARIS, paris_day
from core.messages import Bubble
from core.workshops.sheets.moments import BadMoment, read_moment

NINE = time(9)


@dataclass(frozen=True)
class Timing:
    """Each says what is asked next; None: all is said, and the preview can be shown."""

    team: Team

    def edit(
        self, session: Session, row: Broadcast, verb: str, what: str, now: datetime
    ) -> Bubble | None:
        """A tap: ``at:now``, ``at:tomorrow``, ``wait``, ``urgent``; anything else begins anew."""
        match verb:
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
        """*words* are a moment, or say why it is urgent: whichever was asked for."""
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
        choices = (
            self.team.choice("broadcasts.now.label", "at:now"),
            self.team.choice("broadcasts.tomorrow.label", "at:tomorrow"),
        )
        asked = self._say("broadcasts.write_when")
        return Bubble(f"{wrong}\n\n{asked}".strip(), choices)

    def _set(
        self, session: Session, row: Broadcast, moment: datetime | None, now: datetime
    ) -> Bubble | None:
        """*moment*; None: as soon as it is confirmed. Quiet hours are chosen knowingly."""
        row.asking, row.start_at = "when", moment
        found = [one for one in self._faults(session, row, now) if one.at[0] == "quand"]
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
