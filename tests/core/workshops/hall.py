"""A session with people who want to come: builders with defaults, and what the tables hold."""

from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import delete, func, insert, select

from core.db import Sessions
from core.messages import Kind
from core.outbox.delivery import Cause, Delivery
from core.people.contacts import Address, Contact
from core.texts import Texts
from core.vault import Vault
from core.wording import Wording
from core.workshops import rounds
from core.workshops.booking import cancelling, room, seats, waiting
from core.workshops.booking.seats import Placed
from core.workshops.model import (
    SEATED,
    Attendee,
    Audience,
    CancelReason,
    SessionState,
    SignUp,
    SignUpState,
    Workshop,
    WorkshopKind,
    WorkshopSession,
)
from core.workshops.notices import Notices
from tests.world import ROOT

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, noon in Paris
KINDS = {"sms": Kind.SMS, "telegram": Kind.CHAT}
TOLD = (Cause.SIGN_UP, Cause.CALLED_OFF)


def no_library():
    raise AssertionError("notices are sentences, not answers")


@cache
def notices_of() -> Notices:
    return Notices(Texts(no_library, Wording(ROOT / "locale")), KINDS)


def a_session(session, name: str = "s1", **changes: object) -> int:
    """An open session of a workshop in twenty days at 14:00 in Paris; its number."""
    workshop = session.scalar(select(Workshop))
    if workshop is None:
        workshop = Workshop(
            external_id="w1", kind=WorkshopKind.WORKSHOP, title="Découvrir l'ENT",
            audience=Audience.PARENTS, organizer="Canopé",
        )  # fmt: skip
        session.add(workshop)
        session.flush()
    starts = NOW.replace(hour=13) + timedelta(days=20)
    values = {
        "external_id": name, "starts_at": starts, "ends_at": starts + timedelta(hours=2),
        "place": "Médiathèque", "street": "1 place de l'Église", "commune": "Latillé",
        "territory": "vienne", "seats": 3, "opens_at": NOW - timedelta(days=5),
        "closes_at": starts, "state": SessionState.OPEN,
    } | changes  # fmt: skip
    row = WorkshopSession(workshop_id=workshop.id, **values)
    session.add(row)
    session.flush()
    return row.id


def some_people(session, count: int, channel: str = "telegram") -> list[int]:
    """The numbers of *count* addresses, each of a contact of its own."""
    contacts = session.scalars(
        insert(Contact).returning(Contact.id),
        [
            {"language": "fr", "nearest": [], "created_at": NOW, "seen_at": NOW}
            for _ in range(count)
        ],
    ).all()
    return list(
        session.scalars(
            insert(Address).returning(Address.id),
            [
                {
                    "contact_id": contact, "channel": channel, "sealed": b"", "state": "open",
                    "fingerprint": f"{channel}-{contact}", "state_at": NOW,
                }
                for contact in contacts
            ],
        )
    )  # fmt: skip


def party(size: int) -> list[tuple[str, bool]]:
    return [(f"Prénom {number}", number > 0) for number in range(size)]


class Hall:
    """One session, and *people* of whom each is a number; every act is a transaction."""

    def __init__(
        self, sessions: Sessions, vault: Vault, people: int = 6, channel: str = "telegram",
        name: str = "s1", **changes: object,
    ) -> None:  # fmt: skip
        self.sessions, self.vault, self.notices = sessions, vault, notices_of()
        with sessions.begin() as session:
            self.id = a_session(session, name, **changes)
            self.people = some_people(session, people, channel)

    def signs_up(self, person: int, size: int = 1, now: datetime = NOW) -> Placed:
        with self.sessions.begin() as session:
            who = session.get_one(Address, self.people[person])
            return seats.sign_up(session, who, self.id, party(size), "1", self.vault, now)

    def accepts(self, person: int, now: datetime = NOW) -> SignUp:
        with self.sessions.begin() as session:
            return waiting.accept(session, self.row(person).id, now)

    def declines(self, person: int, now: datetime = NOW) -> None:
        with self.sessions.begin() as session:
            waiting.decline(session, self.notices, self.row(person).id, now)

    def releases(
        self, person: int, now: datetime = NOW, reason: CancelReason | None = CancelReason.WORK
    ) -> None:
        with self.sessions.begin() as session:
            seats.release(session, self.notices, self.row(person).id, reason, now)

    def changes_to(self, person: int, size: int, now: datetime = NOW) -> Placed:
        with self.sessions.begin() as session:
            number = self.row(person).id
            return seats.change_people(session, self.notices, number, party(size), self.vault, now)

    def is_called_off(self, now: datetime = NOW) -> None:
        with self.sessions.begin() as session:
            cancelling.call_off(session, self.notices, self.id, now)

    def is_changed(self, now: datetime = NOW, **values: object) -> None:
        self.becomes(**values)
        times, place = "starts_at" in values, bool({"place", "commune"} & values.keys())
        with self.sessions.begin() as session:
            cancelling.change(session, self.notices, self.id, times, place, now)

    def becomes(self, **values: object) -> None:
        """Staff write into the row of the session, and nothing else."""
        with self.sessions.begin() as session:
            one = session.get_one(WorkshopSession, self.id)
            for name, value in values.items():
                setattr(one, name, value)

    def clock_ticks(self, now: datetime = NOW) -> None:
        with self.sessions.begin() as session:
            rounds.due(self.notices, session, now)

    def is_forgotten(self) -> None:
        """So that the clock has nothing to do about it any more."""
        with self.sessions.begin() as session:
            session.execute(delete(WorkshopSession).where(WorkshopSession.id == self.id))

    # What the tables hold

    def row(self, person: int) -> SignUp:
        with self.sessions.begin() as session:
            query = select(SignUp).join(Address, Address.contact_id == SignUp.contact_id)
            return session.scalars(
                query.where(Address.id == self.people[person], SignUp.session_id == self.id)
            ).one()

    def rows(self) -> list[SignUp]:
        with self.sessions.begin() as session:
            query = select(SignUp).where(SignUp.session_id == self.id).order_by(SignUp.id)
            return list(session.scalars(query))

    def state(self, person: int) -> str:
        return self.row(person).state

    def in_state(self, state: SignUpState) -> list[int]:
        """The persons in *state*."""
        addresses = {row.address_id for row in self.rows() if row.state == state}
        return [person for person, one in enumerate(self.people) if one in addresses]

    def waiting(self) -> list[int]:
        """The persons who wait, in their order; each one's place is as it is told."""
        with self.sessions.begin() as session:
            rows = room.waiting_list(session, self.id)
            places = [room.place(session, row) for row in rows]
        assert places == list(range(1, len(rows) + 1))
        return [self.people.index(row.address_id) for row in rows]

    def names(self) -> dict[int, int]:
        """How many first names are on each sign-up, by its number."""
        with self.sessions.begin() as session:
            query = select(Attendee.sign_up_id, func.count()).group_by(Attendee.sign_up_id)
            return dict(map(tuple, session.execute(query)))

    def taken(self) -> int:
        return sum(row.size for row in self.rows() if row.state in SEATED)

    def told(self, person: int | None = None) -> list[Delivery]:
        """What was queued for *person*, or for everybody, oldest first."""
        mine = select(SignUp.id).where(SignUp.session_id == self.id)
        query = select(Delivery).where(Delivery.cause.in_(TOLD), Delivery.cause_id.in_(mine))
        if person is not None:
            query = query.where(Delivery.address_id == self.people[person])
        with self.sessions.begin() as session:
            return list(session.scalars(query.order_by(Delivery.id)))

    def purposes(self, person: int) -> list[str]:
        return [row.purpose for row in self.told(person)]
