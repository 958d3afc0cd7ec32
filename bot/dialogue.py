"""Asks about one message: as a whole, in its parts, or with what it goes on with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.understanding import Understanding
from core.answers import Answer, Listener, Outcome
from core.following import SURE, goes_on, leans, questions_in
from core.messages import Kind
from core.texts import Texts

AT_MOST = {Kind.CHAT: 3, Kind.SMS: 2}  # answers to one message


@dataclass(frozen=True)
class Dialogue:
    understanding: Understanding
    texts: Texts

    async def answer(self, sender: str, text: str, listener: Listener) -> Answer:
        """The answer to *text*. Raises UnderstandingError.

        Several questions at once are each answered, when at least two of them can be. A short
        message that means little alone ("c'est gratuit ?") is also asked together with the
        subject before it, and the surer of both stands.
        """
        parts = questions_in(text)
        if parts:
            answers = [await self._ask(sender, part, listener) for part in parts]
            several = _each_once(answers)[: AT_MOST[listener.kind]]
            if len(several) > 1:
                return _guarded(_joined(several), answers)
        alone = await self._ask(sender, text, listener)
        subject = self.texts.question(listener.subject) if listener.subject else None
        if subject is None or not leans(text) or (_sureness(alone) >= SURE and not goes_on(text)):
            return alone
        if alone.corrects:
            return alone
        title = subject.titled(listener.language)
        together = await self._ask(sender, f"{title} : {text}", listener)
        surer = together if _sureness(together) > _sureness(alone) else alone
        return _guarded(surer, (alone, together))

    async def _ask(self, sender: str, text: str, listener: Listener) -> Answer:
        return await self.understanding.ask(sender, text, listener)


def _sureness(answer: Answer) -> float:
    """How sure an answer is, 0 to 1: one from the tables is certain, a choice to make is not."""
    if answer.outcome in (Outcome.SUGGESTED, Outcome.FALLBACK) and answer.question_id is None:
        return 0.0
    return 1.0 if answer.confidence is None else answer.confidence


def _each_once(answers: Sequence[Answer]) -> list[Answer]:
    """In their order, but what is about danger first."""
    kept = {one.question_id: one for one in reversed(answers) if one.outcome is Outcome.ANSWERED}
    return sorted(kept.values(), key=lambda one: (not one.sensitive, answers.index(one)))


def _guarded(answer: Answer, heard: Sequence[Answer]) -> Answer:
    """*answer*, with the care that anything of what was *heard* asks for."""
    warning = next((one.warning for one in heard if one.warning), None)
    return replace(answer, sensitive=any(one.sensitive for one in heard), warning=warning)


def _joined(answers: Sequence[Answer]) -> Answer:
    """All of them as one; where somebody lives is asked once."""
    bubbles = [bubble for one in answers for bubble in one.bubbles if not bubble.asks]
    asking = [bubble for one in answers for bubble in one.bubbles if bubble.asks]
    return replace(
        answers[0],
        bubbles=(*bubbles, *asking[:1]),
        asks_territory=any(one.asks_territory for one in answers),
        also=tuple(one.question_id for one in answers[1:] if one.question_id),
    )
