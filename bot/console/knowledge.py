"""Knowledge: what the assistant could not answer, in groups; an answer for all of one, or none."""

from collections.abc import Mapping

from bot.console.pages import Ask, GoTo, Page, Reply, Show, Slow
from core.console import knowledge
from core.console.members import Right
from core.content import drafts
from core.daytime import paris_day
from core.languages import LANGUAGES
from core.learning import answering
from core.learning.answering import Answered
from core.learning.backlog import Group

FIELDS = ("title", "answer", "sms", "source")
LONGEST = 5000  # characters of a field


def show(ask: Ask) -> Reply:
    missed = knowledge.missed(ask.session, ask.member, ask.now, ask.page)
    names = drafts.drafts(ask.house.settings.content_dir)
    return Show("knowledge", {"missed": missed, "drafts": names, "titles": _titles(ask, missed)})


def group(ask: Ask) -> Reply:
    return _page(ask, knowledge.group(ask.session, ask.member, ask.path["id"]))


def answer(ask: Ask) -> Reply:
    """What the check says of it comes first; then the draft is written and the group closed."""
    one = knowledge.group(ask.session, ask.member, ask.path["id"], _apart(ask.form))
    root, library = ask.house.settings.content_dir, ask.house.library()
    form = {name: ask.form.get(name, "")[:LONGEST] for name in FIELDS}
    subject = ask.form.get("subject", "")
    known = subject in {one.id for one in library.subjects}
    if not known or not all(map(str.strip, form.values())):
        return _page(ask, one, wrong="console.group.wrong.empty", status=422)
    name = answering.name_for(form["title"], knowledge.taken_names(root, library))
    say, today = ask.house.words.say, paris_day(ask.now)
    hints = {one: say("questions.hint", "fr", language=one) for one in LANGUAGES}
    source = [line.strip() for line in form["source"].splitlines() if line.strip()]

    def work() -> Answered:
        return answering.write(
            root, library, one, name, subject, " ".join(form["title"].split()), form["answer"],
            form["sms"], source, hints, today,
        )  # fmt: skip

    def then(ask: Ask, written: Answered) -> Reply:
        if written.wrong:
            return _page(ask, one, problems=written.wrong, status=422)
        if not knowledge.keep_draft(ask.session, ask.member, root, one.ids, written, ask.now):
            return _page(ask, one, wrong="console.group.wrong.meanwhile", status=409)
        return GoTo(f"/knowledge/drafts/{written.id}", "drafted", len(one.rows))

    return Slow(work, then)


def dismiss(ask: Ask) -> Reply:
    apart = _apart(ask.form)
    count = knowledge.dismiss(ask.session, ask.member, ask.path["id"], apart, ask.now)
    return GoTo("/knowledge", "dismissed", count)


def _apart(form: Mapping[str, str]) -> set[int]:
    """The questions that somebody took out of the group."""
    fields = (name.removeprefix("apart.") for name in form if name.startswith("apart."))
    return {int(one) for one in fields if one.isdecimal() and len(one) <= 9}


def _page(ask: Ask, one: Group, wrong: str = "", problems: object = (), status: int = 200) -> Reply:
    values = {
        "group": one,
        "nearest": _title(ask, one.nearest),
        "subjects": ask.house.library().subjects,
        "form": ask.form,
        "wrong": wrong,
        "problems": problems,
        "apart": _apart(ask.form),
    }
    return Show("knowledge_group", values, status)


def _titles(ask: Ask, missed: knowledge.Backlog) -> dict[str, str]:
    """What questions that are named on the page are called."""
    names = [one.nearest or "" for one in missed.groups] + [one[0] for one in missed.worst]
    return {name: _title(ask, name) for name in names}


def _title(ask: Ask, question_id: str | None) -> str:
    question = ask.house.library().questions.get(question_id or "")
    return question.title if question else ""


PAGES = (
    Page("/knowledge", Right.KNOWLEDGE, show),
    Page("/knowledge/groups/{id:int}", Right.KNOWLEDGE, group),
    Page("/knowledge/groups/{id:int}/answer", Right.KNOWLEDGE, answer, "POST"),
    Page("/knowledge/groups/{id:int}/dismiss", Right.KNOWLEDGE, dismiss, "POST"),
)
