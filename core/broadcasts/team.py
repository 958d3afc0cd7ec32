"""What members of the team are told of broadcasts on Telegram, without having asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from core.broadcasts import authors, preview, report
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.staffwords import StaffWords
from core.messages import Attachment, Bubble, Choice
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery, Lane, State
from core.people.contacts import Address, Contact
from core.team import members
from core.team.staffgroup import CHANNEL
from core.workshops.sheets.spreadsheet import as_csv

LASTS = timedelta(days=2)
PICK = "diff"  # what all choices of staff begin with (core.broadcasts.desk)
LIVE = "live:"
MOVING = (BroadcastState.RUNNING, BroadcastState.PAUSED)
LIST = "phonelist"  # what Bubble.file names: phonelist:BROADCAST:UID


@dataclass(frozen=True)
class Team:
    means: Means
    words: StaffWords

    def choice(self, key: str, does: str, **values: object) -> Choice:
        return Choice(self.words.say(key, **values), f"{PICK}:{does}")

    def ask_a_second(self, session: Session, broadcast: Broadcast, now: datetime) -> int:
        """Show it to all who may confirm it, but its author; to how many."""
        seen = preview.preview(session, self.means, broadcast, now)
        lines = [
            self.words.say("broadcasts.ask_second", number=broadcast.id),
            self.words.line(broadcast),
            *self.words.preview(broadcast, seen),
            *(f"\n{self.words.example(one)}" for one in seen.examples),
        ]
        choices = (
            self.choice("broadcasts.approve.label", f"approve:{broadcast.id}"),
            self.choice("broadcasts.refuse.label", f"refuse:{broadcast.id}"),
        )
        others = [
            address
            for address in authors.addresses(session, CHANNEL, self.means.group, broadcast)
            if members.actor_of(address.contact) != broadcast.author
        ]
        for address in others:
            bubble = Bubble("\n".join(lines), choices)
            self._post(session, address, broadcast, f"ask:{now:%m%d%H%M%S}", bubble, now)
        return len(others)

    def tell_author(
        self, session: Session, broadcast: Broadcast, what: str, text: str, now: datetime,
        *choices: Choice,
    ) -> None:  # fmt: skip
        """Once for each *what*; nobody when it was written on the command line."""
        for address in authors.addresses(session, CHANNEL, self.means.group, broadcast):
            if members.actor_of(address.contact) == broadcast.author:
                bubble = Bubble(text, choices)
                self._post(session, address, broadcast, what, bubble, now)

    def tell_end(self, session: Session, broadcast: Broadcast, now: datetime) -> None:
        text, choices = self.progress(session, broadcast)
        self.tell_author(session, broadcast, f"end:{broadcast.occurrence}", text, now, *choices)

    def tell_beginning(self, session: Session, broadcast: Broadcast, now: datetime) -> None:
        """The message that is kept up to date while it runs (``live``)."""
        text, choices = self.progress(session, broadcast)
        what = f"{LIVE}{broadcast.occurrence}"
        self.tell_author(session, broadcast, what, text, now, *choices)

    def live(self, session: Session, since: datetime) -> list[Delivery]:
        """The messages that tell how far broadcasts are that run, or have ended *since* then; each
        says now what is true now.
        """
        query = (
            select(Delivery, Broadcast)
            .join(Broadcast, Broadcast.id == -Delivery.cause_id)
            .where(Delivery.cause == Cause.BROADCAST, Delivery.purpose.startswith(LIVE))
            .where(Delivery.state.in_((State.SENT, State.DELIVERED)))
            .where(Delivery.provider_id.is_not(None))
            .where(or_(Broadcast.state.in_(MOVING), Broadcast.finished_at >= since))
            .options(joinedload(Delivery.address))
        )
        rows = []
        for row, broadcast in session.execute(query).all():
            if row.purpose == f"{LIVE}{broadcast.occurrence}":
                row.text, choices = self.progress(session, broadcast)
                row.choices = [choice.as_json() for choice in choices]
                rows.append(row)
        return rows

    def progress(self, session: Session, broadcast: Broadcast) -> tuple[str, tuple[Choice, ...]]:
        """How far it is, and what can be done about it."""
        told = report.report(session, broadcast)
        choices = [
            self.choice(LABELS[verb], f"{verb}:{broadcast.id}")
            for verb in VERBS.get(broadcast.state, ())
        ]
        return "\n".join(self.words.report(broadcast, told)), tuple(choices)

    def phones(
        self, session: Session, broadcast: Broadcast, actor: str, now: datetime
    ) -> Attachment:
        """Whom to phone, for *actor*, who may know."""
        people = report.unreached(session, self.means, broadcast, actor, now)
        content = as_csv(self.words.columns(), self.words.rows(people))
        return Attachment(f"rappels-{broadcast.id}.csv", content, "text/csv")

    def phone_list(
        self, session: Session, rest: str, listener: object, now: datetime
    ) -> Attachment | None:
        """Makes ``phonelist:BROADCAST:UID`` for the member who goes by *UID*."""
        number, _, uid = rest.partition(":")
        contact = session.scalar(select(Contact).where(Contact.uid == uid))
        broadcast = session.get(Broadcast, int(number))
        if broadcast is None or contact is None:
            return None
        if not authors.may_decide(session, contact, broadcast):
            return None
        return self.phones(session, broadcast, members.actor_of(contact), now)

    def _post(
        self, session: Session, address: Address, broadcast: Broadcast, what: str, bubble: Bubble,
        now: datetime,
    ) -> None:  # fmt: skip
        posting.post(
            session, address, Cause.BROADCAST, about(broadcast.id), what, bubble, now,
            lane=Lane.REPLY, for_long=LASTS,
        )  # fmt: skip


def about(number: int) -> int:
    """The cause of what the team is told of the broadcast *number*: its number is that of what
    people get, which is paused, cancelled and counted by itself.
    """
    return -number


LABELS = {
    "look": "broadcasts.look.label",
    "pause": "broadcasts.pause.label",
    "resume": "broadcasts.resume.label",
    "cancel": "broadcasts.cancel.label",
    "phone": "broadcasts.phone.label",
}
# In each state, what can be done about it.
VERBS = {
    "scheduled": ("look", "pause", "cancel"),
    "running": ("look", "pause", "cancel"),
    "paused": ("look", "resume", "cancel"),
    "finished": ("phone",),
    "cancelled": ("phone",),
}
