"""What a message brings before any model is asked: STOP, commands, digits, buttons, events.

Everything here works while the understanding is away.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core import reading
from core.answers import Answer, Outcome
from core.content.model import LAYERS, TERRITORIES
from core.daytime import paris_day
from core.languages import LANGUAGES
from core.learning import missed, thumbs
from core.messages import Choice, Event, Incoming
from core.outbox.delivery import Delivery
from core.people import consent, consents, linking
from core.people.consent import Wish, plain
from core.people.contacts import AddressState
from core.services import Services, Wanted
from core.talk import Talk
from core.team.handoffs import Handoff
from core.team.relay import Relay
from core.texts import Texts

NUMBER = re.compile("[0-9]{1,9}")  # fits any database's integer
EVERYWHERE = ("all", "tout", "tous")  # after /stop
DEEP_LINK = re.compile("([a-z])([0-9]{1,9})")  # t.me/BOT?start=s42


class Conversation:
    """Answers a message with *texts*, or says that only the model can.

    *relay* is the way to the team, for who is talking with it; *services* are what the assistant
    does beside answering.
    """

    def __init__(self, texts: Texts, relay: Relay, services: Services) -> None:
        self._texts = texts
        self._relay = relay
        self._services = services

    def respond(self, talk: Talk, incoming: Incoming) -> Answer | Wanted | str:
        """The answer, a file that is needed for it, or the clean text that only the model can
        answer.
        """
        if incoming.tapped:
            return self._tapped(talk, incoming.tapped)
        if incoming.event is Event.LOCATION and incoming.location:
            return self._texts.near(incoming.location, talk.listener, talk.now)
        if seen := self._sees(talk, incoming):
            return seen
        happening = self._services.events().get(incoming.event) if incoming.event else None
        if happening and incoming.text:
            return happening(talk, incoming.text)
        if incoming.event:
            return self._texts.sentence(f"event.{incoming.event}", talk.listener, Outcome.REACTED)
        text = reading.clean(incoming.text)
        if not text:
            return self._texts.sentence("text.empty", talk.listener, Outcome.REACTED)
        about = consent.wish_about(text)
        if about and (done := self._services.wished(talk, *about)):
            return done
        order = reading.command(text)
        if order and order[0] in COMMANDS:
            return COMMANDS[order[0]](self, talk, order[1])
        if order and order[0] in self._services.commands():
            return self._services.commands()[order[0]](talk, order[1])
        match consent.wish(text):
            case Wish.STOP:
                return self._stop(talk)
            case Wish.STOP_ALL:
                return self._stop(talk, "all")
            case Wish.START:
                return self._start(talk)
        if language := reading.language_wish(text):
            return self._set_language(talk, language)
        if text.startswith("/"):
            return self._texts.guidance("command.unknown", talk.listener, Outcome.REACTED)
        handoff = self._relay.taken(talk)
        if handoff is not None:
            return self._to_team(talk, handoff, text)
        if len(text) > reading.MOST_CHARACTERS:
            return self._texts.sentence("text.too_long", talk.listener, Outcome.REACTED)
        return self._chosen(talk, text) or self._services.hear(talk, text) or text

    def _sees(self, talk: Talk, incoming: Incoming) -> Answer | Wanted | None:
        """Words that stop or start are obeyed also under a picture."""
        if incoming.event is None and incoming.file is None:
            return None
        if consent.wish(reading.clean(incoming.text)):
            return None
        return self._services.sees(talk, incoming.file)

    # STOP, START and the commands

    def _stop(self, talk: Talk, payload: str = "") -> Answer:
        """Here, and everywhere else when they say so: one person may have two ways.

        Said again it changes nothing, and is not answered: they want no messages.
        """
        again = talk.address.state == AddressState.STOPPED
        consents.stop(talk.session, talk.address, talk.now)
        others = linking.others(talk.session, talk.address)
        key = "stop.done"
        if others and consent.plain(payload) in EVERYWHERE:
            key = "stop.all"
            again = again and all(one.state == AddressState.STOPPED for one in others)
            for other in others:
                consents.stop(talk.session, other, talk.now)
        elif any(one.state == AddressState.OPEN for one in others):
            key = "stop.here"
            linking.stopped(talk.session, talk.address)
        if again:
            return Answer((), Outcome.STOPPED)
        return self._texts.sentence(key, talk.listener, Outcome.STOPPED)

    def _start(self, talk: Talk, payload: str = "") -> Answer:
        if talk.address.state == AddressState.STOPPED:
            consents.start(talk.session, talk.address, talk.now)
            return self._texts.sentence("start.done", talk.listener, Outcome.STARTED)
        return self._welcome(talk, payload)

    def _welcome(self, talk: Talk, payload: str) -> Answer:
        """``/start`` and its deep link; a territory in it is remembered."""
        consents.start(talk.session, talk.address, talk.now)
        if payload.casefold() in TERRITORIES:
            talk.address.contact.territory = payload.casefold()
        link = DEEP_LINK.fullmatch(payload.strip())
        if link and link[1] in self._services.links():
            return self._services.links()[link[1]](talk, link[2])
        return self._texts.menu(talk.listener, "welcome")

    def _help(self, talk: Talk, payload: str) -> Answer:
        return self._texts.guidance("help", talk.listener, Outcome.MENU)

    def _menu(self, talk: Talk, payload: str) -> Answer:
        back = self._relay.back(talk)
        # Anybody may write what a choice would: a number that no menu has begins it again.
        first = int(payload) if payload.isdecimal() and len(payload) < 3 else 0
        return self._texts.menu(talk.listener, "relay.back" if back else "menu.ask", first)

    def _language(self, talk: Talk, payload: str) -> Answer:
        if payload.casefold() in LANGUAGES:
            return self._set_language(talk, payload.casefold())
        return self._texts.languages(talk.listener)

    def _set_language(self, talk: Talk, language: str) -> Answer:
        contact = talk.address.contact
        contact.language, contact.language_chosen = language, True
        listener = replace(talk.listener, language=language)
        return self._texts.sentence("language.set", listener, Outcome.REACTED)

    # Choices: a tapped button, a digit, or the words of a button written out

    def _tapped(self, talk: Talk, tapped: str) -> Answer:
        delivery, _, position = tapped.partition(":")
        if NUMBER.fullmatch(delivery) and NUMBER.fullmatch(position):
            row = talk.session.get(Delivery, int(delivery))
            if row and row.address_id == talk.address.id and int(position) < len(row.choices):
                return self._pick(replace(talk, prompt=row), row.picks()[int(position)])
        return self._texts.guidance("choice.none", talk.listener, Outcome.REACTED)

    def _chosen(self, talk: Talk, text: str) -> Answer | None:
        """What *text* picks under the last prompt sent to this person, if anything."""
        prompt = talk.last_prompt
        choices = prompt.picks() if prompt else ()
        talk = replace(talk, prompt=prompt)
        number = reading.digit(text)
        if number is not None and self._services.counts(talk):
            return self._services.hear(talk, text)
        if number is not None:
            if 1 <= number <= len(choices):
                return self._meant(talk, choices[number - 1])
            key = "choice.unknown" if choices else "choice.none"
            return self._texts.guidance(key, talk.listener, Outcome.REACTED)
        picked = _named(choices, text) or _said(choices, text)
        return self._meant(talk, picked) if picked else None

    def _meant(self, talk: Talk, choice: Choice) -> Answer:
        """What was not tapped may be about another message than the last one."""
        return self._services.doubt(talk, choice) or self._pick(talk, choice)

    def _to_team(self, talk: Talk, handoff: Handoff, text: str) -> Answer | str:
        """A member of the team is answering: all but a choice is for them.

        A digit is a choice only under what was shown since: before that, it answers the member.
        The model reads it all the same: somebody in danger gets the help line at once.
        """
        prompt = talk.last_prompt
        choices = prompt.picks() if prompt else ()
        picked = _named(choices, text)
        number = reading.digit(text)
        if number is not None and prompt is not None and self._relay.shown_since(handoff, prompt):
            picked = choices[number - 1] if 1 <= number <= len(choices) else None
        return self._pick(talk, picked) if picked else text[: reading.MOST_CHARACTERS]

    def _pick(self, talk: Talk, choice: Choice) -> Answer:
        """Do what *choice* says (see core.messages.Choice.does)."""
        what, _, rest = choice.does.partition(":")
        if what in PICKS:
            return PICKS[what](self, talk, rest)
        return self._services.picks()[what](talk, rest)

    def _pick_question(self, talk: Talk, question_id: str) -> Answer:
        if self._texts.question(question_id) is None:
            return self._texts.menu(talk.listener)
        if talk.prompt:
            missed.helped(talk.session, talk.prompt, talk.now)
        return self._texts.answer(question_id, talk.listener, talk.now)

    def _pick_subject(self, talk: Talk, subject_id: str) -> Answer:
        return self._texts.subject(subject_id, talk.listener)

    def _pick_territory(self, talk: Talk, rest: str) -> Answer:
        territory, _, question_id = rest.partition(":")
        if territory in LAYERS:
            talk.address.contact.territory = territory
        known = replace(talk, listener=replace(talk.listener, territory=territory))
        return self._pick_question(known, question_id)

    def _pick_human(self, talk: Talk, rest: str) -> Answer:
        return self._texts.human(talk.listener, talk.now)

    def _withdraw(self, talk: Talk, number: str) -> Answer:
        return self._relay.withdraw(talk, int(number))

    def _pick_reword(self, talk: Talk, rest: str) -> Answer:
        if talk.prompt:
            missed.failed(talk.session, talk.prompt)
        return self._texts.guidance("fallback.reword", talk.listener, Outcome.REACTED)

    def _pick_notify(self, talk: Talk, rest: str) -> Answer:
        """They want to be told the answer; not while they want no messages."""
        stopped = talk.address.state == AddressState.STOPPED
        known = not stopped and talk.prompt and missed.agree(talk.session, talk.prompt, talk.now)
        key = "notify.stopped" if stopped else "notify.done" if known else "notify.late"
        return self._texts.sentence(key, talk.listener, Outcome.REACTED)

    def _pick_good(self, talk: Talk, question_id: str) -> Answer:
        if talk.prompt and self._count(talk, talk.prompt, question_id, good=True):
            missed.helped(talk.session, talk.prompt, talk.now)
        return self._texts.sentence("thumb.good", talk.listener, Outcome.REACTED)

    def _pick_bad(self, talk: Talk, question_id: str) -> Answer:
        if talk.prompt and self._count(talk, talk.prompt, question_id, good=False):
            missed.dislike(talk.session, talk.prompt, question_id, talk.listener, talk.now)
        nearest = talk.listener.nearest if talk.listener.subject == question_id else ()
        other = self._texts.suggest(nearest, talk.listener, opening="thumb.other")
        if other.outcome is Outcome.SUGGESTED:
            return replace(other, outcome=Outcome.REACTED)
        return self._texts.guidance("thumb.bad", talk.listener, Outcome.REACTED)

    def _count(self, talk: Talk, prompt: Delivery, question_id: str, good: bool) -> bool:
        day = paris_day(prompt.created_at)
        language = talk.listener.language
        return thumbs.press(talk.session, prompt, question_id, language, day, good)


def _named(choices: Sequence[Choice], text: str) -> Choice | None:
    """The choice whose label is written out in *text*."""
    words = plain(text)
    return next((choice for choice in choices if plain(choice.label) == words), None)


def _said(choices: Sequence[Choice], text: str) -> Choice | None:
    """The choice that a written yes or no picks, when there is just one of that kind."""
    answer = reading.yes_or_no(text)
    meant = [choice for choice in choices if answer is not None and choice.says is answer]
    return meant[0] if len(meant) == 1 else None


COMMANDS: Mapping[str, Callable[[Conversation, Talk, str], Answer]] = {
    "start": Conversation._welcome,
    "stop": Conversation._stop,
    "aide": Conversation._help,
    "help": Conversation._help,
    "menu": Conversation._menu,
    "langue": Conversation._language,
    "language": Conversation._language,
}
PICKS: Mapping[str, Callable[[Conversation, Talk, str], Answer]] = {
    "question": Conversation._pick_question,
    "subject": Conversation._pick_subject,
    "menu": Conversation._menu,
    "territory": Conversation._pick_territory,
    "language": Conversation._set_language,
    "human": Conversation._pick_human,
    "reword": Conversation._pick_reword,
    "withdraw": Conversation._withdraw,
    "notify": Conversation._pick_notify,
    "good": Conversation._pick_good,
    "bad": Conversation._pick_bad,
}
