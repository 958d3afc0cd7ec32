"""What each process of the measurement does; in a module of its own, so that it can be started."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from core.db import Base, Sessions, make_engine, make_sessions
from core.people.contacts import Address
from core.vault import Vault
from core.workshops.booking.seats import sign_up
from core.workshops.model import SignUpState, Workshop

NOW = datetime(2027, 1, 12, 11, 0, tzinfo=UTC)
PLAIN = "plain inserts"
ROW = insert(Base.metadata.tables["sign_up"])


@dataclass(frozen=True)
class Share:
    """What one process does: *work* for each of *people* (address ids), in *sessions* in turn."""

    url: str
    keys: Path
    work: str
    people: Sequence[int]
    sessions: Sequence[int]
    threads: int


def do(share: Share, ready: Any, go: Any, times: Any) -> None:
    """Run in a process of its own; reports when it began and ended (seconds, one clock for all),
    and how many seconds of a processor it took."""
    engine = make_engine(share.url)
    sessions, vault = make_sessions(engine), Vault.read(share.keys)
    with sessions.begin() as session:
        query = select(Address).where(Address.id.in_(share.people)).order_by(Address.id)
        people = session.scalars(query).all()
    work = insert_plainly if share.work == PLAIN else take_a_seat
    with ThreadPoolExecutor(share.threads) as crowd:
        in_turn = [share.sessions[index % len(share.sessions)] for index in range(len(people))]
        list(crowd.map(lambda _: warm(sessions), range(share.threads)))
        ready.release()
        go.wait()
        began, computed = time.monotonic(), time.process_time()
        list(crowd.map(lambda who, one: work(sessions, vault, who, one), people, in_turn))
        times.put((began, time.monotonic(), time.process_time() - computed))
    engine.dispose()


def warm(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.scalar(select(func.count()).select_from(Workshop))


def take_a_seat(sessions: Sessions, vault: Vault, who: Address, session_id: int) -> None:
    with sessions.begin() as session:
        sign_up(session, who, session_id, [("Amina", False)], "1", vault, NOW)


def insert_plainly(sessions: Sessions, vault: Vault, who: Address, session_id: int) -> None:
    row = {
        "session_id": session_id, "contact_id": who.contact_id, "address_id": who.id, "size": 1,
        "state": SignUpState.WAITING, "created_at": NOW, "changed_at": NOW, "waiting_since": NOW,
        "consent": "1", "revision": 0, "offers": 0,
    }  # fmt: skip
    with sessions.begin() as session:
        session.connection().execute(ROW, row)
