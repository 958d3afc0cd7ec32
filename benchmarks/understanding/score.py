"""Right, wrong or not answered: what a person would have got."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from actions.understood import understood
from benchmarks.understanding.sets import SENSITIVE, Asked
from core.answers import Answer, Listener, Outcome
from core.content.model import QuestionKind
from core.replies import reply
from core.texts import Texts

RIGHT, TWO, WRONG, DECLINED, UNANSWERED = "right", "two", "wrong", "declined", "unanswered"
# The number that must be read first, by sensitive question; several where one of them will do.
LINES = {
    "idees_suicidaires": ("3114",),
    "danger_immediat": ("112", "17", "15", "18"),
    "enfant_en_danger": ("119",),
    "violences_conjugales": ("3919",),
    "harcelement_aide": ("3018",),
    "image_sans_accord": ("3018",),
    "inconnu_en_ligne": ("3018",),
    "contenu_choquant_enfant": ("3018",),
    "contenu_illicite": ("Pharos", "3018"),
    "aide_urgente": ("112", "3114", "119", "3919", "3018"),
}
FALLBACK = "nlu_fallback"
Judge = Callable[[Asked, Mapping[str, Any]], str]


class Share(NamedTuple):
    """Counts of one group of questions: *right* alone, or as one of *two* answers; *wrong*;
    in scope but *declined* as out of it; *unanswered*, and of these *offered* the right one."""

    asked: int
    right: int
    two: int
    wrong: int
    declined: int
    unanswered: int
    offered: int

    def row(self) -> dict[str, float]:
        """Percentages of all asked; `offered` of the unanswered."""
        names = (RIGHT, TWO, WRONG, DECLINED, UNANSWERED)
        share = {name: 100 * getattr(self, name) / max(self.asked, 1) for name in names}
        offered = 100 * self.offered / max(self.unanswered, 1)
        return {"asked": self.asked, **share, "offered": offered}


def by_intent(asked: Asked, parsed: Mapping[str, Any]) -> str:
    """Of a pipeline alone: its intent is the answer. Out of scope is right when not answered."""
    intent = parsed["intent"]["name"]
    if intent in asked.expected:
        return RIGHT
    if intent in (None, FALLBACK):
        return UNANSWERED if asked.in_scope else RIGHT
    return WRONG


def by_reply(texts: Texts) -> Judge:
    """Of the whole assistant: what core.replies says to what the pipeline understood."""
    now = datetime.now(UTC)

    def judge(asked: Asked, parsed: Mapping[str, Any]) -> str:
        answer = reply(texts, understood(parsed), Listener(language=asked.language), now)
        shown = [name for name in (answer.question_id, *answer.also) if name]
        kinds = {question.kind for question in map(texts.question, shown) if question}
        if asked.style == SENSITIVE or (asked.expected and asked.expected <= LINES.keys()):
            return _in_danger(asked, answer)
        if asked.expected & set(shown):
            return RIGHT if len(shown) == 1 else TWO
        if not shown or answer.outcome is Outcome.SUGGESTED:
            return UNANSWERED if asked.in_scope else RIGHT
        if kinds == {QuestionKind.OUT_OF_SCOPE}:
            return DECLINED if asked.in_scope else RIGHT
        return WRONG

    return judge


def _in_danger(asked: Asked, answer: Answer) -> str:
    """What is read first counts: the answer itself, or a right line among others (as one of two)."""
    if answer.question_id in asked.expected:
        return RIGHT
    first = (answer.warning or answer.bubbles[0]).text
    lines = [line for name in asked.expected for line in LINES.get(name, ())]
    if any(re.search(rf"(?<!\d){line}(?!\d)", first) for line in lines):
        return TWO
    return WRONG if answer.question_id else UNANSWERED


def shares(
    asked: Sequence[Asked], results: Sequence[Mapping[str, Any]], judge: Judge
) -> dict[str, Share]:
    """By group: each language, each style of French, out of scope, sensitive, all; held out apart."""
    by_group: dict[str, list[tuple[Asked, Mapping[str, Any], str]]] = {}
    for one, parsed in zip(asked, results, strict=True):
        judged = (one, parsed, judge(one, parsed))
        for group in groups(one):
            by_group.setdefault(group, []).append(judged)
    return {group: _share(rows) for group, rows in sorted(by_group.items())}


def groups(asked: Asked) -> list[str]:
    """The groups that a question belongs to."""
    return ["held out: " * asked.held_out + group for group in _groups(asked)]


def _groups(asked: Asked) -> Iterable[str]:
    if not asked.in_scope:
        return (f"out of scope, {asked.style}",)
    if asked.style in ("covidfaq", SENSITIVE):
        return (asked.style,)
    phone = ("phone spelling",) if asked.style in ("sms", "phone") else ()
    if asked.language == "fr":
        return ("all", "fr", f"fr, {asked.style}", *phone)
    return ("all", asked.language, *phone)


def _share(rows: Sequence[tuple[Asked, Mapping[str, Any], str]]) -> Share:
    verdicts = [verdict for _, _, verdict in rows]
    unanswered = [(asked, parsed) for asked, parsed, verdict in rows if verdict == UNANSWERED]
    offered = sum(any(name in asked.expected for name in nearest(p)) for asked, p in unanswered)
    counts = [verdicts.count(one) for one in (RIGHT, TWO, WRONG, DECLINED, UNANSWERED)]
    return Share(len(rows), *counts, offered)


def nearest(parsed: Mapping[str, Any]) -> list[str]:
    """The three questions that came nearest."""
    names = [one["name"] for one in parsed["intent_ranking"] if one["name"] != FALLBACK]
    return names[:3]
