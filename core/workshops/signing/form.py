"""A sign-up that is being made: what was said so far, and what is asked next.

It is kept in the database, so it outlives a restart and a night's sleep, and works while the
understanding is away (docs/decisions/0010-a-form-that-outlives-rasa.md). Of the person no more is
asked than the organizer needs: of a parent how many come, names if they like; of a teacher the
name, the school and the academic e-mail address.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from sqlalchemy import ForeignKey, LargeBinary, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.db import Base, UtcDateTime, find
from core.vault import Vault
from core.workshops.model import Audience, WorkshopSession

KEPT = timedelta(days=7)
PURPOSE = "sign-up form"
MOST_PEOPLE = 8


class Step(StrEnum):
    ADULTS = "adults"
    CHILDREN = "children"
    NAMES = "names"
    NAME = "name"
    SCHOOL = "school"
    EMAIL = "email"
    CONFIRM = "confirm"


FAMILY = (Step.ADULTS, Step.CHILDREN, Step.NAMES, Step.CONFIRM)
TEACHER = (Step.NAME, Step.SCHOOL, Step.EMAIL, Step.CONFIRM)


@dataclass(frozen=True)
class Said:
    """What was answered; None and "" are not answered yet, no *names* are allowed."""

    adults: int | None = None
    children: int | None = None
    names: tuple[str, ...] = ()
    name: str = ""
    school: str = ""
    email: str = ""

    @property
    def people(self) -> list[tuple[str, bool]]:
        """(first name or "", whether a child) for each who comes; adults first."""
        if self.name:
            return [(self.name, False)]
        adults, children = self.adults or 0, self.children or 0
        names = [*self.names, *[""] * (adults + children)][: adults + children]
        return [(name, place >= adults) for place, name in enumerate(names)]

    def sealed(self, vault: Vault) -> bytes:
        return vault.seal(json.dumps(asdict(self)), PURPOSE)

    @classmethod
    def opened(cls, sealed: bytes, vault: Vault) -> Self:
        """Raises VaultError."""
        values = json.loads(vault.open(sealed, PURPOSE))
        return replace(cls(**values), names=tuple(values["names"]))


class SignUpForm(Base):
    """One at most a contact. *step* is what is being asked; *said* is sealed.

    *correcting*: one answer is being mended, and then it is summed up again.
    """

    __tablename__ = "sign_up_form"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    step: Mapped[str] = mapped_column(String(16))
    said: Mapped[bytes] = mapped_column(LargeBinary)
    correcting: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    session: Mapped[WorkshopSession] = relationship()

    @property
    def steps(self) -> tuple[Step, ...]:
        teacher = self.session.workshop.audience == Audience.TEACHERS
        return TEACHER if teacher else FAMILY


def begin(
    session: Session, contact_id: int, session_id: int, vault: Vault, now: datetime
) -> SignUpForm:
    """An empty form for a session that exists; one begun for another is forgotten."""
    session.execute(delete(SignUpForm).where(SignUpForm.contact_id == contact_id))
    session.expire_all()
    form = SignUpForm(
        contact_id=contact_id,
        session=session.get_one(WorkshopSession, session_id),
        said=Said().sealed(vault),
        changed_at=now,
    )
    form.step = form.steps[0]
    session.add(form)
    session.flush()
    return form


def current(session: Session, contact_id: int, now: datetime) -> SignUpForm | None:
    """The form that a contact is filling in, unless they left it a week ago."""
    form = find(session, SignUpForm, contact_id)
    return form if form is not None and now - form.changed_at <= KEPT else None


def answer(form: SignUpForm, vault: Vault, now: datetime, **said: object) -> None:
    """Keep what was answered, and go on to the next step."""
    form.said = replace(Said.opened(form.said, vault), **said).sealed(vault)  # type: ignore[arg-type]
    steps = form.steps
    at = steps.index(Step(form.step))
    form.step = Step.CONFIRM if form.correcting else steps[min(at + 1, len(steps) - 1)]
    # How many children comes with how many adults: who mends one is asked the other.
    if form.correcting and steps[at] is Step.ADULTS:
        form.step = Step.CHILDREN
    form.changed_at = now


def go_to(form: SignUpForm, step: Step, now: datetime) -> None:
    """Ask *step* again, to mend it."""
    form.step, form.correcting, form.changed_at = step, step is not Step.CONFIRM, now


def leave(session: Session, form: SignUpForm) -> None:
    session.delete(form)
    session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """Delete the forms that were left a week ago."""
    session.execute(delete(SignUpForm).where(SignUpForm.changed_at < now - KEPT))
