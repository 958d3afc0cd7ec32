"""Spreadsheets of staff: CSV as Excel or LibreOffice write it, and xlsx; read and written.

A line whose first cell begins with ``#`` is a comment. What a cell of ours says never becomes a
formula: in CSV an apostrophe goes before it (and is taken away when it is read again), in xlsx
the cell is typed as text.

openpyxl is imported where it is used: it takes a second, which other commands need not wait for.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from core.people.consent import plain
from core.workshops.sheets.moments import moment_text

Cell = str | int | float | bool | datetime | date | time | None
EXCEL = (".xlsx", ".xlsm")
KNOWN = (".csv", *EXCEL)
COMMENT = "#"
MOST_LINES = 5000
MOST_CELLS = 100  # of a line: what is beyond is no column of ours
# What Excel shows instead of a value, and what makes it take a text for a formula.
EXCEL_ERRORS = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"}
FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True)
class Wrong:
    """Something to mend: *line* as the spreadsheet numbers it, *column* "" for a whole line.

    *key* names the sentence that says what to do, filled in with *values*.
    """

    line: int
    column: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class UnreadableSheet(Exception):
    """The file is no spreadsheet with our columns; *wrongs* say why."""

    def __init__(self, *wrongs: Wrong) -> None:
        super().__init__(wrongs[0].key)
        self.wrongs = wrongs


@dataclass(frozen=True)
class Line:
    """One line under the header, its cells by column; what is empty is None."""

    number: int
    cells: Mapping[str, Cell]


def read(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """The lines of *path* that are neither empty nor comments.

    Columns may come in any order, but all must be there that are not *optional*. Raises
    UnreadableSheet, OSError.
    """
    rows = _from_excel(path) if path.suffix.lower() in EXCEL else _from_csv(path)
    told = ((number, cells) for number, cells in rows if any(_filled(cell) for cell in cells))
    written = ((number, cells) for number, cells in told if not _comment(cells))
    at, header = next(written, (1, []))
    names = _names(at, header, columns, optional)
    lines = [
        Line(number, {name: cell for name, cell in zip(names, cells, strict=False) if name})
        for number, cells in written
    ]
    if len(lines) > MOST_LINES:
        raise UnreadableSheet(Wrong(0, "", "sheet.too_long", {"most": MOST_LINES}))
    return lines


def write(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    choices: Mapping[str, Sequence[str]] | None = None,
    title: str = "Séances",
) -> None:
    """*rows* under a header; Excel offers the *choices* of a column as a list. Raises OSError.

    *title* names the sheet in Excel.
    """
    if path.suffix.lower() in EXCEL:
        _to_excel(path, title, columns, rows, choices or {})
        return
    path.write_bytes(as_csv(columns, rows))


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """*rows* under a header, as Excel in French reads it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_harmless(_as_text(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def tidy(text: str) -> str:
    """*text* in composed letters, without control characters but line ends, nor blank edges."""
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\xa0", " "))
    return "".join(
        char for char in kept if char == "\n" or unicodedata.category(char) != "Cc"
    ).strip()


def _names(
    line: int, header: Sequence[Cell], columns: Sequence[str], optional: Sequence[str]
) -> list[str | None]:
    """The column that each cell of the header names; None over an empty one."""
    known = {plain(name): name for name in columns}
    wrongs = []
    names: list[str | None] = []
    for cell in header:
        if not _filled(cell):
            names.append(None)
            continue
        name = known.get(plain(str(cell)))
        if name is None:
            wrongs.append(Wrong(line, tidy(str(cell))[:40], "sheet.unknown_column"))
        elif name in names:
            wrongs.append(Wrong(line, name, "sheet.column_twice"))
        names.append(name)
    missing = [name for name in columns if name not in names and name not in optional]
    if not any(names):
        raise UnreadableSheet(Wrong(line, "", "sheet.no_header"))
    if missing:
        wrongs.append(Wrong(line, "", "sheet.missing_columns", {"names": ", ".join(missing)}))
    if wrongs:
        raise UnreadableSheet(*wrongs)
    return names


def _from_csv(path: Path) -> Iterator[tuple[int, list[Cell]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel for Windows still writes this one when asked for plain CSV.
        text = raw.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UnreadableSheet(Wrong(0, "", "sheet.not_text"))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    start = 1
    try:
        for cells in reader:
            yield start, [_open(cell) for cell in cells[:MOST_CELLS]]
            start = reader.line_num + 1
    except csv.Error:
        raise UnreadableSheet(Wrong(start, "", "sheet.bad_csv")) from None


def _delimiter(text: str) -> str:
    """The mark that is commonest in the first line with words in it."""
    first = next((line for line in text.splitlines() if plain(line) and line[0] != COMMENT), "")
    return max(";,\t", key=first.count)


def _from_excel(path: Path) -> Iterator[tuple[int, list[Cell]]]:
    """The first sheet. A formula counts as what it last came to."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    raw = io.BytesIO(path.read_bytes())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of decoration that openpyxl does not know
            book = load_workbook(raw, read_only=True, data_only=True)
            rows = book.worksheets[0].iter_rows(
                max_row=2 * MOST_LINES, max_col=MOST_CELLS, values_only=True
            )
            values = [[_excel_value(cell) for cell in cells] for cells in rows]
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ValueError,
        SyntaxError,
    ):
        raise UnreadableSheet(Wrong(0, "", "sheet.not_excel")) from None
    yield from enumerate(values, start=1)


def _excel_value(cell: Any) -> Cell:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if isinstance(cell, Cell) else str(cell)


def _to_excel(
    path: Path,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    choices: Mapping[str, Sequence[str]],
) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for at, name in enumerate(columns, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 20
        if name in choices:
            # Anything else may be written too: the import says what it does not know.
            offered = DataValidation("list", formula1=f'"{",".join(choices[name])}"')
            offered.showErrorMessage = False
            offered.add(f"{letter}2:{letter}{MOST_LINES}")
            sheet.data_validations.append(offered)
    header = [WriteOnlyCell(sheet, name) for name in columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in rows:
        sheet.append([_excel_cell(sheet, value) for value in row])
    book.save(path)


def _excel_cell(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, tidy(value) if isinstance(value, str) else value)
    if isinstance(value, datetime):
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, str):
        cell.data_type = "s"
    return cell


def _as_text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return moment_text(cell)
    return "" if cell is None else tidy(str(cell))


def _harmless(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def _open(text: str) -> str:
    """*text* as it was before it was made harmless."""
    return text[1:] if text[:1] == "'" and FORMULA.match(text) else text


def _filled(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _comment(cells: Sequence[Cell]) -> bool:
    first = str(cells[0] or "").strip() if cells else ""
    return first.startswith(COMMENT) and first not in EXCEL_ERRORS
