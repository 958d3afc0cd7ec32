"""Conversations: who waits for a human, what was said, an answer, and the end."""

import secrets

from bot.console.pages import Ask, GoTo, Nothing, Page, Reply, Show
from core.console import conversations, talking
from core.console.conversations import Line
from core.console.members import Right
from core.team.handoffs import Handoff
from core.team.staffroom import Passed

ONCE = 16  # characters of what tells one sending of a form from another


def find(ask: Ask) -> Reply:
    """Those that are open. Asked for again every few seconds, when it is a piece."""
    found = conversations.find(ask.session, ask.member, ask.now, ask.page)
    values = {"found": found, "titles": _titles(ask, [one.row for one in found.shown])}
    return Show("conversation_list" if ask.piece else "conversations", values)


def show(ask: Ask) -> Reply:
    """One of them; a piece is what was said, unless the browser has it already."""
    handoff = conversations.one(ask.session, ask.member, ask.path["id"], ask.now)
    if not ask.piece:
        return _page(ask, handoff)
    values = _said(ask, handoff)
    if ask.query.get("have") == values["have"]:
        return Nothing()
    return Show("conversation_said", values | {"news": True})


def take(ask: Ask) -> Reply:
    talking.take(ask.session, ask.house.relay, ask.member, ask.path["id"], ask.now)
    return GoTo(_place(ask), "taken")


def answer(ask: Ask) -> Reply:
    """Sent, unless a colleague said something that was not on the page yet."""
    number, words = ask.path["id"], ask.form.get("words", "")
    seen, once = ask.form.get("seen", ""), ask.form.get("once", "")
    handoff = conversations.one(ask.session, ask.member, number, ask.now)
    if not (once.isalnum() and once.isascii() and len(once) == ONCE) or not words.strip():
        return _page(ask, handoff, words=words, wrong="empty", status=422)
    last = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    if talking.answered_since(ask.session, handoff, last, once, ask.now):
        return _page(ask, handoff, words=words, wrong="meanwhile", status=409)
    passed = talking.answer(ask.session, ask.house.relay, ask.member, number, words, once, ask.now)
    if passed is not Passed.SENT:
        return _page(ask, handoff, words=words, wrong=passed, status=409)
    return GoTo(_place(ask), "answered")


def close(ask: Ask) -> Reply:
    talking.close(ask.session, ask.house.relay, ask.member, ask.path["id"], ask.now)
    return GoTo("/conversations", "closed")


def number(ask: Ask) -> Reply:
    """How the person is called back; who asked is in the log. Never in an address or a cache."""
    handoff = conversations.one(ask.session, ask.member, ask.path["id"], ask.now)
    house = ask.house
    known = conversations.numbers(
        ask.session, house.vault, house.relay, ask.member, handoff.id, ask.now
    )
    return _page(ask, handoff, numbers=known)


def _page(
    ask: Ask, handoff: Handoff, words: str = "", wrong: str = "",
    numbers: list[str] | None = None, status: int = 200,
) -> Reply:  # fmt: skip
    values = _said(ask, handoff) | {
        "places": conversations.places(ask.session, ask.member, handoff, ask.now),
        "once": secrets.token_hex(ONCE // 2),
        "words": words,
        "wrong": wrong,
        "numbers": numbers,
        "most": talking.LONGEST,
    }
    return Show("conversation", values, status)


def _said(ask: Ask, handoff: Handoff) -> dict[str, object]:
    thread = conversations.thread(ask.session, ask.house.vault, handoff, ask.now)
    return {
        "handoff": handoff,
        "thread": thread,
        "last": max((line.id for line in thread), default=0),
        "holder": conversations.holder(ask.session, handoff),
        "titles": _titles(ask, [handoff]),
        "have": _fingerprint(handoff, thread),
        "news": False,
    }


def _fingerprint(handoff: Handoff, thread: list[Line]) -> str:
    """Of what a browser shows: it changes when that does."""
    last = thread[-1].id if thread else 0
    fates = "".join(line.fate[:1] for line in thread)
    holder = (handoff.holder or "-").rpartition(":")[2][:8]
    over = "over" if handoff.closed_at else "waits" if handoff.waiting_since else "open"
    return f"{last}{fates}-{holder}-{over}-{handoff.reason}"


def _titles(ask: Ask, rows: list[Handoff]) -> dict[str, str]:
    """What the questions that were answered before are about."""
    texts = ask.house.telling().texts
    known = {row.question_id: texts.question(row.question_id) for row in rows if row.question_id}
    return {name: question.title for name, question in known.items() if question}


def _place(ask: Ask) -> str:
    return f"/conversations/{ask.path['id']}"


PAGES = (
    Page("/conversations", Right.CONVERSATIONS, find),
    Page("/conversations/now", Right.CONVERSATIONS, find, polls=True),
    Page("/conversations/{id:int}", Right.CONVERSATIONS, show),
    Page("/conversations/{id:int}/now", Right.CONVERSATIONS, show, polls=True),
    Page("/conversations/{id:int}/take", Right.CONVERSATIONS, take, "POST"),
    Page("/conversations/{id:int}/answer", Right.CONVERSATIONS, answer, "POST"),
    Page("/conversations/{id:int}/close", Right.CONVERSATIONS, close, "POST"),
    Page("/conversations/{id:int}/number", Right.NUMBERS, number, "POST"),
)
