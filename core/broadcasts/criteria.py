"""What an audience asks of a contact, as conditions of one select."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, String, cast, exists, or_, select
from sqlalchemy.orm import Session

from core.broadcasts.audience import Audience, within
from core.broadcasts.means import Means
from core.people.consent import plain
from core.people.contacts import Contact
from core.workshops.model import SignUp, SignUpState, Workshop, WorkshopSession
from core.workshops.search.interest import Interest
from core.workshops.wishes.wishes import Wish


def criteria(session: Session, means: Means, audience: Audience) -> list[ColumnElement[bool]]:
    """All of these hold of a contact of *audience*."""
    found: list[ColumnElement[bool]] = []
    columns = (
        (Contact.territory, audience.territories),
        (Contact.role, audience.roles),
        (Contact.language, audience.languages),
    )
    found += [column.in_(values) for column, values in columns if values]
    if not audience.bound.everywhere:
        found.append(audience.bound.people())
    if audience.session or audience.states:
        found.append(_signed_up(audience, audience.themes))
    elif audience.themes:
        found.append(_cares_about(audience))
    if audience.schools:
        found.append(_wishes(Wish.college.in_(_spelled(session, audience.schools))))
    if audience.communes:
        found.append(_around(means, within(means.tables(), audience.communes, audience.km)))
    return found


def _signed_up(
    audience: Audience, themes: Sequence[str] = (), communes: Sequence[str] = ()
) -> ColumnElement[bool]:
    """Has a sign-up in one of the states: by default in any but a cancelled one."""
    query = exists().where(SignUp.contact_id == Contact.id)
    if audience.states:
        query = query.where(SignUp.state.in_(audience.states))
    else:
        query = query.where(SignUp.state != SignUpState.CANCELLED)
    if audience.session:
        query = query.where(SignUp.session_id == audience.session)
    if themes or communes:
        query = query.where(WorkshopSession.id == SignUp.session_id)
    if themes:
        query = query.where(Workshop.id == WorkshopSession.workshop_id, Workshop.theme.in_(themes))
    if communes:
        query = query.where(WorkshopSession.commune.in_(communes))
    return query


def _cares_about(audience: Audience) -> ColumnElement[bool]:
    """Came to it, wants to be told of it, or wishes for it."""
    told = exists().where(Interest.contact_id == Contact.id, Interest.theme.in_(audience.themes))
    wished = [
        cast(Wish.themes, String).contains(f'"{theme}"', autoescape=True)
        for theme in audience.themes
    ]
    return or_(_signed_up(Audience(), audience.themes), told, _wishes(or_(*wished)))


def _around(means: Means, communes: Sequence[str]) -> ColumnElement[bool]:
    """Nobody is asked where they live: where they go, want to go, or teach says it."""
    schools = [one.name for one in means.tables().colleges if one.commune in communes]
    told = exists().where(Interest.contact_id == Contact.id, Interest.commune.in_(communes))
    went = _signed_up(Audience(), communes=communes)
    return or_(went, told, _wishes(Wish.college.in_(schools)))


def _wishes(what: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Wish.contact_id == Contact.id, what)


def _spelled(session: Session, schools: Sequence[str]) -> list[str]:
    """All the ways in which people wrote *schools*, but for accents and capitals."""
    known = set(map(plain, schools))
    written = session.scalars(select(Wish.college).where(Wish.college.is_not(None)).distinct())
    return [one for one in written if one and plain(one) in known]
