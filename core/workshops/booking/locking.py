"""One at a time at the seats of a session.

Whoever counts seats and then takes one must be sure that nobody else does between the two. On
PostgreSQL that is an advisory lock on the session's number, held until the transaction ends:

- A row lock would not do: what must not change is a *sum* over rows of which some do not exist
  yet. And locking the session's own row would make everything that refers to it wait as well.
- Several sessions are locked in the order of their numbers, so that two transactions that want
  the same ones never wait for each other (pretix does both: ``base/services/locking.py``).
- What is counted must be read *after* the lock, with the snapshot that each statement of READ
  COMMITTED takes, PostgreSQL's default. Under REPEATABLE READ the snapshot would be older than
  the wait, and seats would be sold twice, lock or not.

On SQLite every transaction begins IMMEDIATE (core.db): writers queue already.
"""

from collections.abc import Iterable

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

SEATS = 4  # the first of the two numbers of our locks; it is nobody else's
_LOCK = select(
    func.pg_advisory_xact_lock(bindparam("what", SEATS, Integer), bindparam("one", type_=Integer))
)


def hold(session: Session, session_ids: Iterable[int]) -> None:
    """Return once nobody else changes who sits in *session_ids*, until this transaction ends.

    Holding twice is holding once. Who needs several asks for them all at once, or in order.
    """
    session.flush()  # what is read under the lock overwrites what was read before it
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for one in sorted(set(session_ids)):
            connection.execute(_LOCK, {"one": one})
