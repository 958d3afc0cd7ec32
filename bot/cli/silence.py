"""``sessions silent`` and ``sessions silence``: who does not answer the reminders.

What is printed names nobody: with the number of a sign-up, `attendance list` says who it is.
"""

import argparse
from datetime import UTC, datetime

from bot.building import KINDS
from bot.cli.desk import Desk
from bot.cli.offer import notices
from core.content.load import load
from core.daytime import PARIS
from core.workshops.model import WorkshopSession
from core.workshops.reminding.silence import Silence

WORDS = {"oui": True, "non": False}


def silent(desk: Desk, options: argparse.Namespace) -> None:
    """Whom staff may phone: those who come, as far as we know, and did not answer."""
    library, now = load(desk.settings.content_dir), datetime.now(UTC)
    silence = Silence(notices(desk, library), lambda: library.reminders, KINDS)
    with desk.transaction() as session:
        number = options.number
        if number is not None and session.get(WorkshopSession, number) is None:
            raise desk.refuse("sessions.unknown", number=number)
        rows = silence.to_phone(session, now, number)
        for row in rows:
            one = row.session
            print(
                desk.say(
                    "silence.line",
                    session=one.id,
                    when=f"{one.starts_at.astimezone(PARIS):%d/%m/%Y %H:%M}",
                    title=one.workshop.title,
                    sign_up=row.id,
                    size=row.size,
                    state=desk.say(f"silence.{row.address.state}"),
                )
            )
    desk.tell("silence.count", count=len(rows))


def silence(desk: Desk, options: argparse.Namespace) -> None:
    """Whether silence gives the seats of one session back."""
    with desk.transaction() as session:
        one = session.get(WorkshopSession, options.number)
        if one is None:
            raise desk.refuse("sessions.unknown", number=options.number)
        one.silence_releases = WORDS[options.releases]
    key = "silence.releases" if WORDS[options.releases] else "silence.keeps"
    desk.tell(key, number=options.number)
