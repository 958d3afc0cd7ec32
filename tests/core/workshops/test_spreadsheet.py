"""Spreadsheets: as people save them, and as they get them back."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.workshops.sheets import spreadsheet
from core.workshops.sheets.spreadsheet import UnreadableSheet

COLUMNS = ("nom", "début", "note")


def saved(folder, text, encoding="utf-8", name="s.csv"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def cells(path):
    return [dict(line.cells) for line in spreadsheet.read(path, COLUMNS)]


def why(path):
    with pytest.raises(UnreadableSheet) as refused:
        spreadsheet.read(path, COLUMNS)
    return [(wrong.line, wrong.key) for wrong in refused.value.wrongs]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_read_however_it_was_saved(tmp_path, encoding, mark, end):
    text = end.join([mark.join(COLUMNS), mark.join(["Été", '"lundi, ou; mardi"', "à côté"])])
    assert cells(saved(tmp_path, text, encoding)) == [
        {"nom": "Été", "début": "lundi, ou; mardi", "note": "à côté"}
    ]


def test_a_line_is_numbered_as_the_program_shows_it(tmp_path):
    text = '# un commentaire\nnom;debut;note\n\na;"deux\nlignes";\n# exemple;;\nb;;\n'
    assert [line.number for line in spreadsheet.read(saved(tmp_path, text), COLUMNS)] == [4, 7]


def test_columns_may_come_in_any_order_and_accent(tmp_path):
    assert cells(saved(tmp_path, "NOTE;Nom;Debut\n1;2;3\n")) == [
        {"note": "1", "nom": "2", "début": "3"}
    ]


def test_a_wrong_header_is_refused_all_at_once(tmp_path):
    assert why(saved(tmp_path, "nom;nom;prix\n")) == [
        (1, "sheet.column_twice"),
        (1, "sheet.unknown_column"),
        (1, "sheet.missing_columns"),
    ]
    assert why(saved(tmp_path, "")) == [(1, "sheet.no_header")]


def test_what_is_no_spreadsheet_is_refused(tmp_path):
    assert why(saved(tmp_path, "PK\0\0", name="s.csv")) == [(0, "sheet.not_text")]
    assert why(saved(tmp_path, "nom;début;note", name="s.xlsx")) == [(0, "sheet.not_excel")]
    text = "nom;début;note\n" + "a;b;c\n" * (spreadsheet.MOST_LINES + 1)
    assert why(saved(tmp_path, text)) == [(0, "sheet.too_long")]


def test_excel_gives_its_values_and_dates(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["nom", "début", "note"])
    sheet.append([])
    sheet.append([12, datetime.fromisoformat("2027-01-12 14:00"), True])
    book.save(tmp_path / "s.xlsx")
    (line,) = spreadsheet.read(tmp_path / "s.xlsx", COLUMNS)
    assert line.number == 3
    assert line.cells == {
        "nom": 12,
        "début": datetime.fromisoformat("2027-01-12 14:00"),
        "note": True,
    }


@pytest.mark.parametrize("name", ["s.csv", "s.xlsx"])
@pytest.mark.parametrize("text", ["=1+1", "+33", "-3", "@cmd", "=cmd|' /C calc'!A0", "'=x", "#N/A"])
def test_no_cell_of_ours_becomes_a_formula_and_all_is_read_back(tmp_path, name, text):
    path = tmp_path / name
    spreadsheet.write(path, COLUMNS, [["a", text, None]])
    assert cells(path)[0]["début"] == text
    if name == "s.csv":
        cell = path.read_text(encoding="utf-8-sig").splitlines()[1].split(";")[1]
        assert cell[0] not in "=+-@"
    else:
        (cell,) = load_workbook(path).worksheets[0]["B2:B2"][0]
        assert cell.data_type == "s"


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_survives_but_for_its_control_characters(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("sheet") / "s.csv"
    spreadsheet.write(path, COLUMNS, [["a", text, "c"]])
    assert cells(path)[0]["début"] == spreadsheet.tidy(text)


def test_excel_offers_the_words_of_a_column_as_a_list(tmp_path):
    path = tmp_path / "s.xlsx"
    spreadsheet.write(path, COLUMNS, [], {"note": ("oui", "non")})
    (rule,) = load_workbook(path).worksheets[0].data_validations.dataValidation
    assert rule.formula1 == '"oui,non"'
    assert str(rule.sqref).startswith("C2:")
