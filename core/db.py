"""The database: one declarative base, engines for SQLite and PostgreSQL, aware times."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

Sessions = sessionmaker[Session]

ABSENT, ABSENT_IN = "absent", "absent in"  # in session.info


class Base(DeclarativeBase):
    """Parent of every table; constraint names are stable so that migrations can drop them."""

    metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; naive ones are refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime refused: times are aware, UTC in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def make_engine(url: str) -> Engine:
    """Engine for a SQLAlchemy URL; its errors never quote values, which may be people's words.

    SQLite runs in WAL mode so that readers never wait for the writer, and every
    transaction begins IMMEDIATE: two writers then queue (10 s at most) instead of
    failing when a read turns into a write. The threads of one process share one connection
    and wait for it in turn: SQLite itself makes them sleep and try again, up to 0.1 s each time.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    engine = create_engine(
        parsed,
        hide_parameters=True,
        connect_args={"timeout": 10, "check_same_thread": False},
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def configure(connection, record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def find[T: Base](session: Session, table: type[T], key: int) -> T | None:
    """``session.get``, which asks again about what is not there only after something was written.

    For rows that few people have and every message asks for.
    """
    if session.info.get(ABSENT_IN) is not session.get_transaction():
        _forget_what_is_absent(session)
    absent = session.info.setdefault(ABSENT, set[tuple[type[Base], int]]())
    if (table, key) in absent and not session.new:
        return None
    row = session.get(table, key)
    if row is None:
        absent.add((table, key))
        session.info[ABSENT_IN] = session.get_transaction()
    return row


@event.listens_for(Session, "after_flush")
def _forget_what_is_absent(session: Session, flushed: object = None) -> None:
    session.info.pop(ABSENT, None)


def make_sessions(engine: Engine) -> Sessions:
    """Session factory; use ``with sessions.begin() as session`` for one transaction."""
    return sessionmaker(engine, expire_on_commit=False)
