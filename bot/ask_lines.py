"""The files that `python -m bot ask` reads: a JSON object a line, every line checked before any is
played."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from core.content.model import LAYERS
from core.languages import LANGUAGES
from core.messages import Event

CHANNELS = {"telegram": "ask_chat", "sms": "ask_sms"}
"""What a line calls a channel, and the name of the one that plays it."""


class BadLine(ValueError):
    """A line of the input file cannot be played; *key* names the staff sentence."""

    def __init__(self, line: int, key: str, **values: object) -> None:
        super().__init__(f"line {line}: {key}")
        self.line, self.key, self.values = line, key, values


def read_batch(path: Path) -> list[dict[str, Any]]:
    """The questions in *path*, every line checked before any is asked. Raises BadLine."""
    lines = []
    for number, line in _json_lines(path):
        _check_person(number, line)
        if "id" not in line or not isinstance(line.get("question"), str):
            raise BadLine(number, "ask.bad_question")
        lines.append(line)
    return lines


def read_conversations(path: Path) -> list[dict[str, Any]]:
    """The conversations in *path*, every one checked before any is played. Raises BadLine."""
    conversations = []
    for number, line in _json_lines(path):
        _check_person(number, line)
        turns = line.get("turns")
        if not isinstance(turns, list) or not all(_is_turn(turn) for turn in turns):
            raise BadLine(number, "ask.bad_turns")
        conversations.append(line)
    return conversations


def _is_turn(turn: object) -> bool:
    if not isinstance(turn, dict):
        return False
    if turn.get("event") is not None:
        return turn["event"] in set(Event)
    return isinstance(turn.get("user", turn.get("button")), str)


def _check_person(number: int, line: Mapping[str, Any]) -> None:
    for key, known in (("channel", CHANNELS), ("territory", LAYERS), ("language", LANGUAGES)):
        if line.get(key) is not None and line[key] not in known:
            raise BadLine(number, "ask.unknown", name=key, found=line[key], known=", ".join(known))


def _json_lines(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                line = json.loads(text)
            except ValueError:
                raise BadLine(number, "ask.not_json") from None
            if not isinstance(line, dict):
                raise BadLine(number, "ask.not_json")
            yield number, line
