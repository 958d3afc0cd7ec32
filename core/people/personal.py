"""Everything that is held about a person, table by table, in one place.

It is read here to be shown to them and to be erased (core.people.erasure). A test goes through all
tables that lead to a contact and through each of their columns, so that nothing new is forgotten.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from core import inbound
from core.broadcasts.model import BroadcastAnswer
from core.console.feeds import ConsoleFeed
from core.console.links import ConsoleLink
from core.console.members import StaffMember
from core.console.visits import ConsoleVisit
from core.db import Base
from core.inbound import Inbound
from core.learning.missed import MissedTrail, WantsAnswer
from core.learning.thumbs import Thumb
from core.outbox import delivery
from core.outbox.delivery import Delivery
from core.people.consents import Consent, StreamStop
from core.people.contacts import Address, Contact
from core.people.linking import LinkCode, LinkTries
from core.team import lines
from core.team.handoffs import Handoff
from core.team.lines import HandoffLine
from core.vault import Vault, VaultError
from core.workshops.attendance.attendance import WrongCodes
from core.workshops.model import NAME, NOTE, Attendee, SignUp
from core.workshops.search.interest import Interest
from core.workshops.signing import form
from core.workshops.signing.form import SignUpForm
from core.workshops.wishes.invitation import Invitation
from core.workshops.wishes.wishes import Wish

# Tables that lead to a contact and hold nothing to be shown, and why.
UNTOLD = {"erasure": "that somebody is being erased, for as long as it takes"}
Row = dict[str, Any]
Held = dict[str, list[Row]]
# Columns that say nothing about anybody: they tie rows together.
TIES = frozenset({"id", "contact_id", "address_id", "sign_up_id", "delivery_id"})


@dataclass(frozen=True)
class Part:
    """The rows of one table that are about a contact: those that *whose* finds.

    *tells* are the columns that they are shown, *opens* the sealed ones with how each is opened,
    *adds* what else the row says; *works* are those by which we only do our work.
    """

    name: str
    table: type[Base]
    whose: Callable[[int], ColumnElement[bool]]
    tells: tuple[str, ...]
    opens: Mapping[str, Callable[[Any, Vault], object]] = field(default_factory=dict)
    adds: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    works: tuple[str, ...] = ()

    def rows(self, session: Session, contact_id: int) -> Sequence[Any]:
        """Those of a contact, the oldest first."""
        query = select(self.table).where(self.whose(contact_id))
        order = self.table.__mapper__.primary_key
        return session.scalars(query.order_by(*order)).all()


def _of_contact(table: Any) -> Callable[[int], ColumnElement[bool]]:
    return lambda contact_id: table.contact_id == contact_id


def _below(column: Any, table: Any) -> Callable[[int], ColumnElement[bool]]:
    """Rows whose *column* names a row of *table* that is about the contact."""

    def whose(contact_id: int) -> ColumnElement[bool]:
        above: Select[Any] = select(table.id).where(table.contact_id == contact_id)
        return column.in_(above)  # type: ignore[no-any-return]

    return whose


def _form(column: str) -> Callable[[Any, Vault], object]:
    """What was said to a form, as an object."""
    return lambda row, vault: json.loads(vault.open(getattr(row, column), form.PURPOSE))


# Those above come before those below them.
PARTS = (
    Part(
        "you", Contact, lambda contact_id: Contact.id == contact_id,
        ("language", "language_chosen", "role", "territory", "territory_asked_at", "subject",
         "subject_at", "nearest", "created_at", "seen_at"),
        works=("uid",),
    ),
    Part(
        "addresses", Address, _of_contact(Address), ("channel", "state", "state_at"),
        {"sealed": lambda row, vault: row.reveal(vault)}, works=("fingerprint",),
    ),
    Part(
        "agreements", Consent, _of_contact(Consent),
        ("channel", "what", "version", "given", "at"),
    ),
    Part(
        "sessions_of_which_nothing_is_told", StreamStop, _of_contact(StreamStop),
        ("session_id", "at"),
    ),
    Part(
        "messages_received", Inbound, _below(Inbound.address_id, Address),
        ("channel", "received_at", "handled_at", "details", "outcome", "question_id",
         "confidence", "language"),
        {"sealed_text": lambda row, vault: vault.open(row.sealed_text, inbound.PURPOSE)},
        works=("provider_id", "worked_until"),
    ),
    Part(
        "messages_sent", Delivery, _of_contact(Delivery),
        ("cause", "purpose", "channel", "state", "text", "choices", "file", "not_before",
         "not_after", "created_at", "sent_at", "ended_at", "segments", "reason"),
        {"sealed": lambda row, vault: vault.open(row.sealed, delivery.PURPOSE)},
        works=("cause_id", "lane", "attempts", "lease", "leased_until", "repeated", "provider_id",
               "about", "instead_of"),
    ),
    Part(
        "thumbs", Thumb, _below(Thumb.delivery_id, Delivery), ("good",),
        adds={"question_id": lambda row: row.feedback.question_id}, works=("feedback_id",),
    ),
    Part(
        "questions_without_answer", MissedTrail, _below(MissedTrail.delivery_id, Delivery),
        ("laid_at",), adds={"question": lambda row: row.missed.text}, works=("missed_id",),
    ),
    Part(
        "answers_to_be_told", WantsAnswer, _of_contact(WantsAnswer), ("agreed_at",),
        adds={"question": lambda row: row.missed.text}, works=("missed_id",),
    ),
    Part(
        "codes_to_link_two_channels", LinkCode, _of_contact(LinkCode),
        ("typed_by_them", "made_at"), works=("hashed",),
    ),
    Part("wrong_codes_of_the_day", WrongCodes, _of_contact(WrongCodes), ("count", "last_at")),
    Part("wrong_codes_to_link", LinkTries, _of_contact(LinkTries), ("since", "number")),
    Part(
        "requests_to_the_team", Handoff, _of_contact(Handoff),
        ("reason", "question_id", "opened_at", "taken_at", "answered_at", "active_at",
         "waiting_since", "reminded_at", "reminders", "closed_at", "ending"),
        works=("holder",),
    ),
    Part(
        "said_with_the_team", HandoffLine, _below(HandoffLine.handoff_id, Handoff),
        ("at", "shown_from"),
        {"sealed": lambda row, vault: vault.open(row.sealed, lines.PURPOSE)},
        {"by": lambda row: "you" if row.author == lines.PERSON else "team"},
        works=("handoff_id", "author"),
    ),
    Part(
        "sign_ups", SignUp, _of_contact(SignUp),
        ("id", "size", "state", "created_at", "changed_at", "waiting_since", "offered_until",
         "offers", "consent", "reason", "settled_at", "answered_at", "rating"),
        {"details": _form("details"), "note": lambda row, vault: vault.open(row.note, NOTE)},
        {"workshop": lambda row: row.session.workshop.title,
         "starts_at": lambda row: row.session.starts_at},
        works=("session_id", "revision"),
    ),
    Part(
        "people_who_come", Attendee, _below(Attendee.sign_up_id, SignUp),
        ("sign_up_id", "child"), {"name": lambda row, vault: vault.open(row.name, NAME)},
    ),
    Part(
        "sign_up_begun", SignUpForm, _of_contact(SignUpForm), ("step", "correcting", "changed_at"),
        {"said": _form("said")}, {"workshop": lambda row: row.session.workshop.title},
        works=("session_id",),
    ),
    Part(
        "to_be_told_of", Interest, _of_contact(Interest),
        ("audience", "kind", "theme", "commune", "territory", "wished_at"),
    ),
    Part(
        "wishes", Wish, _of_contact(Wish),
        ("themes", "half_days", "college", "asking", "changed_at"),
    ),
    Part("invitations", Invitation, _of_contact(Invitation), ("session_id", "invited_at")),
    Part(
        "answers_to_broadcasts", BroadcastAnswer, _of_contact(BroadcastAnswer),
        ("broadcast_id", "occurrence", "button", "at"),
    ),
    Part(
        "member_of_the_team", StaffMember, _of_contact(StaffMember),
        ("role", "territory", "college", "name", "changed_at"),
    ),
    Part(
        "links_to_the_console", ConsoleLink, _of_contact(ConsoleLink), ("purpose", "made_at"),
        works=("hashed",),
    ),
    Part(
        "calendar_of_the_console", ConsoleFeed, _of_contact(ConsoleFeed), ("made_at",),
        works=("hashed",),
    ),
    Part(
        "visits_of_the_console", ConsoleVisit, _of_contact(ConsoleVisit), ("begun_at", "seen_at"),
        works=("hashed",),
    ),
)  # fmt: skip


def collect(session: Session, vault: Vault, contact_id: int) -> Held:
    """All of it, opened: addresses, first names, what is still kept of their words.

    What no key opens any more is None. Times are aware.
    """
    session.flush()
    return {
        part.name: [_told(part, row, vault) for row in part.rows(session, contact_id)]
        for part in PARTS
    }


def as_json(held: Held, now: datetime) -> bytes:
    """The file for them: times as ISO 8601, in UTC."""
    whole = {"made_at": now, **held}
    text = json.dumps(whole, ensure_ascii=False, indent=2, default=datetime.isoformat)
    return text.encode()


def _told(part: Part, row: Any, vault: Vault) -> Row:
    told: Row = {column: getattr(row, column) for column in part.tells}
    for column, opened in part.opens.items():
        told[_plain_name(column)] = _opened(row, column, opened, vault)
    return told | {name: add(row) for name, add in part.adds.items()}


def _opened(row: Any, column: str, opened: Callable[[Any, Vault], object], vault: Vault) -> object:
    if getattr(row, column) is None:
        return None
    try:
        return opened(row, vault)
    except VaultError:
        return None


def _plain_name(column: str) -> str:
    return {"sealed": "content", "sealed_text": "text"}.get(column, column)
