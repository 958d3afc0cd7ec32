"""``python -m bot sessions``: what staff see, and what the database holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.cli.main import main
from core.daytime import PARIS
from core.db import Base, make_engine, make_sessions
from core.outbox.delivery import Delivery
from core.people.contacts import meet
from core.workshops.model import SessionState, Workshop, WorkshopSession
from core.workshops.search import interest
from core.workshops.search.wanted import Wanted
from core.workshops.sheets import demo
from core.workshops.sheets.columns import COLUMNS
from tests.core.workshops.shop import A_LINE, a_session, signed_up, somebody, the_tables
from tests.world import ROOT

SOON = datetime.now(UTC).replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(days=20)


class Office:
    """A database, a folder, and the command line."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = make_engine(f"sqlite:///{folder}/office.db")
        Base.metadata.create_all(self.engine)
        self.sessions = make_sessions(self.engine)

    def file(self, *lines, name="s.csv"):
        """A file with these changes of A_LINE, at four in the afternoon in twenty days."""
        day = f"{SOON.astimezone(PARIS):%d/%m/%Y}"
        dated = {"debut": f"{day} 16:00", "fin": "18:00", "inscriptions_a": ""}
        rows = [A_LINE | dated | line for line in lines]
        written = [";".join(str(row[column]) for column in COLUMNS) for row in rows]
        path = self.folder / name
        path.write_text("\n".join([";".join(COLUMNS), *written]), encoding="cp1252")
        return str(path)

    def imports(self, *lines, yes=True):
        return main(["sessions", "import", self.file(*lines), *(["--yes"] if yes else [])])

    def all(self, kind):
        with self.sessions.begin() as session:
            return session.scalars(select(kind).order_by(kind.id)).all()

    def adds(self, **session_values):
        with self.sessions.begin() as session:
            return a_session(session, starts_at=SOON, **session_values).id


@pytest.fixture
def office(tmp_path, monkeypatch):
    office = Office(tmp_path)
    settings = {
        "DATABASE_URL": str(office.engine.url), "CONTENT_DIR": str(ROOT / "content"),
        "LOCALE_DIR": str(ROOT / "locale"), "KEYS_FILE": str(tmp_path / "keys.json"),
        "TELEGRAM_BOT_NAME": "", "SMS_NUMBER": "",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield office
    office.engine.dispose()


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(office, capsys):
    assert office.imports({}, yes=False) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("nouvelle : ent-1, ")
    assert "1 à créer, 0 à changer, 0 déjà à jour." in shown.err
    assert "--yes" in shown.err
    assert office.all(WorkshopSession) == []


def test_yes_writes_and_a_change_is_shown_cell_by_cell(office, capsys):
    assert office.imports({}, {"identifiant": "ent-2"}) == 0
    assert "2 créée(s), 0 changée(s)" in capsys.readouterr().err
    assert office.imports({"places": 20}, {"identifiant": "ent-2"}) == 0
    shown = capsys.readouterr()
    assert shown.out == "changée : ent-1\n    places : « 12 » → « 20 »\n"
    assert "0 à créer, 1 à changer, 1 déjà à jour." in shown.err
    assert [row.seats for row in office.all(WorkshopSession)] == [20, 12]


def test_every_wrong_line_is_said_with_what_to_do_and_nothing_is_written(office, capsys):
    assert office.imports({}, {"identifiant": "b", "places": "douze", "commune": "Latile"}) == 1
    shown = capsys.readouterr()
    path = office.folder / "s.csv"
    commune, places = shown.out.splitlines()
    assert commune.startswith(f"{path}:3: commune : « Latile » n'est pas une commune connue.")
    assert "Latillé" in commune
    assert places == f"{path}:3: places : « douze » : il faut un nombre entier de 1 à 10000."
    assert "2 point(s) à corriger ; rien n'est écrit." in shown.err
    assert office.all(Workshop) == []


def test_a_file_that_is_missing_or_of_another_kind_is_refused(office, capsys):
    assert main(["sessions", "import", str(office.folder / "none.csv")]) == 2
    assert main(["sessions", "import", str(office.folder / "notes.docx")]) == 2
    assert "Enregistrer sous" in capsys.readouterr().err
    (office.folder / "bad.csv").write_text("a;b\n")
    assert main(["sessions", "import", str(office.folder / "bad.csv")]) == 1
    assert "bad.csv:1: aucune colonne connue" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_is_imported_without_a_change(office, capsys, kind):
    office.adds()
    path = str(office.folder / f"out.{kind}")
    assert main(["sessions", "export", path]) == 0
    assert main(["sessions", "import", path, "--yes"]) == 0
    assert "0 à créer, 0 à changer, 1 déjà à jour." in capsys.readouterr().err
    assert main(["sessions", "export", path]) == 2
    assert "existe déjà" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_imports_as_nothing_and_its_example_as_a_session(office, capsys, kind):
    path = office.folder / f"modele.{kind}"
    assert main(["sessions", "template", str(path)]) == 0
    assert main(["sessions", "import", str(path), "--yes"]) == 0
    assert "0 à créer" in capsys.readouterr().err
    if kind == "csv":
        path.write_bytes(path.read_bytes().replace(b"# ", b""))
    else:
        book = load_workbook(path)
        book.active["A2"] = "ent-latille-1"
        book.save(path)
    assert main(["sessions", "import", str(path), "--yes"]) == 0
    assert [row.state for row in office.all(WorkshopSession)] == [SessionState.DRAFT]


def test_whoever_waits_for_it_is_told_when_a_session_opens(office, vault, capsys):
    with office.sessions.begin() as session:
        address = meet(session, vault, "sms", "+33639980001", datetime.now(UTC))
        interest.note(session, address, Wanted(communes=("Latillé",)), datetime.now(UTC))
    assert office.imports({"etat": "brouillon"}) == 0
    assert office.all(Delivery) == []
    assert office.imports({}, yes=False) == 0
    assert office.all(Delivery) == []
    capsys.readouterr()
    assert office.imports({}) == 0
    assert "1 message(s) en file" in capsys.readouterr().err
    (delivery,) = office.all(Delivery)
    assert (delivery.cause, delivery.contact_id) == ("session_opened", address.contact_id)
    assert "L'ENT sans stress" in delivery.text


def test_the_list_gives_the_numbers_that_posters_bear(office, capsys):
    office.adds()
    assert main(["sessions"]) == 0
    shown = capsys.readouterr()
    when = f"{SOON.astimezone(PARIS):%d/%m/%Y %H:%M}"
    assert shown.out == (
        f"1  {when}  ouverte  0/12 places prises, 0 en attente  Latillé  L'ENT sans stress\n"
    )
    assert "1 séance(s) à venir." in shown.err


def test_a_poster_is_written_when_it_leads_somewhere(office, monkeypatch, capsys):
    number, path = str(office.adds()), office.folder / "p.pdf"
    assert main(["sessions", "poster", number, "--out", str(path)]) == 2
    assert "TELEGRAM_BOT_NAME" in capsys.readouterr().err
    monkeypatch.setenv("SMS_NUMBER", "06 39 98 00 01")
    assert main(["sessions", "poster", "9", "--out", str(path)]) == 2
    assert "numéro 9" in capsys.readouterr().err
    assert main(["sessions", "poster", number, "--out", str(path)]) == 0
    assert path.read_bytes().startswith(b"%PDF-")


def test_what_is_cancelled_or_over_gets_no_poster(office, monkeypatch, capsys):
    monkeypatch.setenv("SMS_NUMBER", "06 39 98 00 01")
    number = office.adds(state=SessionState.CANCELLED)
    assert main(["sessions", "poster", str(number)]) == 2
    assert "annulée ou passée" in capsys.readouterr().err


def test_the_demonstration_is_prepared_with_its_sessions_and_only_there(office, monkeypatch):
    Base.metadata.drop_all(office.engine)
    assert main(["prepare"]) == 0
    assert office.all(WorkshopSession) == []
    monkeypatch.setenv("DEMO", "1")
    for _ in range(2):
        assert main(["prepare"]) == 0
        assert len(office.all(WorkshopSession)) == 12
    assert all(one.demo and one.title.startswith("[Démonstration]") for one in office.all(Workshop))


def test_the_demonstration_is_made_again_once_its_sessions_are_over(office):
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for weeks, count in ((0, 12), (1, 12), (2, 15), (5, 27)):
        with office.sessions.begin() as session:
            demo.load(session, the_tables(), ROOT / "content", monday + timedelta(weeks=weeks))
        assert len(office.all(WorkshopSession)) == count
    starts = [row.starts_at.astimezone(PARIS) for row in office.all(WorkshopSession)]
    assert all(8 <= one.hour <= 19 and one.weekday() != 6 for one in starts)


def test_who_does_not_answer_is_listed_by_number_and_silence_can_be_chosen(office, vault, capsys):
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=20)
    with office.sessions.begin() as session:
        row = a_session(session, starts_at=tomorrow)
        sign_up = signed_up(session, somebody(session, vault), row, size=2)
        sign_up.settled_at = tomorrow - timedelta(days=20)
        number, mine = row.id, sign_up.id
    assert main(["sessions", "silent"]) == 0
    shown = capsys.readouterr()
    assert f"séance {number}, " in shown.out
    assert f"inscription {mine}, 2 personne(s), joignable par message" in shown.out
    assert "+336" not in shown.out
    assert "1 inscription(s) sans réponse." in shown.err
    assert main(["sessions", "silent", "999"]) == 2
    for word, chosen in (("oui", True), ("non", False)):
        assert main(["sessions", "silence", str(number), word]) == 0
        assert [one.silence_releases for one in office.all(WorkshopSession)] == [chosen]
    assert main(["sessions", "silence", "999", "oui"]) == 2


def test_a_file_from_before_a_column_was_added_stays_good_and_changes_nothing_of_it(office):
    assert office.imports({"silence_libere": "oui"}) == 0
    path = office.file({"places": 20})
    lines = Path(path).read_text(encoding="cp1252").splitlines()
    text = "\n".join(line.rpartition(";")[0] for line in lines)
    (office.folder / "old.csv").write_text(text, encoding="cp1252")
    assert main(["sessions", "import", str(office.folder / "old.csv"), "--yes"]) == 0
    (row,) = office.all(WorkshopSession)
    assert (row.seats, row.silence_releases) == (20, True)
