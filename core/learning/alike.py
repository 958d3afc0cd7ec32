"""Which missed questions look alike, by their letters: at once, and without the model.

``python -m bot questions`` compares meanings, which takes seconds and Rasa's own Python; a page has
neither. Here two questions go together when they share enough runs of three letters, which forgives
spelling but does not know that two words mean the same.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping

from core.learning.backlog import Together
from core.people.consent import plain

ALIKE = 0.5  # of the runs of both together
SHORT = 3  # letters: words as short as these tell nothing about what is asked


def together(texts: Mapping[int, str]) -> list[Together]:
    """*texts* by id, each with the first one that it looks like; oldest first."""
    runs: dict[int, frozenset[str]] = {}
    heads: dict[int, list[int]] = {}
    by_word: dict[str, list[int]] = defaultdict(list)
    for key in sorted(texts):
        said = plain(texts[key])
        words = {word for word in said.split() if len(word) > SHORT} or set(said.split())
        runs[key] = _runs(said)
        # Only those that share the beginning of a word are compared.
        near = Counter(head for word in words for head in by_word[word[:4]])
        alike = [(likeness(runs[key], runs[head]), -head) for head, _ in near.most_common(50)]
        best, head = max(alike, default=(0.0, 0))
        if best >= ALIKE:
            heads[-head].append(key)
            continue
        heads[key] = [key]
        for word in words:
            by_word[word[:4]].append(key)
    return [Together(tuple(ids), head) for head, ids in heads.items()]


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0, nothing in common, to 1, the same."""
    return len(one & other) / len(one | other) if one | other else 1.0


def _runs(said: str) -> frozenset[str]:
    padded = f" {said} "
    return frozenset(padded[at : at + 3] for at in range(max(1, len(padded) - 2)))
