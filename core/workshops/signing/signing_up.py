"""Signing up, as a conversation: the form that people fill in by digits, buttons or words.

Each method answers one thing somebody picked or wrote, in the transaction of that message. It asks
no model and works while the understanding is away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from core.answers import Answer, Asked, Outcome
from core.messages import Bubble, Choice
from core.people import consents
from core.people.consents import What
from core.services import Handler, Service
from core.talk import Talk
from core.vault import Vault
from core.workshops.booking import seats
from core.workshops.booking.refusals import Refused
from core.workshops.model import LIVE, SignUp, SignUpState
from core.workshops.reminding.answering import Answering
from core.workshops.search.finding import one, opens_later
from core.workshops.signing import form as forms
from core.workshops.signing import told
from core.workshops.signing.form import MOST_PEOPLE, Said, SignUpForm, Step
from core.workshops.signing.holdings import Holdings
from core.workshops.voice import Voice, reacted

CONSENT = "2026-11"  # the sentence form.confirm, as it was agreed to
ADULTS, CHILDREN = range(1, 5), range(4)
# A short reply that the form takes before any model is asked: nothing else is meant by it.
PLAIN = (Step.ADULTS, Step.CHILDREN, Step.EMAIL)
SURE = 0.9


@dataclass(frozen=True)
class SigningUp(Service):
    """*holdings* is where what somebody signed up for is seen and given back, *answering* where
    reminders are answered.
    """

    voice: Voice
    vault: Vault
    holdings: Holdings
    answering: Answering

    def commands(self) -> Mapping[str, Handler]:
        return {"annuler": self.cancel}

    def picks(self) -> Mapping[str, Handler]:
        return {"signup": self.sign_up, "change": self.change, "form": self.fill}

    # What is picked

    def sign_up(self, talk: Talk, session_id: str) -> Answer:
        """``signup:SESSION``: begin, or say that they are signed up already."""
        known = self.holdings.sign_up_for(talk, int(session_id))
        if known is not None and known.state in LIVE:
            return self.holdings.already(talk, known)
        contact_id = talk.address.contact_id
        found = one(talk.session, int(session_id), talk.now, contact_id)
        if found is None:
            later = opens_later(talk.session, int(session_id), talk.now)
            return self.voice.say(talk, "refused.NotOpenYet" if later else "about.gone")
        return self._begin(talk, found.session.id)

    def change(self, talk: Talk, session_id: str) -> Answer:
        """``change:SESSION``: others come, more or fewer; until that is confirmed all stays."""
        known = self.holdings.sign_up_for(talk, int(session_id))
        if known is None or known.state not in LIVE:
            return self.sign_up(talk, session_id)
        return self._begin(talk, known.session_id)

    def _begin(self, talk: Talk, session_id: int) -> Answer:
        contact_id = talk.address.contact_id
        begun = forms.begin(talk.session, contact_id, session_id, self.vault, talk.now)
        return self._ask(talk, begun)

    def fill(self, talk: Talk, what: str) -> Answer:
        """``form:WHAT`` or ``form:WHAT:NUMBER``: an answer to the form."""
        form = forms.current(talk.session, talk.address.contact_id, talk.now)
        if form is None:
            return self.voice.say(talk, "form.none")
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
                return self.voice.say(talk, "form.left")
        return self._ask(talk, form)

    # What is written

    def cancel(self, talk: Talk, rest: str) -> Answer:
        """The form that they are filling in, else a place that they have."""
        form = forms.current(talk.session, talk.address.contact_id, talk.now)
        if form is None:
            return self.answering.cannot(talk) or self.holdings.give_back(talk)
        forms.leave(talk.session, form)
        return self.voice.say(talk, "form.left")

    def is_asking(self, talk: Talk) -> bool:
        """Whether a form waits for an answer of whoever talks."""
        return forms.current(talk.session, talk.address.contact_id, talk.now) is not None

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """What *text* answers to the form, when it plainly does; None when it may be a question."""
        form = forms.current(talk.session, talk.address.contact_id, talk.now)
        if form is None or form.step not in PLAIN or self.voice.texts.danger(Asked(text)):
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

    # The form

    def _take(self, talk: Talk, form: SignUpForm, text: str) -> Answer | None:
        said: dict[str, object] = {}
        match Step(form.step):
            case Step.ADULTS:
                if (counted := told.counts(text)) is None:
                    return None
                adults, children = counted
                if not 0 < adults + children <= MOST_PEOPLE:
                    return self.voice.say(talk, "form.too_many", most=MOST_PEOPLE)
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
                    return self.voice.say(talk, "form.too_many", most=MOST_PEOPLE)
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
                    return self.voice.say(talk, "form.email.wrong") if "@" in text else None
                said = {"email": email}
            case Step.CONFIRM:
                return None
            case unknown:
                assert_never(unknown)
        forms.answer(form, self.vault, talk.now, **said)
        return self._ask(talk, form)

    def _ask(self, talk: Talk, form: SignUpForm) -> Answer:
        return reacted(self._question(talk, form))

    def _question(self, talk: Talk, form: SignUpForm) -> Bubble:
        """What the form asks now, with what can be picked."""
        voice, listener = self.voice, talk.listener
        leave = voice.label(talk, "form.leave.label", "form:leave")
        match Step(form.step):
            case Step.ADULTS:
                counted = [self._counted("adults", number, talk) for number in ADULTS]
                return voice.about(talk, "form.adults", form.session, (*counted, leave))
            case Step.CHILDREN:
                counted = [self._counted("children", number, talk) for number in CHILDREN]
                return voice.texts.offer("form.children", listener, *counted, leave)
            case Step.NAMES:
                without = voice.label(talk, "form.unnamed.label", "form:unnamed")
                return voice.texts.offer("form.names", listener, without, leave)
            case Step.NAME:
                return voice.about(talk, "form.name", form.session, (leave,))
            case Step.CONFIRM:
                return self._sum_up(talk, form, leave)
            case Step.SCHOOL | Step.EMAIL as step:
                return voice.texts.offer(f"form.{step}", listener, leave)

    def _counted(self, what: str, number: int, talk: Talk) -> Choice:
        label = self.voice.texts.count(f"form.{what}.label", talk.listener, number, count=number)
        if not number:
            label = self.voice.texts.say("form.no_children.label", talk.listener)
        return Choice(label, f"form:{what}:{number}")

    def _sum_up(self, talk: Talk, form: SignUpForm, leave: Choice) -> Bubble:
        said, say, listener = self._heard(form), self.voice.texts.say, talk.listener
        found = one(talk.session, form.session_id, talk.now, talk.address.contact_id)
        mine = self.holdings.sign_up_for(talk, form.session_id)
        has_seat = mine is not None and mine.state == SignUpState.CONFIRMED
        waits = not has_seat and (found is None or found.free < len(said.people))
        key = "form.confirm.wait.label" if waits else "form.confirm.label"
        choices = (
            self.voice.label(talk, key, "form:confirm"),
            self.voice.label(talk, "form.correct.label", "form:correct"),
            leave,
        )
        warning = ""
        if self.holdings.overlaps(talk, form.session):
            warning = say("form.overlap", listener)
        elif waits:
            warning = say("form.full", listener)
        who = self._who(talk, said)
        bubble = self.voice.about(
            talk, "form.confirm", form.session, choices, who=who, warning=warning
        )
        return replace(bubble, private=True)  # it says their names

    def _offer_corrections(self, talk: Talk, form: SignUpForm) -> Answer:
        mendable = [step for step in form.steps if step not in (Step.CONFIRM, Step.CHILDREN)]
        choices = [
            self.voice.label(talk, f"form.mend.{step}.label", f"form:mend:{step}")
            for step in mendable
        ]
        return reacted(self.voice.texts.offer("form.correct", talk.listener, *choices))

    def _confirm(self, talk: Talk, form: SignUpForm) -> Answer:
        said = self._heard(form)
        try:
            placed = seats.sign_up(
                talk.session, talk.address, form.session_id, said.people, CONSENT, self.vault,
                talk.now,
            )  # fmt: skip
        except Refused as refusal:
            forms.leave(talk.session, form)
            return self.holdings.refused(talk, refusal)
        consents.note(talk.session, talk.address, What.SIGN_UP, talk.now, version=CONSENT)
        row = talk.session.get_one(SignUp, placed.sign_up_id)
        row.details = said.sealed(self.vault) if said.email else None
        forms.leave(talk.session, form)
        return self.holdings.placed(talk, row, placed.place)

    def _heard(self, form: SignUpForm) -> Said:
        return Said.opened(form.said, self.vault)

    def _who(self, talk: Talk, said: Said) -> str:
        if said.name:
            return f"{said.name}, {said.school}, {said.email}"
        counted = (("adults", said.adults or 0), ("children", said.children or 0))
        parts = [
            self.voice.texts.count(f"form.{what}.label", talk.listener, number, count=number)
            for what, number in counted
            if number
        ]
        names = f" ({', '.join(said.names)})" if said.names else ""
        return ", ".join(parts) + names


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
