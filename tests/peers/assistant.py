"""The whole bot as it runs for people: real channels, real web server, real content.

Only the understanding is somebody else's: the URL of a Rasa, real or played.
"""

import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.app import App
from bot.building import build
from bot.web import make_web
from core.db import Base, make_engine
from core.inbound import Inbound
from core.outbox.delivery import Delivery
from core.people.contacts import Address
from core.settings import Settings
from core.vault import make_keyring
from tests.peers import kannel, telegram_emulator
from tests.peers.waiting import until
from tests.peers.web import listen, port_of, serving

WEBHOOK_SECRET = "webhook-secret_of-a-test"


@dataclass(frozen=True)
class Assistant:
    """A running bot; what its database holds is read afresh each time."""

    app: App
    database: Path
    url: str

    def inbound(self) -> list[Inbound]:
        with self.app.sessions.begin() as session:
            return list(session.scalars(select(Inbound).order_by(Inbound.id)))

    def deliveries(self) -> list[Delivery]:
        with self.app.sessions.begin() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def addresses(self) -> list[Address]:
        with self.app.sessions.begin() as session:
            return list(session.scalars(select(Address).order_by(Address.id)))

    async def answered(self, messages: int) -> list[Inbound]:
        """The inbound rows, once *messages* of them are handled."""

        def handled() -> list[Inbound]:
            rows = self.inbound()
            return rows if sum(row.handled_at is not None for row in rows) >= messages else []

        return await until(handled, f"{messages} message(s) to be handled")

    async def all_in_state(self, state: str) -> list[Delivery]:
        """The deliveries, once there are some and all of them are in *state*."""

        def there() -> list[Delivery]:
            rows = self.deliveries()
            return rows if {row.state for row in rows} == {state} else []

        return await until(there, f"deliveries to be {state}")

    def stored_bytes(self) -> bytes:
        """All that is on the disk for the database, its journal included."""
        return b"".join(path.read_bytes() for path in self.database.parent.glob("tne.db*"))


def since(then: datetime) -> Callable[[], datetime]:
    """A clock that goes on from *then*: nobody gets two messages in a second."""
    began = time.monotonic()
    return lambda: then + timedelta(seconds=time.monotonic() - began)


@contextlib.asynccontextmanager
async def assistant(
    folder: Path,
    rasa_url: str,
    emulator: telegram_emulator.TelegramEmulator | None = None,
    gateway: kannel.Gateway | None = None,
    webhook: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    **settings: Any,
) -> AsyncIterator[Assistant]:
    """The bot on the channels that are given, by default on SQLite in *folder*.

    *webhook* is instead of long polling; *settings* are added to those that the peers need.
    """
    ours = listen()
    url = f"http://127.0.0.1:{port_of(ours)}"
    listeners: Sequence[socket.socket] = [ours]
    chosen: dict[str, Any] = {
        "listen_host": "127.0.0.1",
        "listen_port": port_of(ours),
        "rasa_url": rasa_url,
    }
    if emulator is not None:
        chosen |= {"telegram_token": telegram_emulator.TOKEN, "telegram_api_url": emulator.api_url}
        if webhook:
            chosen |= {"public_url": url, "telegram_webhook_secret": WEBHOOK_SECRET}
    if gateway is not None:
        # Reports come to a port of this test only: one that is late finds nobody.
        listeners = [ours, listen(gateway.web_port)]
        chosen |= {
            "sms_gateway": "kannel", "sms_sender": kannel.SENDER, "sms_webhook_key": kannel.KEY,
            "kannel_url": gateway.sendsms_url, "kannel_user": kannel.USER,
            "kannel_password": kannel.PASSWORD,
        }  # fmt: skip
    app = _built(folder, chosen | settings, clock)
    async with serving(make_web(app), listeners):
        yield Assistant(app, folder / "tne.db", url)


def _built(folder: Path, chosen: dict[str, Any], clock: Callable[[], datetime]) -> App:
    keys = folder / "keys.json"
    make_keyring(keys)
    settings = Settings(
        **{"database_url": f"sqlite:///{folder}/tne.db", "keys_file": keys} | chosen
    )
    engine = make_engine(settings.database_url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return build(settings, clock=clock)
