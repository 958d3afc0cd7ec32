"""``python -m bot wishes``: what staff see, and that they see numbers only."""

from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from bot.cli.main import main
from core.daytime import PARIS
from core.outbox.delivery import Delivery
from core.workshops.model import Workshop, WorkshopSession
from core.workshops.wishes import wishes
from core.workshops.wishes.halfdays import HALF_DAYS
from core.workshops.wishes.invitation import Invitation
from core.workshops.wishes.wishes import Ask
from tests.bot.test_sessions_cli import SOON, Office, office  # noqa: F401  (a fixture)
from tests.core.workshops.shop import somebody

WEEK_DAYS = HALF_DAYS[:10]
# A day of school in three weeks or so, at two in the afternoon in Paris.
DAY = next(
    day
    for day in (SOON.astimezone(PARIS).date() + timedelta(days=more) for more in range(9))
    if day.weekday() == 1
)


@pytest.fixture
def wished(office, vault):  # noqa: F811
    """Three who wish for robotics: all week, on Tuesday afternoon, and on Friday morning."""
    now = datetime.now(UTC)
    said = [
        (["robotique", "ia"], WEEK_DAYS, "Collège Arthur Rimbaud"),
        (["robotique"], ["tue-pm"], "=École de la Mer"),
        (["robotique"], ["fri-am"], ""),
    ]
    with office.sessions.begin() as session:
        for number, (themes, half_days, college) in enumerate(said, start=1):
            wish = wishes.of(session, somebody(session, vault, number), now)
            wish.add(Ask.THEMES, themes, now)
            wish.add(Ask.HALF_DAYS, half_days, now)
            wish.college = college
    return office


def opens(*more):
    return main(
        [
            "wishes", "open", "robotique", "--starts", f"{DAY:%d/%m/%Y} 14:00", "--ends", "16:00",
            "--place", "Collège Rimbaud", "--commune", "Latillé", "--seats", "12", *more,
        ]
    )  # fmt: skip


def test_nobody_has_wished_yet(office, capsys):  # noqa: F811
    assert main(["wishes"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "0 personne(s)" in shown.err


def test_the_matrix_counts_people_by_theme_half_day_and_college(wished, capsys):
    assert main(["wishes", "matrix"]) == 0
    shown = capsys.readouterr()
    head, robots, ai, _, *colleges = shown.out.splitlines()
    assert head.split() == [
        "lun-ma", "lun-ap", "mar-ma", "mar-ap", "mer-ma", "mer-ap", "jeu-ma", "jeu-ap", "ven-ma",
        "ven-ap", "sam-ma",
    ]  # fmt: skip
    assert robots.split() == [
        "robotique",
        "3",
        *["1", "1", "1", "2", "1", "1", "1", "1", "2", "1", "·"],
    ]
    assert ai.split()[:3] == ["IA", "1", "1"]
    assert {line.strip() for line in colleges} == {
        "1  Collège Arthur Rimbaud", "1  =École de la Mer", "1  (établissement non précisé)",
    }  # fmt: skip
    assert "3 personne(s)" in shown.err


def test_one_college_or_territory_is_counted_alone(wished, capsys):
    assert main(["wishes", "matrix", "--college", "college arthur rimbaud"]) == 0
    assert "1 personne(s)" in capsys.readouterr().err
    assert main(["wishes", "matrix", "--territory", "finistere"]) == 0
    assert "0 personne(s)" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_all_of_it_goes_into_a_spreadsheet_where_nothing_is_a_formula(wished, capsys, kind):
    path = wished.folder / f"souhaits.{kind}"
    assert main(["wishes", "matrix", "--csv", str(path)]) == 0
    if kind == "xlsx":
        rows = [[cell.value for cell in row] for row in load_workbook(path).active.iter_rows()]
        assert rows[1][:5] == ["Tous", "robotique", 3, 1, 1]
        assert all(cell.data_type != "f" for row in load_workbook(path).active for cell in row)
    else:
        lines = path.read_text("utf-8-sig").splitlines()
        assert lines[0].startswith("établissement;thème;personnes;lundi matin;")
        assert lines[1].startswith("Tous;robotique;3;1;1;1;2;")
        assert any(line.startswith("'=École de la Mer;robotique;1;") for line in lines)
    assert main(["wishes", "matrix", "--csv", str(path)]) == 2
    assert main(["wishes", "matrix", "--csv", str(wished.folder / "s.doc")]) == 2


def test_the_best_dates_come_first_and_school_holidays_are_said_to_be_unknown(wished, capsys):
    span = ["--from", f"{DAY}", "--to", f"{DAY + timedelta(days=6)}"]
    assert main(["wishes", "dates", "robotique", *span]) == 0
    shown = capsys.readouterr()
    first, *_ = shown.out.splitlines()
    assert first == f"2 personne(s)  mardi après-midi : {DAY:%d/%m}"
    assert "3 personne(s) souhaitent ce thème : robotique." in shown.err
    assert "vacances scolaires" in shown.err
    assert main(["wishes", "dates", "robotique", "--from", "2027-02-01", "--to", "2027-01-01"]) == 2


def test_a_session_is_opened_once_and_those_who_fit_are_invited(wished, capsys):
    assert opens() == 0
    assert "ouverte ; 2 personne(s) invitées." in capsys.readouterr().out
    (row,) = wished.all(WorkshopSession)
    assert wished.all(Workshop)[0].title == "Formation : robotique"
    assert len(wished.all(Delivery)) == 2
    assert opens() == 0
    assert f"La séance {row.id} existait déjà" in capsys.readouterr().out
    assert len(wished.all(Delivery)) == 2
    with wished.sessions.begin() as session:
        assert session.query(Invitation).count() == 2


def test_what_is_wrong_with_a_session_is_said_and_nothing_is_written(wished, capsys):
    assert opens("--commune", "Latile") == 1
    assert "commune : « Latile »" in capsys.readouterr().out
    assert opens("--reserved-hours", "2000") == 1
    assert "--reserved-hours" in capsys.readouterr().out
    assert opens("--reserved-hours=-1") == 2
    assert wished.all(WorkshopSession) == []
    with pytest.raises(SystemExit):
        main(["wishes", "open", "cuisine"])
