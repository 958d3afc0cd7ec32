"""The questions of ``content/`` and drafts in forms: found, edited, tried on both telephones."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.console.pages import Ask, GoTo, Page, Reply, Show, Slow
from bot.console.phones import Phone, seen, seen_draft
from core.console import content, knowledge
from core.console.content import Questions
from core.console.members import Nowhere, Right
from core.content import drafts, editing
from core.content.editing import Opened, Place, Tried
from core.content.load import Library, load
from core.content.yamlfile import Problem
from core.daytime import paris_day
from core.languages import FRENCH, LANGUAGES
from core.texts import Texts

LONGEST = 500_000  # characters of a field: hundreds of examples
WORDS = 100
HERE = "/knowledge/content/{name}/{layer}/{language}"
DRAFT = "/knowledge/drafts/{name}"


def find(ask: Ask) -> Reply:
    words, subject = ask.query.get("words", "")[:WORDS], ask.query.get("subject", "")
    library = ask.house.library()
    subjects = {one.id: one.title for one in library.subjects}
    subject = subject if subject in subjects else ""
    page = ask.page

    def then(ask: Ask, found: Questions) -> Reply:
        values = {"found": found, "words": words, "subject": subject, "subjects": subjects}
        return Show("content_list" if ask.piece else "content", values)

    return Slow(lambda: content.find(ask.member, library, words, subject, page), then)


def ask_edit(ask: Ask) -> Reply:
    return _page(ask, editing.opened(root_of(ask), place_of(ask)))


def edit(ask: Ask) -> Reply:
    return _attempt(ask, place_of(ask))


def ask_draft(ask: Ask) -> Reply:
    return _page(ask, editing.opened(root_of(ask), _draft(ask)))


def edit_draft(ask: Ask) -> Reply:
    return _attempt(ask, _draft(ask))


def publish_draft(ask: Ask) -> Reply:
    """It goes live, and whoever waits for it gets the answer."""
    root, where = root_of(ask), _draft(ask)

    def work() -> tuple[Sequence[Problem], Library | None]:
        path = drafts.path_of(root, where.id)
        if not path.exists():
            return [], None  # a colleague was faster
        problems = drafts.problems(root, where.id, path.read_text(encoding="utf-8"))
        if problems:
            return problems, None
        drafts.publish(root, where.id)
        return [], load(root)

    def then(ask: Ask, done: tuple[Sequence[Problem], Library | None]) -> Reply:
        problems, library = done
        if problems:
            return _page(ask, editing.opened(root, where), problems=problems, status=422)
        if library is None:
            raise Nowhere
        texts = Texts(lambda: library, ask.house.people)
        telling = ask.house.telling()
        kept = knowledge.told(ask.session, ask.member, telling, texts, where.id, ask.now)
        return GoTo("/knowledge", "published", kept.told)

    return Slow(work, then)


def _attempt(ask: Ask, where: Place) -> Reply:
    """Tried outside of the transaction; written down who did it, when it is in place."""
    root, library, save = root_of(ask), ask.house.library(), ask.form.get("do") == "save"
    fields = {
        name.removeprefix("field."): value[:LONGEST]
        for name, value in ask.form.items()
        if name.startswith("field.")
    }
    was, today, now, people = ask.form.get("was", ""), paris_day(ask.now), ask.now, ask.house.people

    def work() -> tuple[Tried, list[Phone]]:
        tried = editing.attempt(root, library, where, was, fields, save, today)
        if where.draft:
            return tried, seen_draft(fields)
        if tried.library is None or tried.problems:
            return tried, []
        return tried, seen(tried.library, people, where, now)

    def then(ask: Ask, done: tuple[Tried, list[Phone]]) -> Reply:
        tried, phones = done
        if tried.saved:
            content.changed(ask.session, ask.member, where, tried.changed, ask.now)
            return GoTo(_address(where), "edited")
        status = 409 if tried.theirs else 422 if tried.problems else 200
        current = tried.theirs or editing.opened(root, where)
        return _page(ask, current, fields, tried, phones, tried.problems, status)

    return Slow(work, then)


def _page(
    ask: Ask,
    opened: Opened,
    mine: Mapping[str, str] | None = None,
    tried: Tried | None = None,
    phones: Sequence[Phone] = (),
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> Reply:
    """*mine* is what was written, if anything; what is sent next is compared to *opened*."""
    where = opened.place
    question = None if where.draft else ask.house.library().questions.get(where.id)
    written = {name: text for name, text in (mine or {}).items() if name in opened.fields}
    values = {
        "where": where,
        "address": _address(where),
        "opened": opened,
        "fields": {**opened.fields, **written},
        "question": question,
        "languages": LANGUAGES,
        "french": question.words[where.layer] if question and where.language != FRENCH else None,
        "theirs": tried.theirs if tried else None,
        "phones": phones,
        "problems": problems,
        "fine": tried is not None and not problems and tried.theirs is None,
    }
    return Show("content_edit", values, status)


def place_of(ask: Ask) -> Place:
    """What the address names. Raises Nowhere unless all of it is known."""
    names = ask.names
    library = ask.house.library()
    return content.place(ask.member, library, names["name"], names["layer"], names["language"])


def root_of(ask: Ask) -> Path:
    return ask.house.settings.content_dir


def _draft(ask: Ask) -> Place:
    return content.draft(ask.member, root_of(ask), ask.names["name"])


def _address(where: Place) -> str:
    if where.draft:
        return DRAFT.format(name=where.id)
    return HERE.format(name=where.id, layer=where.layer, language=where.language)


PAGES = (
    Page("/knowledge/content", Right.PUBLISH, find),
    Page(HERE, Right.PUBLISH, ask_edit),
    Page(HERE, Right.PUBLISH, edit, "POST"),
    Page(DRAFT, Right.KNOWLEDGE, ask_draft),
    Page(DRAFT, Right.KNOWLEDGE, edit_draft, "POST"),
    Page(f"{DRAFT}/publish", Right.PUBLISH, publish_draft, "POST"),
)
