"""Make Rasa's training data out of ``content/``: examples, gazetteers, one rule a question.

Files are written only when they change, so that what depends on them is made again only
then: new wording asks for no training.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from core.content.load import Library

VERSION = "3.1"
ANSWER = "action_answer"
# Below the thresholds of config.yml. Without its own rule Rasa would run the action again and
# again, until its circuit breaker trips.
UNSURE, FALLBACK = "nlu_fallback", "action_fallback"


def compile_rasa(library: Library, domain: Path, out: Path) -> bool:
    """Write ``nlu.yml``, ``rules.yml`` and ``domain.yml`` into *out*; True when any changed.

    *domain* is the project's own ``domain.yml``, to which the questions' intents are added.
    """
    base = yaml.safe_load(domain.read_text(encoding="utf-8"))
    base["intents"] = [*base.get("intents", []), *library.questions]
    answers = [(UNSURE, FALLBACK), *((name, ANSWER) for name in library.questions)]
    rules = [
        {"rule": name, "steps": [{"intent": name}, {"action": action}]} for name, action in answers
    ]
    files = {
        "nlu.yml": training_data(library),
        "rules.yml": {"version": VERSION, "rules": rules},
        "domain.yml": base,
    }
    out.mkdir(parents=True, exist_ok=True)
    changed = [_write(out / name, body) for name, body in files.items()]
    return any(changed)


def training_data(library: Library) -> Mapping[str, Any]:
    """The body of ``nlu.yml``: examples by question; communes and collèges as lookup tables,
    their other names as synonyms."""
    nlu: list[dict[str, object]] = [
        {"intent": question.id, "examples": _bullets(_examples(question.examples.values()))}
        for question in library.questions.values()
    ]
    named = {
        "commune": [(one.name, one.aliases) for one in library.tables.communes],
        "college": [(one.name, one.names[1:]) for one in library.tables.colleges],
    }
    for entity, rows in named.items():
        nlu.append({"lookup": entity, "examples": _bullets([name for name, _ in rows])})
        nlu += [
            {"synonym": name, "examples": _bullets(list(others))} for name, others in rows if others
        ]
    return {"version": VERSION, "nlu": nlu}


def _examples(by_language: object) -> list[str]:
    return [line for lines in by_language for line in lines]  # type: ignore[attr-defined]


def _bullets(lines: list[str]) -> str:
    """Rasa's own form; square brackets would be read as entities, so they go."""
    clean = (" ".join(line.replace("[", "(").replace("]", ")").split()) for line in lines)
    return "".join(f"- {line}\n" for line in dict.fromkeys(clean) if line)


def _write(path: Path, body: object) -> bool:
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=10_000)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True
