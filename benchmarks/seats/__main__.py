"""`python -m benchmarks.seats`: sign-ups a second on PostgreSQL and on SQLite.

Several processes, as the bot and the actions are, sign people up at once: all in one session,
where each waits for the one before, and in fifty. In the same run, plain inserts of the same row
in a transaction of their own say what the machine gives just then. PostgreSQL and SQLite write as
they do for people. Prints a table and writes benchmarks/results/seats.*.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.seats.work import NOW, PLAIN, Share, do
from core.db import Base, make_engine, make_sessions
from core.people.contacts import Address, Contact
from core.vault import make_keyring
from core.workshops.model import SignUp, SignUpState, Workshop, WorkshopSession
from tests.peers.postgres import Postgres

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks/results"
SEATS = 20
PATIENCE = 300.0  # seconds
SESSIONS = {"one session": 1, "fifty sessions": 50}


def measure(
    url: str, server: int | None, keys: Path, work: str, options: argparse.Namespace
) -> dict[str, float]:
    """How many a second, from the first that began to the last that ended; milliseconds of a
    processor for each, in the clients and in the database, whose process is *server*."""
    engine = make_engine(url)
    with make_sessions(engine).begin() as session:
        people = some_people(session, options.people)
        offered = some_sessions(session, SESSIONS.get(work, 50))
    context = multiprocessing.get_context("spawn")
    ready, go, times = context.Semaphore(0), context.Event(), context.Queue()
    shares = [
        Share(url, keys, work, people[number :: options.processes], offered, options.threads)
        for number in range(options.processes)
    ]
    running = [context.Process(target=do, args=(share, ready, go, times)) for share in shares]
    for one in running:
        one.start()
    for _ in running:
        assert ready.acquire(timeout=PATIENCE), "a process did not start"
    before = computed(server)
    go.set()
    ends = [times.get(timeout=PATIENCE) for _ in running]
    in_database = computed(server) - before
    for one in running:
        one.join()
    with make_sessions(engine).begin() as session:
        taken = session.scalars(
            select(func.count())
            .where(SignUp.state == SignUpState.CONFIRMED, SignUp.session_id.in_(offered))
            .group_by(SignUp.session_id)
        ).all()
        assert all(count <= SEATS for count in taken), "more people than seats"
        written = session.scalar(
            select(func.count()).select_from(SignUp).where(SignUp.session_id.in_(offered))
        )
        assert written == len(people), "somebody was lost"
    engine.dispose()
    took = max(end for _, end, _ in ends) - min(began for began, _, _ in ends)
    in_clients = sum(seconds for _, _, seconds in ends)
    return {
        "a_second": len(people) / took,
        "client_ms": 1000 * in_clients / len(people),
        "database_ms": 1000 * in_database / len(people),
    }


def computed(server: int | None) -> float:
    """Seconds of a processor, of *server* and its children, those that have ended too."""
    if server is None:
        return 0.0
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    # The server last: what ended meanwhile is in its own account then.
    return sum(_computed(int(pid), pid == str(server)) for pid in (*children, str(server)))


def _computed(pid: int, and_ended: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11 : 15 if and_ended else 13])) / os.sysconf("SC_CLK_TCK")


def some_people(session: Any, count: int) -> list[int]:
    contacts = session.scalars(
        insert(Contact).returning(Contact.id),
        [{"language": "fr", "nearest": [], "created_at": NOW, "seen_at": NOW}] * count,
    ).all()
    rows = [
        {
            "contact_id": contact, "channel": "sms", "sealed": b"", "state": "open",
            "fingerprint": str(contact), "state_at": NOW,
        }
        for contact in contacts
    ]  # fmt: skip
    return list(session.scalars(insert(Address).returning(Address.id), rows))


def some_sessions(session: Any, count: int) -> list[int]:
    name = f"{session.scalar(select(func.count()).select_from(Workshop))}"
    workshop = Workshop(
        external_id=name, kind="workshop", title="Découvrir l'ENT", audience="parents",
        organizer="Canopé",
    )  # fmt: skip
    starts = NOW + timedelta(days=20)
    rows = [
        WorkshopSession(
            workshop=workshop, external_id=f"{name}-{number}", starts_at=starts,
            ends_at=starts + timedelta(hours=2), territory="vienne", seats=SEATS, state="open",
            opens_at=NOW - timedelta(days=1), closes_at=starts,
        )
        for number in range(count)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


@contextlib.contextmanager
def databases(folder: Path) -> Iterator[dict[str, tuple[str, int | None]]]:
    """The address of an empty database of each kind, and its process where it has one."""
    sqlite = f"sqlite:///{folder}/seats.db"
    engine = make_engine(sqlite)
    Base.metadata.create_all(engine)
    engine.dispose()
    server = Postgres(careful=True)
    try:
        yield {"PostgreSQL": (server.fresh_database(), server.pid), "SQLite": (sqlite, None)}
    finally:
        server.stop()


def run(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name, databases(Path(name)) as urls:
        keys = Path(name) / "keys.json"
        make_keyring(keys)
        before = os.getloadavg()[0]
        measured: dict[str, dict[str, list[dict[str, float]]]] = {}
        for _ in range(options.rounds):
            for kind, (url, server) in urls.items():
                for work in (PLAIN, *SESSIONS):
                    one = measure(url, server, keys, work, options)
                    print(f"{kind}, {work}: {one}", file=sys.stderr, flush=True)
                    measured.setdefault(kind, {}).setdefault(work, []).append(one)
    return {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, load average before {before:.1f}",
        "people": options.people,
        "at_a_time": options.processes * options.threads,
        "processes": options.processes,
        "rounds": options.rounds,
        "measured": measured,
    }


def markdown(body: dict[str, Any]) -> str:
    lines = [
        "# Sign-ups, measured",
        "",
        f"{body['date']}, {body['machine']}, clients and database together. {body['people']:,} "
        f"people, {body['at_a_time']} at a time from {body['processes']} processes; {SEATS} seats a "
        "session. Every commit is on the disk (SQLite: in its journal). The best of "
        f"{body['rounds']} rounds; all are in seats.json. Made by `make bench`.",
        "",
        "The load of others is in the figures a second, and hardly in the processor time: two free "
        "cores bear 2,000 ms of it in a second.",
        "",
        "| | a second | of plain inserts | processor ms each: clients | database |",
        "|---|---|---|---|---|",
    ]
    for kind, by_work in body["measured"].items():
        best = {
            work: max(rounds, key=lambda one: one["a_second"]) for work, rounds in by_work.items()
        }
        for work, one in best.items():
            share = one["a_second"] / best[PLAIN]["a_second"]
            database = f"{one['database_ms']:.1f}" if one["database_ms"] else "in the client"
            name = work if work == PLAIN else f"sign-ups in {work}"
            lines.append(
                f"| {kind}, {name} | {one['a_second']:.0f} | {share:.0%} "
                f"| {one['client_ms']:.1f} | {database} |"
            )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seats", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8, help="of each process")
    parser.add_argument("--rounds", type=int, default=3)
    body = run(parser.parse_args(arguments))
    text = markdown(body)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "seats.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    (RESULTS / "seats.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
