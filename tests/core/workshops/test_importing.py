"""Importing sessions: planned, refused with reasons, or written whole."""

import pytest
from sqlalchemy import func, select

from core.db import make_engine, make_sessions
from core.messages import Bubble
from core.outbox import delivery, posting
from core.outbox.delivery import Cause
from core.workshops.model import SessionState, SignUpState, Workshop, WorkshopSession
from core.workshops.sheets import importing, spreadsheet
from core.workshops.sheets.columns import COLUMNS
from core.workshops.sheets.lines import read_entries
from tests.core.workshops.shop import a_line, a_session, at, signed_up, somebody, the_tables
from tests.world import NOON


class Shop:
    """Imports lines at noon, each time in one transaction."""

    def __init__(self, sessions):
        self._sessions = sessions

    def imports(self, *lines):
        with self._sessions.begin() as session:
            plan = importing.plan(session, the_tables(), lines, NOON)
            if plan.wrongs:
                return plan, None
            return plan, importing.apply(session, the_tables(), plan, NOON)

    def wrongs(self, *lines):
        plan, applied = self.imports(*lines)
        assert applied is None
        assert not plan.created
        assert not plan.changed
        return [(one.line, one.column, one.key) for one in plan.wrongs]

    def row(self, name="ent-1"):
        with self._sessions.begin() as session:
            query = select(WorkshopSession).where(WorkshopSession.external_id == name)
            row = session.scalars(query).one()
            assert row.workshop
            return row

    def count(self):
        with self._sessions.begin() as session:
            return session.scalar(select(func.count()).select_from(WorkshopSession))


@pytest.fixture
def shop(sessions):
    return Shop(sessions)


def test_a_line_becomes_a_session_with_its_workshop(shop):
    plan, applied = shop.imports(a_line())
    row = shop.row()
    assert len(plan.created) == 1
    assert applied.opened == [row.id]
    assert (row.starts_at, row.ends_at) == (at("2027-01-12", 13), at("2027-01-12", 15))
    assert (row.opens_at, row.closes_at) == (at("2026-11-01", 7), at("2027-01-11", 19))
    assert (row.latitude, row.longitude) == pytest.approx((46.6173, 0.0773))
    assert (row.languages, row.seats, row.state) == (["fr", "ar"], 12, "open")
    assert (row.workshop.title, row.workshop.theme) == ("L'ENT sans stress", "ent")
    assert not row.workshop.demo


def test_the_same_again_changes_nothing(shop):
    shop.imports(a_line())
    plan, applied = shop.imports(a_line())
    assert (plan.created, plan.changed, plan.same) == ((), (), 1)
    assert applied == importing.Applied()


def test_words_may_be_accented_capital_or_agree(shop):
    words = {
        "type": "Ateliers", "public": "Enseignant", "etat": "Ouverte", "distance": False,
        "theme": "ENT", "commune": "LATILLE", "territoire": "Vienne",
        "langues": "Français ; arabe", "places": 12,
    }  # fmt: skip
    shop.imports(a_line(**words))
    row = shop.row()
    assert (row.commune, row.languages, row.state) == ("Latillé", ["fr", "ar"], "open")
    assert (row.workshop.kind, row.workshop.audience) == ("workshop", "teachers")


def test_an_empty_window_is_from_now_until_it_begins_and_stays_so(shop):
    empty = a_line(inscriptions_de=None, inscriptions_a="")
    shop.imports(empty)
    row = shop.row()
    assert (row.opens_at, row.closes_at) == (NOON, row.starts_at)
    assert shop.imports(empty)[0].same == 1


def test_a_workshop_is_described_once_for_its_sessions(shop):
    bare = dict.fromkeys(("type", "titre", "description", "theme", "public", "organisateur"), None)
    shop.imports(a_line(2), a_line(3, identifiant="ent-2", **bare))
    assert shop.row("ent-2").workshop.title == "L'ENT sans stress"
    assert shop.row("ent-2").workshop_id == shop.row().workshop_id


def test_a_remote_session_has_no_place(shop):
    nowhere = {"lieu": "", "adresse": "", "commune": "", "lien": "https://visio.example/1"}
    shop.imports(a_line(distance="oui", **nowhere))
    row = shop.row()
    assert row.remote
    assert (row.place, row.latitude, row.link) == ("", None, "https://visio.example/1")
    assert shop.wrongs(a_line(distance="oui")) == [
        (2, "lieu", "sheet.remote_place"),
        (2, "adresse", "sheet.remote_place"),
        (2, "commune", "sheet.remote_place"),
    ]


@pytest.mark.parametrize(
    ("changes", "column", "key"),
    [
        ({"identifiant": ""}, "identifiant", "sheet.empty"),
        ({"identifiant": "x" * 65}, "identifiant", "sheet.text_long"),
        ({"type": "stage"}, "type", "sheet.unknown_word"),
        ({"public": None}, "public", "sheet.empty_choice"),
        ({"etat": "complet"}, "etat", "sheet.unknown_word"),
        ({"titre": "#REF!"}, "titre", "sheet.excel_error"),
        ({"theme": "cuisine"}, "theme", "sheet.unknown_word"),
        ({"debut": None}, "debut", "sheet.empty"),
        ({"debut": "mardi"}, "debut", "sheet.bad_moment"),
        ({"debut": "12/01/2027 00:00"}, "debut", "sheet.no_hour"),
        ({"debut": "28/03/2027 02:30"}, "debut", "sheet.hour_skipped"),
        ({"fin": "12/01/2027 13:00"}, "fin", "sheet.ends_early"),
        ({"inscriptions_a": "12/01/2027 17:00"}, "inscriptions_a", "sheet.closes_late"),
        ({"inscriptions_a": "01/10/2026 17:00"}, "inscriptions_a", "sheet.closes_early"),
        ({"debut": "12/01/2026 14:00"}, "debut", "sheet.past"),
        ({"lieu": " "}, "lieu", "sheet.empty"),
        ({"commune": "Latille-sur-Mer"}, "commune", "sheet.commune_near"),
        ({"commune": "Xyzzy"}, "commune", "sheet.unknown_commune"),
        ({"commune": "Brest"}, "commune", "sheet.other_territory"),
        ({"lien": "visio.example"}, "lien", "sheet.bad_link"),
        ({"territoire": "Loire"}, "territoire", "sheet.unknown_word"),
        ({"langues": "fr, xyzzy"}, "langues", "sheet.unknown_language"),
        ({"places": "douze"}, "places", "sheet.bad_seats"),
        ({"places": "0"}, "places", "sheet.bad_seats"),
        ({"places": 1.5}, "places", "sheet.bad_seats"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_column(shop, changes, column, key):
    wrongs = shop.wrongs(a_line(7, **changes))
    assert (7, column, key) in wrongs
    assert shop.count() == 0


def test_everything_wrong_is_said_at_once_and_nothing_is_written(shop):
    assert shop.wrongs(
        a_line(2),
        a_line(3, identifiant="ent-2", places="", etat="?"),
        a_line(4),
        a_line(5, identifiant="ent-3", titre="Autre chose"),
    ) == [
        (3, "places", "sheet.empty"),
        (3, "etat", "sheet.unknown_word"),
        (4, "identifiant", "sheet.id_twice"),
        (5, "titre", "sheet.described_otherwise"),
    ]
    assert shop.count() == 0


def test_elsewhere_than_in_our_territories_any_commune_will_do(shop):
    shop.imports(a_line(commune="Xyzzy", territoire="national"))
    assert (shop.row().commune, shop.row().latitude) == ("Xyzzy", None)


def test_fewer_seats_than_are_taken_are_refused_with_the_number(shop, sessions, vault):
    one = shop.imports(a_line())[1].opened[0]
    with sessions.begin() as session:
        row = session.get(WorkshopSession, one)
        signed_up(session, somebody(session, vault, 1), row, size=4)
        signed_up(session, somebody(session, vault, 2), row, size=3, state=SignUpState.OFFERED)
        signed_up(session, somebody(session, vault, 3), row, size=5, state=SignUpState.CANCELLED)
    plan, _ = shop.imports(a_line(places=6))
    assert [(one.key, dict(one.values)) for one in plan.wrongs] == [
        ("sheet.seats_taken", {"taken": 7, "found": 6})
    ]
    assert shop.row().seats == 12
    shop.imports(a_line(places=7))
    assert shop.row().seats == 7


def test_a_changed_date_or_place_of_an_open_session_is_a_new_revision(shop):
    shop.imports(a_line())
    assert shop.row().revision == 0
    plan, applied = shop.imports(a_line(debut="12/01/2027 14:30", commune="Poitiers"))
    assert [cell[0] for cell in plan.changed[0].cells] == ["debut", "commune"]
    assert plan.changed[0].cells[0] == ("debut", "12/01/2027 14:00", "12/01/2027 14:30")
    assert (shop.row().revision, applied.revised) == (1, [shop.row().id])
    assert shop.row().latitude == pytest.approx(46.58, abs=0.1)


def test_a_title_seats_or_a_draft_tell_nobody(shop):
    shop.imports(a_line())
    assert shop.imports(a_line(titre="L'ENT", places=20))[1] == importing.Applied()
    assert (shop.row().revision, shop.row().workshop.title) == (0, "L'ENT")
    shop.imports(a_line(identifiant="b", atelier="b", etat="brouillon"))
    later = a_line(identifiant="b", atelier="b", etat="brouillon", debut="12/01/2027 15:00")
    assert shop.imports(later)[1] == importing.Applied()


def test_a_draft_that_opens_is_opened_once(shop):
    assert shop.imports(a_line(etat="brouillon"))[1].opened == []
    assert shop.imports(a_line())[1].opened == [shop.row().id]
    assert shop.imports(a_line())[1].opened == []


def test_a_cancelled_session_stays_so_and_its_news_are_kept_back(shop, sessions, vault):
    _, applied = shop.imports(a_line())
    (one,) = applied.opened
    with sessions.begin() as session:
        address = somebody(session, vault)
        posting.post(session, address, Cause.SESSION_OPENED, one, "opened", Bubble("!"), NOON)
    assert shop.imports(a_line(etat="annulé"))[1].cancelled == [one]
    with sessions.begin() as session:
        assert session.scalars(select(delivery.Delivery.state)).all() == ["cancelled"]
    assert shop.wrongs(a_line()) == [(2, "etat", "sheet.was_cancelled")]


def test_a_session_with_sign_ups_is_no_draft_again(shop, sessions, vault):
    one = shop.imports(a_line())[1].opened[0]
    with sessions.begin() as session:
        row = session.get(WorkshopSession, one)
        signed_up(session, somebody(session, vault), row, state=SignUpState.WAITING)
    assert shop.wrongs(a_line(etat="brouillon")) == [(2, "etat", "sheet.has_sign_ups")]


def test_a_title_that_says_so_is_demonstration_data(shop):
    shop.imports(a_line(titre="[Démonstration] L'ENT"))
    assert shop.row().workshop.demo


@pytest.mark.parametrize("name", ["s.csv", "s.xlsx"])
def test_importing_an_export_changes_nothing(database_url, tmp_path, name):
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        a_session(session, "a", title="=1+1", starts_at=at("2026-12-01", 13, 30))
        a_session(
            session,
            "b",
            remote=True,
            link="https://visio.example",
            theme=None,
            demo=True,
            title="[Démonstration] X",
        )
        a_session(
            session,
            "c",
            commune="Brest",
            state=SessionState.DRAFT,
            opens_at=at("2026-10-25", 1, 30),
            languages=["fr", "tr"],
            street="-3 rue",
        )
        a_session(
            session,
            "d",
            starts_at=at("2026-10-25", 0, 30),
            opens_at=at("2026-10-01"),
            state=SessionState.CANCELLED,
            place="Chez « Paul »; au fond",
        )
        a_session(session, "e", opens_at=at("2026-11-02").replace(microsecond=5))
    path = tmp_path / name
    with sessions.begin() as session:
        spreadsheet.write(path, COLUMNS, importing.rows(session))
    with sessions.begin() as session:
        plan = importing.plan(
            session, the_tables(), spreadsheet.read(path, COLUMNS), at("2026-12-20")
        )
    assert plan == importing.Plan(same=5)
    engine.dispose()


def test_an_import_is_written_and_changed_alike_on_both_databases(database_url):
    engine = make_engine(database_url)
    shop = Shop(make_sessions(engine))
    shop.imports(a_line(), a_line(3, identifiant="ent-2", lieu="Mairie"))
    assert shop.imports(a_line(places=9, lieu="Mairie"))[1].revised == [shop.row().id]
    assert (shop.row().seats, shop.row().revision, shop.count()) == (9, 1, 2)
    engine.dispose()


def test_a_workshop_of_nobody_is_never_made(shop, sessions):
    shop.wrongs(a_line(places=""))
    with sessions.begin() as session:
        assert session.scalars(select(Workshop)).all() == []


def test_reading_entries_gives_the_good_ones_beside_the_wrong():
    entries, wrongs = read_entries([a_line(2), a_line(3, identifiant="")], the_tables())
    assert [one.line for one in entries] == [2]
    assert [one.line for one in wrongs] == [3]
