"""``handoffs``: who waits for the team, and closing one by hand. No words, no addresses."""

import argparse
import asyncio

from bot.building import build
from bot.cli.desk import AddCommand, Desk
from core.daytime import PARIS
from core.team import handoffs
from core.team.staffroom import StaffRoom


def add(command: AddCommand, desk: Desk) -> None:
    room = command("handoffs", _list)
    actions = room.add_subparsers(dest="what", metavar="ACTION")
    closing = actions.add_parser("close", help=desk.say("cli.handoffs.close"))
    closing.add_argument("number", type=int, metavar="N", help=desk.say("cli.handoffs.number"))
    closing.set_defaults(do=_close)


def _list(desk: Desk, options: argparse.Namespace) -> None:
    with desk.transaction() as session:
        rows = handoffs.all_open(session)
        for row in rows:
            print(
                desk.say(
                    "handoffs.line",
                    number=row.id,
                    since=f"{row.opened_at.astimezone(PARIS):%d/%m/%Y %H:%M}",
                    reason=row.reason,
                    language=row.address.contact.language,
                    reminders=row.reminders,
                )
            )
        desk.tell("handoffs.count", count=len(rows))


def _close(desk: Desk, options: argparse.Namespace) -> None:
    app = build(desk.settings)
    try:
        with app.sessions.begin() as session:
            handoff = session.get(handoffs.Handoff, options.number, with_for_update=True)
            if handoff is None or handoff.closed_at is not None:
                raise desk.refuse("handoffs.unknown", number=options.number)
            now = app.clock()
            key = StaffRoom(app.relay).end(session, handoff, now)
            if app.relay.group.exists:
                text = app.relay.group.say(key, number=handoff.id)
                app.relay.group.post(session, handoff, "closed", text, now)
        desk.tell("handoffs.closed", number=options.number)
    finally:
        asyncio.run(app.close())
