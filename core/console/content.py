"""Members and ``content/``: which questions there are, and what was changed by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from core import audit
from core.console.members import Nowhere, Right, StaffMember, check
from core.console.paging import Paged
from core.content import editing
from core.content.editing import Place
from core.content.load import Library
from core.content.model import NATIONAL, Checked, Question
from core.content.rewriting import NoSuchQuestion
from core.content.translations import TRANSLATED, Gap, fingerprint, gaps, sign, written
from core.languages import FRENCH
from core.people.consent import plain

A_PAGE = 30


@dataclass(frozen=True)
class Questions(Paged):
    """A page of what the assistant knows."""

    a_page = A_PAGE

    shown: Sequence[Question]
    total: int
    page: int


@dataclass(frozen=True)
class ToCheck(Paged):
    """A page of translations that no human has read; *counts* by language."""

    a_page = A_PAGE

    shown: Sequence[Gap]
    total: int
    page: int
    counts: Mapping[str, int]


def find(member: StaffMember, library: Library, words: str, subject: str, page: int) -> Questions:
    """Those whose id, title, answer or examples hold all *words*; first those whose title does,
    then those that say them one after the other. Raises NotAllowed."""
    check(member, Right.PUBLISH)
    wanted = plain(words).split()
    fits = [one for one in library.questions.values() if not subject or one.subject == subject]
    if wanted:
        far = [(_distance(one, wanted), one) for one in fits]
        near = [(distance, one) for distance, one in far if distance is not None]
        fits = [one for _, one in sorted(near, key=lambda pair: pair[0])]
    page = max(1, page)
    return Questions(fits[(page - 1) * A_PAGE : page * A_PAGE], len(fits), page)


def place(
    member: StaffMember, library: Library, question_id: str, layer: str, language: str
) -> Place:
    """Raises Nowhere for names that are not known, NotAllowed."""
    check(member, Right.PUBLISH)
    try:
        return editing.place(library, question_id, layer or NATIONAL, language or FRENCH)
    except NoSuchQuestion:
        raise Nowhere from None


def draft(member: StaffMember, root: Path, question_id: str) -> Place:
    """A draft, which whoever answers questions may write on. Raises Nowhere, NotAllowed."""
    check(member, Right.KNOWLEDGE)
    try:
        return editing.draft_place(root, question_id)
    except NoSuchQuestion:
        raise Nowhere from None


def changed(
    session: Session, member: StaffMember, where: Place, keys: Sequence[str], now: datetime
) -> None:
    """Write down that *member* changed *keys* there."""
    audit.record(
        session, member.actor, "content.changed", f"question:{where.id}", now,
        file=where.file, keys=list(keys),
    )  # fmt: skip


def to_check(
    member: StaffMember, root: Path, library: Library, language: str, page: int
) -> ToCheck:
    """Translations that are missing, old, or read by no human; the worst first."""
    check(member, Right.PUBLISH)
    found = gaps(library.questions, written(root))
    counts = {one: sum(gap.language == one for gap in found) for one in TRANSLATED}
    order = ("missing", "old", "machine")
    fits = [one for one in found if language in ("", one.language)]
    fits.sort(key=lambda one: order.index(one.why))
    page = max(1, page)
    return ToCheck(fits[(page - 1) * A_PAGE : page * A_PAGE], len(fits), page, counts)


def sign_translation(
    session: Session, member: StaffMember, root: Path, library: Library, where: Place,
    of: str, now: datetime,
) -> bool:  # fmt: skip
    """*member* read it beside the French *of* that fingerprint; False when that has changed."""
    check(member, Right.PUBLISH)
    current = fingerprint(library.questions[where.id].words[where.layer])
    path = root / where.file
    known = written(root).get((where.language, where.layer, where.id))
    if where.language not in TRANSLATED or not of == current == (known or "").strip("'\""):
        return False
    audit.record(
        session, member.actor, "translation.signed", f"question:{where.id}", now, file=where.file
    )
    session.flush()
    return sign(path, {where.id: current}, Checked.HUMAN) == 1


def _distance(question: Question, wanted: Sequence[str]) -> int | None:
    """How far *question* is from what is looked for; None when it does not hold it all."""
    title = plain(question.title)
    if all(word in title for word in wanted):
        return 0
    answers = (one.answer for one in question.words.values())
    examples = (line for lines in question.examples.values() for line in lines)
    said = plain(" ".join((question.id, *answers, *examples))) + " " + title
    if not all(word in said for word in wanted):
        return None
    return 1 if " ".join(wanted) in said else 2
