"""How well a model does on the development questions, and whether another one does worse.

Both models are asked the same questions, so what counts is the questions that changed sides, not
two percentages. A training never gives quite the same model twice: some questions are lost and
others won by chance. If that were all, the difference between lost and won would stay within twice
the square root of their sum 19 times in 20. A group is worse when more is lost than that.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RIGHT, WRONG = "right", "wrong"
FEW, SHARE = 1, 0.003  # a single question, or 0.3 % of a large group, is no reason to refuse


@dataclass(frozen=True)
class Judged:
    """A question and what a person would have got: ``right``, ``wrong``, or no answer (others)."""

    question: str
    groups: tuple[str, ...]
    verdict: str


Figures = Mapping[str, Judged]
"""By a key that changes with the question or with what is right for it."""


@dataclass(frozen=True)
class Row:
    """One group before and after, in questions."""

    group: str
    asked: int
    right: tuple[int, int]
    wrong: tuple[int, int]
    worse: bool


def compare(before: Figures, after: Figures) -> list[Row]:
    """A row for each group, over the questions that both were asked."""
    both = [(before[key], judged) for key, judged in after.items() if key in before]
    groups = sorted({group for _, judged in both for group in judged.groups})
    return [_row(group, [pair for pair in both if group in pair[1].groups]) for group in groups]


def spoilt(before: Figures, after: Figures) -> Iterator[tuple[Judged, Judged]]:
    """Questions that were right and no longer are, or are wrong now and were not."""
    for key, now in after.items():
        then = before.get(key)
        if then and (_loses(RIGHT, then, now) or _loses(WRONG, now, then)):
            yield then, now


def _row(group: str, pairs: Sequence[tuple[Judged, Judged]]) -> Row:
    fewer_right = _more_than_chance(
        sum(_loses(RIGHT, then, now) for then, now in pairs),
        sum(_loses(RIGHT, now, then) for then, now in pairs),
        len(pairs),
    )
    more_wrong = _more_than_chance(
        sum(_loses(WRONG, now, then) for then, now in pairs),
        sum(_loses(WRONG, then, now) for then, now in pairs),
        len(pairs),
    )
    return Row(
        group, len(pairs), _count(RIGHT, pairs), _count(WRONG, pairs), fewer_right or more_wrong
    )


def _loses(verdict: str, then: Judged, now: Judged) -> bool:
    return then.verdict == verdict != now.verdict


def _count(verdict: str, pairs: Sequence[tuple[Judged, Judged]]) -> tuple[int, int]:
    then = sum(one.verdict == verdict for one, _ in pairs)
    return then, sum(one.verdict == verdict for _, one in pairs)


def _more_than_chance(for_worse: int, for_better: int, asked: int) -> bool:
    allowed = max(FEW, SHARE * asked, 2 * math.sqrt(for_worse + for_better))
    return for_worse - for_better > allowed


def figures_from(asked: Sequence[Mapping[str, Any]]) -> Figures:
    """What ``benchmarks.understanding.evaluate`` wrote. Raises KeyError when it is not that."""
    return {
        one["key"]: Judged(one["question"], tuple(one["groups"]), one["verdict"]) for one in asked
    }


def read_figures(path: Path, model: str) -> Figures:
    """The figures kept in *path*; none when there are none, or when they are another model's."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return figures_from(body["asked"]) if body.get("model") == model else {}


def write_figures(path: Path, model: str, figures: Figures) -> None:
    asked = [
        {"key": key, "question": one.question, "groups": one.groups, "verdict": one.verdict}
        for key, one in figures.items()
    ]
    path.write_text(json.dumps({"model": model, "asked": asked}, ensure_ascii=False), "utf-8")
