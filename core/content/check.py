"""What ``python -m bot content check`` verifies: all that a person would suffer from later."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

from core import sms
from core.consent import plain
from core.content.load import Library, read
from core.content.model import LOOKUPS, NATIONAL, Question, Words
from core.content.yamlfile import Problem
from core.languages import FRENCH, LANGUAGES

ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
TITLE_LENGTH = 30
ANSWER_LENGTH = 3500
SMS_SEGMENTS = 2
MENU_LENGTH = 8
FRENCH_EXAMPLES = 10
OTHER_EXAMPLES = 3


def check(root: Path) -> list[Problem]:
    """Every problem under *root*, in the order of files and lines."""
    library, problems = read(root)
    for question in library.questions.values():
        problems.extend(_question(library, question))
    problems.extend(_same_examples(library))
    problems.extend(_menus(library, root))
    problems.extend(_tables(library))
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.key))


def _question(library: Library, question: Question) -> Iterator[Problem]:
    file, at = library.files[NATIONAL, question.id]

    def problem(key: str, *under: str | int, **values: object) -> Problem:
        return file.problem(key, "questions", at, *under, id=question.id, **values)

    if not ID.fullmatch(question.id):
        yield problem("check.bad_id", "id")
    if len(question.title) > TITLE_LENGTH:
        yield problem("check.title_long", "title", most=TITLE_LENGTH, found=len(question.title))
    for language in LANGUAGES:
        least = FRENCH_EXAMPLES if language == FRENCH else OTHER_EXAMPLES
        found = len(question.examples.get(language, ()))
        if found < least:
            yield problem(
                "check.few_examples", "examples", language=language, least=least, found=found
            )
    for layer, words in question.words.items():
        yield from _words(library, question, layer, words)
    if question.lookup and question.lookup in LOOKUPS:
        needed, _ = LOOKUPS[question.lookup]
        for layer, words in question.words.items():
            if layer == NATIONAL or words.cases:
                for name in sorted(needed ^ words.cases.keys()):
                    yield problem(
                        "check.cases", "cases", name=name, known=", ".join(sorted(needed))
                    )


def _words(library: Library, question: Question, layer: str, words: Words) -> Iterator[Problem]:
    file, at = library.files[layer, question.id]
    fields = LOOKUPS.get(question.lookup or "", (frozenset(), frozenset()))[1]
    for case, said in [(None, words), *words.cases.items()]:
        under = ("questions", at, *(("cases", case) if case else ()))
        for key, text in (("answer", said.answer), ("sms", said.sms)):
            unknown = _fields(text) - (fields if case else frozenset())
            if unknown:
                names = ", ".join(sorted(unknown))
                yield file.problem("check.unknown_field", *under, key, id=question.id, name=names)
            if not text and case:
                yield file.problem("check.missing", *under, id=question.id, name=key)
        if len(said.answer) > ANSWER_LENGTH:
            yield file.problem(
                "check.answer_long", *under, "answer", id=question.id, most=ANSWER_LENGTH
            )
        size = sms.size(sms.spell(said.sms))
        if size.segments > SMS_SEGMENTS or size.unicode:
            yield file.problem(
                "check.sms_unicode" if size.unicode else "check.sms_long",
                *under, "sms", id=question.id, found=len(sms.spell(said.sms)), most=306,
                characters=_costly(said.sms),
            )  # fmt: skip
        for link in said.links:
            if not link.label or not re.fullmatch(r"https?://\S+", link.url):
                yield file.problem("check.bad_link", *under, "links", id=question.id)


def _costly(text: str) -> str:
    return " ".join(sorted({char for char in sms.spell(text) if sms.size(char).unicode}))


def _fields(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"{"}


def _same_examples(library: Library) -> Iterator[Problem]:
    """One sentence cannot teach two questions, nor the same one twice."""
    seen: dict[str, str] = {}
    for (_, question_id), (file, at) in library.files.items():
        entry = file.value["questions"][at]  # type: ignore[index]
        examples = entry.get("examples")
        for language, lines in (examples if isinstance(examples, dict) else {}).items():
            for position, line in enumerate(lines if isinstance(lines, list) else []):
                key = plain(str(line))
                if key in seen:
                    yield file.problem(
                        "check.same_example", "questions", at, "examples", language, position,
                        example=line, other=seen[key],
                    )  # fmt: skip
                seen[key] = question_id


def _menus(library: Library, root: Path) -> Iterator[Problem]:
    for subject in library.subjects:
        owned = [
            key for key, question in library.questions.items() if question.subject == subject.id
        ]
        if not owned or not subject.menu:
            continue
        file, _ = library.files[NATIONAL, owned[0]]
        if len(subject.menu) > MENU_LENGTH:
            yield file.problem("check.menu_long", "menu", most=MENU_LENGTH, found=len(subject.menu))
        if len(subject.title) > TITLE_LENGTH:
            yield file.problem(
                "check.title_long",
                "title",
                id=subject.id,
                most=TITLE_LENGTH,
                found=len(subject.title),
            )
        for position, name in enumerate(subject.menu):
            if name not in library.questions:
                yield file.problem("check.dead_id", "menu", position, name=name)


def _tables(library: Library) -> Iterator[Problem]:
    tables = library.tables
    for name, rows in (("places", tables.places), ("colleges", tables.colleges)):
        for row in rows:
            if tables.by_commune and row.commune not in tables.by_commune:
                yield Problem(
                    f"tables/{name}.yml", 1, "check.unknown_commune",
                    {"name": row.name, "commune": row.commune},
                )  # fmt: skip
