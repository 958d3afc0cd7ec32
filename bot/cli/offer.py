"""What the commands about sessions and wishes share: the database, the tables, how to tell."""

import contextlib
from collections.abc import Iterator

from sqlalchemy.orm import Session

from bot.app import KINDS
from bot.cli.desk import Desk
from core.content.load import load
from core.content.tables import Tables, read_tables
from core.db import make_engine, make_sessions
from core.texts import Texts
from core.wording import Wording
from core.workshops.search.interest import Telling


def tables(desk: Desk) -> Tables:
    known, _ = read_tables(desk.settings.content_dir)
    return known


def telling(desk: Desk) -> Telling:
    library = load(desk.settings.content_dir)
    texts = Texts(lambda: library, Wording(desk.settings.locale_dir))
    return Telling(texts, library.tables, KINDS)


@contextlib.contextmanager
def transaction(desk: Desk) -> Iterator[Session]:
    """One transaction on the assistant's own database."""
    engine = make_engine(desk.settings.database_url)
    try:
        with make_sessions(engine).begin() as session:
            yield session
    finally:
        engine.dispose()
