"""Make Rasa's training data out of ``content/``: examples, gazetteers, the intents.

Files are written only when they change, so that what depends on them is made again only
then: new wording asks for no training.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from core.content.load import Library

VERSION = "3.1"
# Rasa builds a dialogue only where there is a story; nothing is learned from it (AnswerPolicy).
STORIES = [{"story": "answer", "steps": [{"intent": "nlu_fallback"}, {"action": "action_answer"}]}]


def compile_rasa(library: Library, domain: Path, out: Path) -> bool:
    """Write ``nlu.json``, ``stories.yml`` and ``domain.yml`` into *out*; True when any changed.

    *domain* is the project's own ``domain.yml``, to which the questions' intents are added.
    """
    base = yaml.safe_load(domain.read_text(encoding="utf-8"))
    base["intents"] = [*base.get("intents", []), *library.questions]
    files = {
        "nlu.json": training_data(library),
        "stories.yml": {"version": VERSION, "stories": STORIES},
        "domain.yml": base,
    }
    out.mkdir(parents=True, exist_ok=True)
    for left in set(out.iterdir()) - {out / name for name in files}:
        left.unlink()  # Rasa reads whatever is there
    changed = [_write(out / name, body) for name, body in files.items()]
    return any(changed)


def training_data(library: Library) -> Mapping[str, Any]:
    """The body of ``nlu.json``: examples by question; communes and collèges as lookup tables,
    their other names as synonyms. Rasa reads it in half the time of its YAML form."""
    examples = [
        {"text": line, "intent": question.id}
        for question in library.questions.values()
        for line in _clean(line for lines in question.examples.values() for line in lines)
    ]
    named = {
        "commune": [(one.name, one.aliases) for one in library.tables.communes],
        "college": [(one.name, one.names[1:]) for one in library.tables.colleges],
    }
    tables = [
        {"name": entity, "elements": _clean(name for name, _ in rows)}
        for entity, rows in named.items()
    ]
    synonyms = [
        {"value": name, "synonyms": _clean(others)}
        for rows in named.values()
        for name, others in rows
        if others
    ]
    return {
        "rasa_nlu_data": {
            "common_examples": examples,
            "lookup_tables": tables,
            "entity_synonyms": synonyms,
        }
    }


def _clean(lines: Iterable[str]) -> list[str]:
    """Each once, without square brackets, which elsewhere mark an entity."""
    clean = (" ".join(line.replace("[", "(").replace("]", ")").split()) for line in lines)
    return [line for line in dict.fromkeys(clean) if line]


def _write(path: Path, body: object) -> bool:
    if path.suffix == ".json":
        text = json.dumps(body, ensure_ascii=False, indent=0)
    else:
        text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=10_000)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True
