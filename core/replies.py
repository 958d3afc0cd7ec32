"""What to say to what was understood: a help line first, then the answer, two, choices, or
that we don't know."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.answers import Answer, Asked, Decision, Listener, Outcome, Understood
from core.content.model import QuestionKind
from core.messages import Bubble
from core.safety import likely
from core.texts import Texts

NEAR = 3


def reply(texts: Texts, known: Understood, listener: Listener, now: datetime) -> Answer:
    """The answer to *known*, for *listener*; *now* is aware.

    Somebody who may be in danger reads the help line before anything else, whatever else
    was understood, and whatever the model's thresholds say.
    """
    return replace(_reply(texts, known, listener, now), asked=known.asked)


def _reply(texts: Texts, known: Understood, listener: Listener, now: datetime) -> Answer:
    answer = _answer(texts, known, listener, now)
    dangers = _dangers(texts, known)
    if not dangers or dangers[0] == answer.question_id:
        return replace(answer, sensitive=answer.sensitive or _near_danger(texts, known, answer))
    first, *more = [texts.answer(name, listener, now, known.asked) for name in dangers]
    if answer.outcome is Outcome.ANSWERED and not {answer.question_id, *answer.also} & {*dangers}:
        more.append(answer)
    also = [name for one in more for name in (one.question_id, *one.also) if name]
    bubbles = [bubble for one in (first, *more) for bubble in _unrated(one.bubbles)]
    return replace(first, bubbles=tuple(bubbles), also=tuple(also), nearest=answer.nearest)


def _dangers(texts: Texts, known: Understood) -> list[str]:
    """The sensitive questions to answer first: that of the words, else those of the model."""
    named = texts.danger(known.asked)
    return [named] if named else likely(known, texts.sensitive())


def without_model(texts: Texts, text: str, listener: Listener, now: datetime) -> Answer:
    """What can be said to *text* while the understanding is away: the help line still is."""
    danger = texts.danger(Asked(text))
    return texts.answer(danger, listener, now) if danger else texts.unavailable(listener)


def _answer(texts: Texts, known: Understood, listener: Listener, now: datetime) -> Answer:
    followed = texts.follows(known.asked, listener)
    if followed:
        return texts.answer(followed, listener, now, known.asked)
    ids = [name for name, _ in known.ranking if texts.question(name)]
    best = texts.question(ids[0]) if ids else None
    if best is None:
        return texts.unsure(known, listener)
    confidence = known.ranking[0][1]
    match known.decision:
        case Decision.ANSWERED if best.kind is QuestionKind.CORRECTION and listener.nearest:
            other = texts.suggest(listener.nearest, listener, confidence)
            return replace(other, corrects=True)
        case Decision.ANSWERED:
            answer = texts.answer(best.id, listener, now, known.asked, confidence)
            corrects = best.kind is QuestionKind.CORRECTION
            return replace(answer, nearest=_others(ids, [best.id]), corrects=corrects)
        case Decision.TWO if len(ids) > 1:
            both = texts.two(ids[:2], listener, now, known.asked, confidence)
            return replace(both, nearest=_others(ids, ids[:2]))
        case Decision.TWO | Decision.SUGGESTED:
            return texts.suggest(ids, listener, confidence)
    return texts.unsure(known, listener)


def _near_danger(texts: Texts, known: Understood, answer: Answer) -> bool:
    """Not understood, and among the likeliest is danger: these words may be about it."""
    near = {name for name, _ in known.ranking[:NEAR]}
    return answer.question_id is None and bool(near & texts.sensitive())


def _unrated(bubbles: Iterable[Bubble]) -> tuple[Bubble, ...]:
    """Beside a help line nobody is asked for a thumb."""
    return tuple(bubble if bubble.asks else replace(bubble, choices=()) for bubble in bubbles)


def _others(ids: Iterable[str], shown: Iterable[str]) -> tuple[str, ...]:
    """What comes next when the person says that it was something else."""
    return tuple(name for name in ids if name not in set(shown))[:6]
