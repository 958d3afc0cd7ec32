"""Broadcasts: the list, the preview of one, what is decided about it, and how far it is."""

from collections.abc import Sequence
from datetime import timedelta

from bot.console.criteria import LABELS, described
from bot.console.pages import Ask, Give, GoTo, Page, Reply, Show
from core.broadcasts import authors
from core.broadcasts.deciding import Refused
from core.broadcasts.model import OPEN, Broadcast, BroadcastState
from core.broadcasts.phones import Phone, drawn, examples
from core.broadcasts.staffwords import OUTCOMES, REASONS, STATES
from core.console import casting, casts
from core.console.casts import Stage
from core.console.members import Nowhere, Right
from core.languages import LANGUAGES

CSV = "text/csv; charset=utf-8"
LONGEST_SEARCH = 100
SOON = timedelta(minutes=15)
# Said otherwise here than on the command line.
REFUSALS = {
    "broadcasts.not_now": "console.cast.refused.not_now",
    "broadcasts.somebody_else": "console.cast.refused.somebody_else",
    "broadcasts.nobody": "console.cast.refused.nobody",
    "broadcasts.quiet": "console.cast.wrong.quiet",
    "broadcasts.not_urgent": "console.cast.wrong.not_urgent",
}


def find(ask: Ask) -> Reply:
    stage = ask.query.get("stage", "")
    chosen = Stage(stage) if stage in set(Stage) else Stage.ALL
    words = ask.query.get("words", "")[:LONGEST_SEARCH]
    found = casts.find(ask.session, ask.member, chosen, words, ask.page)
    values = {
        "found": found, "stage": chosen, "words": words, "stages": Stage, "states": STATES,
    }  # fmt: skip
    return Show("broadcast_list" if ask.piece else "broadcasts", values)


def show(ask: Ask) -> Reply:
    return shown(ask, casts.one(ask.session, ask.member, ask.path["id"]))


def shown(ask: Ask, row: Broadcast, refusal: Refused | None = None) -> Reply:
    """The page of *row*; above it, why something was refused."""
    wrong = None
    if refusal is not None:
        wrong = (REFUSALS.get(refusal.key, refusal.key), refusal.values)
    values = {"row": row, "refusal": wrong, "states": STATES, **_people(ask, row)}
    values |= _preview(ask, row) if row.state in OPEN else _progress(ask, row)
    return Show("broadcast", values, 409 if refusal else 200)


def progress(ask: Ask) -> Reply:
    """How far it is: asked for every two seconds by the page that shows it."""
    row = casts.one(ask.session, ask.member, ask.path["id"])
    return Show("broadcast_progress", {"row": row, "states": STATES, **_progress(ask, row)})


def confirm(ask: Ask) -> Reply:
    house, number = ask.house, ask.path["id"]
    seen, everybody = ask.form.get("seen", ""), ask.form.get("everybody") == "1"
    try:
        state = casting.confirm(
            ask.session, house.team, ask.member, number, seen, everybody, ask.now
        )
    except Refused as refusal:
        return shown(ask, casts.one(ask.session, ask.member, number), refusal)
    said = "cast_asked" if state is BroadcastState.WAITING else "cast_confirmed"
    return GoTo(f"/broadcasts/{number}", said)


def refuse(ask: Ask) -> Reply:
    number = ask.path["id"]
    try:
        casting.refuse(ask.session, ask.house.team, ask.member, number, ask.now)
    except Refused as refusal:
        return shown(ask, casts.one(ask.session, ask.member, number), refusal)
    return GoTo(f"/broadcasts/{number}", "cast_refused")


def night(ask: Ask) -> Reply:
    """What becomes of it in quiet hours."""
    number, waits = ask.path["id"], ask.form.get("do") != "urgent"
    urgent = "" if waits else " ".join(ask.form.get("urgent", "").split())
    try:
        if not waits and not urgent:
            raise Refused("broadcasts.no_reason")
        casting.decide_night(
            ask.session, ask.house.team.means, ask.member, number, waits, urgent, ask.now
        )
    except Refused as refusal:
        return shown(ask, casts.one(ask.session, ask.member, number), refusal)
    return GoTo(f"/broadcasts/{number}", "cast_night")


def test(ask: Ask) -> Reply:
    number, means = ask.path["id"], ask.house.team.means
    try:
        casting.test(ask.session, means, ask.member, number, ask.form.get("channel", ""), ask.now)
    except Refused as refusal:
        return shown(ask, casts.one(ask.session, ask.member, number), refusal)
    return GoTo(f"/broadcasts/{number}", "cast_tested")


def move(ask: Ask) -> Reply:
    """Pause, resume, cancel."""
    number, how = ask.path["id"], ask.form.get("how", "")
    if how not in casting.MOVES:
        raise Nowhere
    try:
        casting.move(ask.session, ask.member, number, how, ask.now)
    except Refused as refusal:
        return shown(ask, casts.one(ask.session, ask.member, number), refusal)
    return GoTo(f"/broadcasts/{number}", f"cast_{how}")


def phones(ask: Ask) -> Reply:
    """Whom to phone back."""
    number = ask.path["id"]
    file = casting.phones(ask.session, ask.house.team, ask.member, number, ask.now)
    return Give(file.name, file.content, CSV)


def _people(ask: Ask, row: Broadcast) -> dict[str, object]:
    names = casts.names(ask.session, [row])
    return {
        "author": names.get(row.author, ""), "confirmer": names.get(row.confirmer or "", ""),
        "is_author": row.author == ask.member.actor,
    }  # fmt: skip


def _preview(ask: Ask, row: Broadcast) -> dict[str, object]:
    means = ask.house.team.means
    seen = casting.look(ask.session, means, row, ask.now)
    shown_to: Sequence[tuple[Phone, int]] = ()
    languages: Sequence[tuple[str, int, Sequence[Phone]]] = ()
    if seen.preview is not None:
        shown_to = examples(means, seen.preview)
        screens, read = drawn(means, row), seen.preview.people.languages()
        languages = [
            (one, read[one], screens[one]) for one in LANGUAGES if read[one] or one in row.texts
        ]
    return {
        "seen": seen, "examples": shown_to, "languages": languages, "reasons": REASONS,
        "by_kind": seen.preview.by_kind(means.kinds) if seen.preview else {},
        "ways": casting.ways(ask.session, means, ask.member), "second_at": means.second_at,
        "audience": described(row), "reach": authors.reach_in(row), "labels": LABELS,
    }  # fmt: skip


def _progress(ask: Ask, row: Broadcast) -> dict[str, object]:
    told = casting.told(ask.session, row)
    begins = row.next_at or row.start_at
    soon = row.state == BroadcastState.SCHEDULED and begins and begins < ask.now + SOON
    return {
        "told": told, "outcomes": OUTCOMES, "reasons": REASONS,
        "moves": row.state == BroadcastState.RUNNING or bool(soon),
        "unreached": told.to_phone,
    }  # fmt: skip


PAGES = (
    Page("/broadcasts", Right.BROADCASTS, find),
    Page("/broadcasts/{id:int}", Right.BROADCASTS, show),
    Page("/broadcasts/{id:int}/progress", Right.BROADCASTS, progress),
    Page("/broadcasts/{id:int}/phones.csv", Right.BROADCASTS, phones),
    Page("/broadcasts/{id:int}/confirm", Right.BROADCASTS, confirm, "POST"),
    Page("/broadcasts/{id:int}/refuse", Right.BROADCASTS, refuse, "POST"),
    Page("/broadcasts/{id:int}/night", Right.BROADCASTS, night, "POST"),
    Page("/broadcasts/{id:int}/test", Right.BROADCASTS, test, "POST"),
    Page("/broadcasts/{id:int}/move", Right.BROADCASTS, move, "POST"),
)
