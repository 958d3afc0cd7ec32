"""Read ``content/`` into a Library, collecting every problem instead of stopping at the first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core.content.model import (
    LAYERS,
    LOOKUPS,
    NATIONAL,
    SERVICES,
    Link,
    Question,
    QuestionKind,
    Subject,
    Words,
)
from core.content.reminder_file import read_reminders
from core.content.reminders import RuleSet
from core.content.safety_file import read_safety
from core.content.tables import Tables, read_tables
from core.content.translations import Shelves, lay_over
from core.content.yamlfile import Problem, YamlFile, read_yaml
from core.languages import LANGUAGES
from core.safety import SafetyNet

QUESTION_KEYS = {
    "id", "title", "kind", "examples", "answer", "sms", "links", "source", "checked_on",
    "lookup", "cases", "service",
}  # fmt: skip
SUBJECT_KEYS = {"subject", "title", "menu", "questions"}


@dataclass(frozen=True)
class Library:
    """All that can be said.

    *files* tells where each question was written, by layer and id; *translated* the same of
    translations, by language, layer and id.
    """

    subjects: tuple[Subject, ...]
    questions: Mapping[str, Question]
    tables: Tables
    safety: SafetyNet
    files: Mapping[tuple[str, str], tuple[YamlFile, int]]
    translated: Mapping[tuple[str, str, str], tuple[YamlFile, int]]
    reminders: tuple[RuleSet, ...] = ()

    def examples(self) -> dict[str, list[str]]:
        """Every example by language."""
        return {
            language: [
                text for one in self.questions.values() for text in one.examples.get(language, ())
            ]
            for language in LANGUAGES
        }

    def subject(self, subject_id: str) -> Subject | None:
        return next((one for one in self.subjects if one.id == subject_id), None)


class ContentError(Exception):
    """``content/`` cannot be used; *problems* say where and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s), first: {problems[0]}")
        self.problems = problems


def load(root: Path) -> Library:
    """The library under *root*. Raises ContentError with every problem of form."""
    library, problems = read(root)
    if problems:
        raise ContentError(problems)
    return library


def read(root: Path) -> tuple[Library, list[Problem]]:
    """What can be read under *root*, and all that is wrong with its form."""
    problems: list[Problem] = []
    subjects: dict[str, Subject] = {}
    questions: dict[str, Question] = {}
    files: dict[tuple[str, str], tuple[YamlFile, int]] = {}
    for layer in LAYERS:
        for path in sorted((root / layer).glob("*.yml")):
            file = read_yaml(path, root)
            if isinstance(file, Problem):
                problems.append(file)
                continue
            body = _mapping(file, problems)
            if body is None:
                continue
            if layer == NATIONAL:
                subjects[path.stem] = _subject(file, body, path.stem, problems)
            problems.extend(_unknown(file, body, SUBJECT_KEYS))
            for at, raw in _entries(file, body, problems):
                entry = _Entry(file, at, raw, layer, path.stem)
                known = questions.get(entry.id)
                problems.extend(entry.problems(known))
                if (layer, entry.id) in files:
                    problems.append(file.problem("check.id_twice", *at, "id", id=entry.id))
                elif layer == NATIONAL:
                    questions[entry.id] = entry.question()
                elif known is not None:
                    questions[entry.id] = entry.laid_over(known)
                files[layer, entry.id] = (file, int(at[1]))
    shelves = Shelves(subjects, questions, problems, {})
    lay_over(root, shelves)
    order = _menu(root, subjects, problems)
    safety, wrong_words = read_safety(root, questions)
    tables, wrong = read_tables(root)
    reminders, wrong_reminders = read_reminders(root)
    library = Library(order, questions, tables, safety, files, shelves.files, reminders)
    return library, problems + wrong_words + wrong + wrong_reminders


@dataclass(frozen=True)
class _Entry:
    """One question as written in one file; *at* is its way in the file."""

    file: YamlFile
    at: tuple[str | int, ...]
    raw: Mapping[str, object]
    layer: str
    subject: str

    @property
    def id(self) -> str:
        return str(self.raw.get("id", ""))

    def problems(self, known: Question | None) -> Iterator[Problem]:
        yield from _unknown(self.file, self.raw, QUESTION_KEYS, *self.at)
        needed = ["id", "answer", "sms", "source", "checked_on"]
        if self.layer == NATIONAL:
            needed += ["title", "examples"]
        elif known is None:
            yield self._problem("check.not_national", "id", id=self.id)
        lookup = self.raw.get("lookup")
        if lookup is not None and lookup not in LOOKUPS:
            yield self._problem(
                "check.unknown_lookup", "lookup", found=lookup, known=", ".join(sorted(LOOKUPS))
            )
        service = self.raw.get("service")
        if service is not None and service not in SERVICES:
            yield self._problem(
                "check.unknown_service", "service", found=service, known=", ".join(sorted(SERVICES))
            )
        kind = self.raw.get("kind", "answer")
        if kind not in set(QuestionKind):
            kinds = ", ".join(QuestionKind)
            yield self._problem("check.unknown_kind", "kind", found=kind, known=kinds)
        for key in needed:
            if not self.raw.get(key):
                yield self._problem("check.missing", id=self.id or "?", name=key)
        if self.raw.get("checked_on") and not isinstance(self.raw["checked_on"], date):
            yield self._problem("check.not_a_date", "checked_on", found=self.raw["checked_on"])
        yield from self._examples_problems()

    def _examples_problems(self) -> Iterator[Problem]:
        examples = self.raw.get("examples", {})
        if not isinstance(examples, dict):
            yield self._problem("check.not_by_language", "examples", id=self.id)
            return
        for language, lines in examples.items():
            if language not in LANGUAGES:
                yield self._problem("check.unknown_language", "examples", found=language)
            elif not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
                yield self._problem("check.not_text", "examples", language, id=self.id)

    def _problem(self, key: str, *under: str | int, **values: object) -> Problem:
        return self.file.problem(key, *self.at, *under, **values)

    def question(self) -> Question:
        kind = self.raw.get("kind", "answer")
        return Question(
            id=self.id,
            subject=self.subject,
            title=str(self.raw.get("title", "")),
            kind=QuestionKind(str(kind)) if kind in set(QuestionKind) else QuestionKind.ANSWER,
            examples=self._examples(),
            words={self.layer: _words(self.raw)},
            lookup=str(self.raw["lookup"]) if self.raw.get("lookup") else None,
            service=str(self.raw["service"]) if self.raw.get("service") else None,
        )

    def laid_over(self, known: Question) -> Question:
        """*known* with this territory's words, and its examples added."""
        more = self._examples()
        examples = {
            language: known.examples.get(language, ()) + more.get(language, ())
            for language in LANGUAGES
        }
        words = {**known.words, self.layer: _words(self.raw)}
        return replace(known, examples=examples, words=words)

    def _examples(self) -> dict[str, tuple[str, ...]]:
        raw = self.raw.get("examples")
        examples = raw if isinstance(raw, dict) else {}
        return {
            language: tuple(str(line) for line in examples.get(language) or ())
            for language in LANGUAGES
        }


def _words(raw: Mapping[str, object]) -> Words:
    links = raw.get("links") or []
    cases = raw.get("cases") or {}
    source = raw.get("source") or []
    checked = raw.get("checked_on")
    return Words(
        answer=str(raw.get("answer") or "").strip(),
        sms=" ".join(str(raw.get("sms") or "").split()),
        links=tuple(
            Link(str(link.get("label", "")), str(link.get("url", "")))
            for link in (links if isinstance(links, list) else [])
            if isinstance(link, dict)
        ),
        source=tuple(map(str, source)) if isinstance(source, list) else (str(source),),
        checked_on=checked if isinstance(checked, date) else None,
        cases={
            str(name): _words(case)
            for name, case in (cases.items() if isinstance(cases, dict) else ())
            if isinstance(case, dict)
        },
    )


def _subject(
    file: YamlFile, body: Mapping[str, object], stem: str, problems: list[Problem]
) -> Subject:
    menu = body.get("menu") or []
    if body.get("subject") != stem:
        problems.append(file.problem("check.subject_name", "subject", name=stem))
    if not body.get("title"):
        problems.append(file.problem("check.missing", id=stem, name="title"))
    return Subject(
        stem, str(body.get("title", "")), tuple(map(str, menu if isinstance(menu, list) else ()))
    )


def _menu(root: Path, subjects: dict[str, Subject], problems: list[Problem]) -> tuple[Subject, ...]:
    """Subjects in the order of ``menu.yml``; the others after them, unlisted in the menu."""
    file = read_yaml(root / "menu.yml", root) if (root / "menu.yml").exists() else None
    if file is None or isinstance(file, Problem):
        problems.append(file or Problem("menu.yml", 1, "check.empty_file"))
        return tuple(subjects.values())
    body = _mapping(file, problems) or {}
    listed = body.get("subjects")
    order: list[Subject] = []
    for position, name in enumerate(listed if isinstance(listed, list) else []):
        if name in subjects:
            order.append(subjects[name])
        else:
            problems.append(file.problem("check.unknown_subject", "subjects", position, name=name))
    hidden = [replace(one, menu=()) for one in subjects.values() if one not in order]
    return tuple(order + hidden)


def _mapping(file: YamlFile, problems: list[Problem]) -> Mapping[str, object] | None:
    if isinstance(file.value, dict):
        return file.value
    problems.append(file.problem("check.not_a_mapping"))
    return None


def _entries(
    file: YamlFile, body: Mapping[str, object], problems: list[Problem]
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, object]]]:
    entries = body.get("questions")
    for position, raw in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(raw, dict):
            yield ("questions", position), raw
        else:
            problems.append(file.problem("check.not_a_mapping", "questions", position))


def _unknown(
    file: YamlFile, raw: Mapping[str, object], known: set[str], *at: str | int
) -> Iterator[Problem]:
    for key in raw:
        if key not in known:
            yield file.problem(
                "check.unknown_key", *at, key, name=key, known=", ".join(sorted(known))
            )
