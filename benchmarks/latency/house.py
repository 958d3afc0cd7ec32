"""The whole assistant for a measurement: real Rasa, real actions, the bot on SQLite, one channel
that only notes when a reply is handed to it. All on loopback, in a folder that is thrown away."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from starlette.routing import BaseRoute

from bot.app import App
from bot.building import build
from bot.channels.base import Doors, Sent
from bot.migrate import upgrade
from bot.understanding import UnderstandingError
from core.answers import Listener
from core.messages import Incoming, Kind, Outgoing
from core.settings import Settings
from core.vault import make_keyring

ROOT = Path(__file__).parents[2]
LOADING = 300.0  # seconds


class Ear:
    """A channel without a network: *heard* is when each person got their first reply (seconds of
    ``time.perf_counter``)."""

    name = "latency"
    kind = Kind.CHAT
    pace = 0.0

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}

    async def start(self, doors: Doors) -> None: ...

    async def stop(self) -> None: ...

    async def close(self) -> None: ...

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def typing(self, address: str) -> None: ...

    async def send(self, outgoing: Outgoing) -> Sent:
        self.heard.setdefault(outgoing.address, time.perf_counter())
        return Sent(str(outgoing.delivery_id))


class House:
    """A running assistant; *rasa* and *actions* are process ids."""

    def __init__(self, app: App, ear: Ear, rasa: int, actions: int) -> None:
        self.app, self.ear = app, ear
        self._rasa, self._actions = rasa, actions

    async def say(self, person: str, text: str) -> None:
        """One message of *person*; the reply comes to ``ear``."""
        now = datetime.now(UTC)
        await self.app.inbox.receive(Incoming(Ear.name, person, person, now, text))

    def resident_mb(self) -> dict[str, float]:
        """Of each process, in MB: Rasa with its keeper, the actions, and the bot (this one)."""
        return {name: sum(map(_resident_mb, pids)) for name, pids in self._processes().items()}

    def processor_seconds(self) -> dict[str, float]:
        """What each has computed so far: other work on the machine hardly changes it."""
        return {name: sum(map(_computed, pids)) for name, pids in self._processes().items()}

    def _processes(self) -> dict[str, list[int]]:
        return {
            "rasa": [self._rasa, *_children(self._rasa)],
            "actions": [self._actions],
            "bot": [os.getpid()],
        }


@contextlib.asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Ready for messages; everything that was started is ended afterwards."""
    actions_port, rasa_port = _free_ports(3)[0], _two_in_a_row()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ACTIONS_PORT": str(actions_port),
        "ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "RASA_PORT": str(rasa_port),
        "RASA_URL_FILE": str(folder / "rasa.url"),
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    make_keyring(folder / "keys.json")
    settings = Settings(
        database_url=f"sqlite:///{folder}/latency.db",
        keys_file=folder / "keys.json",
        rasa_url_file=folder / "rasa.url",
        rasa_timeout=30.0,
    )
    upgrade(settings.database_url)
    with (folder / "log").open("wb") as log, contextlib.ExitStack() as programs:

        def start(*command: str) -> int:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            programs.callback(_end, process)
            return process.pid

        actions = start(sys.executable, "-m", "actions")
        rasa = start("nlu/.venv/bin/python", "-m", "nlu.serve")
        ear = Ear()
        app = build(settings, channels=[ear])
        async with app.running():
            await _answers(app)
            yield House(app, ear, rasa, actions)


async def _answers(app: App) -> None:
    ends = time.monotonic() + LOADING
    while True:
        try:
            await app.understanding.ask("latency", "bonjour", Listener())
        except UnderstandingError:
            if time.monotonic() > ends:
                raise
            await asyncio.sleep(1)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


def _two_in_a_row() -> int:
    while True:
        first = _free_ports(1)[0]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", first + 1))
            return first


def _children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _computed(pid: int) -> float:
    """Seconds, in the program and in the kernel for it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
