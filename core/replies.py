"""What to say to what was understood: a help line first, then the answer, two, choices, or
that we don't know."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from core.answers import Answer, Asked, Decision, Listener, Outcome, Understood
from core.content.model import Question, QuestionKind
from core.following import SURE, goes_on
from core.messages import Bubble
from core.safety import Certainty, Danger, weigh
from core.texts import Texts


def reply(texts: Texts, known: Understood, listener: Listener, now: datetime) -> Answer:
    """The answer to *known*, for *listener*; *now* is aware.

    Somebody who may be in danger reads the help line before anything else, whatever else
    was understood, and whatever the model's thresholds say.
    """
    return replace(_reply(texts, known, listener, now), asked=known.asked)


def _reply(texts: Texts, known: Understood, listener: Listener, now: datetime) -> Answer:
    answer = _answer(texts, known, listener, now)
    danger = _danger(texts, known)
    match danger.certainty:
        case Certainty.NONE:
            return answer
        case Certainty.POSSIBLE:
            unknown = answer.question_id is None
            return replace(
                answer,
                bubbles=_unrated(answer.bubbles),
                sensitive=answer.sensitive or unknown,
                warning=_lines(texts, listener),
            )
        case Certainty.UNCLEAR:
            return _every_line(texts, known, danger, listener, now)
        case Certainty.PROBABLE:
            first = _line_first(texts, known, danger.names, answer, listener, now)
            return replace(first, warning=_lines(texts, listener))
    return _line_first(texts, known, danger.names, answer, listener, now)


def _danger(texts: Texts, known: Understood) -> Danger:
    """What the words say, and what the model weighs: of both, the model's first where it is clear.

    Where the two differ it may be either, and all lines are named before.
    """
    weighed, unclear = weigh(known, texts.sensitive()), texts.unclear_danger()
    named = texts.danger(known.asked)
    if named and named == unclear:  # the words say no more than that: the model may
        known_which = weighed.certainty in (Certainty.CLEAR, Certainty.PROBABLE)
        return weighed if known_which else Danger(Certainty.UNCLEAR, weighed.names)
    if named and weighed.names[:1] in ((), (named,)):
        return Danger(Certainty.CLEAR, (named,))
    if named:
        clear = weighed.names if weighed.certainty is Certainty.CLEAR else ()
        return Danger(Certainty.PROBABLE, (*clear, named))
    if weighed.certainty is Certainty.UNCLEAR and unclear is None:
        return Danger(Certainty.PROBABLE, weighed.names[:1])
    return weighed


def _lines(texts: Texts, listener: Listener) -> Bubble:
    """The help lines in one sentence."""
    return Bubble(texts.say("danger.possible", listener))


def _line_first(
    texts: Texts,
    known: Understood,
    names: Sequence[str],
    answer: Answer,
    listener: Listener,
    now: datetime,
) -> Answer:
    """The help lines of *names*, then *answer* where it is another; before a line goes nothing, not
    even that there are two answers."""
    if tuple(names) == (answer.question_id,) and not answer.also:
        return answer
    first, *more = [texts.answer(name, listener, now, known.asked) for name in names]
    if answer.outcome is Outcome.ANSWERED:
        rest = [one for one in (answer.question_id, *answer.also) if one and one not in names]
        more += [texts.answer(name, listener, now, known.asked) for name in rest]
    also = [name for one in more for name in (one.question_id, *one.also) if name]
    bubbles = [bubble for one in (first, *more) for bubble in _unrated(one.bubbles)]
    return replace(first, bubbles=tuple(bubbles), also=tuple(also), nearest=answer.nearest)


def _every_line(
    texts: Texts, known: Understood, danger: Danger, listener: Listener, now: datetime
) -> Answer:
    """All help lines, then the dangers that it may be, to pick from."""
    every = texts.unclear_danger()
    assert every
    first = texts.answer(every, listener, now, known.asked)
    others = [name for name in danger.names if name != every]
    which = texts.suggest(others, listener, opening="danger.which").bubbles if others else ()
    return replace(first, bubbles=(*first.bubbles, *which), nearest=tuple(others))


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
    if _goes_on_with_the_subject(best, known, listener):
        either = confidence + known.ranking[1][1]
        return texts.answer(known.ranking[1][0], listener, now, known.asked, either)
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


def _goes_on_with_the_subject(best: Question, known: Understood, listener: Listener) -> bool:
    """Whether what would be declined is more likely the subject, as the next likeliest: "and his
    absences?" after a question about marks."""
    return (
        best.kind is QuestionKind.OUT_OF_SCOPE
        and known.ranking[0][1] < SURE
        and goes_on(known.asked.text)
        and [name for name, _ in known.ranking[1:2]] == [listener.subject]
    )


def _unrated(bubbles: Iterable[Bubble]) -> tuple[Bubble, ...]:
    """Beside a help line nobody is asked for a thumb."""
    return tuple(bubble if bubble.asks else replace(bubble, choices=()) for bubble in bubbles)


def _others(ids: Iterable[str], shown: Iterable[str]) -> tuple[str, ...]:
    """What comes next when the person says that it was something else."""
    return tuple(name for name in ids if name not in set(shown))[:6]
