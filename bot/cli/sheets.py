"""What the commands that read and write spreadsheets share."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.cli.desk import Desk
from core.workshops.sheets import spreadsheet
from core.workshops.sheets.spreadsheet import Cell, Line, Wrong


def known(desk: Desk, path: Path) -> Path:
    """*path*, when it is a kind of file that we know. Raises Refusal."""
    if path.suffix.lower() not in spreadsheet.KNOWN:
        raise desk.refuse("sessions.unknown_file", path=path)
    return path


def read(
    desk: Desk, path: Path, columns: Sequence[str], optional: Sequence[str] = ()
) -> list[Line]:
    """The lines of *path*. Raises Refusal, UnreadableSheet."""
    try:
        return spreadsheet.read(known(desk, path), columns, optional)
    except OSError as error:
        raise desk.refuse("ask.no_file", path=path, why=error.strerror) from None


def write(
    desk: Desk,
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    choices: Mapping[str, Sequence[str]] | None = None,
    title: str = "Séances",
    private: bool = False,
) -> None:
    """A new file; a *private* one, which names people, is its owner's alone from the beginning.

    Raises Refusal: what is there already is never overwritten.
    """
    if known(desk, path).exists():
        raise desk.refuse("sessions.exists", path=path)
    try:
        path.touch(0o600 if private else 0o666, exist_ok=False)
        try:
            spreadsheet.write(path, columns, rows, choices, title)
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise desk.refuse("sessions.not_written", path=path, why=error.strerror) from None


def show(desk: Desk, path: Path, wrongs: Sequence[Wrong]) -> int:
    """Say all that is wrong with *path*, and return 1."""
    for wrong in wrongs:
        what = desk.say(wrong.key, **wrong.values)
        where = f"{path}:{wrong.line}" if wrong.line else str(path)
        print(f"{where}: {wrong.column} : {what}" if wrong.column else f"{where}: {what}")
    desk.tell("sessions.nothing_written", count=len(wrongs))
    return 1
