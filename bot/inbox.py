"""The way in: seen before? STOP? a choice? else ask Rasa; the answer goes to the outbox.

``receive`` keeps the message and returns; ``_handle`` answers it in the background, one
message of a person at a time, in the order they came. What was kept and not answered when
the process died is answered after the restart.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from bot.channels.base import Channel
from bot.dialogue import Dialogue
from bot.errands import Errands, ToFetch, ToUnderstand
from bot.turns import Turns
from bot.understanding import Understanding
from core import inbound, reading
from core.answers import Answer, Listener
from core.conversation import Conversation
from core.db import Sessions
from core.languages import Languages, supported
from core.learning import missed
from core.messages import Bubble, Incoming
from core.outbox import posting
from core.outbox.delivery import Delivery
from core.people.contacts import Address
from core.services import Services, Wanted
from core.talk import Talk
from core.team.relay import Relay
from core.team.staffroom import StaffRoom
from core.texts import Texts
from core.vault import Vault

log = logging.getLogger(__name__)
AT_ONCE = 16
STILL_WORTH_ANSWERING = timedelta(hours=2)
LOOK_AGAIN = 0.05  # seconds


class NotItsTurn(Exception):
    """A message before it is being answered."""


class Inbox:
    """Takes what the channels receive.

    *learning* keeps the questions that were not answered well (core.learning.missed).
    """

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        texts: Texts,
        relay: Relay,
        services: Services,
        languages: Languages,
        understanding: Understanding,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        learning: bool = True,
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._relay = relay
        self._staff = StaffRoom(relay)
        self._services = services
        self._conversation = Conversation(texts, relay, services)
        self._languages = languages
        self._errands = Errands(Dialogue(understanding, texts), texts, channels, clock)
        self._channels = channels
        self._clock = clock
        self._learning = learning
        self._resumed = False
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
        """Take up what another process kept and did not answer; how many.

        Call it at the start, and then now and then: any of several may have died.
        """
        kept = await asyncio.to_thread(self._take_up)
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
                kind = type(error).__name__
                log.error("inbox: %s; message %d waits to be taken up", kind, row_id)
                await self._let_go(row_id)

    async def _let_go(self, row_id: int) -> None:
        with contextlib.suppress(Exception):
            await asyncio.to_thread(self._rest, row_id)

    async def _handle(self, row_id: int) -> None:
        plan = await self._when_it_is_its_turn(row_id)
        if isinstance(plan, ToFetch):
            content = await self._errands.fetch(plan, row_id)
            await asyncio.to_thread(self._give, row_id, plan, content)
        elif plan is not None:
            answer = await self._errands.understand(plan, row_id)
            await asyncio.to_thread(self._store, row_id, plan, answer)

    async def _when_it_is_its_turn(self, row_id: int) -> ToUnderstand | ToFetch | None:
        while True:
            try:
                return await asyncio.to_thread(self._plan, row_id)
            except NotItsTurn:
                await asyncio.sleep(LOOK_AGAIN)

    # What follows runs in a thread, one transaction each.

    def _accept(self, incoming: Incoming) -> tuple[int, int] | None:
        try:
            return self._write_down(incoming)
        except IntegrityError:  # another process wrote it, or them, down at the same moment
            return self._write_down(incoming)

    def _write_down(self, incoming: Incoming) -> tuple[int, int] | None:
        with self._sessions.begin() as session:
            language = supported(incoming.language_hint)
            row = inbound.accept(session, self._vault, incoming, language, self._clock())
            return (row.id, row.address_id) if row else None

    def _take_up(self) -> list[tuple[int, int]]:
        with self._sessions.begin() as session:
            # SQLite serves one process, and everything that it left is ours.
            alone = not self._resumed and session.get_bind().dialect.name == "sqlite"
            self._resumed = True
            return inbound.take_up(
                session, list(self._channels), self._clock(), STILL_WORTH_ANSWERING, alone
            )

    def _rest(self, row_id: int) -> None:
        with self._sessions.begin() as session:
            row = session.get(inbound.Inbound, row_id)
            if row is not None:
                row.worked_until = self._clock()

    def _plan(self, row_id: int) -> ToUnderstand | ToFetch | None:
        """Answer what needs no model, and put it in the outbox; else say what to ask or to fetch.

        Raises NotItsTurn while another process answers the person's message before it.
        """
        with self._sessions.begin() as session:
            row = inbound.waiting(session, row_id)
            if row is None:
                return None
            if inbound.has_earlier(session, row, self._clock()):
                raise NotItsTurn
            incoming = inbound.restore(row, self._vault)
            if self._relay.group.owns(row.address):
                talk = Talk(session, row.address, Listener(), self._clock(), row)
                self._write(talk, self._staff.hear(talk, incoming))
                return None
            listener = self._listener(row.address, incoming)
            talk = Talk(session, row.address, listener, self._clock(), row)
            step = self._conversation.respond(talk, incoming)
            if isinstance(step, Answer):
                self._finish(talk, "", step)
                return None
            if isinstance(step, Wanted):
                return ToFetch(step, listener, row.channel)
            if self._services.is_asking(talk):
                # "Jean-Moulin" answers the form: it goes on with no question before.
                listener = replace(listener, subject=None)
            return ToUnderstand(
                row.address.contact.uid, step, listener, row.channel, incoming.address
            )

    def _give(self, row_id: int, plan: ToFetch, content: bytes | None) -> None:
        with self._sessions.begin() as session:
            row = inbound.waiting(session, row_id)
            if row is not None:
                talk = Talk(session, row.address, plan.listener, self._clock(), row)
                self._finish(talk, "", plan.wanted.then(talk, content))

    def _store(self, row_id: int, plan: ToUnderstand, answer: Answer) -> None:
        with self._sessions.begin() as session:
            row = inbound.waiting(session, row_id)
            if row is not None:
                talk = Talk(session, row.address, plan.listener, self._clock(), row)
                words = reading.clean(inbound.words(row, self._vault))  # the model's may be cut
                warning = answer.warning
                answer = self._services.serve(talk, answer)
                answer = self._services.after(talk, words, answer)
                shown = self._finish(talk, words, answer, warning)
                if self._learning:
                    missed.learn(session, shown, plan.text, plan.listener, answer, talk.now)

    def _finish(
        self, talk: Talk, words: str, answer: Answer, warning: Bubble | None = None
    ) -> list[Delivery]:
        """Answer, and tell the team what is for them; the rows that send it.

        *words* is "" when no model was asked; *warning* is what goes before all.
        """
        keep_words = False
        try:
            with talk.session.begin_nested():
                answer = self._relay.follow(talk, words, answer)
                keep_words = self._relay.keeps_words(talk, answer)
        except Exception as error:
            # Whatever is wrong between us and the team, a help line reaches the person.
            kind = type(error).__name__
            log.error("handoff: %s; message %d answered without the team", kind, talk.row.id)
        if warning:
            answer = replace(answer, bubbles=(warning, *answer.bubbles))
        return self._write(talk, answer, keep_words)

    def _write(self, talk: Talk, answer: Answer, keep_words: bool = False) -> list[Delivery]:
        now, contact = talk.now, talk.address.contact
        shown = posting.reply(
            talk.session, talk.address, talk.row.id, answer.bubbles, now, self._vault
        )
        inbound.finish(talk.row, answer, talk.listener.language, now, keep_words)
        if answer.asks_territory:
            contact.territory_asked_at = now
        contact.nearest = list(answer.nearest)
        if answer.question_id:
            contact.subject, contact.subject_at = answer.question_id, now
        return shown

    def _listener(self, address: Address, incoming: Incoming) -> Listener:
        """For whom to word the answer: the language of this message, the rest as known."""
        contact = address.contact
        language = contact.language
        # A command ("/start s42"), a number and what is no text are the same in every language.
        written = any(char.isalpha() for char in incoming.text) and incoming.event is None
        if written and incoming.text[:1] != "/" and not contact.language_chosen:
            guess = self._languages.guess(reading.without_digits(incoming.text), contact.language)
            language = guess.language
            if guess.sure:
                contact.language = guess.language
        return Listener(
            kind=self._channels[address.channel].kind,
            language=language,
            territory=contact.territory,
            may_ask_territory=contact.territory_asked_at is None,
            subject=contact.subject if contact.subject_lives(self._clock()) else None,
            nearest=tuple(contact.nearest),
        )
