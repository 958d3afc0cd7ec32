"""The two sets of questions: one that nobody here wrote, and our own development questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import yaml
from ruamel.yaml import YAML

OUT_OF_SCOPE = "out_of_scope"
ROOT = Path(__file__).parents[2]


class Asked(NamedTuple):
    """A question, and the intents that are right for it (any of them)."""

    question: str
    language: str
    style: str
    expected: frozenset[str]
    in_scope: bool = True


def covidfaq(folder: Path, out: Path) -> list[Asked]:
    """Writes the training half to `out`/nlu.yml for Rasa and returns the test half."""
    examples: dict[str, list[str]] = {}
    for text, intent in _rows(folder / "train.tsv"):
        examples.setdefault(intent, []).append(text)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in examples.items()
    ]
    out.mkdir(parents=True, exist_ok=True)
    (out / "nlu.yml").write_text(
        yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000), "utf-8"
    )
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


def development(folder: Path) -> list[Asked]:
    """Our own questions, all files `dev_*.jsonl` of the folder."""
    beyond = out_of_scope_questions()
    asked = []
    for path in sorted(folder.glob("dev_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            inside = row["expected"] != OUT_OF_SCOPE
            expected = frozenset(row["expected"].split("|")) if inside else beyond
            asked.append(Asked(row["question"], row["language"], row["style"], expected, inside))
    return asked


def sample(data: Path, out: Path, most: int) -> None:
    """Writes to `out`/nlu.yml at most `most` examples a question of `data`, spread over all of them
    and so over the languages: what the stock pipeline can learn in minutes instead of hours."""
    reader = YAML(typ="safe")
    nlu = []
    for block in reader.load(data.read_text(encoding="utf-8"))["nlu"]:
        lines = block["examples"].splitlines(keepends=True)
        if "intent" in block and len(lines) > most:
            lines = [lines[number * len(lines) // most] for number in range(most)]
        nlu.append({**block, "examples": "".join(lines)})
    out.mkdir(parents=True, exist_ok=True)
    (out / "nlu.yml").write_text(
        yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000), "utf-8"
    )


def out_of_scope_questions() -> frozenset[str]:
    """The ids in content/ whose kind is out_of_scope."""
    return _ids_of_kind(OUT_OF_SCOPE)


def sensitive_questions() -> frozenset[str]:
    """The ids in content/ whose kind is sensitive."""
    return _ids_of_kind("sensitive")


def _ids_of_kind(kind: str) -> frozenset[str]:
    reader = YAML(typ="safe")
    return frozenset(
        question["id"]
        for path in sorted((ROOT / "content" / "national").glob("*.yml"))
        for question in (reader.load(path.read_text(encoding="utf-8")) or {}).get("questions") or []
        if question.get("kind") == kind
    )
