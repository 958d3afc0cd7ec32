"""`python -m benchmarks.broadcasts`: a broadcast to 100,000 people, queued on PostgreSQL.

Each person has one or two addresses and wrote to us once; some said STOP. Measured: the preview,
what the clock does when it is due (the select, counted, and the INSERT … SELECT, in one
transaction), pausing and going on, and the first claim of a sender. Memory is that of this process
and of the server's, at most, beyond what they had before. Writes benchmarks/results/broadcasts.*.
"""

import argparse
import json
import os
import resource
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text, update

import core.audit
import core.inbound
import core.outbox.senders
import core.people.erasure
import core.people.linking
import core.team.members  # noqa: F401  (each registers its tables)
from core.broadcasts import deciding, preview, running
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast
from core.broadcasts.staffwords import StaffWords
from core.broadcasts.team import Team
from core.db import make_engine, make_sessions
from core.inbound import Inbound
from core.messages import Kind
from core.outbox import claiming
from core.outbox.delivery import Delivery, State
from core.people.contacts import Address, Contact
from core.texts import Texts
from core.vault import Vault
from core.wording import STAFF, Wording
from tests.peers.postgres import Postgres

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks/results"
NOW = datetime(2027, 1, 12, 11, 0, tzinfo=UTC)  # noon in Paris, a Tuesday
AT_ONCE = 10_000
LANGUAGES = ("fr", "fr", "fr", "ar", "tr")


def fill(session: Any, people: int) -> None:
    """*people* contacts; every second one has Telegram too, every fiftieth said STOP."""
    for first in range(0, people, AT_ONCE):
        numbers = range(first + 1, min(first + AT_ONCE, people) + 1)
        session.execute(insert(Contact), [
            {"id": one, "uid": f"u{one}", "language": LANGUAGES[one % 5], "role": "parent",
             "territory": "vienne" if one % 2 else "finistere", "nearest": [],
             "language_chosen": False, "created_at": NOW, "seen_at": NOW} for one in numbers
        ])  # fmt: skip
        ways = [(one, "sms", one) for one in numbers]
        ways += [(one, "telegram", one + people) for one in numbers if one % 2]
        session.execute(insert(Address), [
            {"id": place, "contact_id": one, "channel": channel, "sealed": b"x" * 60,
             "fingerprint": f"{channel}{one:050}", "state_at": NOW,
             "state": "stopped" if one % 50 == 0 else "open"} for one, channel, place in ways
        ])  # fmt: skip
        session.execute(insert(Inbound), [
            {"channel": "sms", "provider_id": f"p{one}", "address_id": one, "received_at": NOW,
             "handled_at": NOW, "details": {}} for one in numbers
        ])  # fmt: skip


def the_means() -> Means:
    texts = Texts(lambda: None, Wording(ROOT / "locale"))  # type: ignore[arg-type, return-value]
    vault = Vault(bytes(32), {"1": bytes(32)}, "1")
    kinds = {"telegram": Kind.CHAT, "sms": Kind.SMS}
    return Means(texts, vault, lambda: None, kinds, {"telegram": 30.0, "sms": 10.0}, 0.05, 10**9)  # type: ignore[arg-type, return-value]


class Watch:
    """The most memory that the server's processes had, in bytes, while it is looked at."""

    def __init__(self, server: int) -> None:
        self._server, self.most, self._done = server, 0, threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self.before = self.most = self._private()
        self._looking.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.most = max(self.most, self._private())

    def _private(self) -> int:
        """Memory of its own: what all of its processes share is not counted for each."""
        children = Path(f"/proc/{self._server}/task/{self._server}/children").read_text().split()
        return sum(map(_anonymous, children))


def _anonymous(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def ours() -> int:
    """The most memory that this process ever had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(people: int) -> dict[str, Any]:
    server = Postgres(careful=True)
    try:
        engine = make_engine(server.fresh_database())
        sessions, means, seconds = make_sessions(engine), the_means(), {}
        team = Team(means, StaffWords(Wording(ROOT / "locale", STAFF), means.kinds))
        with sessions.begin() as session:
            fill(session, people)
        with sessions.begin() as session:
            session.execute(text("ANALYZE"))

        def timed(name: str, do: Callable[[Any], Any]) -> Any:
            began = time.monotonic()
            with sessions.begin() as session:
                result = do(session)
            seconds[name] = time.monotonic() - began
            return result

        with sessions.begin() as session:
            row = Broadcast(
                title="x", author="cli:anne", state="ready", texts={"fr": "Bonjour"}, audience={},
                created_at=NOW, changed_at=NOW,
            )  # fmt: skip
            session.add(row)
            session.flush()
            number = row.id
        before = ours()
        with Watch(server.pid) as watch:
            seen = timed("preview", lambda session: preview.preview(
                session, means, session.get_one(Broadcast, number), NOW))  # fmt: skip
            timed("confirm", lambda session: deciding.confirm(
                session, means, number, "cli:anne", NOW))  # fmt: skip
            timed("enqueue", lambda session: running.due(team, session, NOW))
            with sessions.begin() as session:
                queued = session.scalar(
                    select(func.count()).select_from(Delivery).where(Delivery.state == State.QUEUED)
                )
            assert queued == seen.people.size == people - people // 50, "the preview was not true"
            timed("pause", lambda session: deciding.pause(session, number, "cli:anne", NOW))
            timed("resume", lambda session: deciding.resume(session, number, "cli:anne", NOW))
            claimed = timed("first claim", lambda session: len(
                claiming.claim(session, "telegram", NOW)))  # fmt: skip
            assert claimed == 50
            timed("round while it runs", lambda session: running.due(team, session, NOW))
        timed("cancel", lambda session: deciding.cancel(session, number, "cli:anne", NOW))
        with sessions.begin() as session:
            session.execute(update(Broadcast).values(state="cancelled"))
        engine.dispose()
    finally:
        server.stop()
    return {
        "people": people, "queued": queued, "seconds": seconds,
        "memory_mb": {"ours": (ours() - before) / 1e6, "server": (watch.most - watch.before) / 1e6},
    }  # fmt: skip


def markdown(body: dict[str, Any]) -> str:
    first, last = body["measured"][0], body["measured"][-1]
    lines = [
        "# Broadcasts, measured",
        "",
        f"{body['date']}, {body['machine']}, PostgreSQL and client together; every commit is on "
        "the disk. Half of the people have Telegram, the others a phone; one in fifty said STOP. "
        "Made by `python -m benchmarks.broadcasts`.",
        "",
        f"| seconds | {first['people']:,} people | {last['people']:,} people |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {first['seconds'][name]:.2f} | {last['seconds'][name]:.2f} |"
        for name in last["seconds"]
    ]
    lines += ["", "| memory beyond what was there (MB) | | |", "|---|---|---|"]
    lines += [
        f"| {who} | {first['memory_mb'][name]:.1f} | {last['memory_mb'][name]:.1f} |"
        for name, who in (("ours", "our process"), ("server", "PostgreSQL's processes"))
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.broadcasts", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    options = parser.parse_args(arguments)
    before = os.getloadavg()[0]
    body = {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, load average before {before:.1f}",
        "measured": [measure(options.people // 10), measure(options.people)],
    }
    shown = markdown(body)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "broadcasts.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    (RESULTS / "broadcasts.md").write_text(shown, encoding="utf-8")
    print(shown)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
