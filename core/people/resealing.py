"""After a new key: what older ones sealed is sealed again, a few rows at a time.

The old key may then be taken out of the keyring. A test holds the list against all sealed columns.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import inbound
from core.inbound import Inbound
from core.outbox import delivery
from core.outbox.delivery import Delivery
from core.people.contacts import Address
from core.team import lines
from core.team.lines import HandoffLine
from core.vault import Vault, VaultError
from core.workshops.model import NAME, NOTE, Attendee, SignUp
from core.workshops.signing import form
from core.workshops.signing.form import SignUpForm

AT_ONCE = 500
# Each sealed column, and what the vault bound its values to.
SEALED: dict[InstrumentedAttribute[Any], Callable[[Any], str]] = {
    Address.sealed: lambda row: row.channel,
    Inbound.sealed_text: lambda row: inbound.PURPOSE,
    Delivery.sealed: lambda row: delivery.PURPOSE,
    HandoffLine.sealed: lambda row: lines.PURPOSE,
    SignUp.details: lambda row: form.PURPOSE,
    SignUp.note: lambda row: NOTE,
    SignUpForm.said: lambda row: form.PURPOSE,
    Attendee.name: lambda row: NAME,
}


def reseal(
    session: Session, vault: Vault, column: InstrumentedAttribute[Any], after: int
) -> tuple[int, int, int | None]:
    """Seal again what *column* holds in the next rows after key *after*; 0 is before the first.

    How many were, how many no key opens (they are left), and the key to go on after; None at the
    end.
    """
    table = column.class_
    (key,) = table.__mapper__.primary_key
    query = select(table).where(key > after, column.is_not(None)).order_by(key).limit(AT_ONCE)
    rows = session.scalars(query.with_for_update()).all()
    done = lost = 0
    for row in rows:
        sealed = getattr(row, column.key)
        if vault.is_current(sealed):
            continue
        purpose = SEALED[column](row)
        try:
            setattr(row, column.key, vault.seal(vault.open(sealed, purpose), purpose))
            done += 1
        except VaultError:
            lost += 1
    return done, lost, getattr(rows[-1], key.name) if len(rows) == AT_ONCE else None
