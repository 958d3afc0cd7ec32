"""The counter where people sign up, accept a seat on offer, and give one back.

Each method answers one thing somebody picked or wrote, in the transaction of that message. It asks
no model and works while the understanding is away.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from sqlalchemy import select

from core import consents
from core.answers import Answer, Asked, Outcome
from core.consents import What
from core.messages import Bubble, Choice, Kind
from core.talk import Talk
from core.texts import Texts, fits
from core.vault import Vault
from core.workshops import form as forms
from core.workshops import seats, told, waiting
from core.workshops.finding import one
from core.workshops.form import MOST_PEOPLE, Said, SignUpForm, Step
from core.workshops.model import LIVE, CancelReason, SignUp, SignUpState, WorkshopSession
from core.workshops.notices import Notices
from core.workshops.phrases import Phrases, cut
from core.workshops.refusals import NotEnoughSeats, Refused
from core.workshops.wanted import Wanted

CONSENT = "2026-11"  # the sentence form.confirm, as it was agreed to
ADULTS, CHILDREN = range(1, 5), range(4)
REASONS = (
    CancelReason.DATE,
    CancelReason.CHILD_CARE,
    CancelReason.TRANSPORT,
    CancelReason.WORK,
    CancelReason.ILLNESS,
    CancelReason.OTHER,
)
# A short reply that the form takes before any model is asked: nothing else is meant by it.
PLAIN = (Step.ADULTS, Step.CHILDREN, Step.EMAIL)
SURE = 0.9
TITLES = (200, 60, 40, 28, 18, 10)


@dataclass(frozen=True)
class Counter:
    texts: Texts
    vault: Vault
    notices: Notices

    # What is picked

    def sign_up(self, talk: Talk, session_id: str) -> Answer:
        """``signup:SESSION``: begin, or say that they are signed up already."""
        known = self._sign_up_for(talk, int(session_id))
        if known is not None and known.state in LIVE:
            return self._already(talk, known)
        found = one(talk.session, int(session_id), talk.now)
        if found is None:
            return self._said(talk, "about.gone")
        contact_id = talk.address.contact_id
        begun = forms.begin(talk.session, contact_id, found.session.id, self.vault, talk.now)
        return self._ask(talk, begun)

    def fill(self, talk: Talk, what: str) -> Answer:
        """``form:WHAT`` or ``form:WHAT:NUMBER``: an answer to the form."""
        form = forms.current(talk.session, talk.address.contact_id, talk.now)
        if form is None:
            return self._said(talk, "form.none")
        verb, _, number = what.partition(":")
        match verb:
            case "adults" | "children" if verb == form.step:
                forms.answer(form, self.vault, talk.now, **{verb: int(number)})
            case "unnamed" if form.step == Step.NAMES:
                forms.answer(form, self.vault, talk.now, names=())
            case "correct":
                return self._offer_corrections(talk, form)
            case "mend" if number in form.steps:
                forms.go_to(form, Step(number), talk.now)
            case "confirm" if form.step == Step.CONFIRM:
                return self._confirm(talk, form)
            case "leave":
                forms.leave(talk.session, form)
                return self._said(talk, "form.left")
        return self._ask(talk, form)

    def accept(self, talk: Talk, sign_up_id: str) -> Answer:
        """``accept:SIGNUP``: the seat on offer is theirs."""
        return self._own(talk, sign_up_id, self._accept)

    def decline(self, talk: Talk, sign_up_id: str) -> Answer:
        """``decline:SIGNUP``: the seat on offer goes to the next."""
        return self._own(talk, sign_up_id, self._decline)

    def release(self, talk: Talk, sign_up_id: str) -> Answer:
        """``release:SIGNUP``: the seat is given back, and the reason asked."""
        return self._own(talk, sign_up_id, self._release)

    def reason(self, talk: Talk, what: str) -> Answer:
        """``reason:SIGNUP:WHY``, after a seat was given back."""
        sign_up_id, _, why = what.partition(":")

        def keep(talk: Talk, row: SignUp) -> Answer:
            if row.state == SignUpState.CANCELLED and row.reason is None:
                row.reason = CancelReason(why)
            return self._said(talk, "released.thanks", *self._others(talk, row))

        return self._own(talk, sign_up_id, keep)

    # What is written

    def is_asking(self, talk: Talk) -> bool:
        """Whether a form waits for an answer of whoever talks."""
        return forms.current(talk.session, talk.address.contact_id, talk.now) is not None

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """What *text* answers to the form, when it plainly does; None when it may be a question."""
        form = forms.current(talk.session, talk.address.contact_id, talk.now)
        if form is None or form.step not in PLAIN or self.texts.danger(Asked(text)):
            return None
        return self._take(talk, form, text)

    def after(self, talk: Talk, text: str, answer: Answer) -> Answer:
        """*answer* is what the model says to *text*: it stands, or *text* answers the form.

        A question in the middle of a form is answered, and then the form goes on.
        """
        form = forms.current(talk.session, talk.address.contact_id, talk.now)
        if form is None or answer.sensitive:
            return answer
        if not _asks(form, text, answer):
            taken = self._take(talk, form, text)
            if taken is not None:
                return taken
        asked = self._ask(talk, form).bubbles
        # One thing is asked at a time, and a digit answers the form.
        said = tuple(replace(bubble, choices=()) for bubble in answer.bubbles if not bubble.asks)
        return replace(answer, bubbles=(*said, *asked), asks_territory=False)

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """In place of what ``content/`` says, what the database knows about *this* person."""
        question = self.texts.served(answer)
        match question.service if question else None:
            case "give_back":
                return self._serve(talk, answer, "mine.give_back")
            case "mine":
                return self._serve(talk, answer, "mine.list")
        return answer

    # The form

    def _take(self, talk: Talk, form: SignUpForm, text: str) -> Answer | None:
        said: dict[str, object] = {}
        match Step(form.step):
            case Step.ADULTS:
                if (counted := told.counts(text)) is None:
                    return None
                adults, children = counted
                if not 0 < adults + children <= MOST_PEOPLE:
                    return self._said(talk, "form.too_many", most=MOST_PEOPLE)
                if children:  # both at once: the next question is answered too
                    forms.answer(form, self.vault, talk.now, adults=adults)
                    said = {"children": children}
                else:
                    said = {"adults": adults}
            case Step.CHILDREN:
                if (counted := told.counts(text)) is None:
                    return None
                said = {"children": sum(counted)}
                if (self._heard(form).adults or 0) + sum(counted) > MOST_PEOPLE:
                    return self._said(talk, "form.too_many", most=MOST_PEOPLE)
            case Step.NAMES:
                most = len(self._heard(form).people)
                if (names := told.names(text, most)) is None:
                    return None
                said = {"names": names}
            case Step.NAME:
                if (name := told.name(text)) is None:
                    return None
                said = {"name": name}
            case Step.SCHOOL:
                if (school := told.school(text)) is None:
                    return None
                said = {"school": school}
            case Step.EMAIL:
                if (email := told.email(text)) is None:
                    return self._said(talk, "form.email.wrong") if "@" in text else None
                said = {"email": email}
            case Step.CONFIRM:
                return None
            case unknown:
                assert_never(unknown)
        forms.answer(form, self.vault, talk.now, **said)
        return self._ask(talk, form)

    def _ask(self, talk: Talk, form: SignUpForm) -> Answer:
        return _reacted(self._question(talk, form))

    def _question(self, talk: Talk, form: SignUpForm) -> Bubble:
        """What the form asks now, with what can be picked."""
        say, listener = self.texts.say, talk.listener
        leave = Choice(say("form.leave.label", listener), "form:leave")
        match Step(form.step):
            case Step.ADULTS:
                counted = [self._counted("adults", number, talk) for number in ADULTS]
                return self._worded(talk, "form.adults", form.session, (*counted, leave))
            case Step.CHILDREN:
                counted = [self._counted("children", number, talk) for number in CHILDREN]
                return self.texts.offer("form.children", listener, *counted, leave)
            case Step.NAMES:
                without = Choice(say("form.unnamed.label", listener), "form:unnamed")
                return self.texts.offer("form.names", listener, without, leave)
            case Step.NAME:
                return self._worded(talk, "form.name", form.session, (leave,))
            case Step.CONFIRM:
                return self._sum_up(talk, form, leave)
            case Step.SCHOOL | Step.EMAIL as step:
                return self.texts.offer(f"form.{step}", listener, leave)

    def _counted(self, what: str, number: int, talk: Talk) -> Choice:
        label = self.texts.count(f"form.{what}.label", talk.listener, number, count=number)
        if not number:
            label = self.texts.say("form.no_children.label", talk.listener)
        return Choice(label, f"form:{what}:{number}")

    def _sum_up(self, talk: Talk, form: SignUpForm, leave: Choice) -> Bubble:
        said, say, listener = self._heard(form), self.texts.say, talk.listener
        found = one(talk.session, form.session_id, talk.now)
        waits = found is None or found.free < len(said.people)
        key = "form.confirm.wait.label" if waits else "form.confirm.label"
        choices = (
            Choice(say(key, listener), "form:confirm"),
            Choice(say("form.correct.label", listener), "form:correct"),
            leave,
        )
        warning = ""
        if self._overlaps(talk, form.session):
            warning = say("form.overlap", listener)
        elif waits:
            warning = say("form.full", listener)
        return self._worded(
            talk, "form.confirm", form.session, choices, who=self._who(talk, said), warning=warning
        )

    def _offer_corrections(self, talk: Talk, form: SignUpForm) -> Answer:
        mendable = [step for step in form.steps if step not in (Step.CONFIRM, Step.CHILDREN)]
        choices = [
            Choice(self.texts.say(f"form.mend.{step}.label", talk.listener), f"form:mend:{step}")
            for step in mendable
        ]
        return _reacted(self.texts.offer("form.correct", talk.listener, *choices))

    def _confirm(self, talk: Talk, form: SignUpForm) -> Answer:
        said = self._heard(form)
        try:
            placed = seats.sign_up(
                talk.session, talk.address, form.session_id, said.people, CONSENT, self.vault,
                talk.now,
            )  # fmt: skip
        except Refused as refusal:
            forms.leave(talk.session, form)
            return self._refused(talk, refusal)
        consents.note(talk.session, talk.address, What.SIGN_UP, talk.now, version=CONSENT)
        row = talk.session.get_one(SignUp, placed.sign_up_id)
        row.details = said.sealed(self.vault) if said.email else None
        forms.leave(talk.session, form)
        return self._placed(talk, row, placed.place)

    def _placed(self, talk: Talk, row: SignUp, place: int | None) -> Answer:
        give_back = Choice(self.texts.say("mine.release.label", talk.listener), f"release:{row.id}")
        if place is not None:
            key = "done.waiting"
        elif row.session.workshop.audience == "teachers":
            key = "done.teacher"
        else:
            key = "done.confirmed"
        return _reacted(self._worded(talk, key, row.session, (give_back,), place=place))

    # Seats

    def _accept(self, talk: Talk, row: SignUp) -> Answer:
        waiting.accept(talk.session, row.id, talk.now)
        return self._placed(talk, row, None)

    def _decline(self, talk: Talk, row: SignUp) -> Answer:
        waiting.decline(talk.session, self.notices, row.id, talk.now)
        return self._said(talk, "declined", *self._others(talk, row))

    def _release(self, talk: Talk, row: SignUp) -> Answer:
        seats.release(talk.session, self.notices, row.id, None, talk.now)
        choices = [
            Choice(self.texts.say(f"reason.{why}.label", talk.listener), f"reason:{row.id}:{why}")
            for why in REASONS
        ]
        return _reacted(self._worded(talk, "released", row.session, choices))

    def _others(self, talk: Talk, row: SignUp) -> tuple[Choice, ...]:
        """Other sessions for the same people, near the same town."""
        one = row.session
        wanted = Wanted(
            audience=one.workshop.audience,  # type: ignore[arg-type]
            communes=(one.commune,) if one.commune else (),
            territory=one.territory,
        )
        return (
            Choice(
                self.texts.say("mine.others.label", talk.listener), f"more:0:{wanted.encoded()}"
            ),
        )

    def _own(self, talk: Talk, sign_up_id: str, then: Callable[[Talk, SignUp], Answer]) -> Answer:
        """*then* with a sign-up of whoever talks; nobody touches another's."""
        row = talk.session.get(SignUp, int(sign_up_id))
        if row is None or row.contact_id != talk.address.contact_id:
            return self._said(talk, "refused.NotSignedUp")
        try:
            return then(talk, row)
        except Refused as refusal:
            return self._refused(talk, refusal)

    def _refused(self, talk: Talk, refusal: Refused) -> Answer:
        free = refusal.free if isinstance(refusal, NotEnoughSeats) else 0
        return self._said(talk, f"refused.{type(refusal).__name__}", free=free)

    # What somebody has

    def _serve(self, talk: Talk, answer: Answer, key: str) -> Answer:
        rows = self._live(talk)
        if not rows:
            return answer
        phrases = Phrases(self.texts, talk.listener)
        lines = "\n".join(f"• {self._line(talk, phrases, row)}" for row in rows)
        label = self.texts.say("mine.release_one.label", talk.listener, day="{day}")
        choices = [
            Choice(label.format(day=phrases.short_day(row.session)), f"release:{row.id}")
            for row in rows
        ]
        bubble = self.texts.offer(key, talk.listener, *choices, lines=lines)
        return replace(answer, bubbles=(bubble,), asks_territory=False)

    def _line(self, talk: Talk, phrases: Phrases, row: SignUp) -> str:
        state = self.texts.say(f"mine.{row.state}", talk.listener)
        short = talk.listener.kind is Kind.SMS
        title = phrases.title(row.session, 24 if short else 200)
        when = phrases.short_day(row.session) if short else phrases.when(row.session)
        return f"{title}, {when} : {state}"

    def _already(self, talk: Talk, row: SignUp) -> Answer:
        give_back = Choice(self.texts.say("mine.release.label", talk.listener), f"release:{row.id}")
        return _reacted(self._worded(talk, "form.already", row.session, (give_back,)))

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

    def _overlaps(self, talk: Talk, one: WorkshopSession) -> bool:
        return any(
            row.session.starts_at < one.ends_at and one.starts_at < row.session.ends_at
            for row in self._live(talk)
            if row.session_id != one.id
        )

    def _sign_up_for(self, talk: Talk, session_id: int) -> SignUp | None:
        query = select(SignUp).where(
            SignUp.session_id == session_id, SignUp.contact_id == talk.address.contact_id
        )
        return talk.session.scalar(query)

    # Words

    def _heard(self, form: SignUpForm) -> Said:
        return Said.opened(form.said, self.vault)

    def _who(self, talk: Talk, said: Said) -> str:
        if said.name:
            return f"{said.name}, {said.school}, {said.email}"
        counted = (("adults", said.adults or 0), ("children", said.children or 0))
        parts = [
            self.texts.count(f"form.{what}.label", talk.listener, number, count=number)
            for what, number in counted
            if number
        ]
        names = f" ({', '.join(said.names)})" if said.names else ""
        return ", ".join(parts) + names

    def _worded(
        self,
        talk: Talk,
        key: str,
        one: WorkshopSession,
        choices: tuple[Choice, ...] | list[Choice],
        **values: object,
    ) -> Bubble:
        """The sentence *key* with the session in it; by SMS its title is cut until all fits."""
        phrases, short = Phrases(self.texts, talk.listener), talk.listener.kind is Kind.SMS
        values |= {"when": phrases.when(one), "code": one.id}
        where = phrases.where(one)
        for most in TITLES:
            known = values | {"title": phrases.title(one, most), "where": cut(where, most)}
            bubble = self.texts.offer(key, talk.listener, *choices, **known)
            if not short or fits(bubble):
                break
        return bubble

    def _said(self, talk: Talk, key: str, *choices: Choice, **values: object) -> Answer:
        menu = Choice(self.texts.say("menu.label", talk.listener), "menu")
        return _reacted(self.texts.offer(key, talk.listener, *choices, menu, **values))


def _asks(form: SignUpForm, text: str, answer: Answer) -> bool:
    """Whether *text* is a question, answered by *answer*, rather than what the form asked for.

    The name of a school is answered by what is known of it, and a name by whatever is nearest:
    there only a question mark, or a model that is quite sure, shows that something else was meant.
    """
    if answer.outcome in (Outcome.HANDOFF, Outcome.FORWARDED) or "?" in text:
        return True
    if answer.outcome is not Outcome.ANSWERED or form.step == Step.SCHOOL:
        return False
    sure = SURE if form.step in (Step.NAME, Step.NAMES) else 0.0
    return (answer.confidence or 1.0) >= sure


def _reacted(bubble: Bubble) -> Answer:
    return Answer((bubble,), Outcome.SIGN_UP)


PICKS: Mapping[str, Callable[[Counter, Talk, str], Answer]] = {
    "signup": Counter.sign_up,
    "form": Counter.fill,
    "accept": Counter.accept,
    "decline": Counter.decline,
    "release": Counter.release,
    "reason": Counter.reason,
}
