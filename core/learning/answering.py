"""An answer for a group of missed questions: checked, and written down as a draft."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.content import drafts
from core.content.check import ID
from core.content.drafts import Draft
from core.content.load import Library
from core.content.yamlfile import Problem
from core.learning.backlog import Group
from core.people.consent import plain

# What a draft may still lack when it is first written.
LATER = "check.few_examples"
LONGEST_ID = 40


@dataclass(frozen=True)
class Answered:
    """The file of a draft, what is *wrong* with it, and what may still be missing (*later*)."""

    id: str
    text: str
    wrong: Sequence[Problem]
    later: Sequence[Problem]


def write(
    root: Path,
    library: Library,
    group: Group,
    question_id: str,
    subject: str,
    title: str,
    answer: str,
    sms: str,
    source: Sequence[str],
    hints: Mapping[str, str],
    today: date,
) -> Answered:
    """The draft that answers *group*, whose words become its examples; nothing is written yet."""
    known = [text for texts in library.examples().values() for text in texts]
    draft = Draft(
        question_id, subject, title, group.examples(known), answer, sms, source, checked_on=today
    )
    text = drafts.written(draft, hints)
    found = drafts.problems(root, draft.id, text)
    wrong = [one for one in found if one.key != LATER]
    return Answered(question_id, text, wrong, [one for one in found if one.key == LATER])


def name_for(title: str, taken: Collection[str]) -> str:
    """An id made of *title* that nothing else has."""
    words = re.sub(r"[^a-z0-9]+", "_", plain(title)).strip("_")
    name = words if ID.fullmatch(words[:LONGEST_ID]) else f"question_{words}"
    name = name[: LONGEST_ID - 4].rstrip("_")
    numbers = (f"{name}_{number}" for number in range(2, 1000))
    return next(one for one in (name, *numbers) if one not in taken)
