"""Sessions in and out of spreadsheets: what a file would change is shown first, line by line."""

import base64
import binascii
import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.console.pages import Ask, Give, GoTo, Page, Reply, Show, Upload
from core.console import listing, planning
from core.console.members import Right
from core.workshops.sheets import roll, spreadsheet
from core.workshops.sheets.columns import CHOICES, COLUMNS, OPTIONAL
from core.workshops.sheets.importing import Plan
from core.workshops.sheets.spreadsheet import Cell, Line, UnreadableSheet, Wrong

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST = 2_000_000  # bytes of a file
MOST_UNPACKED = 50_000_000  # bytes: an xlsx is packed, and may say that it is endless


def ask_file(ask: Ask) -> Reply:
    return Show("import", {"plan": None, "wrongs": (), "name": "", "content": "", "kind": ""})


def bring(ask: Ask) -> Reply:
    """Show what the file would do; do it when it comes back with the same plan, agreed to."""
    try:
        kind, content = _file(ask)
        lines = _lines(kind, content)
    except UnreadableSheet as error:
        return _preview(ask, Plan(), error.wrongs)
    planned = planning.plan(ask.session, ask.house.tables(), ask.member, lines, ask.now)
    agreed = ask.form.get("agreed", "")
    if planned.wrongs or agreed != _sum(planned):
        return _preview(ask, planned, planned.wrongs, kind, content)
    planning.write(ask.session, ask.house.telling(), ask.member, planned, ask.now)
    return GoTo("/sessions", "imported", len(planned.created) + len(planned.changed))


def export(kind: str) -> Page:
    def give(ask: Ask) -> Reply:
        rows = planning.lines(ask.session, ask.member)
        return _give(f"seances.{kind}", COLUMNS, rows, CHOICES)

    return Page(f"/sessions/export.{kind}", Right.LOOK, give)


def export_roll(kind: str) -> Page:
    def give(ask: Ask) -> Reply:
        row = listing.one(ask.session, ask.member, ask.path["id"])
        rows = roll.rows(ask.session, ask.house.vault, row.id)
        return _give(f"presence-{row.id}.{kind}", roll.COLUMNS, rows, roll.CHOICES)

    return Page(f"/sessions/{{id:int}}/roll.{kind}", Right.PEOPLE, give)


def _preview(
    ask: Ask, planned: Plan, wrongs: Sequence[Wrong], kind: str = "", content: bytes = b""
) -> Reply:
    name = ask.upload.name if ask.upload else ask.form.get("name", "")
    values = {
        "plan": None if wrongs else planned,
        "wrongs": wrongs,
        "name": name[:80],
        "kind": kind,
        "content": base64.b64encode(content).decode(),
        "agreed": _sum(planned),
    }
    return Show("import", values, 422 if wrongs else 200)


def _file(ask: Ask) -> tuple[str, bytes]:
    """Its kind and what is in it: just chosen, or coming back. Raises UnreadableSheet."""
    upload = ask.upload
    if upload is None:
        try:
            content = base64.b64decode(ask.form.get("content", ""), validate=True)
        except binascii.Error:
            content = b""
        upload = Upload(f"seances.{ask.form.get('kind', '')}", content)
    kind = upload.name.rpartition(".")[2].casefold()
    if kind not in TYPES or not upload.content:
        raise UnreadableSheet(Wrong(0, "", "console.wrong.no_file"))
    if len(upload.content) > LONGEST:
        raise UnreadableSheet(Wrong(0, "", "console.wrong.too_big"))
    return kind, upload.content


def _lines(kind: str, content: bytes) -> list[Line]:
    """Raises UnreadableSheet."""
    if kind == "xlsx" and _unpacked(content) > MOST_UNPACKED:
        raise UnreadableSheet(Wrong(0, "", "console.wrong.too_big"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sessions.{kind}"
        path.write_bytes(content)
        return spreadsheet.read(path, COLUMNS, OPTIONAL)


def _unpacked(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, ValueError):
        return 0  # no xlsx either: reading it says so


def _give(
    name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]],
    choices: Mapping[str, Sequence[str]],
) -> Give:  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        spreadsheet.write(path, columns, rows, choices)
        return Give(name, path.read_bytes(), TYPES[path.suffix[1:]])


def _sum(planned: Plan) -> str:
    """What was agreed to, in short: another plan has another one."""
    created = [f"{entry.external_id}" for entry in planned.created]
    changed = [f"{one.entry.external_id}:{one.cells}" for one in planned.changed]
    return f"{binascii.crc32(repr((created, changed)).encode()):08x}"


PAGES = (
    Page("/sessions/import", Right.SESSIONS, ask_file),
    Page("/sessions/import", Right.SESSIONS, bring, "POST"),
    *(export(kind) for kind in TYPES),
    *(export_roll(kind) for kind in TYPES),
)
