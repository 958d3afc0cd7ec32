"""How many seats of a session are taken, and how many people wait for one."""

from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.workshops.model import SEATED, SignUp, SignUpState


def taken(session: Session, session_ids: Iterable[int]) -> dict[int, int]:
    """The people who hold a seat, by session; 0 where there is nobody. One query."""
    return _people(session, session_ids, SEATED)


def waiting(session: Session, session_ids: Iterable[int]) -> dict[int, int]:
    """The people on the waiting list, by session; 0 where there is nobody. One query."""
    return _people(session, session_ids, (SignUpState.WAITING,))


def _people(
    session: Session, session_ids: Iterable[int], states: Collection[SignUpState]
) -> dict[int, int]:
    ids = list(session_ids)
    query = (
        select(SignUp.session_id, func.sum(SignUp.size))
        .where(SignUp.session_id.in_(ids), SignUp.state.in_(states))
        .group_by(SignUp.session_id)
    )
    return dict.fromkeys(ids, 0) | {key: int(people) for key, people in session.execute(query)}
