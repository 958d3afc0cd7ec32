"""``python -m bot attendance``: what staff see, what the files say, and what the database holds."""

import csv
import stat
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from bot.cli.main import main
from core.workshops.model import NAME, Attendee, Audience, SignUpState, WorkshopSession
from core.workshops.sheets.roll import COLUMNS
from core.workshops.signing.form import Said
from tests.bot.test_sessions_cli import Office
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import ROOT

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
ANNE = Said(name="Anne Le Goff", school="Collège Jean-Moulin", email="anne@ac-poitiers.fr")
TRICK = '=HYPERLINK("http://evil.example")'


class Door(Office):
    """A session that began half an hour ago, and whoever signed up for it."""

    def __init__(self, folder, vault):
        super().__init__(folder)
        self.vault = vault

    def opens(self, name="ent-1", starts_at=NOW - HOUR / 2, **values):
        with self.sessions.begin() as session:
            return a_session(session, name, starts_at=starts_at, **values).id

    def adds(self, number, *people, state=SignUpState.CONFIRMED, said=None, session_id=1):
        """Somebody's sign-up for *people*, (first name, whether a child) each."""
        with self.sessions.begin() as session:
            who = somebody(session, self.vault, number)
            one = session.get_one(WorkshopSession, session_id)
            row = signed_up(session, who, one, size=max(1, len(people)), state=state)
            row.attendees = [
                Attendee(name=self.vault.seal(name, NAME), child=child) for name, child in people
            ]
            row.details = said.sealed(self.vault) if said else None
            return row.id

    def states(self):
        with self.sessions.begin() as session:
            return [row.state for row in session.get_one(WorkshopSession, 1).sign_ups]

    def list(self, name="liste.csv"):
        path = self.folder / name
        assert main(["attendance", "list", "1", str(path)]) == 0
        return path

    def fill(self, said, name="remplie.csv", **other):
        """A roll that says *said* of each number; *other* are cells of every line."""
        lines = [{"inscription": number, "présence": word} | other for number, word in said.items()]
        path = self.folder / name
        rows = [";".join(str(line.get(column, "")) for column in COLUMNS) for line in lines]
        path.write_text("\n".join([";".join(COLUMNS), *rows]), encoding="utf-8")
        return path

    def reads(self, path, *more):
        return main(["attendance", "read", "1", str(path), *more])


@pytest.fixture
def door(tmp_path, vault, monkeypatch):
    door = Door(tmp_path, vault)
    settings = {
        "DATABASE_URL": str(door.engine.url), "CONTENT_DIR": str(ROOT / "content"),
        "LOCALE_DIR": str(ROOT / "locale"), "KEYS_FILE": str(tmp_path / "keys.json"),
        "TELEGRAM_BOT_NAME": "", "SMS_NUMBER": "",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    door.opens()
    yield door
    door.engine.dispose()


def cells(path):
    """The lines of a file as people see them in Excel."""
    if path.suffix == ".xlsx":
        return [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))


def is_its_owner_s(path):
    return stat.S_IMODE(path.stat().st_mode) == 0o600


# The code


def test_the_code_is_printed_and_stays_the_same(door, capsys):
    for _ in range(2):
        assert main(["attendance", "code", "1"]) == 0
    shown = capsys.readouterr()
    first, second = shown.out.split()
    assert first == second
    assert len(first) == 6
    assert "TELEGRAM_BOT_NAME" in shown.err


def test_the_page_for_the_door_is_drawn_when_it_leads_somewhere(door, monkeypatch, capsys):
    monkeypatch.setenv("TELEGRAM_BOT_NAME", "TneVienneBot")
    path = door.folder / "porte.pdf"
    assert main(["attendance", "code", "1", "--out", str(path)]) == 0
    assert path.read_bytes().startswith(b"%PDF-")
    assert f"{path}" in capsys.readouterr().err
    assert main(["attendance", "code", "1", "--out", str(door.folder / "no" / "p.pdf")]) == 2
    assert "ne peut pas être écrit" in capsys.readouterr().err


def test_there_is_no_code_for_what_is_unknown_or_long_over(door, capsys):
    over = door.opens("old", starts_at=NOW - 9 * HOUR)
    assert main(["attendance", "code", "9"]) == 2
    assert main(["attendance", "code", str(over)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "numéro 9" in shown.err
    assert "deux heures" in shown.err


# The roll


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_roll_names_those_with_a_seat_by_name_and_is_its_owner_s_alone(door, capsys, kind):
    door.adds(1, ("Fatima", False), ("", False), ("Lina", True))
    door.adds(2, (ANNE.name, False), said=ANNE, state=SignUpState.ATTENDED)
    door.adds(3, ("Personne", False), state=SignUpState.CANCELLED)
    door.adds(4, ("Personne", False), state=SignUpState.WAITING)
    path = door.list(f"liste.{kind}")
    empty = "" if kind == "csv" else None
    shown = [[str(cell) if cell is not None else None for cell in row] for row in cells(path)]
    assert shown == [
        list(COLUMNS),
        ["2", "Anne Le Goff", "1", "0", ANNE.school, ANNE.email, "présent"],
        ["1", "Fatima, Lina", "2", "1", empty, empty, empty],
    ]
    assert is_its_owner_s(path)
    told = capsys.readouterr()
    assert "2 inscription(s)" in told.err
    assert "Fatima" not in told.out + told.err


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_name_never_becomes_a_formula(door, kind):
    door.adds(1, (TRICK, False))
    line = cells(door.list(f"liste.{kind}"))[1]
    if kind == "csv":
        assert line[1] == f"'{TRICK}"
    else:
        book = load_workbook(door.folder / "liste.xlsx")
        assert (book.active["B2"].value, book.active["B2"].data_type) == (TRICK, "s")


def test_once_names_are_forgotten_the_roll_still_counts_who_came(door):
    door.adds(1, state=SignUpState.ATTENDED)
    assert cells(door.list())[1] == ["1", "", "", "", "", "", "présent"]


def test_a_file_that_is_there_is_never_overwritten(door, capsys):
    path = door.list()
    before = path.read_bytes()
    assert main(["attendance", "list", "1", str(path)]) == 2
    assert main(["attendance", "list", "9", str(door.folder / "b.csv")]) == 2
    assert path.read_bytes() == before
    assert not (door.folder / "b.csv").exists()
    assert "existe déjà" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_roll_comes_back_as_it_went_without_a_change(door, capsys, kind):
    door.adds(1, (TRICK, False))
    door.adds(2, ("Karim", True), state=SignUpState.EXCUSED)
    assert door.reads(door.list(f"liste.{kind}"), "--yes") == 0
    assert "0 à noter, 2 déjà à jour ou sans réponse" in capsys.readouterr().err
    assert door.states() == ["confirmed", "excused"]


def test_reading_is_a_dry_run_first_and_doing_it_twice_is_doing_it_once(door, capsys):
    for number in range(1, 5):
        door.adds(number)
    path = door.fill({1: "Présente", 2: "ABSENTS", 3: "excusée", 4: ""})
    assert door.reads(path) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "inscription 1 : pas noté → présent",
        "inscription 2 : pas noté → absent",
        "inscription 3 : pas noté → excusé",
    ]
    assert "rien n'est écrit" in shown.err
    assert set(door.states()) == {"confirmed"}
    assert door.reads(path, "--yes") == 0
    assert door.states() == ["attended", "absent", "excused", "confirmed"]
    capsys.readouterr()
    assert door.reads(path, "--yes") == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "0 à noter, 4 déjà à jour" in shown.err


def test_every_wrong_line_is_said_and_nothing_is_written(door, capsys):
    other = door.opens("other")
    door.adds(1)
    door.adds(2, state=SignUpState.CANCELLED)
    elsewhere = door.adds(3, session_id=other)
    path = door.fill({1: "présent", 2: "absent", elsewhere: "présent", "un": "absent", 99: ""})
    with path.open("a", encoding="utf-8") as file:
        file.write("\n1;;;;;;peut-être\n+1;;;;;;absent")
    assert door.reads(path, "--yes") == 1
    shown = capsys.readouterr()
    assert [line.removeprefix(f"{path}:").split(" : ")[0] for line in shown.out.splitlines()] == [
        "3: présence", "4: inscription", "5: inscription", "6: inscription", "7: inscription",
        "8: inscription",
    ]  # fmt: skip
    assert "l'inscription 2 n'a pas de place" in shown.out
    assert f"l'inscription {elsewhere} n'est pas de cette séance" in shown.out
    assert "déjà ligne 2" in shown.out
    assert "rien n'est écrit" in shown.err
    assert door.states() == ["confirmed", "cancelled"]


def test_a_word_that_is_none_of_the_three_is_said_with_those_there_are(door, capsys):
    door.adds(1)
    assert door.reads(door.fill({1: "peut-être"}), "--yes") == 1
    assert "« peut-être » inconnu. Possibles : présent, absent, excusé." in capsys.readouterr().out


def test_before_the_start_nothing_is_read_and_it_says_to_give_the_seat_back(door, capsys):
    later = door.opens("later", starts_at=NOW + HOUR)
    number = door.adds(1, session_id=later)
    path = door.fill({number: "excusé"})
    assert main(["attendance", "read", str(later), str(path), "--yes"]) == 2
    assert "rend sa place" in capsys.readouterr().err


def test_another_file_is_no_roll(door, capsys):
    path = door.folder / "autre.csv"
    path.write_text("a;b\n1;2\n")
    assert door.reads(path) == 1
    assert "attendance list N" in capsys.readouterr().out
    assert door.reads(door.folder / "none.csv") == 2
    assert door.reads(door.folder / "roll.docx") == 2


# Who did not come


def test_who_is_not_marked_after_the_end_was_absent_once_it_is_asked_with_yes(door, capsys):
    assert main(["attendance", "absent", "1"]) == 2
    assert "n'est pas finie" in capsys.readouterr().err
    over = door.opens("over", starts_at=NOW - 3 * HOUR)
    for number, state in enumerate(("confirmed", "attended", "excused"), start=1):
        door.adds(number, state=SignUpState(state), session_id=over)
    assert main(["attendance", "absent", str(over)]) == 0
    shown = capsys.readouterr()
    assert shown.out == "inscription 1 : pas noté → absent\n"
    assert "rien n'est écrit" in shown.err
    for still in (1, 0):
        assert main(["attendance", "absent", str(over), "--yes"]) == 0
        assert f"{still} inscription(s) sans présence notée" in capsys.readouterr().err
    with door.sessions.begin() as session:
        rows = session.get_one(WorkshopSession, over).sign_ups
        assert [row.state for row in rows] == ["absent", "attended", "excused"]


# Sofia-FMO


def test_teachers_are_listed_plainly_for_sofia_fmo(door, capsys):
    starts = datetime(2027, 1, 12, 13, tzinfo=UTC)
    robots = door.opens("robots", starts, audience=Audience.TEACHERS, title="Robots en classe")
    ent = door.opens("ent", starts - 24 * HOUR, audience=Audience.TEACHERS)
    trick = Said(name=TRICK, school="+33", email="-1@ac-rennes.fr")
    door.adds(1, (ANNE.name, False), said=ANNE, session_id=robots)
    door.adds(2, (TRICK, False), said=trick, session_id=ent, state=SignUpState.CANCELLED)
    door.adds(3, ("Fatima", False))
    door.adds(4, session_id=robots)  # forgotten, three months later
    path = door.folder / "sofia.csv"
    assert main(["attendance", "sofia", str(path)]) == 0
    assert cells(path) == [
        ["identifiant de la séance", "séance", "date", "nom", "établissement",
         "adresse académique", "état"],
        ["ent", "L'ENT sans stress", "11/01/2027 14:00", f"'{TRICK}", "'+33", "'-1@ac-rennes.fr",
         "place rendue"],
        ["robots", "Robots en classe", "12/01/2027 14:00", ANNE.name, ANNE.school, ANNE.email,
         "inscrit"],
    ]  # fmt: skip
    assert is_its_owner_s(path)
    told = capsys.readouterr()
    assert "2 inscription(s) d'enseignants" in told.err
    assert "Anne" not in told.out + told.err


def test_sofia_takes_only_the_sessions_that_are_named(door, capsys):
    robots = door.opens("robots", audience=Audience.TEACHERS)
    ent = door.opens("ent", audience=Audience.TEACHERS)
    for number, session_id in ((1, robots), (2, ent)):
        door.adds(number, (ANNE.name, False), said=ANNE, session_id=session_id)
    path = door.folder / "sofia.csv"
    assert main(["attendance", "sofia", str(path), "--session", "99"]) == 2
    assert not path.exists()
    assert main(["attendance", "sofia", str(path), "--session", str(ent)]) == 0
    assert [row[0] for row in cells(path)[1:]] == ["ent"]
