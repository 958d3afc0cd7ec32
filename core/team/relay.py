"""Between a person and the team: when a handoff opens, what the person is told, how it ends.

The person always gets their answer first: what the team does comes after it, never instead of
a help line. Where there is no staff group, nothing opens and nothing is promised.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from core import failures, inbound
from core.answers import Answer, Listener, Outcome
from core.content.model import QuestionKind
from core.messages import Bubble, Choice, Kind
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery
from core.talk import Talk
from core.team import handoffs, lines, promise
from core.team.handoffs import Ending, Handoff, Reason
from core.team.staffgroup import StaffGroup
from core.texts import Texts
from core.vault import Vault

# A question answered, or one that is none of ours: it tells the team what it is about.
TELLING = (Outcome.ANSWERED, Outcome.FALLBACK, Outcome.UNAVAILABLE)


class Relay:
    """*kinds* says what sort of screen each channel has."""

    def __init__(
        self, texts: Texts, group: StaffGroup, vault: Vault, kinds: Mapping[str, Kind]
    ) -> None:
        self._texts = texts
        self._vault = vault
        self._kinds = kinds
        self.group = group

    # What becomes of a message

    def follow(self, talk: Talk, words: str, answer: Answer) -> Answer:
        """*answer*, with what the team does about it; *words* is "" for a choice or a command."""
        if not self.group.exists:
            return answer
        handoff = handoffs.current(talk.session, talk.address.contact_id)
        before = self._failed_before(talk)
        earlier = inbound.words(before, self._vault) if before else ""
        said = (earlier, words)
        if handoff is not None and handoff.taken_at is not None and words:
            answer = self._forward(talk, handoff, words, answer)
        elif answer.outcome == Outcome.HANDOFF:
            answer = self._asked(talk, said, answer)
        elif self._is_sensitive(answer):
            answer = self._alarming(talk, said, answer)
        elif failures.failed(answer.outcome, answer.question_id):
            if (handoff or before) and not handoffs.said_no(
                talk.session, talk.address.contact_id, talk.now
            ):
                answer = self._failing(talk, said, answer)
        elif handoff is not None and words and self._tells(talk, handoff, answer):
            answer = self._explained(talk, said, answer)
        if answer.outcome != Outcome.REACTED:
            failures.forget(talk.session, talk.row)
        return answer

    def keeps_words(self, talk: Talk, answer: Answer) -> bool:
        """Whether the words stay, sealed, until the next message: see core.failures."""
        return (
            self.group.exists
            and failures.failed(answer.outcome, answer.question_id)
            and handoffs.current(talk.session, talk.address.contact_id) is None
        )

    def _asked(self, talk: Talk, said: tuple[str, str], answer: Answer) -> Answer:
        """Instead of how to reach somebody: somebody is reached."""
        _, new = self._hand_over(talk, Reason.ASKED, said, answer)
        key = "relay.asked" if new else "relay.added" if any(said) else "relay.waiting"
        return replace(answer, bubbles=(self._promise(key, talk),), asks_territory=False)

    def _alarming(self, talk: Talk, said: tuple[str, str], answer: Answer) -> Answer:
        """The help line, then that somebody reads it too, and the way to say no.

        To open the subject in a menu is no message: the team is only offered.
        """
        if not any(said) or handoffs.said_no(talk.session, talk.address.contact_id, talk.now):
            return self._offered(talk, answer)
        handoff, new = self._hand_over(talk, Reason.SENSITIVE, said, answer)
        no = Choice(self._texts.say("withdraw.label", talk.listener), f"withdraw:{handoff.id}")
        said_so = self._promise("relay.sensitive" if new else "relay.added", talk, no)
        return replace(answer, bubbles=(*answer.bubbles, said_so))

    def _offered(self, talk: Talk, answer: Answer) -> Answer:
        if handoffs.current(talk.session, talk.address.contact_id) is not None:
            return answer
        human = Choice(self._texts.say("human.label", talk.listener), "human")
        offer = self._texts.offer("relay.offer", talk.listener, human)
        return replace(answer, bubbles=(*answer.bubbles, offer))

    def _failing(self, talk: Talk, said: tuple[str, str], answer: Answer) -> Answer:
        _, new = self._hand_over(talk, Reason.FAILURES, said, answer)
        said_so = self._promise("relay.failures" if new else "relay.added", talk)
        shown = answer.bubbles if answer.outcome == Outcome.SUGGESTED else ()
        return replace(answer, bubbles=(*shown, said_so))

    def _explained(self, talk: Talk, said: tuple[str, str], answer: Answer) -> Answer:
        """What the request was about comes after it, and is answered as usual."""
        self._hand_over(talk, Reason.ASKED, said, answer)
        return replace(answer, bubbles=(*answer.bubbles, self._promise("relay.added", talk)))

    def _forward(self, talk: Talk, handoff: Handoff, words: str, answer: Answer) -> Answer:
        """To the member who answers; of the assistant's own answer only a help line is left.

        Acknowledged once between two answers of the team.
        """
        first = handoff.waiting_since is None
        self._hand_over(talk, Reason(handoff.reason), ("", words), answer)
        back = Choice(self._texts.say("assistant.label", talk.listener), "menu")
        noted = self._texts.offer("relay.forwarded", talk.listener, back)
        bubbles = (noted,) if first else ()
        if self._is_sensitive(answer):
            return replace(answer, bubbles=(*answer.bubbles, *bubbles), asks_territory=False)
        return Answer(bubbles, Outcome.FORWARDED)

    def _hand_over(
        self, talk: Talk, reason: Reason, said: tuple[str, str], answer: Answer
    ) -> tuple[Handoff, bool]:
        """Open a handoff, or add to the one that is open; whether it is new.

        *said* is what failed just before, then this message; either may be "".
        """
        session, now = talk.session, talk.now
        handoff, new = handoffs.begin(session, talk.address, reason, answer.question_id, now)
        handoffs.heard(handoff, talk.address, now)
        alarming = self._is_sensitive(answer)
        if alarming:
            handoff.reason, handoff.question_id = Reason.SENSITIVE, answer.question_id
        if new or alarming:
            question = self._texts.question(handoff.question_id or "")
            title = question.title if question else ""
            post = self.group.opening(handoff, title, talk.listener, *said)
        elif any(said):
            post = self.group.added(handoff, *said)
        else:
            return handoff, new
        purpose = "opened" if new else f"message-{talk.row.id}"
        held = alarming and handoff.taken_at is None
        self.group.post(session, handoff, purpose, post, now, held)
        leaves = self.group.leaves(handoff, now, held)
        for words in filter(None, said):
            lines.note(session, self._vault, handoff.id, lines.PERSON, words, now, leaves)
        return handoff, new

    # The person ends it

    def back(self, talk: Talk) -> bool:
        """The person wants the assistant again; False when no member was answering them."""
        handoff = self.taken(talk)
        if handoff is None:
            return False
        handoffs.close(talk.session, handoff, Ending.PERSON, talk.now)
        text = self.group.say("group.back", number=handoff.id)
        self.group.post(talk.session, handoff, "back", text, talk.now)
        return True

    def withdraw(self, talk: Talk, number: int) -> Answer:
        """The person does not want handoff *number*: what has not left yet never does."""
        handoff = handoffs.current(talk.session, talk.address.contact_id)
        if handoff is None or handoff.id != number:
            return self._texts.sentence("relay.over", talk.listener, Outcome.REACTED)
        handoffs.close(talk.session, handoff, Ending.WITHDRAWN, talk.now)
        key = "relay.withdrawn"
        if posting.cancel(talk.session, Cause.HANDOFF, handoff.id, talk.now):
            key = "relay.withdrawn_late"
            text = self.group.say("group.withdrawn", number=handoff.id)
            self.group.post(talk.session, handoff, "withdrawn", text, talk.now)
        return self._texts.sentence(key, talk.listener, Outcome.REACTED)

    def erased(self, talk: Talk) -> None:
        """The person has their data erased: what has not left never does, and of the rest the
        team is asked to delete its messages."""
        self.group.erased(talk.session, talk.address.contact_id, talk.now)

    def taken(self, talk: Talk) -> Handoff | None:
        """The handoff in which a member of the team is answering this person."""
        if not self.group.exists:
            return None
        handoff = handoffs.current(talk.session, talk.address.contact_id)
        return handoff if handoff is not None and handoff.taken_at is not None else None

    def shown_since(self, handoff: Handoff, prompt: Delivery) -> bool:
        """Whether *prompt* came after the member's last answer, so that a digit picks from it."""
        return handoff.answered_at is not None and prompt.created_at > handoff.answered_at

    # What the team makes the person hear

    def tell(
        self,
        session: Session,
        handoff: Handoff,
        purpose: str,
        key: str,
        now: datetime,
        **values: object,
    ) -> Delivery | None:
        """Queue the sentence *key* for the person, in their language; sealed, for it may quote.

        None when it was queued before.
        """
        bubble = Bubble(self.worded(handoff, key, **values))
        return posting.post(
            session, handoff.address, Cause.HANDOFF, handoff.id, purpose, bubble, now,
            vault=self._vault,
        )  # fmt: skip

    def note(
        self, session: Session, handoff: Handoff, author: str, words: str, now: datetime,
        sent: Delivery,
    ) -> None:  # fmt: skip
        """Keep, for the console, what the team said by *sent*."""
        lines.note(session, self._vault, handoff.id, author, words, now, delivery=sent)

    def worded(self, handoff: Handoff, key: str, **values: object) -> str:
        return self._texts.say(key, self.listener(handoff), **values)

    def listener(self, handoff: Handoff) -> Listener:
        address = handoff.address
        return Listener(
            self.kind(address.channel), address.contact.language, address.contact.territory
        )

    def kind(self, channel: str) -> Kind:
        """What sort of screen *channel* has."""
        return self._kinds.get(channel, Kind.CHAT)

    # Small questions

    def _promise(self, key: str, talk: Talk, *choices: Choice) -> Bubble:
        when = promise.when(self._texts, talk.listener, talk.now)
        if choices:
            return self._texts.offer(key, talk.listener, *choices, when=when)
        return Bubble(self._texts.say(key, talk.listener, when=when))

    def _is_sensitive(self, answer: Answer) -> bool:
        question = self._texts.question(answer.question_id or "")
        return question is not None and question.kind is QuestionKind.SENSITIVE

    def _failed_before(self, talk: Talk) -> inbound.Inbound | None:
        last = handoffs.last(talk.session, talk.address.contact_id)
        return failures.before(talk.session, talk.row, talk.now, last.closed_at if last else None)

    def _tells(self, talk: Talk, handoff: Handoff, answer: Answer) -> bool:
        """Whether this is the one message that says what a person was asked for."""
        return (
            handoff.reason == Reason.ASKED
            and answer.outcome in TELLING
            and not self.group.has_more(talk.session, handoff)
        )
