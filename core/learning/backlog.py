"""What staff have to answer: missed questions in groups, and what becomes of a group."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.learning.missed import MissedQuestion, MissedState, WantsAnswer
from core.learning.redaction import SIGN
from core.people.consent import plain


@dataclass(frozen=True)
class Together:
    """Ids of missed questions that ask the same; *best* is the most central of them."""

    ids: tuple[int, ...]
    best: int


@dataclass(frozen=True)
class Group:
    """Missed questions that ask the same, the most central first; *wanted* counts who agreed
    to be told the answer."""

    rows: tuple[MissedQuestion, ...]
    wanted: int

    @property
    def number(self) -> int:
        """The id of its oldest question: newer ones that join the group do not change it."""
        return min(row.id for row in self.rows)

    @property
    def ids(self) -> set[int]:
        return {row.id for row in self.rows}

    @property
    def texts(self) -> list[str]:
        """What was asked, each once."""
        return list(dict.fromkeys(row.text for row in self.rows if row.text))

    def languages(self) -> list[tuple[str, int]]:
        return _counted(row.language for row in self.rows)

    def reasons(self) -> list[tuple[str, int]]:
        return _counted(row.reason for row in self.rows)

    @property
    def nearest(self) -> str | None:
        """The question of ``content/`` that most of them came nearest to."""
        near = _counted(row.question_id for row in self.rows if row.question_id)
        return near[0][0] if near else None

    def examples(self, known: Collection[str]) -> dict[str, list[str]]:
        """Its texts by language, as examples: none that lacks words, none that is in *known*."""
        seen = {plain(text) for text in known}
        examples: dict[str, list[str]] = {}
        for row in self.rows:
            if row.text and SIGN not in row.text and plain(row.text) not in seen:
                seen.add(plain(row.text))
                examples.setdefault(row.language, []).append(row.text)
        return examples


def open_questions(session: Session) -> dict[int, str]:
    """The words of every question that waits for staff, by id."""
    query = (
        select(MissedQuestion.id, MissedQuestion.text)
        .where(MissedQuestion.state == MissedState.OPEN, MissedQuestion.text.is_not(None))
        .order_by(MissedQuestion.id)
    )
    return {missed_id: text or "" for missed_id, text in session.execute(query)}


def groups(session: Session, parted: Sequence[Together]) -> list[Group]:
    """Open questions as they belong together, the largest group first, then the oldest."""
    still_open = select(MissedQuestion).where(MissedQuestion.state == MissedState.OPEN)
    rows = {row.id: row for row in session.scalars(still_open)}
    wanted = _wanted(session)
    made = []
    for one in parted:
        order = sorted(one.ids, key=lambda key: (key != one.best, key))
        members = tuple(rows[key] for key in order if key in rows)
        if members:
            people = {person for row in members for person in wanted[row.id]}
            made.append(Group(members, len(people)))
    return sorted(made, key=lambda group: (-len(group.rows), group.number))


def answered(session: Session, ids: Collection[int], question_id: str) -> None:
    """Staff wrote *question_id* for these missed questions."""
    session.execute(
        update(MissedQuestion)
        .where(MissedQuestion.id.in_(ids))
        .values(state=MissedState.ANSWERED, answered_by=question_id)
    )


def dismissed(session: Session, ids: Collection[int]) -> None:
    """Nobody will answer these, so nobody stays tied to them."""
    session.execute(
        update(MissedQuestion).where(MissedQuestion.id.in_(ids)).values(state=MissedState.DISMISSED)
    )
    session.execute(delete(WantsAnswer).where(WantsAnswer.missed_id.in_(ids)))


def wanted_by_answer(session: Session) -> Mapping[str, int]:
    """How many people still wait for each answer that staff wrote."""
    query = (
        select(MissedQuestion.answered_by, func.count(WantsAnswer.contact_id.distinct()))
        .join(WantsAnswer, WantsAnswer.missed_id == MissedQuestion.id)
        .where(MissedQuestion.answered_by.is_not(None))
        .group_by(MissedQuestion.answered_by)
    )
    return {question_id or "": count for question_id, count in session.execute(query)}


def _counted(names: Iterable[str]) -> list[tuple[str, int]]:
    """How often each comes, the most frequent first."""
    return sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))


def _wanted(session: Session) -> dict[int, set[int]]:
    """Who waits for the answer, by missed question."""
    found: dict[int, set[int]] = defaultdict(set)
    for wish in session.scalars(select(WantsAnswer)):
        found[wish.missed_id].add(wish.contact_id)
    return found
