"""Whether what is around the assistant is in place. Each function returns, or raises Unwell.

The channels look after themselves (``Channel.check``); here are the rooms that all share.
"""

from pathlib import Path
from typing import Any

import httpx
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.building import rasa_address
from bot.channels.base import Unwell
from bot.migrate import alembic_config
from bot.understanding import Understanding, UnderstandingError
from bot.waking import HELLO, OURSELVES
from core.answers import Listener
from core.content.check import check as content_problems
from core.db import make_engine
from core.people.resealing import SEALED
from core.settings import Settings
from core.vault import Vault, VaultError

# Of each sealed column the newest and the oldest are tried: keys are changed, not mixed.
TRIED = 50
# Seconds. The first message after a start of Rasa is slow.
PATIENCE = 30.0


def content(settings: Settings) -> None:
    problems = content_problems(settings.content_dir)
    if problems:
        raise Unwell("setup.content", count=str(len(problems)))


def database(settings: Settings) -> None:
    """It is there, and every migration has run; a missing SQLite file is not made."""
    try:
        if _is_missing(settings.database_url):
            raise Unwell("setup.database.missing")
        engine = make_engine(settings.database_url)
        try:
            with engine.connect() as connection:
                done = _migrations_done(connection)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        raise Unwell("setup.database.away", reason=type(error).__name__) from error
    script = ScriptDirectory.from_config(alembic_config(settings.database_url))
    known = {one.revision for one in script.walk_revisions()}
    if not done <= known:
        raise Unwell("setup.database.newer")
    if done != set(script.get_heads()):
        raise Unwell("setup.database.old")


def _is_missing(database_url: str) -> bool:
    """A SQLite file that is not there yet: looking into it would make it."""
    url = make_url(database_url)
    file = url.database if url.get_backend_name() == "sqlite" else None
    return bool(file) and file != ":memory:" and not Path(str(file)).exists()


def _migrations_done(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def keys(settings: Settings) -> None:
    """The keyring is whole, and opens what the database holds."""
    if not settings.keys_file.exists():
        raise Unwell("setup.keys.missing", path=str(settings.keys_file))
    try:
        vault = Vault.read(settings.keys_file)
    except VaultError as error:
        raise Unwell("setup.keys.broken", path=str(settings.keys_file)) from error
    try:
        shut = 0 if _is_missing(settings.database_url) else _shut_in(settings.database_url, vault)
    except (SQLAlchemyError, ImportError) as error:
        raise Unwell("setup.keys.unread") from error
    if shut:
        raise Unwell("setup.keys.other", path=str(settings.keys_file))


def _shut_in(database_url: str, vault: Vault) -> int:
    engine = make_engine(database_url)
    try:
        with Session(engine) as session:
            return sum(_shut(session, vault, column) for column in SEALED)
    finally:
        engine.dispose()


def _shut(session: Session, vault: Vault, column: InstrumentedAttribute[Any]) -> int:
    """How many of the oldest and newest values of *column* no key opens."""
    table = column.class_
    (key,) = table.__mapper__.primary_key
    shut = 0
    for order in (key, key.desc()):
        query = select(table).where(column.is_not(None)).order_by(order).limit(TRIED)
        for row in session.scalars(query):
            try:
                vault.open(getattr(row, column.key), SEALED[column](row))
            except VaultError:
                shut += 1
    return shut


async def understanding(settings: Settings) -> None:
    """Rasa answers a greeting: it has a model, and reaches the actions."""
    rasa = Understanding(rasa_address(settings), max(PATIENCE, settings.rasa_timeout))
    try:
        if not await rasa.ready():
            raise Unwell("setup.rasa.away")
        await rasa.ask(OURSELVES, HELLO, Listener())
    except UnderstandingError as error:
        actions = f"http://{settings.actions_host}:{settings.actions_port}"
        key = "setup.rasa.model" if await _is_up(actions) else "setup.rasa.actions"
        raise Unwell(key, url=actions) from error
    finally:
        await rasa.close()


async def _is_up(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            return (await client.get(f"{url}/health")).is_success
    except httpx.HTTPError:
        return False
