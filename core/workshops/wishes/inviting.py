"""Those whose wishes a session fits are invited before it opens to everybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.answers import Listener
from core.content.model import NATIONAL
from core.content.tables import Tables
from core.daytime import CLOSES, PARIS, next_daytime, paris_day
from core.direction import directed
from core.messages import Bubble, Choice, Kind
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery, Lane
from core.people.contacts import Address, AddressState, Contact
from core.speaker import fits
from core.texts import Texts
from core.workshops.model import SessionState, SignUp, WorkshopSession
from core.workshops.phrases import Phrases, cut
from core.workshops.search.interest import MOST_A_DAY, WORTH_SENDING, Telling, days_told
from core.workshops.wishes import halfdays
from core.workshops.wishes.invitation import Invitation, invited
from core.workshops.wishes.wishes import KEPT, Wish

PURPOSE = "invited"
SMS_LENGTHS = (60, 40, 28, 16, 10)


def wishes(session: Session, now: datetime) -> Sequence[Wish]:
    """The wishes that count at *now* (aware), with whose they are."""
    query = (
        select(Wish)
        .options(joinedload(Wish.contact), joinedload(Wish.address))
        .where(Wish.changed_at >= now - KEPT)
        .order_by(Wish.contact_id)
    )
    return session.scalars(query).all()


def who_fits(
    session: Session, tables: Tables, row: WorkshopSession, theme: str, now: datetime
) -> list[Wish]:
    """The wishes for *theme* of those who are free during the whole session and can be told.

    Not those of another territory, as far as we know theirs.
    """
    needed = halfdays.covered(row.starts_at, row.ends_at)
    return [
        wish
        for wish in wishes(session, now)
        if theme in wish.themes
        and needed <= set(wish.half_days)
        and wish.address.state == AddressState.OPEN
        and territory_of(wish, tables) in (None, NATIONAL, row.territory)
    ]


def territory_of(wish: Wish, tables: Tables) -> str | None:
    """That of their collège when we know it, else the contact's; None when nobody knows."""
    homes = {one.name: one.territory for one in tables.colleges}
    return homes.get(wish.college or "") or wish.contact.territory


def invite(
    session: Session, telling: Telling, session_id: int, theme: str, now: datetime
) -> list[int]:
    """Let those sign up whose wishes fit an open session, and tell them; their contacts (ids).

    Nobody is invited twice, nor who heard of it or signed up already. They are told by day, and
    of no more than three sessions a day; then on the next day that has room.
    """
    row = session.get_one(WorkshopSession, session_id)
    if row.state != SessionState.OPEN or row.closes_at <= now:
        return []
    known, days = _know_of_it(session, row.id), days_told(session, now)
    new = [
        wish
        for wish in who_fits(session, telling.tables, row, theme, now)
        if wish.contact_id not in known
    ]
    for wish in new:
        session.add(Invitation(session_id=row.id, contact_id=wish.contact_id, invited_at=now))
        leaves = next_daytime(now)
        while days[wish.contact_id, paris_day(leaves)] >= MOST_A_DAY:
            leaves = _next_day(leaves)
        if leaves < row.closes_at:
            days[wish.contact_id, paris_day(leaves)] += 1
            _tell(session, telling, wish.address, row, leaves, now)
    session.flush()
    return [wish.contact_id for wish in new]


def _know_of_it(session: Session, session_id: int) -> set[int]:
    told = select(Delivery.contact_id).where(
        Delivery.cause == Cause.SESSION_OPENED, Delivery.cause_id == session_id
    )
    here = select(SignUp.contact_id).where(SignUp.session_id == session_id)
    return {*invited(session, session_id), *session.scalars(told), *session.scalars(here)}


def _next_day(leaves: datetime) -> datetime:
    evening = datetime.combine(paris_day(leaves), CLOSES, PARIS)
    return next_daytime(evening).astimezone(leaves.tzinfo)


def _tell(
    session: Session,
    telling: Telling,
    address: Address,
    row: WorkshopSession,
    leaves: datetime,
    now: datetime,
) -> None:
    listener = _listener(address, address.contact, telling.kinds)
    posting.post(
        session, address, Cause.INVITED, row.id, PURPOSE,
        _bubble(telling.texts, row, listener, leaves), now, lane=Lane.BULK, not_before=leaves,
        for_long=min(WORTH_SENDING, row.closes_at - leaves), about=row.id,
    )  # fmt: skip


def _listener(address: Address, contact: Contact, kinds: Mapping[str, Kind]) -> Listener:
    return Listener(kinds.get(address.channel, Kind.CHAT), contact.language, contact.territory)


def _bubble(texts: Texts, row: WorkshopSession, listener: Listener, leaves: datetime) -> Bubble:
    """It says until when they come before everybody else, unless it leaves later than that."""
    phrases = Phrases(texts, listener)
    choices = (
        Choice(texts.say("about.sign_up.label", listener), f"signup:{row.id}"),
        Choice(texts.say("wish.mine.label", listener), "wishes"),
    )
    key = "wish.invited" if leaves < row.opens_at else "wish.fits"
    until = phrases.moment(row.opens_at)
    if listener.kind is not Kind.SMS:
        bubble = texts.offer(
            key, listener, *choices, title=phrases.title(row), when=phrases.when(row),
            where=phrases.where(row), until=until,
        )  # fmt: skip
        return Bubble(directed(bubble.text, listener.language), choices)
    when = f"{phrases.short_day(row)} {phrases.hour(row.starts_at)}"
    for length in SMS_LENGTHS:
        bubble = texts.offer(
            key, listener, *choices, title=phrases.title(row, length), when=when,
            where=cut(phrases.where(row), length), until=until,
        )  # fmt: skip
        if fits(bubble):
            break
    return bubble
