"""A database with people to write to, the emulated Telegram, and senders that are processes."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

import core.outbox.claiming  # noqa: F401  (the tables that a sender reads)
from core.db import Base, Sessions, make_engine, make_sessions
from core.messages import Bubble
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery, Lane, State
from core.people.contacts import Address, AddressState, Contact, meet
from core.vault import Vault, make_keyring

ROOT = Path(__file__).parents[2]
FIRST_CHAT = 800_000_000
ENDED = (State.SENT, State.UNCERTAIN, State.FAILED, State.SKIPPED)


@dataclass(frozen=True)
class Arrival:
    """A message at the emulated Telegram; *at* in seconds of ``time.monotonic``."""

    at: float
    chat: int
    text: str


class PostOffice:
    """*url* is a database with our tables; *faults* that part of Telegram's answers."""

    def __init__(self, folder: Path, url: str, faults: float = 0.0) -> None:
        self.url, self.keys, self.log = url, folder / "keys.json", folder / "arrivals"
        self.sessions: Sessions = make_sessions(make_engine(url))
        Base.metadata.create_all(self.sessions.kw["bind"])
        make_keyring(self.keys)
        self.log.touch()
        self.faults = faults
        self._errors = (folder / "errors").open("wb")
        self._running = contextlib.ExitStack()
        emulator = self._start("benchmarks.sending.telegram", str(self.log), str(faults))
        assert emulator.stdout is not None
        self.api_url = emulator.stdout.readline().decode().strip()

    def post(self, people: int, lane: int = Lane.URGENT) -> None:
        """Queue a message for each of *people*, in one transaction."""
        vault, now = Vault.read(self.keys), datetime.now(UTC)
        chats = [str(FIRST_CHAT + number) for number in range(people)]
        with self.sessions.begin() as session:
            ids = session.scalars(
                insert(Contact).returning(Contact.id),
                [{"created_at": now, "seen_at": now, "nearest": []} for _ in chats],
            ).all()
            addresses = session.execute(
                insert(Address).returning(Address.id, Address.contact_id),
                [
                    {
                        "contact_id": contact_id, "channel": "telegram", "state_at": now,
                        "sealed": vault.seal(chat, "telegram"),
                        "fingerprint": vault.index(chat, "telegram"),
                        "state": AddressState.OPEN,
                    }
                    for contact_id, chat in zip(ids, chats, strict=True)
                ],
            ).all()  # fmt: skip
            session.execute(
                insert(Delivery),
                [
                    {
                        "cause": Cause.BROADCAST, "cause_id": 1, "purpose": "1", "lane": lane,
                        "contact_id": contact_id, "address_id": address_id, "choices": [],
                        "channel": "telegram", "text": "Atelier demain à 14 h", "created_at": now,
                        "not_before": now, "not_after": now + timedelta(days=1),
                    }
                    for address_id, contact_id in addresses
                ],
            )  # fmt: skip

    def reply(self, number: int) -> float:
        """Queue an answer to somebody; when that was, as arrivals count."""
        now = datetime.now(UTC)
        with self.sessions.begin() as session:
            vault = Vault.read(self.keys)
            address = meet(session, vault, "telegram", str(FIRST_CHAT - 1 - number), now)
            posting.reply(session, address, number, [Bubble("réponse")], now)
        return time.monotonic()

    def sender(self, pace: float) -> "subprocess.Popen[bytes]":
        return self.ready("benchmarks.sending.work", str(pace))

    def ready(self, module: str, *more: str) -> "subprocess.Popen[bytes]":
        """A process of *module*, once it says that it begins."""
        process = self._start(module, self.url, str(self.keys), self.api_url, *more)
        assert process.stdout is not None
        assert process.stdout.readline(), "it ended at once"
        return process

    def states(self) -> Counter[str]:
        with self.sessions.begin() as session:
            query = select(Delivery.state, func.count()).group_by(Delivery.state)
            return Counter({row[0]: row[1] for row in session.execute(query)})

    def left(self) -> int:
        """How many rows have not come to an end."""
        states = self.states()
        return states.total() - sum(states[state] for state in ENDED)

    def wait(self, seconds: float, then: Callable[[], object] = lambda: None) -> None:
        """Until all are sent; *then* is called between looks, once the first has arrived: a sender
        that begins waits for a second (bot.sending.sender)."""
        ends = time.monotonic() + seconds
        while self.left():
            assert time.monotonic() < ends, f"not sent in time: {self.states()}"
            if self.log.stat().st_size:
                then()
            time.sleep(0.5)

    def arrivals(self) -> list[Arrival]:
        lines = (line.split("\t") for line in self.log.read_text(encoding="utf-8").splitlines())
        return [Arrival(float(at), int(chat), text) for at, chat, text in lines]

    def _start(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        self._running.callback(_end, process)
        return process

    def close(self) -> None:
        self._running.close()
        self._errors.close()
        self.sessions.kw["bind"].dispose()


@contextlib.contextmanager
def post_office(url: str | None = None, faults: float = 0.0) -> Iterator[PostOffice]:
    """In a folder that is thrown away; without *url* on SQLite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = PostOffice(folder, url or f"sqlite:///{folder}/tne.db", faults)
        try:
            yield office
        finally:
            office.close()


def most_in_a_second(times: list[float]) -> int:
    """The most that arrived in any one second."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()
