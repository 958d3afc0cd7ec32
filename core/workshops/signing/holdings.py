"""What somebody signed up for: the list of it, a seat on offer, a place given back and why.

Each method answers one thing somebody picked or wrote, in the transaction of that message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from core.answers import Answer
from core.messages import Choice, Kind
from core.services import Handler, Service
from core.talk import Talk
from core.workshops.booking import seats, waiting
from core.workshops.booking.refusals import NotEnoughSeats, Refused
from core.workshops.model import LIVE, CancelReason, SignUp, SignUpState, WorkshopSession
from core.workshops.notices import Notices
from core.workshops.phrases import Phrases
from core.workshops.reminding import dates
from core.workshops.voice import Voice, reacted

GIVE_BACK = "give_back"  # the service of a question in content/
REASONS = (
    CancelReason.DATE,
    CancelReason.CHILD_CARE,
    CancelReason.TRANSPORT,
    CancelReason.WORK,
    CancelReason.ILLNESS,
    CancelReason.OTHER,
)


@dataclass(frozen=True)
class Holdings(Service):
    voice: Voice
    notices: Notices

    def picks(self) -> Mapping[str, Handler]:
        return {
            "accept": self.accept,
            "decline": self.decline,
            "release": self.release,
            "reason": self.reason,
        }

    def accept(self, talk: Talk, sign_up_id: str) -> Answer:
        """``accept:SIGNUP``: the seat on offer is theirs."""
        return self.own(talk, sign_up_id, self._accept)

    def decline(self, talk: Talk, sign_up_id: str) -> Answer:
        """``decline:SIGNUP``: the seat on offer goes to the next."""
        return self.own(talk, sign_up_id, self._decline)

    def release(self, talk: Talk, sign_up_id: str) -> Answer:
        """``release:SIGNUP``: the seat is given back, and the reason asked."""
        return self.own(talk, sign_up_id, self._release)

    def reason(self, talk: Talk, what: str) -> Answer:
        """``reason:SIGNUP:WHY``, after a seat was given back."""
        sign_up_id, _, why = what.partition(":")

        def keep(talk: Talk, row: SignUp) -> Answer:
            if row.state == SignUpState.CANCELLED and row.reason is None:
                row.reason = CancelReason(why)
            return self.voice.say(talk, "released.thanks", *self._others(talk, row))

        return self.own(talk, sign_up_id, keep)

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """In place of what ``content/`` says, what the database knows about *this* person."""
        services = self.voice.texts.services(answer)
        if services == {GIVE_BACK}:
            return self._serve(talk, answer, "mine.give_back")
        if services == {"mine"}:
            return self._serve(talk, answer, "mine.list")
        return answer

    def give_back(self, talk: Talk) -> Answer:
        """They cannot come: which of their places is it?"""
        answer = self.voice.texts.service(GIVE_BACK, talk.listener, talk.now)
        return self._serve(talk, answer, "mine.give_back")

    def has_any(self, talk: Talk) -> bool:
        """Whether they have a place, or wait for one, in what is to come."""
        return bool(self._live(talk))

    # For the form

    def placed(self, talk: Talk, row: SignUp, place: int | None) -> Answer:
        give_back = self.voice.label(talk, "mine.release.label", f"release:{row.id}")
        if place is not None:
            key = "done.waiting"
        elif row.session.workshop.audience == "teachers":
            key = "done.teacher"
        else:
            key = "done.confirmed"
        bubble = self.voice.about(talk, key, row.session, (give_back,), place=place)
        return reacted(bubble if place else replace(bubble, file=f"calendar:{row.id}"))

    def already(self, talk: Talk, row: SignUp) -> Answer:
        choices = (
            self.voice.label(talk, "mine.release.label", f"release:{row.id}"),
            self.voice.label(talk, "mine.change.label", f"change:{row.session_id}"),
        )
        return reacted(self.voice.about(talk, "form.already", row.session, choices))

    def refused(self, talk: Talk, refusal: Refused) -> Answer:
        free = refusal.free if isinstance(refusal, NotEnoughSeats) else 0
        return self.voice.say(talk, f"refused.{type(refusal).__name__}", free=free)

    def sign_up_for(self, talk: Talk, session_id: int) -> SignUp | None:
        query = select(SignUp).where(
            SignUp.session_id == session_id, SignUp.contact_id == talk.address.contact_id
        )
        return talk.session.scalar(query)

    def overlaps(self, talk: Talk, one: WorkshopSession) -> bool:
        return any(
            row.session.starts_at < one.ends_at and one.starts_at < row.session.ends_at
            for row in self._live(talk)
            if row.session_id != one.id
        )

    # Seats

    def _accept(self, talk: Talk, row: SignUp) -> Answer:
        waiting.accept(talk.session, row.id, talk.now)
        return self.placed(talk, row, None)

    def _decline(self, talk: Talk, row: SignUp) -> Answer:
        waiting.decline(talk.session, self.notices, row.id, talk.now)
        return self.voice.say(talk, "declined", *self._others(talk, row))

    def _release(self, talk: Talk, row: SignUp) -> Answer:
        seats.release(talk.session, self.notices, row.id, None, talk.now)
        choices = [
            self.voice.label(talk, f"reason.{why}.label", f"reason:{row.id}:{why}")
            for why in REASONS
        ]
        return reacted(self.voice.about(talk, "released", row.session, choices))

    def _others(self, talk: Talk, row: SignUp) -> tuple[Choice, ...]:
        """Other sessions for the same people, near the same town."""
        sought = dates.near(row).encoded()
        return (self.voice.label(talk, "mine.others.label", f"more:0:{sought}"),)

    def own(self, talk: Talk, sign_up_id: str, then: Callable[[Talk, SignUp], Answer]) -> Answer:
        """*then* with a sign-up of whoever talks; nobody touches another's."""
        row = talk.session.get(SignUp, int(sign_up_id))
        if row is None or row.contact_id != talk.address.contact_id:
            return self.voice.say(talk, "refused.NotSignedUp")
        try:
            return then(talk, row)
        except Refused as refusal:
            return self.refused(talk, refusal)

    # What somebody has

    def _serve(self, talk: Talk, answer: Answer, key: str) -> Answer:
        rows = self._live(talk)
        if not rows:
            return answer
        phrases = Phrases(self.voice.texts, talk.listener)
        lines = "\n".join(f"• {self._line(talk, phrases, row)}" for row in rows)
        label = self.voice.texts.say("mine.release_one.label", talk.listener, day="{day}")
        choices = [
            Choice(label.format(day=phrases.short_day(row.session)), f"release:{row.id}")
            for row in rows
        ]
        bubble = self.voice.texts.offer(key, talk.listener, *choices, lines=lines)
        return replace(answer, bubbles=(bubble,), asks_territory=False)

    def _line(self, talk: Talk, phrases: Phrases, row: SignUp) -> str:
        state = self.voice.texts.say(f"mine.{row.state}", talk.listener)
        short = talk.listener.kind is Kind.SMS
        title = phrases.title(row.session, 24 if short else 200)
        when = phrases.short_day(row.session) if short else phrases.when(row.session)
        return f"{title}, {when} : {state}"

    def _live(self, talk: Talk) -> list[SignUp]:
        query = (
            select(SignUp)
            .join(SignUp.session)
            .where(
                SignUp.contact_id == talk.address.contact_id,
                SignUp.state.in_(LIVE),
                WorkshopSession.ends_at > talk.now,
            )
            .order_by(WorkshopSession.starts_at)
        )
        return list(talk.session.scalars(query))
