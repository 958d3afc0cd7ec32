"""Anything at all, posted to every route of every channel of the real application.

Never an error of ours; nothing written for who does not prove who they are; and what is
accepted is a message that can be kept and answered.
"""

import asyncio
import base64
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.routing import Route

from bot.app import App
from bot.building import build
from bot.channels import kannel, ovh, twilio
from bot.channels.base import Channel
from bot.channels.simulator import PHONES, Simulator
from bot.channels.telegram import PROOF, WEBHOOK, Telegram
from bot.channels.webhooks import LONGEST_BODY
from bot.web import make_web
from core.db import Base, make_engine
from core.inbound import Inbound
from core.settings import Settings
from core.vault import make_keyring
from tests.peers.telegram_emulator import TOKEN, TelegramEmulator
from tests.peers.waiting import until
from tests.world import A_NUMBER

KEY, SECRET = "the-key", "the-secret_of-telegram"
OURS, NOWHERE = "https://tne.example", "http://127.0.0.1:9"
GATEWAYS = ("kannel", "twilio", "ovh")
Headers = list[tuple[bytes, bytes]]
FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class House:
    """The real application on SQLite, in a loop of its own; nobody is behind its gateway."""

    def __init__(self, folder: Path, gateway: str) -> None:
        self._runner = asyncio.Runner()
        self._runner.run(self._open(folder, gateway))

    async def _open(self, folder: Path, gateway: str) -> None:
        self.emulator = TelegramEmulator()
        await self.emulator.start()
        make_keyring(folder / "keys.json")
        chosen = Settings(
            database_url=f"sqlite:///{folder}/tne.db", keys_file=folder / "keys.json",
            rasa_url=NOWHERE,
        )  # fmt: skip
        engine = make_engine(chosen.database_url)
        Base.metadata.create_all(engine)
        engine.dispose()
        self.app: App = build(chosen, self._channels(gateway))
        self.web = make_web(self.app)
        self._running = self.app.running()
        await self._running.__aenter__()
        telegram = self.app.channels["telegram"]
        assert isinstance(telegram, Telegram)
        await until(lambda: telegram._connected, "the webhook")

    def _channels(self, gateway: str) -> list[Channel]:
        sms: dict[str, Channel] = {
            "kannel": kannel.Kannel(NOWHERE, "bot", "password", "3011", OURS, KEY),
            "twilio": twilio.Twilio("AC1", KEY, A_NUMBER, OURS, NOWHERE),
            "ovh": ovh.Ovh("sms-1", "a", "b", "c", "", OURS, KEY, NOWHERE),
        }
        return [
            Telegram(TOKEN, self.emulator.api_url, OURS, SECRET), sms[gateway],
            *(Simulator(name, kind) for name, kind in PHONES),
        ]  # fmt: skip

    def close(self) -> None:
        self._runner.run(self._close())
        self._runner.close()

    async def _close(self) -> None:
        await self._running.__aexit__(None, None, None)
        await self.emulator.stop()

    def ask(
        self, method: str, path: str, query: bytes = b"", headers: Headers = (), body: bytes = b""
    ) -> int:
        """The status that *method* on *path* gets, once what it brought is answered."""
        return self._runner.run(self._ask(method, path, query, list(headers), body))

    async def _ask(
        self, method: str, path: str, query: bytes, headers: Headers, body: bytes
    ) -> int:
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
            "headers": headers, "server": ("127.0.0.1", 8080), "client": ("127.0.0.1", 9),
            "state": {},
        }  # fmt: skip
        chunks = [body[at : at + 65_536] for at in range(0, len(body), 65_536)] or [b""]
        status = 0
        self.read = 0

        async def receive() -> dict[str, Any]:
            if not chunks:
                return {"type": "http.disconnect"}
            self.read += len(chunks[0])
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]

        await self.web(scope, receive, send)
        await self.app.inbox.idle()
        return status

    def rows(self) -> list[Any]:
        """All that the database holds, bar what the sender does with it."""
        with self.app.sessions.begin() as session:
            return [
                (table.name, *row)
                for table in Base.metadata.sorted_tables
                if table.name != "delivery"
                for row in session.execute(select(table))
            ]

    def unanswered(self) -> int:
        with self.app.sessions.begin() as session:
            return len(session.scalars(select(Inbound).where(Inbound.handled_at.is_(None))).all())


@pytest.fixture(scope="module", params=GATEWAYS)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp(request.param), request.param)
    yield house
    house.close()


# What is posted

LETTERS = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\0\ufffd\u202e\x1b%&=+#?"), max_size=40
)
ODD = st.one_of(
    LETTERS, st.just("x" * 5000), st.just("9" * 400), st.sampled_from(["-1", "1e9", "٣", "nan"])
)
BYTES = st.binary(max_size=60) | ODD.map(lambda text: text.encode())
METHODS = st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "BREW"])
NAMES = st.sampled_from(
    ["key", "from", "id", "text", "type", "ptt", "dlr", "message", "senderid", "From", "Body",
     "MessageSid", "MessageStatus", "person"]
)  # fmt: skip
QUERIES = BYTES | st.lists(st.tuples(NAMES, ODD), max_size=6).map(
    lambda pairs: urlencode(pairs).encode()
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([
            b"host", b"origin", b"content-type", b"content-length", b"x-twilio-signature",
            PROOF.lower().encode(), b"x-forwarded-host", b"cookie", b"transfer-encoding",
        ]),
        BYTES | st.sampled_from([b"[", b"::1]", b"application/json", b"-1", b"\xff", b"chunked"]),
    ),
    max_size=4,
)  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(-(10**30), 10**30)
    | st.floats() | LETTERS | st.sampled_from(["\ud800", "x" * 5000, "/start s42", "STOP"])
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=8,
)
ADDRESS = "+33639980001"


def routes(house: House) -> list[str]:
    return [
        route.path
        for channel in house.app.channels.values()
        for route in channel.routes()
        if isinstance(route, Route)
    ]


@FUZZ
@given(
    st.data(), METHODS, QUERIES, HEADERS, BYTES | JSON.map(lambda value: json.dumps(value).encode())
)
def test_strangers_get_no_error_and_write_nothing(
    house: House, data: st.DataObject, method: str, query: bytes, headers: Headers, body: bytes
) -> None:
    path = data.draw(st.sampled_from([*routes(house), "/health", "/nowhere"]))
    before = house.rows()
    assert 200 <= house.ask(method, path, query, headers, body) < 500
    assert house.rows() == before


# With the proof: an update of Telegram, changed in one or two places

USER = {"id": 700_000_001, "is_bot": False, "first_name": "C", "language_code": "fr"}
BEFORE = {
    "message_id": 4, "date": 1, "chat": {"id": 700_000_001, "type": "private"},
    "from": {"id": 7, "is_bot": True, "first_name": "T", "username": "tne_test_bot"},
}  # fmt: skip
MESSAGE = {
    "message_id": 5, "date": 1_795_000_000, "text": "bonjour", "from": USER,
    "chat": {"id": 700_000_001, "type": "private", "first_name": "C"},
    "reply_to_message": BEFORE, "edit_date": 1,
}  # fmt: skip
SILENT = {key: value for key, value in MESSAGE.items() if key != "text"}
CARD = {"phone_number": ADDRESS, "first_name": "D", "user_id": 700_000_001}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
UPDATES: tuple[dict[str, Any], ...] = (
    {"update_id": 1, "message": MESSAGE},
    {"update_id": 1, "edited_message": MESSAGE},
    {"update_id": 1, "message": SILENT | {"location": {"latitude": 46.5, "longitude": 0.3}}},
    {"update_id": 1, "message": SILENT | {"contact": CARD}},
    {"update_id": 1, "message": SILENT | {"photo": PHOTO, "caption": "?", "media_group_id": "7"}},
    {"update_id": 1, "message": MESSAGE | {"chat": {"id": -100_200, "type": "supergroup"}}},
    {
        "update_id": 1,
        "callback_query": {
            "id": "1", "data": "41:0", "chat_instance": "1", "from": USER, "message": MESSAGE,
        },
    },
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key in value if isinstance(value, dict) else ():
        yield from places(value[key], (*path, key))


def changed(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    if not isinstance(value, dict) or path[0] not in value:
        return value
    inside = changed(value[path[0]], path[1:], by)
    kept = {key: one for key, one in value.items() if key != path[0]}
    return kept if inside is GONE else kept | {path[0]: inside}


GONE = object()
CHANGED = st.sampled_from(UPDATES).flatmap(
    lambda update: st.tuples(
        st.just(update),
        st.lists(
            st.tuples(st.sampled_from(list(places(update))), JSON | st.just(GONE)), max_size=3
        ),
    )
)
AS_TELEGRAM: Headers = [(PROOF.lower().encode(), SECRET.encode())]
_updates = iter(range(10, 10**9))


@FUZZ
@given(CHANGED, st.integers(0, 20))
def test_an_update_is_refused_whole_or_answered(
    house: House, changed_update: tuple[dict[str, Any], list[tuple[Any, Any]]], cut: int
) -> None:
    update, changes = changed_update
    value: Any = update | {"update_id": next(_updates)}
    for path, by in changes:
        value = changed(value, path, by)
    body = b"" if value is GONE else json.dumps(value).encode()
    body = body[: len(body) - cut] if cut > 15 else body
    refused_whole_or_answered(house, "POST", WEBHOOK, b"", AS_TELEGRAM, body)


@FUZZ
@given(BYTES | JSON.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_update_is_refused(house: House, body: bytes) -> None:
    refused_whole_or_answered(house, "POST", WEBHOOK, b"", AS_TELEGRAM, body)


# With the proof: what gateways send

FIELDS = st.dictionaries(NAMES | st.text("abAB", max_size=3), ODD | st.just(ADDRESS), max_size=6)
SAID = {
    "from": ADDRESS, "id": "1", "text": "bonjour", "type": "1", "senderid": ADDRESS,
    "message": "bonjour", "ptt": "4", "From": ADDRESS, "Body": "bonjour", "MessageSid": "SM1",
    "MessageStatus": "delivered",
}  # fmt: skip


@FUZZ
@given(st.data(), FIELDS, st.lists(NAMES, max_size=2), BYTES, st.sampled_from(["GET", "POST"]))
def test_a_gateway_is_refused_whole_or_answered(
    house: House,
    data: st.DataObject,
    fields: dict[str, str],
    left_out: list[str],
    raw: bytes,
    method: str,
) -> None:
    path = data.draw(st.sampled_from([one for one in routes(house) if one.startswith("/sms/")]))
    said = {key: value for key, value in (SAID | fields).items() if key not in left_out}
    said["key"] = KEY
    body = data.draw(st.sampled_from([urlencode(said).encode(), raw]))
    # A valid field may come from the query and be contradicted by the body.
    query = urlencode(said).encode() + b"&" + data.draw(st.sampled_from([b"", raw]))
    refused_whole_or_answered(house, method, path, query, proof(path, query, body), body)


def proof(path: str, query: bytes, body: bytes) -> Headers:
    """Twilio's signature of anything, decodable or not."""
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    said = "".join(name + value for name, value in sorted(set(fields)))
    signed = f"https://tne.example{path}?{query.decode('latin-1')}{said}"
    digest = hmac.digest(KEY.encode(), signed.encode(errors="replace"), "sha1")
    return [(b"x-twilio-signature", base64.b64encode(digest))]


# The simulator's page

PERSON = {"person": "p1", "id": "1", "text": "bonjour"}
AS_PAGE: Headers = [(b"host", b"127.0.0.1:8080"), (b"content-type", b"application/json")]


@FUZZ
@given(
    st.sampled_from([name for name, _ in PHONES]),
    st.dictionaries(
        st.sampled_from(["person", "id", "text", "tapped", "event", "location", "x"]), JSON,
        max_size=3,
    ),
    BYTES,
    st.booleans(),
)  # fmt: skip
def test_a_phone_of_the_page_is_refused_whole_or_answered(
    house: House, name: str, fields: dict[str, Any], raw: bytes, whole: bool
) -> None:
    body = json.dumps(PERSON | {"id": str(next(_updates))} | fields).encode() if whole else raw
    path = f"/simulator/{name}"
    refused_whole_or_answered(house, "POST", f"{path}/messages", b"", AS_PAGE, body)
    assert house.ask("GET", f"{path}/events", raw, AS_PAGE) < 500


def refused_whole_or_answered(
    house: House, method: str, path: str, query: bytes, headers: Headers, body: bytes
) -> None:
    before, waiting = house.rows(), house.unanswered()
    status = house.ask(method, path, query, headers, body)
    assert 200 <= status < 500 or (status == 503 and path == ovh.REPORT)
    if status >= 400:
        assert house.rows() == before
    assert house.unanswered() == waiting


# Plain ones: faults that were found so


def told(house: House, **message: Any) -> int:
    update = {"update_id": next(_updates), "message": SILENT | message}
    return house.ask("POST", WEBHOOK, b"", AS_TELEGRAM, json.dumps(update).encode())


def test_a_number_shared_by_somebody_whose_phone_never_wrote_is_answered(house: House) -> None:
    someone = {"id": 700_000_555, "is_bot": False, "first_name": "C"}
    chat = {"id": 700_000_555, "type": "private"}
    card = {"phone_number": "+33639980555", "first_name": "D", "user_id": 700_000_555}
    waiting = house.unanswered()
    assert told(house, **{"from": someone}, chat=chat, contact=card) == 200
    assert house.unanswered() == waiting


@pytest.mark.parametrize(
    "odd",
    [
        {"text": "a", "from": USER | {"language_code": True}},
        {"text": "\ud800"}, {"text": 5}, {"text": ["a"]}, {"text": {"a": 1}},
        {"text": "a", "chat": {"id": "x", "type": "private"}},
        {"text": "a", "chat": {"id": True, "type": "private"}},
        {"text": "a", "chat": {"id": 10**30, "type": "private"}},
        {"text": "a", "date": 10**20}, {"text": "a", "media_group_id": "x" * 200},
        {"text": "a", "media_group_id": "\0"},
        {"location": {"latitude": "x", "longitude": 0}},
        {"location": {"latitude": float("nan"), "longitude": 0}},
        {"location": {"latitude": 91, "longitude": 0}},
    ],
)  # fmt: skip
def test_an_update_that_telegram_cannot_have_sent_is_refused(
    house: House, odd: dict[str, Any]
) -> None:
    before = house.rows()
    assert told(house, **odd) == 400
    assert house.rows() == before


def test_an_odd_number_of_an_update_is_refused(house: House) -> None:
    for number in ("x" * 200, "\0", -1, 10**30, None, True, 1.5):
        update = {"update_id": number, "message": MESSAGE}
        before = house.rows()
        assert house.ask("POST", WEBHOOK, b"", AS_TELEGRAM, json.dumps(update).encode()) == 400
        assert house.rows() == before


def test_deep_nesting_is_refused(house: House) -> None:
    for body in (b"[" * 100_000, b'{"message":' * 50_000 + b"1" + b"}" * 50_000):
        assert house.ask("POST", WEBHOOK, b"", AS_TELEGRAM, body) == 400


def test_more_than_a_megabyte_is_refused_and_not_read(house: House) -> None:
    body = b"x" * 30 * LONGEST_BODY
    asked = {WEBHOOK: AS_TELEGRAM} | {f"/simulator/{name}/messages": AS_PAGE for name, _ in PHONES}
    asked |= {one: [] for one in routes(house) if one.startswith(("/sms/twilio", "/sms/ovh"))}
    before = house.rows()
    for path, headers in asked.items():
        assert house.ask("POST", path, urlencode({"key": KEY}).encode(), headers, body) == 413
        assert house.read < LONGEST_BODY + 2 * 65_536
    assert house.rows() == before
