"""Who an audience is, with one address each and why not: one select, never a list in memory.

Consent is to have written to us and not to have said STOP since.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session

from core.broadcasts.audience import Audience
from core.broadcasts.criteria import criteria
from core.broadcasts.means import Means
from core.daytime import paris_day, paris_midnight
from core.inbound import Inbound
from core.outbox.claiming import COUNTED, LEFT, MOST_A_DAY
from core.outbox.delivery import Delivery, Lane
from core.people.consents import StreamStop
from core.people.contacts import Address, AddressState, Contact
from core.people.erasure import Erasure

PG = "postgresql"
PLANNED = timedelta(days=14)  # before it is sent, at most


class Why(StrEnum):
    """Why somebody of the audience is left out; the first that holds."""

    NO_ADDRESS = "no address"
    NEVER_WROTE = "never wrote"
    STOPPED = "stopped"
    STOPPED_SESSION = "stopped for this session"
    UNREACHABLE = "unreachable"
    CAPPED = "enough for a day"


# They would be glad of it: they are in the report, and may be phoned back.
MISSED = (Why.UNREACHABLE, Why.CAPPED)


@dataclass(frozen=True)
class Numbers:
    """*sent_to* counts people by (channel, language), *left_out* those who get nothing by why."""

    sent_to: Counter[tuple[str, str]]
    left_out: Counter[str]

    @property
    def size(self) -> int:
        return self.sent_to.total()

    def on(self, channel: str) -> int:
        return sum(count for (name, _), count in self.sent_to.items() if name == channel)

    def languages(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for (_, language), count in self.sent_to.items():
            found[language] += count
        return found


def numbers(session: Session, people: CTE) -> Numbers:
    """How many of *people*."""
    one = people.c
    query = select(one.channel, one.language, one.why, func.count()).group_by(
        one.channel, one.language, one.why
    )
    sent_to, left_out = Counter[tuple[str, str]](), Counter[str]()
    for channel, language, why, count in session.execute(query):
        if why is None:
            sent_to[channel, language] += count
        else:
            left_out[why] += count
    return Numbers(sent_to, left_out)


def find(
    session: Session,
    means: Means,
    audience: Audience,
    about: int | None,
    begins: datetime,
    now: datetime,
) -> CTE:
    """The select: contact_id, language, address_id, channel, why (NULL: they get it).

    *about* is the session that it is about, *begins* when it does. What was sent to somebody today
    says nothing of another day.
    """
    channels = means.channels(audience.kind)
    rank = case({name: place for place, name in enumerate(channels)}, value=Address.channel)
    nth = func.row_number().over(
        partition_by=Contact.id,
        order_by=[Address.state != AddressState.OPEN, rank, Address.state_at.desc(), Address.id],
    )
    ranked = (
        select(
            Contact.id.label("contact_id"),
            Contact.language,
            Address.id.label("address_id"),
            Address.channel,
            Address.state,
            nth.label("nth"),
        )
        .outerjoin(Address, and_(Address.contact_id == Contact.id, Address.channel.in_(channels)))
        .where(~exists().where(Erasure.contact_id == Contact.id))
        .where(*criteria(session, means, audience))
    )
    if means.group:
        team = (
            exists()
            .where(Address.contact_id == Contact.id, Address.fingerprint == means.group)
            .correlate(Contact)
        )
        ranked = ranked.where(~team)
    first = ranked.subquery()
    today = paris_day(begins) == paris_day(now)
    why = _why(first, about, paris_midnight(now) if today else None, list(means.kinds))
    chosen = select(
        first.c.contact_id, first.c.language, first.c.address_id, first.c.channel, why.label("why")
    )
    # Each reason is looked for once, though several columns of a row are made of it.
    return chosen.where(first.c.nth == 1).cte("people").prefix_with("MATERIALIZED", dialect=PG)


def _why(
    first: Subquery, about: int | None, midnight: datetime | None, channels: Sequence[str]
) -> ColumnElement[str | None]:
    person = first.c.contact_id
    wrote = exists().where(Inbound.address_id == Address.id, Address.contact_id == person)
    reasons: list[tuple[ColumnElement[bool], Why]] = [
        (first.c.address_id.is_(None), Why.NO_ADDRESS),
        (~wrote, Why.NEVER_WROTE),
        (first.c.state == AddressState.STOPPED, Why.STOPPED),
    ]
    if about is not None:
        stop = exists().where(StreamStop.contact_id == person, StreamStop.session_id == about)
        reasons.append((stop, Why.STOPPED_SESSION))
    reasons.append((first.c.state != AddressState.OPEN, Why.UNREACHABLE))
    if midnight is not None:
        reasons.append((person.in_(_had_enough(midnight, channels)), Why.CAPPED))
    return case(*((when, str(why)) for when, why in reasons), else_=None)


def _had_enough(midnight: datetime, channels: Sequence[str]) -> Select[int]:
    """Who got as many messages since *midnight* as anybody gets in a day.

    Asked once for all of them, of an index: nothing that is still sent was planned long before.
    """
    return (
        select(Delivery.contact_id)
        .where(Delivery.channel.in_(channels), Delivery.state.in_(LEFT))
        .where(Delivery.lane.in_(list(Lane)), Delivery.not_before >= midnight - PLANNED)
        .where(Delivery.cause.in_(COUNTED), Delivery.sent_at >= midnight)
        .group_by(Delivery.contact_id)
        .having(func.count() >= MOST_A_DAY)
    )
