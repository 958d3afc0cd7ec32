"""The language in which a question is answered: what core.languages says, without Rasa."""

from collections import Counter
from collections.abc import Sequence

from benchmarks.understanding.sets import Asked
from core import reading
from core.languages import FRENCH, LANGUAGES, Languages

Shares = dict[str, dict[str, float]]


def shares(asked: Sequence[Asked], languages: Languages) -> Shares:
    """By language, percent answered in it: ``alone``, by somebody of whom nothing is known (a
    first SMS), and ``known``, by somebody whose phone or last messages were in it; ``asked`` counts.
    """
    count, right = Counter[str](), Counter[tuple[str, str]]()
    for one in asked:
        text = reading.without_digits(one.question)
        count[one.language] += 1
        for name, before in (("alone", FRENCH), ("known", one.language)):
            right[one.language, name] += languages.guess(text, before).language == one.language
    return {
        language: {
            "asked": count[language],
            **{name: 100 * right[language, name] / count[language] for name in ("alone", "known")},
        }
        for language in LANGUAGES
        if count[language]
    }
