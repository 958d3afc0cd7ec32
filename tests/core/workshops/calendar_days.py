"""Days that pass: the clock's rounds, a sender that sends all at once, and what left when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.content.reminder_file import read_reminders
from core.messages import Bubble, Kind
from core.outbox import claiming, making
from core.outbox.delivery import Cause, Delivery, State
from core.workshops import rounds
from core.workshops.model import SignUp
from core.workshops.notices import Notices
from core.workshops.reminding.planning import Planning
from core.workshops.reminding.silence import Silence
from core.workshops.reminding.wording import Reminders
from tests.core.workshops.shop import the_texts
from tests.world import ROOT, has_left

KINDS = {"sms": Kind.SMS, "telegram": Kind.CHAT}
WAITING = select(Delivery.id).where(Delivery.state == State.QUEUED)
RULES, _ = read_reminders(ROOT / "content")


@dataclass(frozen=True)
class Left:
    """A message as it left; *state* and *starts_at* are those of the sign-up at that moment."""

    id: int
    address_id: int
    cause: str
    cause_id: int
    purpose: str
    at: datetime
    text: str
    does: tuple[str, ...]
    state: str = ""
    starts_at: datetime | None = None


class Days:
    """The clock and the sender of one database; *rules* are those of content/ unless given."""

    def __init__(self, sessions, rules=RULES):
        self.sessions, self.left = sessions, []
        texts = the_texts()
        self.notices = Notices(texts, KINDS)
        self.reminders = Reminders(texts, lambda: rules, KINDS)
        self.planning = Planning(lambda: rules, KINDS)
        self.silence = Silence(self.notices, lambda: rules, KINDS)
        self.makers = {
            Cause.SIGN_UP: self.notices.word,
            Cause.CALLED_OFF: self.notices.word,
            Cause.REMINDER: self.reminders.word,
        }

    def tick(self, now: datetime) -> list[Left]:
        """The clock, and then the sender; what left."""
        with self.sessions.begin() as session:
            rounds.due(self.notices, session, now)
            self.silence.release(session, now)
            self.planning.due(session, now)
            queued = session.scalar(WAITING.limit(1))
        return self.send(now) if queued else []

    def send(self, now: datetime) -> list[Left]:
        before = len(self.left)
        for channel in KINDS:
            while self._send(channel, now):
                pass
        return self.left[before:]

    def _send(self, channel: str, now: datetime) -> int:
        with self.sessions.begin() as session:
            rows = claiming.claim(session, channel, now)
            for row in rows:
                bubble = Bubble(row.text, row.picks())
                if not row.text:
                    made = making.make(session, self.makers, row, now)
                    if made is None:
                        row.end(State.SKIPPED, "no longer of use", now)
                        continue
                    bubble = made
                has_left(row, f"p{row.id}", 1, now)
                self.left.append(_left(session, row, bubble, now))
            return len(rows)

    def reminders_of(self, sign_up_id: int) -> list[str]:
        """The names of the rules that reached a sign-up, in order."""
        return [
            one.purpose.partition(":")[0]
            for one in self.left
            if one.cause == Cause.REMINDER and one.cause_id == sign_up_id
        ]

    def planned(self) -> list[Delivery]:
        with self.sessions.begin() as session:
            query = select(Delivery).where(Delivery.cause == Cause.REMINDER)
            return list(session.scalars(query.order_by(Delivery.id)))


def _left(session, row: Delivery, bubble: Bubble, now: datetime) -> Left:
    sign_up = session.get(SignUp, row.cause_id) if row.cause == Cause.REMINDER else None
    return Left(
        row.id, row.address_id, row.cause, row.cause_id, row.purpose, now, bubble.text,
        tuple(choice.does for choice in bubble.choices), sign_up.state if sign_up else "",
        sign_up.session.starts_at if sign_up else None,
    )  # fmt: skip
