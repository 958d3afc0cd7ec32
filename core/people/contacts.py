"""People and their addresses: who wrote, in what language, from where, and may we write.

A contact is a person; an address is their way on one channel. The address itself is
sealed (core.vault); only its keyed index is searched.
"""

import secrets
import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.vault import Vault

SUBJECT_LASTS = timedelta(hours=1)
DESK = "desk"  # no channel: whom staff signed up, and whom nothing reaches


class Role(StrEnum):
    PARENT = "parent"
    TEACHER = "teacher"
    STAFF = "staff"


class AddressState(StrEnum):
    OPEN = "open"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"


class Contact(Base):
    """A person. *uid* is the only name the understanding service ever sees.

    *language_chosen* is true once they chose it themselves: no guess changes it then.
    *territory_asked_at* is set once they were asked where they live: never asked again.
    *subject* is the id of the last question answered and *nearest* are those that came next
    to it, for what follows on from it.
    """

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: uuid.uuid4().hex)
    language: Mapped[str] = mapped_column(String(2), default="fr")
    language_chosen: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str | None] = mapped_column(String(16))
    territory: Mapped[str | None] = mapped_column(String(32))
    territory_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    subject: Mapped[str | None] = mapped_column(String(64))
    subject_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    nearest: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    addresses: Mapped[list["Address"]] = relationship(
        back_populates="contact", cascade="all, delete-orphan", passive_deletes=True
    )

    def subject_lives(self, now: datetime) -> bool:
        """Whether a message at *now* may still go on with the subject."""
        return self.subject_at is not None and now - self.subject_at <= SUBJECT_LASTS


class Address(Base):
    """A contact's way on one channel. *state_at* says since when the state holds."""

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("channel", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default=AddressState.OPEN)
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)

    contact: Mapped[Contact] = relationship(back_populates="addresses")

    def reveal(self, vault: Vault) -> str:
        """The address itself, for the moment of sending. Raises VaultError."""
        return vault.open(self.sealed, self.channel)


def find(
    session: Session, vault: Vault, channel: str, address: str, lock: bool = False
) -> Address | None:
    """The address, if it is known; with *lock* nobody erases it before this transaction ends."""
    known = {"channel": channel, "fingerprint": vault.index(address, channel)}
    return session.scalar(_FIND_AND_LOCK if lock else _FIND, known)


# Made once: every message asks for them, and they take longer to make than to run.
_FIND = (
    select(Address)
    .where(Address.channel == bindparam("channel"), Address.fingerprint == bindparam("fingerprint"))
    .join(Address.contact)
    .options(contains_eager(Address.contact))
)
# Not a whole lock: messages may be queued for it meanwhile.
_FIND_AND_LOCK = _FIND.with_for_update(key_share=True, of=Address)


def meet(
    session: Session, vault: Vault, channel: str, address: str, now: datetime, language: str = "fr"
) -> Address:
    """The address of whoever writes from there; a new contact the first time.

    Somebody who writes is reachable again, whatever an earlier failure said.
    """
    known = find(session, vault, channel, address, lock=True)
    if known is None:
        contact = Contact(language=language, created_at=now, seen_at=now)
        known = Address(
            contact=contact,
            channel=channel,
            sealed=vault.seal(address, channel),
            fingerprint=vault.index(address, channel),
            state=AddressState.OPEN,
            state_at=now,
        )
        session.add(known)
        session.flush()
    known.contact.seen_at = now
    if known.state == AddressState.UNREACHABLE:
        change_state(known, AddressState.OPEN, now)
    return known


def write_down(session: Session, vault: Vault, now: datetime, language: str) -> Address:
    """Somebody new whom staff know by name alone: nothing can be sent there."""
    address = Address(
        contact=Contact(language=language, created_at=now, seen_at=now),
        channel=DESK,
        sealed=vault.seal("", DESK),
        fingerprint=secrets.token_hex(32),
        state=AddressState.UNREACHABLE,
        state_at=now,
    )
    session.add(address)
    session.flush()
    return address


def change_state(address: Address, state: AddressState, now: datetime) -> None:
    if address.state != state:
        address.state, address.state_at = state, now


def forget(session: Session, address: Address) -> None:
    """Delete the contact behind *address*, with all that hangs on it."""
    session.delete(address.contact)
