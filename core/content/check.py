"""What ``python -m bot content check`` verifies: all that a person would suffer from later."""

import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path

from core import sms
from core.content.load import Library, read
from core.content.model import LOOKUPS, NATIONAL, Question, Words
from core.content.yamlfile import Keys, Problem, YamlFile
from core.languages import FRENCH, LANGUAGES
from core.people.consent import plain

ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
TITLE_LENGTH = 30
ANSWER_LENGTH = 3500
SMS_SEGMENTS = 2
MENU_LENGTH = 8
FRENCH_EXAMPLES = 10
OTHER_EXAMPLES = 3
UNICODE = ("ar",)  # no cheap alphabet can write these


def check(root: Path) -> list[Problem]:
    """Every problem under *root*, in the order of files and lines."""
    return examined(root)[1]


def examined(root: Path) -> tuple[Library, list[Problem]]:
    """What can be read under *root*, and every problem with it, as ``check`` says them."""
    library, problems = read(root)
    for question in library.questions.values():
        problems.extend(_question(library, question))
    problems.extend(_translations(library))
    problems.extend(_same_examples(library))
    problems.extend(_menus(library, root))
    problems.extend(_tables(library))
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.key))
    return library, problems


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

    def problem(under: Keys, key: str, **values: object) -> Problem:
        return file.problem(key, "questions", at, *under, id=question.id, **values)

    for case, said in [(None, words), *words.cases.items()]:
        under: Keys = ("cases", case) if case else ()
        yield from _said(question, said, case, FRENCH, under, problem)
        for link in said.links:
            if not link.label or not re.fullmatch(r"https?://\S+", link.url):
                yield problem((*under, "links"), "check.bad_link")


def _said(
    question: Question,
    said: Words,
    case: str | None,
    language: str,
    under: Keys,
    problem: Callable[..., Problem],
) -> Iterator[Problem]:
    """One answer and its SMS, in any language: what is filled in, and how long it is."""
    fields = LOOKUPS.get(question.lookup or "", (frozenset(), frozenset()))[1]
    for key, text in (("answer", said.answer), ("sms", said.sms)):
        unknown = _fields(text) - (fields if case else frozenset())
        if unknown:
            yield problem((*under, key), "check.unknown_field", name=", ".join(sorted(unknown)))
        if not text and case:
            yield problem(under, "check.missing", name=key)
    if len(said.answer) > ANSWER_LENGTH:
        yield problem((*under, "answer"), "check.answer_long", most=ANSWER_LENGTH)
    size, costly = sms.size(sms.spell(said.sms)), language not in UNICODE
    if size.segments > SMS_SEGMENTS or (size.unicode and costly):
        yield problem(
            (*under, "sms"),
            "check.sms_unicode" if size.unicode and costly else "check.sms_long",
            found=len(sms.spell(said.sms)), most=306 if costly else 134,
            characters=_costly(said.sms),
        )  # fmt: skip


def _translations(library: Library) -> Iterator[Problem]:
    for (language, layer, question_id), (file, at) in library.translated.items():
        question = library.questions[question_id]
        words = question.said.get(language, {}).get(layer)

        def problem(
            under: Keys,
            key: str,
            file: YamlFile = file,
            at: int = at,
            question_id: str = question_id,
            **values: object,
        ) -> Problem:
            return file.problem(key, "questions", at, *under, id=question_id, **values)

        title = question.titles.get(language, "")
        if len(title) > TITLE_LENGTH:
            yield problem(
                ("title",), "check.title_long", most=TITLE_LENGTH, found=len(title)
            )  # fmt: skip
        for case, said in [(None, words), *words.cases.items()] if words else ():
            under: Keys = ("cases", case) if case else ()
            yield from _said(question, said, case, language, under, problem)
            french = question.words[layer].cases[case] if case else question.words[layer]
            for key in ("answer", "sms"):
                if case and _fields(getattr(said, key)) != _fields(getattr(french, key)):
                    yield problem((*under, key), "check.other_fields")


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
