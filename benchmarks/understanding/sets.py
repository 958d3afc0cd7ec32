"""The sets of questions: one that nobody here wrote, and our own, written apart from the examples."""

import json
from pathlib import Path
from typing import NamedTuple

import yaml

from core.content.load import Library
from core.languages import FRENCH

OUT_OF_SCOPE = "out_of_scope"
SENSITIVE = "sensitive"


class Asked(NamedTuple):
    """A question, and the questions of content/ that are right for it (any of them).

    *style* is how it is written (plain, sms, phone, keywords, indirect, long ...), or "near" and
    "far" out of scope, or "sensitive". *held_out*: nobody looked at it while the examples grew.
    """

    question: str
    language: str
    style: str
    expected: frozenset[str]
    in_scope: bool = True
    held_out: bool = False


def covidfaq(folder: Path, out: Path) -> list[Asked]:
    """Writes the training half to `out`/nlu.yml for Rasa and returns the test half."""
    examples: dict[str, list[str]] = {}
    for text, intent in _rows(folder / "train.tsv"):
        examples.setdefault(intent, []).append(text)
    _write(out, [{"intent": one, "examples": _bullets(texts)} for one, texts in examples.items()])
    return [
        Asked(text, "fr", "covidfaq", frozenset({intent}))
        for text, intent in _rows(folder / "test.tsv")
    ]


def _rows(path: Path) -> list[tuple[str, str]]:
    """Text and intent; what stands before the slash would make Rasa look for a response selector."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line.strip())
    return [
        (text.replace("[", "(").replace("]", ")"), intent.split("/")[-1]) for text, intent in pairs
    ]


def ours(folder: Path) -> list[Asked]:
    """All files `dev_*.jsonl` (development) and `held_*.jsonl` (held out) of the folder."""
    asked = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            expected = set(row["expected"].split("|"))
            inside = OUT_OF_SCOPE not in expected
            style = row["style"] if inside or row["style"] in ("near", "far") else "near"
            asked.append(
                Asked(
                    row["question"], row["language"], style, frozenset(expected - {OUT_OF_SCOPE}),
                    inside, path.name.startswith("held"),
                )
            )  # fmt: skip
    return asked


def sample(data: Path, library: Library, out: Path, most: int) -> None:
    """Writes to `out`/nlu.yml at most `most` French examples a question, spread over all of them:
    what the stock pipeline, which knows no other language, can learn in minutes instead of hours."""
    taught = json.loads(data.read_text(encoding="utf-8"))["rasa_nlu_data"]["common_examples"]
    nlu = []
    for intent in dict.fromkeys(example["intent"] for example in taught):
        lines = library.questions[intent].examples[FRENCH]
        count = min(most, len(lines))
        chosen = [lines[number * len(lines) // count] for number in range(count)]
        nlu.append({"intent": intent, "examples": _bullets(chosen)})
    _write(out, nlu)


def _bullets(texts: list[str]) -> str:
    lines = (text.replace("[", "(").replace("]", ")") for text in texts)
    return "".join(f"- {line}\n" for line in lines)


def _write(out: Path, nlu: list[dict[str, str]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    body = yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000)
    (out / "nlu.yml").write_text(body, "utf-8")
