"""An organizer of one collège: what is theirs, and that of the next collège there is nothing."""

import re

import pytest
from sqlalchemy import select

from bot.console.rooms import PAGES
from core.broadcasts import authors
from core.broadcasts.audience import Audience
from core.broadcasts.criteria import criteria
from core.broadcasts.model import Broadcast
from core.console.members import RIGHTS, StaffMember, StaffRole
from core.console.visits import ConsoleVisit
from core.db import Base
from core.people.contacts import Contact
from core.team import handoffs
from core.team.handoffs import Reason
from core.workshops.model import NAME, Attendee, WorkshopSession
from core.workshops.reach import Reach, college_of
from core.workshops.wishes.wishes import Wish
from tests.console.office import fields_of
from tests.console.test_pages import address, ask, filled  # noqa: F401  (a fixture)
from tests.core.broadcasts.crowd import a_broadcast
from tests.core.workshops.shop import a_session, signed_up, somebody, the_tables
from tests.world import NOON

OURS, THEIRS = "Collège Jules Verne", "Collège Pierre de Ronsard"  # both in Poitiers
# What anybody who answers questions may see: no session's, and nobody's.
OF_NOBODY = re.compile(r"/knowledge|/sessions/(new|import|export)|/broadcasts(/new|/look)?$|/feed")


@pytest.fixture
def two(filled, vault):  # noqa: F811
    """All that is number 1 is of the one collège; of the other there is as much, number 2."""
    with filled.sessions.begin() as session:
        session.get_one(WorkshopSession, 1).college = THEIRS
        session.get_one(Contact, 1).territory = "vienne"
        broadcast = session.get_one(Broadcast, 1)
        broadcast.audience = {"reach": "vienne", "college": THEIRS}
        broadcast.title = "Secret de Ronsard"
        session.add(Attendee(sign_up_id=1, name=vault.seal("Fatima", NAME), child=False))
        row = a_session(session, "ours", title="Pix", commune="Poitiers", place=OURS, college=OURS)
        ours = somebody(session, vault, 2)
        sign_up = signed_up(session, ours, row)
        sign_up.attendees = [Attendee(name=vault.seal("Nolwenn", NAME), child=False)]
        a_broadcast(session, title="Pix ici", audience={"reach": "vienne", "college": OURS})
        handoffs.begin(session, ours, Reason.ASKED, None, filled.now)
    filled.ours = filled.signed_in(StaffRole.ORGANIZER, college=OURS)
    return filled


def everything(office) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the database, but for who is signed in."""
    with office.sessions() as session:
        return {
            name: [tuple(row) for row in session.execute(select(table))]
            for name, table in Base.metadata.tables.items()
            if name != ConsoleVisit.__tablename__
        }


def test_of_another_college_nothing_is_seen_and_nothing_changes(two):
    """Every page, asked for what is number 1 there."""
    for page in PAGES:
        before = everything(two)
        response = ask(two.ours.http, page, csrf=two.ours.csrf)
        for secret in ("Fatima", "sans stress", "Secret de Ronsard"):
            assert secret not in response.text, (page.path, secret)
        if ":int}" in page.path and not OF_NOBODY.search(page.path):
            assert response.status_code in (403, 404), page.path
            assert everything(two) == before, page.path


def test_of_their_own_college_all_is_there(two):
    """The same pages do answer for number 2: what is refused is refused for the collège."""
    for page in PAGES:
        asks = page.method == "GET" and ":int}" in page.path
        if asks and page.needs in RIGHTS[StaffRole.ORGANIZER] and not OF_NOBODY.search(page.path):
            path = address(page).replace("/1", "/2")
            assert two.ours.http.get(path).status_code not in (403, 404), path


def test_lists_hold_what_is_of_the_college(two):
    sessions = two.ours.get("/sessions?when=all").text
    assert "Pix" in sessions
    assert OURS in sessions  # beside their name
    assert "Nolwenn" in two.ours.get("/people").text
    assert "1 personne" in two.ours.get("/people").text
    talks = two.ours.get("/conversations").text
    assert "/console/conversations/2" in talks
    assert "/console/conversations/1" not in talks


def test_a_conversation_shows_their_own_sessions_of_somebody_who_goes_to_both(two, vault):
    with two.sessions.begin() as session:
        signed_up(session, somebody(session, vault, 2), session.get_one(WorkshopSession, 1))
    page = two.ours.get("/conversations/2").text
    assert "Pix" in page
    assert "sans stress" not in page


def test_a_broadcast_reaches_who_signed_up_there_or_named_it_with_their_wishes(two, vault):
    with two.sessions.begin() as session:
        for number, college in ((5, OURS), (6, THEIRS), (7, "")):
            teacher = somebody(session, vault, number, territory="vienne")
            session.add(
                Wish(
                    contact_id=teacher.contact_id, address_id=teacher.id, themes=["pix"],
                    half_days=["mon-am"], college=college, changed_at=NOON,
                )
            )  # fmt: skip
        bound = Audience().bounded(Reach("vienne", OURS))
        conditions = criteria(session, two.house.team.means, bound)
        found = session.scalars(select(Contact.id).where(*conditions).order_by(Contact.id)).all()
        wishes = session.scalar(select(Wish.contact_id).where(Wish.college == OURS))
        assert found == [2, wishes]
    fields = fields_of(two.ours.get("/broadcasts/new").text) | {
        "texte.fr": "Bonjour", "public.ecole": THEIRS, "college": THEIRS, "public.college": THEIRS,
    }  # fmt: skip
    reply = two.ours.post("/broadcasts/new", fields)
    number = int(reply.headers["location"].split("?")[0].rsplit("/", 1)[1])
    with two.sessions() as session:
        written = session.get_one(Broadcast, number).audience
    assert written == {"schools": [THEIRS], "reach": "vienne", "college": OURS}
    page = two.ours.get("/people/wishes").text
    assert "1 enseignant" in page
    assert THEIRS not in page


@pytest.mark.parametrize(
    "mine", [Reach("vienne"), Reach("vienne", OURS), Reach("finistere"), Reach()]
)
def test_who_may_decide_about_a_broadcast_of_a_college(two, mine):
    with two.sessions.begin() as session:
        seen = session.scalars(
            select(Broadcast.id).where(authors.within(mine)).order_by(Broadcast.id)
        ).all()
        held = [
            row.id
            for row in session.scalars(select(Broadcast).order_by(Broadcast.id))
            if mine.holds(authors.reach_in(row))
        ]
    assert (
        seen
        == held
        == {"": [1, 2], "finistere": []}.get(mine.territory, [2] if mine.college else [1, 2])
    )


def test_results_are_of_the_college_alone(two, vault):
    with two.sessions.begin() as session:
        ours = session.get_one(WorkshopSession, 2)
        for number in range(10, 17):
            signed_up(session, somebody(session, vault, number), ours)
        theirs = session.get_one(WorkshopSession, 1)
        for number in range(20, 40):
            signed_up(session, somebody(session, vault, number), theirs)
    page = two.ours.get("/results").text
    assert '<p class="tile-number">8</p>' in page
    assert "ne se comptent pas par collège" in page
    table = two.ours.get("/results/signed.csv?territory=finistere").content.decode("utf-8-sig")
    assert table.splitlines()[-1].startswith("Total;8;8;")
    assert len(two.ours.get("/results/sms.csv").content.decode("utf-8-sig").splitlines()) == 2
    whole = two.signed_in(StaffRole.ORGANIZER).get("/results").text
    assert '<p class="tile-number">29</p>' in whole


def test_a_new_session_is_theirs_and_no_form_makes_it_another_colleges(two):
    fields = fields_of(two.ours.get("/sessions/new").text)
    assert (fields["lieu"], fields["organisateur"], fields["commune"]) == (OURS, OURS, "Poitiers")
    fields |= {
        "titre": "Cours", "debut": "2026-12-10T14:00", "fin": "2026-12-10T16:00", "etat": "ouvert",
    }  # fmt: skip
    for wrong in ({"organisateur": THEIRS}, {"organisateur": "Équipe TNE", "lieu": THEIRS},
                  {"organisateur": "Équipe TNE", "lieu": "Mairie"}):  # fmt: skip
        reply = two.ours.post("/sessions/new", fields | wrong)
        assert reply.status_code == 422
        assert "celle de votre collège" in reply.text
    reply = two.ours.post("/sessions/new", fields)
    assert reply.status_code == 303
    with two.sessions() as session:
        made = session.scalars(select(WorkshopSession).order_by(WorkshopSession.id.desc())).first()
        assert made.college == OURS
        number = made.id
    reply = two.ours.sends(f"/sessions/{number}/edit", organisateur=THEIRS)
    assert reply.status_code == 422


def test_whoever_organizes_a_workshop_does_so_on_all_its_dates(two):
    admin = two.signed_in()
    with two.sessions.begin() as session:
        row = session.get_one(WorkshopSession, 1)
        a_session(session, "again").workshop = row.workshop
        row.workshop.organizer, row.place = "Équipe TNE", "Mairie"
    assert admin.sends("/sessions/1/edit", organisateur=f"Le {OURS}").status_code == 303
    with two.sessions() as session:
        rows = session.scalars(select(WorkshopSession).order_by(WorkshopSession.id))
        assert [row.college for row in rows] == [OURS, OURS, OURS]


@pytest.mark.parametrize(
    ("organizer", "place", "commune", "college"),
    [
        (OURS, "Mairie", "Latillé", OURS),
        ("COLLEGE  jules verne, CDI", "Mairie", "Latillé", OURS),
        ("Équipe TNE", "Salle B, collège Jules-Verne", "Poitiers", OURS),
        ("Équipe TNE", OURS, "Latillé", None),  # another of that name, elsewhere
        ("Équipe TNE", "Jardin des Plantes", "Poitiers", None),  # the garden
        (f"{OURS} et {THEIRS}", "Mairie", "Poitiers", None),
        (THEIRS, OURS, "Poitiers", THEIRS),
        ("Collège Max-Jacob", "Mairie", "Poitiers", None),  # of the other territory
        ("", "", "", None),
    ],
)
def test_the_college_whose_session_it_is(organizer, place, commune, college):
    assert college_of(the_tables(), "vienne", organizer, place, commune) == college


def test_a_member_is_added_for_a_college_and_older_sessions_are_theirs_at_once(two):
    with two.sessions.begin() as session:
        session.get_one(WorkshopSession, 2).college = None  # of before there were any
    admin = two.signed_in()
    fields = {"name": "Karim", "role": "organizer", "territory": "", "college": OURS}
    assert "Karim" in admin.post("/team", fields).text
    with two.sessions() as session:
        made = session.scalars(select(StaffMember).where(StaffMember.name == "Karim")).one()
        assert (made.territory, made.college) == ("vienne", OURS)
        assert session.get_one(WorkshopSession, 2).college == OURS
    assert OURS in admin.get("/team").text
    for wrong in ({"territory": "finistere"}, {"college": "Collège Inconnu"}):
        assert admin.post("/team", fields | wrong).status_code == 422
    reply = admin.post("/team", fields | {"role": "administrator", "name": "Ana"})
    assert reply.status_code == 200
    with two.sessions() as session:
        ana = session.scalars(select(StaffMember).where(StaffMember.name == "Ana")).one()
        assert ana.reach == Reach()
