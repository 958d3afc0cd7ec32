"""``questions``: what the assistant could not answer, in groups; answer a group once."""

import argparse
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from babel.dates import format_datetime

from bot.building import KINDS
from bot.cli.desk import AddCommand, Desk, Refusal
from bot.cli.grouping import together
from core.content import check, drafts
from core.content.load import load
from core.daytime import PARIS, next_daytime, paris_day
from core.languages import FRENCH, LANGUAGES
from core.learning import answering, backlog, missed, promises, thumbs
from core.learning.backlog import Group, Together
from core.learning.missed import Reason
from core.texts import Texts
from core.wording import Wording

SHOWN = 5
REASONS = {
    Reason.UNANSWERED: "questions.unanswered",
    Reason.CORRECTED: "questions.corrected",
    Reason.THUMBS_DOWN: "questions.thumbs_down",
}


def add(command: AddCommand, desk: Desk) -> None:
    questions = command("questions", lambda desk, options: int(options.act(desk, options) or 0))
    questions.set_defaults(act=_list)
    actions = questions.add_subparsers(metavar="ACTION")

    def action(name: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=desk.say(f"cli.questions.{name}"))

    showing, answering, dismissing = action("show"), action("answer"), action("dismiss")
    for one, act in ((showing, _show), (answering, _answer), (dismissing, _dismiss)):
        one.set_defaults(act=act)
        one.add_argument("number", type=int, help=desk.say("cli.questions.number"))
    for one in (answering, dismissing):
        one.add_argument(
            "--except", dest="apart", type=int, nargs="+", default=[], metavar="ID",
            help=desk.say("cli.questions.except"),
        )  # fmt: skip
    for name in ("id", "subject", "title"):
        answering.add_argument(f"--{name}", required=True, help=desk.say(f"cli.questions.{name}"))
    answering.add_argument(
        "--source", required=True, action="append", help=desk.say("cli.questions.source")
    )
    for name in ("answer", "sms"):
        answering.add_argument(
            f"--{name}", required=True, type=Path, metavar="FILE",
            help=desk.say(f"cli.questions.{name}_file"),
        )  # fmt: skip
    publishing = action("publish")
    publishing.set_defaults(act=_publish)
    publishing.add_argument("id", help=desk.say("cli.questions.id"))


def _list(desk: Desk, options: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    with desk.transaction() as session:
        missed.forget_old(session, now)
    parted = _parted(desk)
    with desk.transaction() as session:
        groups = backlog.groups(session, parted)
        wanted = backlog.wanted_by_answer(session)
        worst = thumbs.worst(session, paris_day(now))
    for group in groups:
        print(_heading(desk, group))
        for text in group.texts[:SHOWN]:
            print(f"    {text}")
    if not groups:
        print(desk.say("questions.none"))
    written = drafts.drafts(desk.settings.content_dir)
    for name in written:
        print(desk.say("questions.draft", id=name, count=wanted.get(name, 0)))
    for name in sorted(wanted.keys() - set(written)):
        # They agreed after it went live.
        print(desk.say("questions.late", id=name, count=wanted[name]))
    for name, good, bad in worst:
        print(desk.say("questions.worst", id=name, good=good, bad=bad))


def _show(desk: Desk, options: argparse.Namespace) -> None:
    group = _group(desk, options.number)
    print(_heading(desk, group))
    for row in group.rows:
        print(f"    {row.id}  {row.asked_on}  {row.language}  {row.text}")


def _answer(desk: Desk, options: argparse.Namespace) -> None:
    """Write the draft and close the group, or neither."""
    root = desk.settings.content_dir
    path = _path(desk, options.id)
    if path.exists():
        raise desk.refuse("questions.draft_exists", path=path)
    library = load(root)
    if options.subject not in {subject.id for subject in library.subjects}:
        known = ", ".join(subject.id for subject in library.subjects)
        raise desk.refuse("questions.no_subject", found=options.subject, known=known)
    answer, sms = _read(desk, options.answer), _read(desk, options.sms)
    group = _group(desk, options.number, options.apart)
    hints = {one: desk.say("questions.hint", language=one) for one in LANGUAGES}
    draft = answering.write(
        root, library, group, options.id, options.subject, options.title, answer, sms,
        options.source, hints, paris_day(datetime.now(UTC)),
    )  # fmt: skip
    if draft.wrong:
        raise Refusal("\n".join(desk.say(one.key, **one.values) for one in draft.wrong))
    with desk.transaction() as session:
        backlog.answered(session, group.ids, draft.id)
        path.parent.mkdir(exist_ok=True)
        path.write_text(draft.text, encoding="utf-8")
    desk.show(list(draft.later))
    desk.tell("questions.drafted", path=path, count=len(group.rows), id=draft.id)


def _publish(desk: Desk, options: argparse.Namespace) -> int:
    """Put a draft live and queue the answer; again, it queues for those who still wait."""
    root, now = desk.settings.content_dir, datetime.now(UTC)
    path = _path(desk, options.id)
    if path.exists():
        found = drafts.problems(root, options.id, path.read_text(encoding="utf-8"))
        desk.show(found)
        if found:
            desk.tell("check.count", count=len(found))
            return 1
        drafts.publish(root, options.id)
        desk.tell("questions.published", id=options.id)
    library = load(root)
    if options.id not in library.questions:
        raise desk.refuse("questions.no_draft", path=path)
    texts = Texts(lambda: library, Wording(desk.settings.locale_dir))
    with desk.transaction() as session:
        kept = promises.keep(session, texts, KINDS, options.id, now)
    when = next_daytime(now).astimezone(PARIS)
    day = format_datetime(when, "EEEE d MMMM, HH:mm", locale=FRENCH)
    desk.tell("questions.told", count=kept.told, when=day)
    if kept.lost:
        desk.tell("questions.lost", count=kept.lost)
    return 0


def _dismiss(desk: Desk, options: argparse.Namespace) -> None:
    group = _group(desk, options.number, options.apart)
    with desk.transaction() as session:
        backlog.dismissed(session, group.ids)
    desk.tell("questions.dismissed", count=len(group.rows))


def _heading(desk: Desk, group: Group) -> str:
    reasons = [(desk.say(REASONS[Reason(name)]), count) for name, count in group.reasons()]
    parts = [
        desk.say("questions.group", number=group.number, count=len(group.rows)),
        *(
            ", ".join(f"{name} {count}" for name, count in of)
            for of in (group.languages(), reasons)
        ),
    ]
    if group.wanted:
        parts.append(desk.say("questions.wanted", count=group.wanted))
    if group.nearest:
        parts.append(desk.say("questions.nearest", id=group.nearest))
    return " · ".join(parts)


def _parted(desk: Desk) -> list[Together]:
    """Which open questions belong together. It takes seconds, so no transaction is open then:
    on SQLite the assistant would wait for it."""
    with desk.transaction() as session:
        texts = backlog.open_questions(session)
    return together(desk, texts)


def _group(desk: Desk, number: int, apart: Collection[int] = ()) -> Group:
    """The group that holds the question *number*, less those *apart*. Raises Refusal."""
    parted = [
        replace(one, ids=tuple(key for key in one.ids if key not in apart))
        for one in _parted(desk)
        if number in one.ids
    ]
    with desk.transaction() as session:
        groups = backlog.groups(session, parted)
    if not groups:
        raise desk.refuse("questions.no_group", number=number)
    return groups[0]


def _path(desk: Desk, question_id: str) -> Path:
    """Where the draft is. Raises Refusal when that can be no id."""
    if not check.ID.fullmatch(question_id):
        raise desk.refuse("check.bad_id", id=question_id)
    return drafts.path_of(desk.settings.content_dir, question_id)


def _read(desk: Desk, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise desk.refuse("ask.no_file", path=path, why=why) from None
