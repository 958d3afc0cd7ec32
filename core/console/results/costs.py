"""What SMS cost: parts as operators bill them, by month and by what they were sent for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.console.results.period import Period, midnight
from core.outbox.delivery import Delivery
from core.people.contacts import Contact


@dataclass(frozen=True)
class Costs:
    """Parts of SMS: *by_month*, and *by_cause* (core.outbox.delivery.Cause) over all months.

    How many messages left tells about nobody: nothing is hidden.
    """

    by_month: Mapping[date, int]
    by_cause: Mapping[str, int]


NOTHING = Costs({}, {})


def costs(session: Session, period: Period, territory: str) -> Costs:
    """Of what was sent in *period*, to people of *territory*, "" for everybody."""
    months = period.months
    month = _month(months)
    query = (
        select(month, Delivery.cause, func.sum(Delivery.segments))
        .where(Delivery.segments.is_not(None))
        .where(Delivery.sent_at >= midnight(months[0]), Delivery.sent_at < period.until)
        .group_by(month, Delivery.cause)
    )
    if territory:
        query = query.join(Contact, Contact.id == Delivery.contact_id).where(
            Contact.territory == territory
        )
    by_month: Counter[date] = Counter()
    by_cause: Counter[str] = Counter()
    for number, cause, parts in session.execute(query):
        by_month[months[number]] += parts or 0
        by_cause[cause] += parts or 0
    return Costs(by_month, by_cause)


def _month(months: list[date]) -> ColumnElement[int]:
    """Which one of *months* it was sent in, from 0."""
    begun = list(enumerate(months))[1:]
    return case(
        *((Delivery.sent_at < midnight(day), number - 1) for number, day in begun),
        else_=len(months) - 1,
    )
