"""Answers in other languages: ``content/translations/LANGUAGE/LAYER/SUBJECT.yml``.

A translation names the French text that it follows by a fingerprint (``of``). When the French
changes, or before somebody signed it (``python -m bot content sign``), it does not follow, and
people get the French with a word of excuse: an old translation could say what is no longer true.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.content.model import LAYERS, NATIONAL, Checked, Link, Question, Subject, Words
from core.content.yamlfile import Problem, YamlFile, read_yaml
from core.languages import FRENCH, LANGUAGES

FOLDER = "translations"
TRANSLATED = tuple(language for language in LANGUAGES if language != FRENCH)
ENTRY_KEYS = {"id", "of", "checked", "title", "answer", "sms", "links", "cases"}
FILE_KEYS = {"title", "questions"}


@dataclass(frozen=True)
class Gap:
    """A text that somebody should look at: *why* is ``missing``, ``old`` or ``machine``."""

    language: str
    layer: str
    question_id: str
    subject: str
    why: str

    @property
    def file(self) -> str:
        """Where it is or should be, relative to ``content/``."""
        return f"{FOLDER}/{self.language}/{self.layer}/{self.subject}.yml"


@dataclass
class Shelves:
    """The French subjects and questions, to which translations are added."""

    subjects: dict[str, Subject]
    questions: dict[str, Question]
    problems: list[Problem]
    files: dict[tuple[str, str, str], tuple[YamlFile, int]]


def fingerprint(words: Words) -> str:
    """Eight hexadecimal digits that change when any word of *words* does; links by their labels."""

    def said(one: Words) -> list[object]:
        return [one.answer, one.sms, [link.label for link in one.links]]

    body = [*said(words), {name: said(case) for name, case in sorted(words.cases.items())}]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()[:8]


def lay_over(root: Path, shelves: Shelves) -> None:
    """Read every translation under *root* into *shelves*, with the problems of their form."""
    for language in TRANSLATED:
        for layer in LAYERS:
            for path in sorted((root / FOLDER / language / layer).glob("*.yml")):
                file = read_yaml(path, root)
                if isinstance(file, Problem):
                    shelves.problems.append(file)
                elif isinstance(file.value, dict):
                    _File(file, file.value, language, layer, path.stem).lay(shelves)
                else:
                    shelves.problems.append(file.problem("check.not_a_mapping"))


@dataclass(frozen=True)
class _File:
    file: YamlFile
    body: Mapping[str, object]
    language: str
    layer: str
    subject: str

    def lay(self, shelves: Shelves) -> None:
        shelves.problems.extend(self._unknown(self.body, FILE_KEYS))
        subject = shelves.subjects.get(self.subject)
        if subject and self.layer == NATIONAL:
            titles = {**subject.titles, self.language: str(self.body.get("title") or "")}
            shelves.subjects[self.subject] = replace(subject, titles=titles)
        entries = self.body.get("questions")
        for position, raw in enumerate(entries if isinstance(entries, list) else []):
            if not isinstance(raw, dict):
                shelves.problems.append(
                    self.file.problem("check.not_a_mapping", "questions", position)
                )
                continue
            problems = list(self._problems(raw, position, shelves))
            shelves.problems.extend(problems)
            if not problems:
                question = shelves.questions[str(raw["id"])]
                shelves.files[self.language, self.layer, question.id] = (self.file, position)
                shelves.questions[question.id] = self._laid(question, raw)

    def _problems(
        self, raw: Mapping[str, object], position: int, shelves: Shelves
    ) -> Iterator[Problem]:
        at = ("questions", position)
        yield from self._unknown(raw, ENTRY_KEYS, *at)
        question = shelves.questions.get(str(raw.get("id")))
        if question is None or self.layer not in question.words:
            yield self.file.problem("check.dead_id", *at, "id", name=raw.get("id"))
            return
        if self.language in question.said and self.layer in question.said[self.language]:
            yield self.file.problem("check.id_twice", *at, "id", id=question.id)
        if raw.get("checked", Checked.MACHINE) not in set(Checked):
            yield self.file.problem("check.checked", *at, "checked", known=", ".join(Checked))
        french = question.words[self.layer]
        needed = ["answer", "sms", *(["title"] if self.layer == NATIONAL else [])]
        for name in needed:
            if not raw.get(name):
                yield self.file.problem("check.missing", *at, id=question.id, name=name)
        cases = raw.get("cases") or {}
        names = set(cases) if isinstance(cases, dict) else set()
        for name in sorted(names ^ french.cases.keys()):
            yield self.file.problem(
                "check.cases", *at, "cases", id=question.id, name=name,
                known=", ".join(sorted(french.cases)),
            )  # fmt: skip

    def _laid(self, question: Question, raw: Mapping[str, object]) -> Question:
        """*question* with this translation; one that no longer follows the French is left aside."""
        titles, said = dict(question.titles), dict(question.said)
        french = question.words[self.layer]
        if self.layer == NATIONAL:
            titles[self.language] = str(raw["title"])
        if raw.get("of") and str(raw["of"]) == fingerprint(french):
            said[self.language] = {
                **said.get(self.language, {}), self.layer: _translated(french, raw)
            }  # fmt: skip
        return replace(question, titles=titles, said=said)

    def _unknown(
        self, raw: Mapping[str, object], known: set[str], *at: str | int
    ) -> Iterator[Problem]:
        for key in raw:
            if key not in known:
                yield self.file.problem(
                    "check.unknown_key", *at, key, name=key, known=", ".join(sorted(known))
                )


def _translated(french: Words, raw: Mapping[str, object]) -> Words:
    """*french* in the words of *raw*: its source and addresses stay."""
    labels = raw.get("links")
    cases = raw.get("cases")
    given = labels if isinstance(labels, list) and len(labels) == len(french.links) else None
    return replace(
        french,
        answer=str(raw.get("answer") or "").strip(),
        sms=" ".join(str(raw.get("sms") or "").split()),
        links=tuple(
            Link(str(label), link.url) for label, link in zip(given, french.links, strict=True)
        )
        if given
        else french.links,
        cases={
            name: _translated(case, cases[name] if isinstance(cases, dict) else {})
            for name, case in french.cases.items()
        },
        checked=Checked(str(raw["checked"])) if raw.get("checked") else None,
    )


def gaps(questions: Mapping[str, Question], known: Mapping[tuple[str, str, str], str]) -> list[Gap]:
    """What is missing, old or read by no human; *known* are the ``of`` of all that is written."""
    found = []
    for question in questions.values():
        for language in TRANSLATED:
            for layer in question.words:
                words = question.said.get(language, {}).get(layer)
                if words is not None and words.checked == Checked.HUMAN:
                    continue
                why = "machine" if words else "missing"
                if words is None and (language, layer, question.id) in known:
                    why = "old"
                found.append(Gap(language, layer, question.id, question.subject, why))
    return found


def written(root: Path) -> dict[tuple[str, str, str], str]:
    """The ``of`` of every translation in the files: (language, layer, id) → fingerprint."""
    return {
        (path.parts[-3], path.parts[-2], entry[1]): entry[2]
        for path in sorted((root / FOLDER).glob("*/*/*.yml"))
        for entry in _ENTRY.finditer(path.read_text(encoding="utf-8"))
    }


_ENTRY = re.compile(r"^- id: (\S+)\n(?:  of: (\S+)\n)?(?:  checked: (\S+)\n)?", re.MULTILINE)


def sign(path: Path, fingerprints: Mapping[str, str], checked: Checked) -> int:
    """Write into the file *path* that the translations named in *fingerprints* follow those texts.

    How many entries were signed. They stand as ``content/README.md`` writes them.
    """

    def signed(entry: re.Match[str]) -> str:
        if entry[1] not in fingerprints:
            return entry[0]
        return f"- id: {entry[1]}\n  of: {fingerprints[entry[1]]}\n  checked: {checked}\n"

    text = path.read_text(encoding="utf-8")
    partial = path.with_suffix(".partial")
    partial.write_text(_ENTRY.sub(signed, text), encoding="utf-8")
    partial.replace(path)
    return sum(entry[1] in fingerprints for entry in _ENTRY.finditer(text))
