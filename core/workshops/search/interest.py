"""Who wants to be told when something opens, and telling them.

A wish holds what was looked for, without the dates. It lasts half a year, or until the person has
had enough; each session is told once, at most three a day, by day.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from core.answers import Listener
from core.content.model import NATIONAL
from core.content.tables import Tables
from core.daytime import PARIS, next_daytime, paris_day
from core.db import Base, UtcDateTime
from core.direction import directed
from core.messages import Bubble, Choice, Kind
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery, Lane
from core.people import consents
from core.people.consents import What
from core.people.contacts import Address, AddressState
from core.places import distance, where
from core.speaker import fits
from core.texts import Texts
from core.workshops.model import Audience, SessionState, WorkshopSession
from core.workshops.phrases import Phrases, cut
from core.workshops.search.wanted import Wanted
from core.workshops.wishes.invitation import invited

KEPT = timedelta(days=183)
WORTH_SENDING = timedelta(days=7)
MOST_A_DAY = 3
MOST_WISHES = 10  # of one person
CLOSE_KM = 30.0
ABOUT_SESSIONS = (Cause.SESSION_OPENED, Cause.INVITED)
PURPOSE = "opened"
SMS_TITLES = (60, 40, 28, 16)


class Interest(Base):
    """What a contact wants to be told of; "" where anything will do, so that a wish is one row.

    *wished_at* is when they last said so.
    """

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint("contact_id", "audience", "kind", "theme", "commune", "territory"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    audience: Mapped[str] = mapped_column(String(16), default="")
    kind: Mapped[str] = mapped_column(String(16), default="")
    theme: Mapped[str] = mapped_column(String(32), default="")
    commune: Mapped[str] = mapped_column(String(100), default="")
    territory: Mapped[str] = mapped_column(String(32), default="")
    wished_at: Mapped[datetime] = mapped_column(UtcDateTime)

    address: Mapped[Address] = relationship()


@dataclass(frozen=True)
class Telling:
    """How to tell: *kinds* says what sort of screen each channel has."""

    texts: Texts
    tables: Tables
    kinds: Mapping[str, Kind]


def note(session: Session, address: Address, wanted: Wanted, now: datetime) -> bool:
    """Remember what the contact behind *address* wants to be told of, for half a year.

    False when they stopped our messages: they could not be told. The same wish again is the same
    row. Of somebody's wishes the ten newest are kept.
    """
    if address.state == AddressState.STOPPED:
        return False
    wishes = product(wanted.themes or ("",), wanted.communes or ("",))
    for theme, commune in list(wishes)[:MOST_WISHES]:
        what = {
            "audience": wanted.audience or "",
            "kind": wanted.kind or "",
            "theme": theme,
            "commune": commune,
            "territory": wanted.territory or "",
        }
        known = select(Interest).filter_by(contact_id=address.contact_id, **what)
        wish = session.scalar(known) or Interest(contact_id=address.contact_id, **what)
        wish.address, wish.wished_at = address, now
        session.add(wish)
        session.flush()
    _forget_most(session, address.contact_id)
    consents.note(session, address, What.SESSIONS, now)
    return True


def enough(session: Session, address: Address, now: datetime) -> None:
    """Whoever is behind *address* wants to be told of nothing any more."""
    session.execute(delete(Interest).where(Interest.contact_id == address.contact_id))
    consents.note(session, address, What.SESSIONS, now, given=False)


def forget_old(session: Session, now: datetime) -> None:
    """Delete wishes of over half a year ago."""
    session.execute(delete(Interest).where(Interest.wished_at < now - KEPT))


def opened(session: Session, telling: Telling, session_ids: Sequence[int], now: datetime) -> int:
    """Queue a message about each of *session_ids* for everybody whose wish it fits; how many.

    In the transaction that opened them. Nobody is told twice of one session, nor of more than
    three in a day: then of the soonest. Who opens later is told when people may sign up; not who
    was invited before.
    """
    rows = _open_rows(session, session_ids, now)
    wishes = _wishes(session, now) if rows else []
    days = days_told(session, now) if wishes else Counter()
    told = 0
    for row in rows:
        leaves = next_daytime(max(now, row.opens_at))
        seen = set(invited(session, row.id))
        for wish in wishes:
            day = (wish.contact_id, paris_day(leaves))
            if wish.contact_id in seen or not _fits(wish, row, telling.tables):
                continue
            seen.add(wish.contact_id)
            if days[day] < MOST_A_DAY and _tell(session, telling, wish, row, leaves, now):
                days[day] += 1
                told += 1
    return told


def _open_rows(
    session: Session, session_ids: Sequence[int], now: datetime
) -> Sequence[WorkshopSession]:
    query = (
        select(WorkshopSession)
        .options(joinedload(WorkshopSession.workshop))
        .where(WorkshopSession.id.in_(session_ids), WorkshopSession.state == SessionState.OPEN)
        .where(WorkshopSession.closes_at > now)
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )
    return session.scalars(query).all()


def _wishes(session: Session, now: datetime) -> Sequence[Interest]:
    query = (
        select(Interest)
        .join(Interest.address)
        .options(joinedload(Interest.address).joinedload(Address.contact))
        .where(Address.state == AddressState.OPEN, Interest.wished_at >= now - KEPT)
        .order_by(Interest.wished_at, Interest.id)
    )
    return session.scalars(query).all()


def days_told(session: Session, now: datetime) -> Counter[tuple[int, date]]:
    """How many messages about sessions that are open leave for each contact on each day in Paris,
    from today on.
    """
    midnight = datetime.combine(paris_day(now), time(), PARIS)
    query = select(Delivery.contact_id, Delivery.not_before).where(
        Delivery.cause.in_(ABOUT_SESSIONS), Delivery.not_before >= midnight
    )
    return Counter((contact_id, paris_day(leaves)) for contact_id, leaves in session.execute(query))


def _fits(wish: Interest, row: WorkshopSession, tables: Tables) -> bool:
    workshop = row.workshop
    everybody = (wish.audience or Audience.ALL) == Audience.ALL
    return (
        (everybody or workshop.audience in (wish.audience, Audience.ALL))
        and wish.kind in ("", workshop.kind)
        and wish.theme in ("", workshop.theme)
        and _near(wish, row, tables)
    )


def _near(wish: Interest, row: WorkshopSession, tables: Tables) -> bool:
    """Within 30 km of the commune that was named, else in the territory; remote: for it."""
    commune = tables.by_commune.get(wish.commune)
    if commune and not row.remote:
        if row.latitude is None or row.longitude is None:
            return row.commune == commune.name
        return distance(where(commune), (row.latitude, row.longitude)) <= CLOSE_KM
    home = wish.territory or (commune.territory if commune else "")
    return home in ("", NATIONAL) or row.territory in (home, NATIONAL)


def _tell(
    session: Session,
    telling: Telling,
    wish: Interest,
    row: WorkshopSession,
    leaves: datetime,
    now: datetime,
) -> bool:
    if leaves >= row.closes_at:
        return False
    contact = wish.address.contact
    kind = telling.kinds.get(wish.address.channel, Kind.CHAT)
    listener = Listener(kind, contact.language, contact.territory)
    queued = posting.post(
        session, wish.address, Cause.SESSION_OPENED, row.id, PURPOSE,
        _bubble(telling.texts, row, listener), now, lane=Lane.BULK, not_before=leaves,
        for_long=min(WORTH_SENDING, row.closes_at - leaves), about=row.id,
    )  # fmt: skip
    return queued is not None


def _bubble(texts: Texts, row: WorkshopSession, listener: Listener) -> Bubble:
    phrases = Phrases(texts, listener)
    choices = (
        Choice(texts.say("interest.see.label", listener), f"session:{row.id}"),
        Choice(texts.say("interest.enough.label", listener), "enough"),
    )
    for length in SMS_TITLES if listener.kind is Kind.SMS else (200,):
        where = phrases.where(row) if length > SMS_TITLES[1] else cut(phrases.town(row), length)
        bubble = texts.offer(
            "interest.opened", listener, *choices,
            title=phrases.title(row, length), when=phrases.when(row), where=where,
        )  # fmt: skip
        if listener.kind is not Kind.SMS:
            return Bubble(directed(bubble.text, listener.language), choices)
        if fits(bubble):
            break
    return bubble


def _forget_most(session: Session, contact_id: int) -> None:
    newest = (
        select(Interest.id)
        .where(Interest.contact_id == contact_id)
        .order_by(Interest.wished_at.desc(), Interest.id.desc())
        .offset(MOST_WISHES)
    )
    too_many = session.scalars(newest).all()
    session.execute(delete(Interest).where(Interest.id.in_(too_many)))
