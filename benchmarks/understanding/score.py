"""Right, wrong or not answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from benchmarks.understanding.sets import Asked

RIGHT, WRONG, DECLINED, SUGGESTED, FALLBACK = "right", "wrong", "declined", "suggested", "fallback"


class Share(NamedTuple):
    """Counts of one group of questions. `offered`: among those not answered, the right question is
    one of the three nearest."""

    asked: int
    right: int
    wrong: int
    declined: int
    unanswered: int
    offered: int

    def row(self) -> dict[str, float]:
        """Percentages of all asked; `offered` of the unanswered."""
        share = {
            name: 100 * getattr(self, name) / max(self.asked, 1)
            for name in ("right", "wrong", "declined", "unanswered")
        }
        return {
            "asked": self.asked,
            **share,
            "offered": 100 * self.offered / max(self.unanswered, 1),
        }


def verdict(asked: Asked, result: dict[str, Any], beyond: frozenset[str]) -> str:
    """What a person would have got. An in-scope question that is said to be out of scope is
    "declined"; an out-of-scope question is right when declined or not answered at all."""
    if result["intent"] in (None, "nlu_fallback"):
        if not asked.in_scope:
            return RIGHT
        return SUGGESTED if result["outcome"] == SUGGESTED else FALLBACK
    if result["intent"] in asked.expected:
        return RIGHT
    return DECLINED if result["intent"] in beyond else WRONG


def shares(
    asked: Sequence[Asked], results: Sequence[dict[str, Any]], beyond: frozenset[str]
) -> dict[str, Share]:
    """By group: each language, each style of French, out of scope near and far, all in scope."""
    by_group: dict[str, list[tuple[Asked, dict[str, Any], str]]] = {}
    for one, result in zip(asked, results):
        judged = (one, result, verdict(one, result, beyond))
        for group in groups(one):
            by_group.setdefault(group, []).append(judged)
    return {group: _share(rows) for group, rows in sorted(by_group.items())}


def groups(asked: Asked) -> Iterable[str]:
    if not asked.in_scope:
        return (f"out of scope, {asked.style}",)
    if asked.style == "covidfaq":
        return ("covidfaq",)
    phone = ("SMS and phone spelling",) if asked.style in ("sms", "phone") else ()
    if asked.language == "fr":
        return ("all", "fr", f"fr, {asked.style}", *phone)
    return ("all", asked.language, *phone)


def _share(rows: Sequence[tuple[Asked, dict[str, Any], str]]) -> Share:
    verdicts = [v for _, _, v in rows]
    unanswered = [(a, r) for a, r, v in rows if v in (SUGGESTED, FALLBACK)]
    offered = sum(any(name in a.expected for name, _ in r["ranking"]) for a, r in unanswered)
    return Share(
        len(rows),
        verdicts.count(RIGHT),
        verdicts.count(WRONG),
        verdicts.count(DECLINED),
        len(unanswered),
        offered,
    )
