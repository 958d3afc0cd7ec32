"""Confirming and refusing, and telling those whom it concerns: the same by every way in."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.broadcasts import deciding
from core.broadcasts.model import BroadcastState
from core.broadcasts.team import Team


def confirm(
    session: Session, team: Team, number: int, actor: str, now: datetime
) -> tuple[BroadcastState, int]:
    """*actor* wants it to be sent (core.broadcasts.deciding.confirm); its state, and how many
    others were asked on Telegram to confirm it too. Raises Refused.
    """
    state = deciding.confirm(session, team.means, number, actor, now)
    row = deciding.find(session, number)
    if state is BroadcastState.WAITING:
        return state, team.ask_a_second(session, row, now)
    if actor != row.author:
        text = team.words.say("broadcasts.confirmed", number=number)
        team.tell_author(session, row, f"yes:{now:%m%d%H%M%S}", text, now)
    return state, 0


def refuse(session: Session, team: Team, number: int, actor: str, now: datetime) -> None:
    """*actor* does not want it to be sent; its author is told. Raises Refused."""
    deciding.refuse(session, number, actor, now)
    row = deciding.find(session, number)
    if actor != row.author:
        text = team.words.say("broadcasts.was_refused", number=number)
        team.tell_author(session, row, f"no:{now:%m%d%H%M%S}", text, now)
