"""Codes that prove that a phone number and a Telegram chat are one person's.

A code of six digits goes to the number by SMS and is typed back on Telegram. It lives ten minutes,
is kept hashed with the vault's key, and is good once. Three codes a day for a number, and for
whoever asks; five wrong ones a day for whoever types.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Select,
    String,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.inbound import Inbound
from core.learning.missed import WantsAnswer
from core.people.contacts import Address, AddressState, Contact
from core.vault import Vault
from core.workshops.model import LIVE, SignUp
from core.workshops.search.interest import Interest
from core.workshops.wishes.wishes import Wish

PURPOSE = "link code"
LASTS = timedelta(minutes=10)
DAY = timedelta(days=1)
CODES_A_DAY = 3
TRIES_A_DAY = 5
DIGITS = 6


class LinkCode(Base):
    """A code for the phone at *address*, which *contact* asked for.

    Asked for on Telegram, only *contact* may type it (*typed_by_them*); asked for by SMS, whoever
    was shown it. *hashed* is empty once it was used.
    """

    __tablename__ = "link_code"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    typed_by_them: Mapped[bool]
    hashed: Mapped[str] = mapped_column(String(64), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    address: Mapped[Address] = relationship()


class LinkTries(Base):
    """How many wrong codes a contact typed, *since* the first of the day."""

    __tablename__ = "link_tries"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    number: Mapped[int] = mapped_column(default=0)


class TooMany(Exception):
    """Enough codes, or tries, for today."""


def check_asker(session: Session, contact_id: int, now: datetime) -> None:
    """Raises TooMany when *contact_id* has asked for enough codes today."""
    _check(session, LinkCode.contact_id == contact_id, now)


def make(
    session: Session, vault: Vault, contact_id: int, phone: Address, now: datetime
) -> tuple[str, int]:
    """A new code for *phone* that *contact_id* asks for, and its number. Raises TooMany.

    Any earlier one of the same kind ends with it.
    """
    typed_by_them = phone.contact_id != contact_id
    check_asker(session, contact_id, now)
    _check(session, LinkCode.address_id == phone.id, now)
    session.execute(update(LinkCode).where(LinkCode.contact_id == contact_id).values(hashed=""))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = LinkCode(
        contact_id=contact_id, address=phone, typed_by_them=typed_by_them,
        hashed=vault.index(code, PURPOSE), made_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return code, row.id


def use(
    session: Session, vault: Vault, contact_id: int, code: str, now: datetime
) -> Address | None:
    """The phone whose code *contact_id* typed; None when it is wrong or over. Raises TooMany."""
    tries = _tries(session, contact_id, now)
    if tries.number >= TRIES_A_DAY:
        raise TooMany
    query = (
        select(LinkCode)
        .where(LinkCode.hashed == vault.index(code, PURPOSE), LinkCode.made_at > now - LASTS)
        .where(~LinkCode.typed_by_them | (LinkCode.contact_id == contact_id))
        .order_by(LinkCode.typed_by_them.desc(), LinkCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    found = session.scalar(query)
    if found is None:
        tries.number += 1
        return None
    found.hashed = ""
    return found.address


def awaits(session: Session, contact_id: int, now: datetime) -> bool:
    """Whether *contact_id* asked for a code that they have not typed yet."""
    query = select(LinkCode.id).where(
        LinkCode.contact_id == contact_id,
        LinkCode.typed_by_them,
        LinkCode.hashed != "",
        LinkCode.made_at > now - LASTS,
    )
    return session.scalar(query.limit(1)) is not None


def forget_old(session: Session, now: datetime) -> None:
    """Delete codes of over a day ago, and numbers that were typed and never heard of."""
    old = select(LinkCode.address_id).where(LinkCode.made_at <= now - DAY)
    strangers = (
        select(Address.contact_id)
        .where(Address.id.in_(old))
        .where(~exists().where(Inbound.address_id == Address.id))
        .where(~exists().where(LinkCode.address_id == Address.id, LinkCode.made_at > now - DAY))
    )
    unheard = [
        contact_id
        for contact_id in session.scalars(strangers).all()
        # Nobody ever wrote from any of their addresses: not somebody who was linked.
        if session.scalar(_heard(contact_id)) is None
    ]
    session.execute(delete(Contact).where(Contact.id.in_(unheard)))
    session.execute(delete(LinkCode).where(LinkCode.made_at <= now - DAY))
    session.execute(delete(LinkTries).where(LinkTries.since <= now - DAY))


def stopped(session: Session, address: Address) -> None:
    """What is to come goes to another way of the same person that is open, if there is one."""
    query = select(Address).where(
        Address.contact_id == address.contact_id, Address.state == AddressState.OPEN,
        Address.id != address.id,
    ).order_by(Address.id).limit(1)  # fmt: skip
    open_one = session.scalar(query)
    if open_one is None:
        return
    places = update(SignUp).where(SignUp.address_id == address.id, SignUp.state.in_(LIVE))
    session.execute(places.values(address_id=open_one.id))
    for table in (Interest, WantsAnswer, Wish):
        wishes = update(table).where(table.address_id == address.id)
        session.execute(wishes.values(address_id=open_one.id))
    session.expire_all()


def others(session: Session, address: Address) -> list[Address]:
    """The other ways to whoever is behind *address*."""
    query = select(Address).where(
        Address.contact_id == address.contact_id, Address.id != address.id
    )
    return list(session.scalars(query.order_by(Address.id)))


def _check(session: Session, whose: ColumnElement[bool], now: datetime) -> None:
    made = select(func.count()).select_from(LinkCode).where(whose, LinkCode.made_at > now - DAY)
    if (session.scalar(made) or 0) >= CODES_A_DAY:
        raise TooMany


def _tries(session: Session, contact_id: int, now: datetime) -> LinkTries:
    tries = session.get(LinkTries, contact_id, with_for_update=True)
    if tries is None:
        tries = LinkTries(contact_id=contact_id, since=now, number=0)
        session.add(tries)
    elif tries.since <= now - DAY:
        tries.since, tries.number = now, 0
    session.flush()
    return tries


def _heard(contact_id: int) -> Select[int]:
    query = select(Inbound.id).join(Address, Address.id == Inbound.address_id)
    return query.where(Address.contact_id == contact_id).limit(1)
