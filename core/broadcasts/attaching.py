"""The file that goes with a broadcast, wherever it comes from: on Telegram only."""

import mimetypes
from dataclasses import dataclass

from core.broadcasts.checking import BIGGEST_FILE
from core.broadcasts.model import Broadcast
from core.workshops.sheets.spreadsheet import tidy


@dataclass(frozen=True)
class File:
    """What goes with it: *name* as somebody called it."""

    name: str
    content: bytes


def attach(row: Broadcast, file: File | None) -> None:
    """*file* goes with it from now on; None: nothing does.

    Of what is too big (core.broadcasts.checking) no more is kept than shows that it is.
    """
    if file is None:
        row.file, row.file_name, row.file_type = None, "", ""
        return
    row.file = file.content[: BIGGEST_FILE + 1]
    row.file_name = tidy(file.name).replace("/", "-").replace("\\", "-")[-100:] or "-"
    row.file_type = mimetypes.guess_type(row.file_name)[0] or "application/octet-stream"
