"""Questions the assistant missed, and what staff make of them: an answer, or nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.console.members import Nowhere, Right, StaffMember, check
from core.console.paging import Paged
from core.content import drafts
from core.content.load import Library
from core.daytime import paris_day
from core.learning import alike, backlog, promises, thumbs
from core.learning.answering import Answered
from core.learning.backlog import Group
from core.learning.missed import MissedQuestion, MissedState
from core.learning.promises import Kept
from core.texts import Texts
from core.workshops.search.interest import Telling

MOST = 500  # questions that are looked at; the oldest first
A_PAGE = 20


@dataclass(frozen=True)
class Backlog(Paged):
    """A page of groups, the largest first; *questions* counts all that is in *total* groups."""

    a_page = A_PAGE

    groups: Sequence[Group]
    questions: int
    total: int
    page: int
    wanted: Mapping[str, int]
    worst: Sequence[tuple[str, int, int]]


def missed(session: Session, member: StaffMember, now: datetime, page: int = 1) -> Backlog:
    """What waits for staff. *wanted* says how many wait for each draft, *worst* what does not help.

    Raises NotAllowed.
    """
    check(member, Right.KNOWLEDGE)
    groups = _groups(session)
    page = max(1, page)
    shown = groups[(page - 1) * A_PAGE : page * A_PAGE]
    return Backlog(
        shown, sum(len(one.rows) for one in groups), len(groups), page,
        backlog.wanted_by_answer(session), thumbs.worst(session, paris_day(now)),
    )  # fmt: skip


def group(session: Session, member: StaffMember, number: int, apart: Collection[int] = ()) -> Group:
    """The group whose oldest question is *number*, less those *apart*. Raises Nowhere."""
    check(member, Right.KNOWLEDGE)
    for one in _groups(session):
        if number in one.ids:
            rows = tuple(row for row in one.rows if row.id not in apart)
            if rows:
                return replace(one, rows=rows)
    raise Nowhere


def taken_names(root: Path, library: Library) -> set[str]:
    """Ids that a new question cannot have."""
    return {*library.questions, *drafts.drafts(root)}


def keep_draft(
    session: Session, member: StaffMember, root: Path, ids: Collection[int], answered: Answered,
    now: datetime,
) -> bool:  # fmt: skip
    """Write the draft and close the group, or neither; False when a colleague was faster."""
    check(member, Right.KNOWLEDGE)
    still = select(MissedQuestion.id).where(
        MissedQuestion.id.in_(ids), MissedQuestion.state == MissedState.OPEN
    )
    path = drafts.path_of(root, answered.id)
    if not session.scalars(still.with_for_update()).all() or path.exists():
        return False
    backlog.answered(session, ids, answered.id)
    audit.record(
        session, member.actor, "question.drafted", f"question:{answered.id}", now, asked=len(ids)
    )
    session.flush()
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(answered.text)
    return True


def dismiss(
    session: Session, member: StaffMember, number: int, apart: Collection[int], now: datetime
) -> int:
    """Nobody will answer these; how many. Raises Nowhere, NotAllowed."""
    one = group(session, member, number, apart)
    backlog.dismissed(session, one.ids)
    audit.record(
        session, member.actor, "question.dismissed", f"missed:{number}", now, count=len(one.rows)
    )
    return len(one.rows)


def told(
    session: Session, member: StaffMember, telling: Telling, texts: Texts, question_id: str,
    now: datetime,
) -> Kept:  # fmt: skip
    """*question_id* is live: whoever waits for it gets the answer. Raises KeyError, NotAllowed."""
    check(member, Right.PUBLISH)
    kept = promises.keep(session, texts, telling.kinds, question_id, now)
    audit.record(
        session, member.actor, "question.published", f"question:{question_id}", now, told=kept.told
    )
    return kept


def _groups(session: Session) -> list[Group]:
    texts = dict(list(backlog.open_questions(session).items())[:MOST])
    return backlog.groups(session, alike.together(texts))
