"""What a model was taught, kept beside it, and what has changed in ``content/`` since then."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Lines = Mapping[str, tuple[str, ...]]
TABLES = "tables/"


@dataclass(frozen=True)
class Taught:
    """*model* is the SHA-256 of the model's file, *pipeline* of all that says how it learns.

    *lines* are what it learned from: examples by question id, names by ``tables/NAME``.
    """

    model: str
    pipeline: str
    lines: Lines


@dataclass(frozen=True)
class Change:
    """What would be learned and what forgotten under *name*; *new* and *gone* concern all of it."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    new: bool = False
    gone: bool = False


def lines_of(training_data: Mapping[str, Any]) -> Lines:
    """The lines of the body of ``nlu.json``; another name of a place is "other = name"."""
    body = training_data["rasa_nlu_data"]
    lines: dict[str, list[str]] = {}
    for example in body["common_examples"]:
        lines.setdefault(example["intent"], []).append(example["text"])
    for table in body["lookup_tables"]:
        lines[TABLES + table["name"]] = table["elements"]
    for named in body["entity_synonyms"]:
        others = (f"{other} = {named['value']}" for other in named["synonyms"])
        lines.setdefault(f"{TABLES}synonym", []).extend(others)
    return {name: tuple(listed) for name, listed in lines.items()}


def changes(before: Lines, now: Lines) -> Iterator[Change]:
    """Every question or table that differs; the order of lines changes nothing."""
    for name in dict.fromkeys([*now, *before]):
        known, wanted = before.get(name, ()), now.get(name, ())
        added = tuple(line for line in wanted if line not in set(known))
        removed = tuple(line for line in known if line not in set(wanted))
        new, gone = name not in before, name not in now
        if added or removed or new or gone:
            yield Change(name, added, removed, new, gone)


def read_taught(path: Path, model: str) -> Taught | None:
    """The record in *path*; None when there is none, or when it is of another model."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if body.get("model") != model:
        return None
    lines = {name: tuple(listed) for name, listed in body["lines"].items()}
    return Taught(model, body["pipeline"], lines)


def write_taught(path: Path, taught: Taught) -> None:
    path.write_text(json.dumps(asdict(taught), ensure_ascii=False), encoding="utf-8")
