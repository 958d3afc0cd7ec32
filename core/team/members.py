"""Who of the people that write to us is a member of the team: whoever was given a code.

A code is good once, for a day. It is shown on the command line, and typed on Telegram in private:
``/equipe CODE``.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.answers import Answer, Outcome
from core.db import Base, UtcDateTime
from core.messages import Kind
from core.people.contacts import Contact, Role
from core.services import Handler, Service
from core.talk import Talk
from core.texts import Texts
from core.vault import Vault

PURPOSE = "staff code"
LASTS = timedelta(days=1)
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none is taken for another
LENGTH = 10  # 30 ** 10: nobody guesses it in a day, however often they try


class StaffCode(Base):
    """A code that was not used yet; *made_by* is an actor (core.audit)."""

    __tablename__ = "staff_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    hashed: Mapped[str] = mapped_column(String(64), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def actor_of(contact: Contact) -> str:
    """What the audit log calls them."""
    return f"contact:{contact.uid}"


def make_code(session: Session, vault: Vault, actor: str, now: datetime) -> str:
    """A new code, which *actor* gives to somebody."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    row = StaffCode(hashed=vault.index(code, PURPOSE), made_by=actor, made_at=now)
    session.add(row)
    session.flush()
    audit.record(session, actor, "staff.code", f"code:{row.id}", now)
    return code


def join(session: Session, vault: Vault, contact: Contact, code: str, now: datetime) -> bool:
    """*contact* is a member from now on; False when *code* is none."""
    typed = vault.index(code.strip().upper(), PURPOSE)
    query = select(StaffCode).where(StaffCode.hashed == typed, StaffCode.made_at > now - LASTS)
    row = session.scalar(query.with_for_update())
    if row is None:
        return False
    contact.role = Role.STAFF
    audit.record(session, actor_of(contact), "staff.joined", f"code:{row.id}", now, by=row.made_by)
    session.delete(row)
    return True


def leave(session: Session, uid: str, actor: str, now: datetime) -> bool:
    """Whoever goes by *uid* is no member any more; False when nobody is."""
    contact = session.scalar(select(Contact).where(Contact.uid == uid, Contact.role == Role.STAFF))
    if contact is None:
        return False
    contact.role = None
    audit.record(session, actor, "staff.left", actor_of(contact), now)
    return True


def forget_old(session: Session, now: datetime) -> None:
    """Delete codes of over a day ago."""
    session.execute(delete(StaffCode).where(StaffCode.made_at <= now - LASTS))


@dataclass(frozen=True)
class Joining(Service):
    """``/equipe CODE``. A wrong code is answered as any unknown command is."""

    texts: Texts
    vault: Vault

    def commands(self) -> Mapping[str, Handler]:
        return {"equipe": self.join}

    def join(self, talk: Talk, code: str) -> Answer:
        here = talk.listener.kind is Kind.CHAT and code.strip()
        if not here or not join(talk.session, self.vault, talk.address.contact, code, talk.now):
            return self.texts.guidance("command.unknown", talk.listener, Outcome.REACTED)
        return self.texts.sentence("staff.joined", talk.listener, Outcome.REACTED)
