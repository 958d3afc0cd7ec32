"""A question of ``content/`` in a form: read, tried, and put in place whole or not at all.

What is tried is a copy of the whole folder, with the same check as the command line's: a bad edit
never reaches the assistant. Two who edit one question: the second is told.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.content import drafts, rewriting
from core.content.check import check, examined
from core.content.load import Library
from core.content.model import LAYERS, NATIONAL
from core.content.rewriting import NoSuchQuestion, cleaned
from core.content.translations import FOLDER, TRANSLATED, fingerprint
from core.content.yamlfile import Problem
from core.languages import FRENCH, LANGUAGES

Fields = Mapping[str, str]
TEXTS = ("title", "answer", "sms")


@dataclass(frozen=True)
class Place:
    """Where a text is: *layer* and *language* of a question, or a draft. Only names that are known
    make one: they become part of a path."""

    id: str
    subject: str
    layer: str = NATIONAL
    language: str = FRENCH
    draft: bool = False

    @property
    def file(self) -> str:
        """Relative to ``content/``."""
        if self.draft:
            return f"{drafts.FOLDER}/{self.id}.yml"
        name = f"{self.layer}/{self.subject}.yml"
        return name if self.language == FRENCH else f"{FOLDER}/{self.language}/{name}"


@dataclass(frozen=True)
class Opened:
    """What a form shows, and the fingerprint of where it comes from ("" when it is not there)."""

    place: Place
    fields: Fields
    was: str


@dataclass(frozen=True)
class Tried:
    """What became of an edit. It may be put in place when there are no *problems*; *theirs* is the
    question as somebody else wrote it meanwhile; *library* is how all would be with it."""

    problems: Sequence[Problem] = ()
    theirs: Opened | None = None
    library: Library | None = None
    changed: Sequence[str] = ()
    saved: bool = False


def place(library: Library, question_id: str, layer: str, language: str) -> Place:
    """Raises NoSuchQuestion for names that are not known."""
    question = library.questions.get(question_id)
    if question is None or layer not in LAYERS or language not in LANGUAGES:
        raise NoSuchQuestion(question_id)
    if layer not in question.words:
        raise NoSuchQuestion(question_id)
    return Place(question.id, question.subject, layer, language)


def draft_place(root: Path, question_id: str) -> Place:
    """Raises NoSuchQuestion for names that are not known."""
    if question_id not in drafts.drafts(root):
        raise NoSuchQuestion(question_id)
    return Place(question_id, "", draft=True)


def opened(root: Path, where: Place) -> Opened:
    """The fields as they are now. Raises NoSuchQuestion for what is in no file."""
    path = root / where.file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        lines = rewriting.find(text, where.id)
    except NoSuchQuestion:
        if where.language == FRENCH:
            raise
        return Opened(where, dict.fromkeys(TEXTS, ""), "")
    return Opened(where, _fields(rewriting.values(lines), where), rewriting.fingerprint(lines))


def attempt(
    root: Path, library: Library, where: Place, was: str, fields: Fields, save: bool, today: date
) -> Tried:
    """Try *fields*, which began from *was*; with *save* put them in place when nothing is wrong."""
    with _alone(root):
        now = opened(root, where)
        if now.was != was:
            return Tried(theirs=now)
        path = root / where.file
        text = path.read_text(encoding="utf-8") if path.exists() else "questions:\n"
        changes = _changes(library, where, now, fields, today)
        try:
            if now.was:
                new = rewriting.rewritten(text, where.id, changes)
            else:
                new = rewriting.added(text, where.id, {"id": where.id, **changes})
        except ValueError:
            return Tried([Problem(where.file, 1, "check.not_yaml", {"why": "?"})])
        changed = tuple(changes)
        if where.draft:
            problems: Sequence[Problem] = drafts.problems(root, where.id, new)
            after = None
            blocking = [one for one in problems if one.key != "check.few_examples"]
        else:
            after, problems = tried(root, where.file, new)
            blocking = list(problems)
        if blocking or not save:
            return Tried(problems, library=after, changed=changed)
        put(path, new)
        return Tried(problems, library=after, changed=changed, saved=True)


def tried(root: Path, file: str, text: str) -> tuple[Library, list[Problem]]:
    """How all would be with *text* in *file*, and what would be wrong that is not now."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "content"
        shutil.copytree(root, copy)
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_text(text, encoding="utf-8")
        library, problems = examined(copy)
    known = {_said(one) for one in check(root)} if problems else set()
    return library, [one for one in problems if _said(one) not in known]


def put(path: Path, text: str) -> None:
    """In one step: nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One edit at a time, in all processes: the folder itself is the lock."""
    held = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _said(problem: Problem) -> tuple[str, str, str]:
    return problem.file, problem.key, str(problem.values)


def _fields(entry: Mapping[str, object], where: Place) -> dict[str, str]:
    """Of a form: ``answer``, ``cases.found.sms``, ``examples.fr`` (one a line) ..."""
    fields = {name: str(entry.get(name) or "").strip() for name in TEXTS}
    cases = entry.get("cases")
    for case, said in cases.items() if isinstance(cases, dict) else ():
        for name in ("answer", "sms"):
            fields[f"cases.{case}.{name}"] = str(said.get(name) or "").strip()
    if where.language == FRENCH:
        examples = entry.get("examples")
        given = examples if isinstance(examples, dict) else {}
        for language in LANGUAGES:
            fields[f"examples.{language}"] = "\n".join(map(str, given.get(language) or ()))
        source = entry.get("source") or []
        fields["source"] = "\n".join(map(str, source if isinstance(source, list) else [source]))
    return fields


def _changes(
    library: Library, where: Place, now: Opened, fields: Fields, today: date
) -> dict[str, object]:
    """The keys that are to be written; a field that the question has not is not heard."""
    mine = {name: cleaned(fields.get(name, now.fields[name])) for name in now.fields}
    differs = {name for name in mine if mine[name] != now.fields[name]}
    changes: dict[str, object] = {}
    for name in TEXTS:
        if name in differs:
            long = "\n" in mine[name] or name != "title"
            changes[name] = (mine[name] + "\n" if long else mine[name]) if mine[name] else None
    if any(name.startswith("cases.") for name in differs):
        cases: dict[str, dict[str, str]] = {}
        for name in mine:
            if name.startswith("cases."):
                _, case, key = name.split(".")
                cases.setdefault(case, {})[key] = mine[name] + "\n"
        changes["cases"] = cases
    if any(name.startswith("examples.") for name in differs):
        listed = {one: _listed(mine[f"examples.{one}"]) for one in LANGUAGES}
        changes["examples"] = {one: lines for one, lines in listed.items() if lines} or None
    if "source" in differs:
        changes["source"] = _listed(mine["source"]) or None
    if where.language in TRANSLATED:
        # Whoever writes it has read it, against the French of today.
        french = library.questions[where.id].words[where.layer]
        changes |= {"of": fingerprint(french), "checked": "human"}
    elif differs & {"answer", "sms"}:
        changes["checked_on"] = today
    return changes


def _listed(text: str) -> list[str]:
    return [one for line in text.split("\n") if (one := " ".join(line.split()))]
