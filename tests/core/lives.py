"""Somebody who used everything: a row of theirs in each table that leads to a person."""

from core import inbound
from core.answers import Answer, Listener, Outcome
from core.broadcasts.model import BroadcastAnswer
from core.console import feeds, links, visits
from core.console.links import Purpose
from core.console.members import StaffMember, StaffRole
from core.daytime import paris_day
from core.learning import missed, thumbs
from core.messages import Bubble, Choice
from core.outbox import posting
from core.people import consents, linking
from core.people.consents import What
from core.people.contacts import Address
from core.team import handoffs, lines
from core.team.handoffs import Reason
from core.workshops.attendance import attendance
from core.workshops.booking import seats
from core.workshops.model import NOTE, SignUp
from core.workshops.search import interest
from core.workshops.search.wanted import Wanted
from core.workshops.signing import form
from core.workshops.signing.form import Said
from core.workshops.wishes import wishes
from core.workshops.wishes.invitation import Invitation
from core.workshops.wishes.wishes import Ask
from tests.core.broadcasts.crowd import a_broadcast
from tests.world import NOON, incoming

CHOICES = (Choice("Oui", "menu"),)


def a_life(session, vault, address: Address, row, number: int = 1) -> SignUp:
    """Of the person at *address*, who is signed up for *row* with one child, Lina."""
    number_now = f"life-{address.id}-{number}"
    message = incoming("piscine", address.reveal(vault), address.channel, number_now)
    got = inbound.accept(session, vault, message, "fr", NOON)
    assert got is not None
    got.worked_until = NOON  # whoever was at work on it died
    (shown,) = posting.reply(session, address, got.id, [Bubble("Je ne sais pas.", CHOICES)], NOON)
    missed.learn(session, [shown], "piscine", Listener(), Answer((), Outcome.FALLBACK), NOON)
    missed.agree(session, shown, NOON)
    thumbs.press(session, shown, "gratuit", "fr", paris_day(NOON), good=True)
    handoff, _ = handoffs.begin(session, address, Reason.ASKED, None, NOON)
    lines.note(session, vault, handoff.id, lines.PERSON, "la piscine ?", NOON)
    consents.stop(session, address, NOON)
    consents.start(session, address, NOON)
    consents.stop_stream(session, address, row.id, NOON)
    interest.note(session, address, Wanted(themes=("ent",), communes=("Brest",)), NOON)
    people = [("Fatima", False), ("Lina", True)]
    placed = seats.sign_up(session, address, row.id, people, "1", vault, NOON)
    consents.note(session, address, What.SIGN_UP, NOON)
    signed = session.get_one(SignUp, placed.sign_up_id)
    signed.details = Said(name="Fatima", school="Jean-Moulin", email="f@ac.fr").sealed(vault)
    signed.note = vault.seal("Vient en bus", NOTE)
    begun = form.begin(session, address.contact_id, row.id, vault, NOON)
    form.answer(begun, vault, NOON, adults=2)
    wishes.of(session, address, NOON).add(Ask.THEMES, ["robotique"], NOON)
    session.add(Invitation(session_id=row.id, contact_id=address.contact_id, invited_at=NOON))
    attendance.check_in(session, address.contact_id, "999999", NOON)
    code, _ = linking.make(session, vault, address.contact_id, address, NOON)
    linking.use(session, vault, address.contact_id, f"not {code}", NOON)
    session.add(BroadcastAnswer(broadcast_id=a_broadcast(session).id, occurrence=1, button=0,
                                contact_id=address.contact_id, at=NOON))  # fmt: skip
    member = StaffMember(
        contact=address.contact, role=StaffRole.READER, name="Fatima D.", changed_at=NOON
    )
    session.add(member)
    session.flush()
    links.make(session, vault, member.contact_id, Purpose.ENTER, NOON)
    visits.begin(session, vault, member, NOON)
    feeds.make(session, vault, member, NOON)
    session.flush()
    return signed
