"""Questions that staff are still writing: ``content/drafts/ID.yml``, which nobody is answered from.

A draft has the form of content/README.md, with one question in it. It is checked as it would
be in ``national/``, and goes there whole or not at all.
"""

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from core.content.check import FRENCH_EXAMPLES, OTHER_EXAMPLES, check
from core.content.model import NATIONAL
from core.content.yamlfile import Problem, YamlFile, read_yaml
from core.languages import FRENCH, LANGUAGES

FOLDER = "drafts"
ANSWER = "  answer: "  # the key that follows the examples


@dataclass(frozen=True)
class Draft:
    """A question of the common ground before it is one; *examples* by language."""

    id: str
    subject: str
    title: str
    examples: Mapping[str, Sequence[str]]
    answer: str
    sms: str
    source: Sequence[str]
    checked_on: date


def path_of(root: Path, question_id: str) -> Path:
    return root / FOLDER / f"{question_id}.yml"


def drafts(root: Path) -> list[str]:
    """The ids of all that is being written."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yml"))


def written(draft: Draft, hints: Mapping[str, str]) -> str:
    """The file's text; *hints* (by language) stand where examples are still missing."""
    examples = {
        language: list(draft.examples[language])
        for language in LANGUAGES
        if draft.examples.get(language)
    }
    answer = "".join(f"{line.rstrip()}\n" for line in draft.answer.strip().splitlines())
    entry = {
        "id": draft.id,
        "title": draft.title,
        "examples": examples or {FRENCH: []},
        "answer": block(answer),
        "sms": " ".join(draft.sms.split()),
        "source": list(draft.source),
        "checked_on": draft.checked_on,
    }
    body = {"subject": draft.subject, "questions": [entry]}
    text = yaml.dump(body, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100_000)
    comments = "".join(f"    # {hints[one]}\n" for one in LANGUAGES if lacks(draft, one))
    before, mark, after = text.partition(ANSWER)
    return before + comments + mark + after


def lacks(draft: Draft, language: str) -> bool:
    """Whether *language* has fewer examples than the content needs."""
    least = FRENCH_EXAMPLES if language == FRENCH else OTHER_EXAMPLES
    return len(draft.examples.get(language, ())) < least


def problems(root: Path, question_id: str, text: str) -> list[Problem]:
    """What ``content check`` would say of the draft *text* if it were live; lines are its own."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "content"
        shutil.copytree(root, copy)
        draft = path_of(copy, question_id)
        draft.parent.mkdir(exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        file = read_yaml(draft, copy)
        if isinstance(file, Problem):
            return [file]
        live = copy / NATIONAL / f"{_subject(file)}.yml"
        if not live.exists():
            return [file.problem("check.unknown_subject", "subject", name=_subject(file))]
        above = _append(live, text)
        shift = above - _lines_before(text)
        found = []
        for problem in check(copy):
            if problem.file == f"{NATIONAL}/{live.name}" and problem.line > above:
                found.append(replace(problem, file=file.name, line=problem.line - shift))
            elif problem.values.get("other") == question_id:
                found.append(problem)
    return found


def publish(root: Path, question_id: str) -> None:
    """Move a draft without problems into ``national/``, where people are answered from."""
    path = path_of(root, question_id)
    text = path.read_text(encoding="utf-8")
    file = read_yaml(path, root)
    assert isinstance(file, YamlFile)
    examples, mark, rest = text.partition(ANSWER)
    without_hints = re.sub(r"^    # .*\n", "", examples, flags=re.MULTILINE)
    _append(root / NATIONAL / f"{_subject(file)}.yml", without_hints + mark + rest)
    path.unlink()


def _append(live: Path, text: str) -> int:
    """Add the question of the draft *text* to the file *live*, in one step; the lines above it."""
    lines = live.read_text(encoding="utf-8").rstrip().splitlines()
    added = ["", *text.rstrip().splitlines()[_lines_before(text) :]]
    partial = live.with_suffix(".partial")
    partial.write_text("\n".join([*lines, *added]) + "\n", encoding="utf-8")
    partial.replace(live)
    return len(lines) + 1


def _lines_before(text: str) -> int:
    """How many lines stand before the question itself."""
    found = re.search(r"^- ", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) if found else 0


def _subject(file: YamlFile) -> str | None:
    subject = file.value.get("subject") if isinstance(file.value, dict) else None
    return str(subject) if subject else None


def block(value: object) -> object:
    """*value* with its texts of several lines, at any depth, as YAML writes them line by line."""
    if isinstance(value, dict):
        return {key: block(one) for key, one in value.items()}
    return _Block(value) if isinstance(value, str) and "\n" in value else value


class _Block(str):
    """Text that YAML writes line by line."""


class Dumper(yaml.SafeDumper):
    """Writes the way ``content/`` is written."""


Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
)
