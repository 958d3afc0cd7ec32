"""What people and files say is hostile until shown otherwise; and other territories are closed."""

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.console.members import StaffRole
from core.workshops.model import NAME, Attendee, SignUp, Workshop, WorkshopSession
from core.workshops.sheets.columns import COLUMNS
from tests.console.office import FROM_US
from tests.core.workshops.shop import A_LINE, a_session, signed_up, somebody
from tests.world import NOON

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
FORMULAS = ('=HYPERLINK("http://evil")', "+33", "-1+1", "@SUM(A1)", "\t=1", "'=1")


@pytest.fixture
def two(office):
    """A session in each territory, with somebody in it: 1 in Vienne, 2 in Finistère."""
    with office.sessions.begin() as session:
        for number, commune in enumerate(("Latillé", "Brest"), start=1):
            row = a_session(session, f"s{number}", commune=commune, title=f"Titre de {commune}")
            sign_up = signed_up(session, somebody(session, office.vault, number), row)
            sign_up.attendees = [
                Attendee(name=office.vault.seal(f"Nom{number}", NAME), child=False)
            ]
    return office


def files(*lines: dict[str, object]) -> dict[str, tuple[str, bytes]]:
    rows = [
        ";".join(COLUMNS),
        *(
            ";".join(str((A_LINE | {"silence_libere": "non"} | one)[name]) for name in COLUMNS)
            for one in lines
        ),
    ]
    return {"file": ("seances.csv", "\n".join(rows).encode())}


def uploads(browser, *lines, name: str | None = None):
    given = files(*lines)
    if name:
        given = {"file": (name, given["file"][1])}
    return browser.http.post(
        "/console/sessions/import", data={"csrf": browser.csrf}, files=given, headers=FROM_US
    )


def test_what_people_wrote_is_text_on_every_page(office):
    with office.sessions.begin() as session:
        row = a_session(session, title=SCRIPT, place=SCRIPT, link=f"https://x/{SCRIPT}")
        sign_up = signed_up(session, somebody(session, office.vault), row)
        sign_up.attendees = [Attendee(name=office.vault.seal(SCRIPT, NAME), child=False)]
    browser = office.lets_in(office.member(name=SCRIPT[:60]))
    for path in (
        "", "/sessions", "/sessions/1", "/sessions/1/edit", "/sessions/1/cancel", "/team",
        "/sessions/new?like=1", f"/sessions?words={SCRIPT}", f"/sessions/1?words={SCRIPT}",
    ):  # fmt: skip
        page = browser.get(path)
        assert page.status_code == 200
        assert "&lt;script&gt;" in page.text, path
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_in_an_export_is_a_formula(office, formula):
    with office.sessions.begin() as session:
        row = a_session(session, title=f"{formula} titre")
        sign_up = signed_up(session, somebody(session, office.vault), row)
        sign_up.attendees = [Attendee(name=office.vault.seal(formula, NAME), child=False)]
    browser = office.signed_in()
    for path in ("/sessions/export", "/sessions/1/roll"):
        text = browser.get(f"{path}.csv").content.decode("utf-8-sig")
        for line in csv.reader(io.StringIO(text), delimiter=";"):
            assert not [cell for cell in line if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
        book = load_workbook(io.BytesIO(browser.get(f"{path}.xlsx").content))
        types = {cell.data_type for line in book.active.iter_rows() for cell in line}
        assert "f" not in types


def test_an_organizer_sees_and_reaches_nothing_of_another_territory(two):
    browser = two.signed_in(StaffRole.ORGANIZER, territory="vienne")
    assert "Titre de Latillé" in browser.get("/sessions").text
    for path in ("", "/sessions", "/sessions?when=all&territory=finistere", "/sessions/export.csv"):
        assert "Brest" not in browser.get(path).text
    for path in ("/sessions/2", "/sessions/2/edit", "/sessions/2/cancel", "/sessions/2/roll.csv",
                 "/sessions/2/poster.pdf", "/sessions/new?like=2"):  # fmt: skip
        reply = browser.get(path)
        assert reply.status_code == 404, path
        assert "Nom2" not in reply.text
    for path, fields in (
        ("/sessions/2/edit", {"titre": "x"}),
        ("/sessions/2/cancel", {}),
        ("/sessions/2/absent", {}),
        ("/sessions/2/sign-ups/2/mark", {"state": "attended"}),
        ("/sessions/2/sign-ups/2/give-back", {}),
        # Their own session in the address, somebody else's sign-up behind it.
        ("/sessions/1/sign-ups/2/mark", {"state": "attended"}),
        ("/sessions/1/sign-ups/2/give-back", {}),
    ):
        assert browser.post(path, fields).status_code == 404, path
    with two.sessions.begin() as session:
        assert session.get(SignUp, 2).state == "confirmed"
        assert session.get(WorkshopSession, 2).state == "open"


def test_a_form_cannot_carry_a_session_into_another_territory(two):
    browser = two.signed_in(StaffRole.ORGANIZER, territory="vienne")
    reply = browser.sends("/sessions/1/edit", territoire="finistere", commune="Brest")
    assert reply.status_code == 422
    assert "votre territoire" in reply.text
    with two.sessions.begin() as session:
        assert session.get(WorkshopSession, 1).territory == "vienne"


@pytest.mark.parametrize("name", ["s2", "s2 ", " s2", "\xa0s2"])
def test_a_file_cannot_write_a_session_of_another_territory(two, name):
    browser = two.signed_in(StaffRole.ORGANIZER, territory="vienne")
    reply = uploads(browser, {"identifiant": name, "atelier": "atelier-s2", "places": "1"})
    assert reply.status_code == 422
    assert "pas de votre territoire" in reply.text
    with two.sessions.begin() as session:
        assert session.get(WorkshopSession, 2).seats == 12


def test_a_file_cannot_rename_a_workshop_that_is_held_elsewhere(two):
    browser = two.signed_in(StaffRole.ORGANIZER, territory="vienne")
    reply = uploads(browser, {"identifiant": "new", "atelier": "atelier-s2", "titre": "Détourné"})
    assert reply.status_code == 422
    assert "un autre territoire" in reply.text
    with two.sessions.begin() as session:
        assert "Détourné" not in session.scalars(select(Workshop.title)).all()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "a\r\nSet-Cookie: x=1.csv", 'x".csv', "x/y.csv"]
)
def test_the_name_of_a_file_opens_nothing_and_reaches_no_header(two, name):
    reply = uploads(two.signed_in(), {"identifiant": "new"}, name=name)
    assert reply.status_code in (200, 400, 422)
    assert "set-cookie" not in reply.headers
    assert "root:" not in reply.text


def test_numbers_that_no_database_knows_are_nowhere(office):
    browser = office.signed_in()
    for number in (10**12, 10**30, 0):
        assert browser.get(f"/sessions/{number}").status_code == 404
    for said in ("saved%0d%0aX: 1", "nothing", "saved"):
        reply = browser.get(f"/sessions?said={said}&count=99999999")
        assert reply.status_code == 200
        assert "x" not in reply.headers


def test_a_file_that_unpacks_to_too_much_is_refused(office):
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/sharedStrings.xml", b" " * 60_000_000)
    browser = office.signed_in()
    reply = browser.http.post(
        "/console/sessions/import", data={"csrf": browser.csrf},
        files={"file": ("s.xlsx", packed.getvalue())}, headers=FROM_US,
    )  # fmt: skip
    assert reply.status_code == 422
    assert "trop gros" in reply.text


def test_what_is_posted_without_end_is_cut_off(office):
    browser = office.signed_in()
    reply = browser.post("/team", {"name": "x" * 5_000_000})
    assert reply.status_code == 413
    assert office.now == NOON
