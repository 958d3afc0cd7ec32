"""People to write to, and broadcasts: builders with defaults."""

from functools import cache

from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.staffwords import StaffWords
from core.broadcasts.team import Team
from core.inbound import accept
from core.messages import Incoming, Kind
from core.people.contacts import Address, AddressState, meet
from core.wording import STAFF, Wording
from tests.core.workshops.shop import the_tables, the_texts
from tests.world import NOON, ROOT

KINDS = {"telegram": Kind.CHAT, "sms": Kind.SMS}
AUTHOR, OTHER = "cli:anne", "cli:bruno"


@cache
def texts():
    return the_texts()


def means(vault, **changes: object) -> Means:
    values = {
        "texts": texts(), "vault": vault, "tables": the_tables, "kinds": KINDS,
        "paces": {"telegram": 30.0, "sms": 10.0}, "price": 0.05, "second_at": 500,
    } | changes  # fmt: skip
    return Means(**values)


def team_of(ours: Means) -> Team:
    return Team(ours, StaffWords(Wording(ROOT / "locale", STAFF), ours.kinds))


def someone(
    session, vault, number: int = 1, channel: str = "sms", wrote: bool = True,
    state: AddressState = AddressState.OPEN, **contact: object,
) -> Address:  # fmt: skip
    """Somebody who wrote to us, in NOON's French, unless *contact* says another thing."""
    name = f"+336399800{number:02}" if channel == "sms" else str(700_000 + number)
    if wrote:
        incoming = Incoming(channel, name, f"{channel}-{number}", NOON, "bonjour")
        row = accept(session, vault, incoming, "fr", NOON)
        row.handled_at, address = NOON, row.address
    else:
        address = meet(session, vault, channel, name, NOON)
    address.state = state
    for key, value in contact.items():
        setattr(address.contact, key, value)
    session.flush()
    return address


def also(session, address: Address, other: Address) -> None:
    """*other* is a second way to whoever is at *address*."""
    stranger = other.contact
    other.contact = address.contact
    session.flush()
    session.expire(stranger)
    session.delete(stranger)
    session.flush()


def a_broadcast(session=None, **changes: object) -> Broadcast:
    """One to everybody, checked, of AUTHOR; kept when a *session* is given."""
    values = {
        "title": "Essai", "author": AUTHOR, "audience": {}, "texts": {"fr": "Bonjour à tous"},
        "buttons": [], "state": BroadcastState.READY, "created_at": NOON, "changed_at": NOON,
        "sign_up": False, "file_name": "", "file_type": "", "rrule": "", "waits": False,
        "urgent": "", "occurrence": 0, "excluded": {}, "asking": "",
    } | changes  # fmt: skip
    row = Broadcast(**values)
    if session is not None:
        session.add(row)
        session.flush()
    return row
