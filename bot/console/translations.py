"""Translations that no human has read, and signing one."""

from bot.console.content import HERE, place_of, root_of
from bot.console.pages import Ask, GoTo, Page, Reply, Show, Slow
from core.console import content
from core.console.content import ToCheck
from core.console.members import Nowhere, Right
from core.content.translations import TRANSLATED, fingerprint

LIST = "/knowledge/translations"


def show(ask: Ask) -> Reply:
    wanted = ask.query.get("language", "")
    wanted = wanted if wanted in TRANSLATED else ""
    library, page = ask.house.library(), ask.page

    def then(ask: Ask, found: ToCheck) -> Reply:
        questions = {gap: library.questions[gap.question_id] for gap in found.shown}
        french = {gap: one.words[gap.layer] for gap, one in questions.items()}
        values = {
            "found": found,
            "shown": [
                (gap, one.said.get(gap.language, {}).get(gap.layer))
                for gap, one in questions.items()
            ],
            "french": french,
            "titles": {gap: one.title for gap, one in questions.items()},
            "of": {gap: fingerprint(words) for gap, words in french.items()},
            "wanted": wanted,
            "languages": TRANSLATED,
        }
        return Show("translations", values)

    return Slow(lambda: content.to_check(ask.member, root_of(ask), library, wanted, page), then)


def sign(ask: Ask) -> Reply:
    """Somebody who speaks the language has read it beside the French."""
    where = place_of(ask)
    if where.language not in TRANSLATED:
        raise Nowhere
    of, library = ask.form.get("of", ""), ask.house.library()
    signed = content.sign_translation(
        ask.session, ask.member, root_of(ask), library, where, of, ask.now
    )
    return GoTo(LIST, "signed" if signed else "not_signed")


PAGES = (
    Page(LIST, Right.PUBLISH, show),
    Page(f"{HERE}/sign", Right.PUBLISH, sign, "POST"),
)
