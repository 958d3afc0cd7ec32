"""The way in: seen before? STOP? a choice? else ask Rasa; the answer goes to the outbox.

``receive`` keeps the message and returns; ``_handle`` answers it in the background, one
message of a person at a time, in the order they came. What was kept and not answered when
the process died is answered after the restart.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import reading
from bot.channels.base import Channel
from bot.turns import Turns
from bot.understanding import Understanding, UnderstandingError
from core import consent, contacts, inbound, outbox
from core.answers import Answer, Listener, Outcome
from core.consent import Wish, plain
from core.contacts import Address, AddressState
from core.content.model import LAYERS, TERRITORIES
from core.db import Sessions
from core.languages import LANGUAGES, Languages, supported
from core.messages import Choice, Event, Incoming
from core.texts import Texts
from core.vault import Vault

log = logging.getLogger(__name__)
AT_ONCE = 16
NUMBER = re.compile("[0-9]{1,9}")  # fits any database's integer
STILL_WORTH_ANSWERING = timedelta(hours=2)


@dataclass(frozen=True)
class Talk:
    """One message being answered: its transaction, who wrote, how to word it, and when."""

    session: Session
    address: Address
    listener: Listener
    now: datetime


@dataclass(frozen=True)
class ToUnderstand:
    """What must be asked of Rasa before it can be answered."""

    sender: str
    text: str
    listener: Listener
    channel: str
    address: str


class Inbox:
    """Takes what the channels receive; *wake* tells the sender that something is due."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        texts: Texts,
        languages: Languages,
        understanding: Understanding,
        channels: Mapping[str, Channel],
        wake: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._texts = texts
        self._languages = languages
        self._understanding = understanding
        self._channels = channels
        self._wake = wake
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)
        self._turns = Turns()
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, incoming: Incoming) -> bool:
        """Keep *incoming* and answer it soon; False when the same one came before."""
        kept = await asyncio.to_thread(self._accept, incoming)
        if kept is None:
            log.info("inbox: %s message seen before, dropped", incoming.channel)
            return False
        self._schedule(*kept)
        return True

    async def answer(self, incoming: Incoming) -> int | None:
        """Keep *incoming*, answer it, and only then return its id; None when it came before."""
        kept = await asyncio.to_thread(self._accept, incoming)
        if kept is None:
            return None
        await self._in_turn(*kept)
        return kept[0]

    async def resume(self) -> int:
        """Take up what an earlier process kept and did not answer; how many."""
        kept = await asyncio.to_thread(self._waiting)
        for row_id, address_id in kept:
            self._schedule(row_id, address_id)
        return len(kept)

    async def idle(self) -> None:
        """Return when everything received has been answered."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _schedule(self, row_id: int, address_id: int) -> None:
        task = asyncio.create_task(self._in_turn(row_id, address_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_turn(self, row_id: int, address_id: int) -> None:
        async with self._turns.of(address_id), self._room:
            try:
                await self._handle(row_id)
            except Exception as error:
                # Neither trace nor message: both may quote the person's words.
                log.error("inbox: %s; message %d waits for a restart", type(error).__name__, row_id)

    async def _handle(self, row_id: int) -> None:
        plan = await asyncio.to_thread(self._plan, row_id)
        if plan is not None:
            answer = await self._understand(plan, row_id)
            await asyncio.to_thread(self._store, row_id, answer)
        self._wake()

    async def _understand(self, plan: ToUnderstand, row_id: int) -> Answer:
        typing = asyncio.create_task(self._channels[plan.channel].typing(plan.address))
        try:
            return await self._understanding.ask(plan.sender, plan.text, plan.listener)
        except UnderstandingError as error:
            log.error("understanding: %s; message %d answered with the menu", error, row_id)
            return self._texts.unavailable(plan.listener)
        finally:
            typing.cancel()

    # What follows runs in a thread, one transaction each.

    def _accept(self, incoming: Incoming) -> tuple[int, int] | None:
        with self._sessions.begin() as session:
            language = supported(incoming.language_hint)
            row = inbound.accept(session, self._vault, incoming, language, self._clock())
            return (row.id, row.address_id) if row else None

    def _waiting(self) -> list[tuple[int, int]]:
        with self._sessions.begin() as session:
            return inbound.waiting(
                session, list(self._channels), self._clock(), STILL_WORTH_ANSWERING
            )

    def _plan(self, row_id: int) -> ToUnderstand | None:
        """Answer what needs no model, and put it in the outbox; else say what to ask."""
        with self._sessions.begin() as session:
            row = session.get_one(inbound.Inbound, row_id)
            if row.handled_at is not None:
                return None
            incoming = inbound.restore(row, self._vault)
            listener = self._listener(row.address, incoming)
            row.language = listener.language
            talk = Talk(session, row.address, listener, self._clock())
            step = self._respond(talk, incoming)
            if isinstance(step, Answer):
                self._finish(session, row, step)
                return None
            return ToUnderstand(
                row.address.contact.uid, step, talk.listener, row.channel, incoming.address
            )

    def _store(self, row_id: int, answer: Answer) -> None:
        with self._sessions.begin() as session:
            row = session.get_one(inbound.Inbound, row_id)
            if row.handled_at is None:
                self._finish(session, row, answer)

    def _finish(self, session: Session, row: inbound.Inbound, answer: Answer) -> None:
        now, contact = self._clock(), row.address.contact
        outbox.reply(session, row.address, row.id, answer.bubbles, now)
        inbound.finish(row, answer, now)
        if answer.asks_territory:
            contact.territory_asked_at = now
        if answer.question_id:
            contact.subject = answer.question_id

    def _listener(self, address: Address, incoming: Incoming) -> Listener:
        """For whom to word the answer: the language of this message, the rest as known."""
        contact = address.contact
        language = contact.language
        if incoming.text and not contact.language_chosen:
            guess = self._languages.guess(reading.clean(incoming.text), contact.language)
            language = guess.language
            if guess.sure:
                contact.language = guess.language
        return Listener(
            kind=self._channels[address.channel].kind,
            language=language,
            territory=contact.territory,
            may_ask_territory=contact.territory_asked_at is None,
            subject=contact.subject,
        )

    def _respond(self, talk: Talk, incoming: Incoming) -> Answer | str:
        """The answer, or the clean text that only the model can answer."""
        if incoming.tapped:
            return self._tapped(talk, incoming.tapped)
        if incoming.event is Event.LOCATION and incoming.location:
            return self._texts.near(incoming.location, talk.listener, talk.now)
        if incoming.event:
            return self._texts.sentence(f"event.{incoming.event}", talk.listener, Outcome.REACTED)
        text = reading.clean(incoming.text)
        if not text:
            return self._texts.sentence("text.empty", talk.listener, Outcome.REACTED)
        order = reading.command(text)
        if order and order[0] in COMMANDS:
            return COMMANDS[order[0]](self, talk, order[1])
        match consent.wish(text):
            case Wish.STOP:
                return self._stop(talk)
            case Wish.START:
                return self._start(talk)
        if text.startswith("/"):
            return self._texts.guidance("command.unknown", talk.listener, Outcome.REACTED)
        if len(text) > reading.MOST_CHARACTERS:
            return self._texts.sentence("text.too_long", talk.listener, Outcome.REACTED)
        return self._chosen(talk, text) or text

    # STOP, START and the commands

    def _stop(self, talk: Talk, payload: str = "") -> Answer:
        contacts.change_state(talk.address, AddressState.STOPPED, talk.now)
        return self._texts.sentence("stop.done", talk.listener, Outcome.STOPPED)

    def _start(self, talk: Talk, payload: str = "") -> Answer:
        if talk.address.state == AddressState.STOPPED:
            contacts.change_state(talk.address, AddressState.OPEN, talk.now)
            return self._texts.sentence("start.done", talk.listener, Outcome.STARTED)
        return self._welcome(talk, payload)

    def _welcome(self, talk: Talk, payload: str) -> Answer:
        """``/start`` and its deep link; a territory in it is remembered."""
        contacts.change_state(talk.address, AddressState.OPEN, talk.now)
        if payload.casefold() in TERRITORIES:
            talk.address.contact.territory = payload.casefold()
        return self._texts.menu(talk.listener, "welcome")

    def _help(self, talk: Talk, payload: str) -> Answer:
        return self._texts.guidance("help", talk.listener, Outcome.MENU)

    def _menu(self, talk: Talk, payload: str) -> Answer:
        return self._texts.menu(talk.listener)

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
            row = talk.session.get(outbox.Delivery, int(delivery))
            if row and row.address_id == talk.address.id and int(position) < len(row.choices):
                return self._pick(talk, row.picks()[int(position)])
        return self._texts.guidance("choice.none", talk.listener, Outcome.REACTED)

    def _chosen(self, talk: Talk, text: str) -> Answer | None:
        """What *text* picks under the last prompt sent to this person, if anything."""
        prompt = outbox.last_prompt(talk.session, talk.address)
        choices = prompt.picks() if prompt else ()
        number = reading.digit(text)
        if number is not None:
            if 1 <= number <= len(choices):
                return self._pick(talk, choices[number - 1])
            key = "choice.unknown" if choices else "choice.none"
            return self._texts.guidance(key, talk.listener, Outcome.REACTED)
        words = plain(text)
        picked = next((choice for choice in choices if plain(choice.label) == words), None)
        return self._pick(talk, picked) if picked else None

    def _pick(self, talk: Talk, choice: Choice) -> Answer:
        """Do what *choice* says (see core.messages.Choice.does)."""
        what, _, rest = choice.does.partition(":")
        return PICKS[what](self, talk, rest)

    def _pick_question(self, talk: Talk, question_id: str) -> Answer:
        if self._texts.question(question_id) is None:
            return self._texts.menu(talk.listener)
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

    def _pick_reword(self, talk: Talk, rest: str) -> Answer:
        return self._texts.guidance("fallback.reword", talk.listener, Outcome.REACTED)


COMMANDS: Mapping[str, Callable[[Inbox, Talk, str], Answer]] = {
    "start": Inbox._welcome,
    "stop": Inbox._stop,
    "aide": Inbox._help,
    "help": Inbox._help,
    "menu": Inbox._menu,
    "langue": Inbox._language,
    "language": Inbox._language,
}
PICKS: Mapping[str, Callable[[Inbox, Talk, str], Answer]] = {
    "question": Inbox._pick_question,
    "subject": Inbox._pick_subject,
    "menu": Inbox._menu,
    "territory": Inbox._pick_territory,
    "language": Inbox._set_language,
    "human": Inbox._pick_human,
    "reword": Inbox._pick_reword,
}
