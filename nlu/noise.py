"""Writes the training examples as people do on phones, so that the classifier has seen it.

The tables of nlu/data are read backwards (meant -> written) and the usual slips are added: missing
accents, apostrophes and final letters, words that sound alike, swapped or doubled letters, missing
spaces. Deterministic: the same examples give the same noise.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from typing import Iterable

from nlu.lists import table
from nlu.text import fold

_HEARD = (
    (r"qu", "k"),
    (r"c(?=[aou])", "k"),
    (r"eau|au", "o"),
    (r"ph", "f"),
    (r"(?<=\w)[éè](?=\b)", "er"),
    (r"er\b", "é"),
    (r"ez\b", "é"),
    (r"ais\b|ait\b", "é"),
    (r"ss", "s"),
    (r"tion", "sion"),
    (r"nn", "n"),
    (r"ll", "l"),
    (r"mm", "m"),
    (r"rr", "r"),
    (r"tt", "t"),
    (r"oi", "wa"),
    (r"(?<=\w\w\w)e\b", ""),
    (r"(?<=\w\w)s\b", ""),
    (r"(?<=\w\w)t\b", ""),
    (r"(?<=\w\w)es\b", ""),
    (r"un\b", "1"),
    (r"h", ""),
    (r"ai", "é"),
)


class Noise:
    """Phone spellings of one language's sentences."""

    def __init__(self, language: str, seed: int = 0) -> None:
        self._language = language
        self._seed = seed
        self._ways: dict[str, list[str]] = defaultdict(list)
        for written, meant in table(f"phone_{language}.tsv").items():
            self._ways[fold(meant)].append(written)
        self._longest = max((len(m.split()) for m in self._ways), default=1)

    def variants(self, text: str, count: int) -> list[str]:
        """Up to `count` different noisy spellings of `text`, harsher and harsher."""
        found: list[str] = []
        for number in range(count):
            chance = random.Random(f"{self._seed} {number} {text}")
            written = self._written(text, chance, harsh=0.35 + 0.4 * number / max(1, count - 1))
            if written != text and written not in found:
                found.append(written)
        return found

    def _written(self, text: str, chance: random.Random, harsh: float) -> str:
        text = text.lower().replace("’", "'")
        tokens = self._shortened(re.sub(r"([?.!,;:])", r" \1 ", text).split(), chance, harsh)
        out = [self._slip(t, chance, harsh) for t in tokens]
        if chance.random() < 0.8:
            out = [t for t in out if t not in ("?", ".", "!", ",", ";", ":")]
        line = " ".join(out)
        if chance.random() < 0.6:
            line = line.replace("'", chance.choice(["", " "]))
        if chance.random() < 0.6:
            line = fold(line)
        return line

    def _shortened(self, tokens: list[str], chance: random.Random, harsh: float) -> list[str]:
        out, i = [], 0
        while i < len(tokens):
            for size in range(min(self._longest, len(tokens) - i), 0, -1):
                ways = self._ways.get(fold(" ".join(tokens[i : i + size])))
                if ways and chance.random() < harsh + 0.2:
                    out.append(chance.choice(ways))
                    i += size
                    break
            else:
                out.append(tokens[i])
                i += 1
        return out

    def _slip(self, word: str, chance: random.Random, harsh: float) -> str:
        if len(word) < 4 or chance.random() > harsh:
            return word
        if self._language == "fr" and chance.random() < 0.7:
            ways = [(p, h) for p, h in _HEARD if re.search(p, word)]
            if ways:
                pattern, heard = chance.choice(ways)
                return re.sub(pattern, heard, word, count=1)
        place = chance.randrange(1, len(word) - 1)
        kind = chance.random()
        if kind < 0.35:
            return word[:place] + word[place + 1 :]
        if kind < 0.65:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        if kind < 0.85:
            return word[:place] + word[place] + word[place:]
        return word[:place] + chance.choice("aeioulnrst") + word[place + 1 :]


def noisy(
    texts: Iterable[tuple[str, str]], counts: dict[str, int], seed: int = 0
) -> list[list[str]]:
    """For each (text, language) its noisy spellings, `counts[language]` at most."""
    makers = {language: Noise(language, seed) for language in counts}
    return [
        makers[language].variants(text, counts[language]) if counts.get(language) else []
        for text, language in texts
    ]
