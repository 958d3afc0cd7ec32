"""More than one machine: receivers, senders and clocks are processes of their own on PostgreSQL."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core.db import make_engine
from core.outbox.delivery import Delivery, State
from core.vault import make_keyring
from tests.peers import telegram_emulator
from tests.peers.programs import Program
from tests.peers.telegram_emulator import Person, TelegramEmulator
from tests.peers.waiting import free_port, until
from tests.world import ROOT

Start = Callable[[str], Program]


@pytest.fixture
def url(fresh_database: Callable[..., str]) -> str:
    return fresh_database()


@pytest.fixture
def start(tmp_path: Path, emulator: TelegramEmulator, url: str) -> Iterator[Start]:
    """``start("sender")`` is a process in that role, all on one database."""
    keys, running = tmp_path / "keys.json", list[Program]()
    make_keyring(keys)
    environment = os.environ | {
        "DATABASE_URL": url,
        "KEYS_FILE": str(keys),
        "TELEGRAM_TOKEN": telegram_emulator.TOKEN,
        "TELEGRAM_API_URL": emulator.api_url,
        "LISTEN_PORT": str(free_port()),
        "RASA_URL": f"http://127.0.0.1:{free_port()}",
        "LOG_LEVEL": "INFO",
    }

    def begin(role: str) -> Program:
        program = Program(
            [sys.executable, "-m", "bot", "run", "--role", role],
            tmp_path / f"{role}-{len(running)}", env=environment, cwd=ROOT,
        )  # fmt: skip
        running.append(program)
        return program

    yield begin
    for program in running:
        program.stop()


async def all_written_down(url: str) -> None:
    """What a killed sender holds waits for the end of its lease, as does what comes after it."""
    engine = make_engine(url)

    def written() -> bool:
        with engine.connect() as connection:
            return set(connection.scalars(select(Delivery.state))) == {State.SENT}

    await until(written, "what was sent to be written down")
    engine.dispose()


async def test_who_receives_does_not_send_and_another_sender_takes_over(
    start: Start, emulator: TelegramEmulator, url: str
) -> None:
    person = Person()
    start("web")
    senders = [start("sender"), start("sender")]
    start("clock")
    await emulator.called("getUpdates")
    await emulator.update(message=person.message(text="stop"))
    assert "START" in (await emulator.message(person.chat)).text
    await all_written_down(url)
    os.kill(senders[0].pid, signal.SIGKILL)
    await emulator.update(message=person.message(text="start"))
    assert (await emulator.message(person.chat)).text
    assert len(emulator.messages(person.chat)) == 2
    # Without Rasa everybody gets an honest sentence, also by this way.
    await emulator.update(message=person.message(text="j'ai perdu mon mot de passe"))
    assert (await emulator.message(person.chat)).text


def test_on_sqlite_one_process_does_it_all(tmp_path: Path) -> None:
    program = Program(
        [sys.executable, "-m", "bot", "run", "--role", "sender"],
        tmp_path / "log",
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/tne.db"},
        cwd=ROOT,
    )
    assert program.wait(30) == 2
    assert "PostgreSQL" in program.output()
