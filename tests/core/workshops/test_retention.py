"""First names are erased three months after a session; the seat that was taken stays."""

from datetime import timedelta

from sqlalchemy import select

from core.workshops import retention
from core.workshops.model import NAME, Attendee, SignUp
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON


def test_names_are_kept_for_three_months_and_then_erased(sessions, vault):
    with sessions.begin() as session:
        row = a_session(session)
        sign_up = signed_up(session, somebody(session, vault), row)
        sign_up.attendees = [Attendee(name=vault.seal("Fatima", NAME))]
        sign_up.details = b"sealed"
        ends = row.ends_at
    for days, kept in ((90, 1), (92, 0)):
        with sessions.begin() as session:
            retention.forget_old(session, ends + timedelta(days=days))
            assert len(session.scalars(select(Attendee)).all()) == kept
            assert bool(session.scalar(select(SignUp)).details) == bool(kept)
    assert ends > NOON
