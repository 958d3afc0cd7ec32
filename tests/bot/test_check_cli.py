"""``python -m bot check``: every failure provoked, on real peers where there are some."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import Unwell
from bot.channels.telegram import WEBHOOK, Telegram
from bot.cli.main import main
from bot.migrate import upgrade
from core.db import make_engine, make_sessions
from core.vault import Vault, make_keyring
from tests.peers.kannel import KEY, PASSWORD, SENDER, USER, Gateway
from tests.peers.ovh import APPLICATION, CONSUMER, SECRET, SERVICE, PlayedOvh
from tests.peers.telegram_emulator import TEAM, TOKEN, Fault, TelegramEmulator
from tests.peers.twilio import ACCOUNT, NUMBER, PlayedTwilio
from tests.peers.twilio import TOKEN as TWILIO_TOKEN
from tests.peers.understanding import StubRasa
from tests.peers.waiting import free_port
from tests.peers.web import listen, port_of, serving
from tests.world import A_NUMBER, a_contact, a_question, write_content

Check = Callable[..., Awaitable[tuple[int, list[str]]]]
GROUP = str(TEAM["id"])
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A SQLite file with all tables, made once."""
    path = tmp_path_factory.mktemp("migrated") / "tne.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
async def rasa() -> AsyncIterator[StubRasa]:
    async with StubRasa().running() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, migrated: bytes) -> Path:
    """Everything in place on this machine, and one person in the database."""
    make_keyring(tmp_path / "keys.json")
    (tmp_path / "tne.db").write_bytes(migrated)
    write_content(tmp_path / "content", a_question())
    engine = make_engine(f"sqlite:///{tmp_path}/tne.db")
    with make_sessions(engine).begin() as session:
        a_contact(session, Vault.read(tmp_path / "keys.json"))
    engine.dispose()
    return tmp_path


@pytest.fixture
def check(
    home: Path,
    rasa: StubRasa,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Check:
    """Run it with *settings* over those of *home*: its exit code, and the lines that it printed."""

    async def check(**settings: str) -> tuple[int, list[str]]:
        chosen = {
            "DATABASE_URL": f"sqlite:///{home}/tne.db", "KEYS_FILE": str(home / "keys.json"),
            "CONTENT_DIR": str(home / "content"), "RASA_URL": rasa.url, "SMS_GATEWAY": "console",
        } | settings  # fmt: skip
        for name, value in chosen.items():
            monkeypatch.setenv(name, value)
        code = await asyncio.to_thread(main, ["check"])
        shown = capsys.readouterr()
        assert A_NUMBER not in shown.out + shown.err
        return code, shown.out.splitlines()

    return check


def wrong(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("ok")]


async def test_what_is_in_place_is_said_line_by_line(check: Check, home: Path) -> None:
    before = (home / "tne.db").read_bytes()
    code, lines = await check()
    assert (code, lines) == (
        0,
        [
            "ok    Contenus", "ok    Base de données", "ok    Clés",
            "ok    Compréhension (Rasa)", "ok    SMS",
        ],
    )  # fmt: skip
    assert (home / "tne.db").read_bytes() == before


async def test_the_simulator_is_always_well(check: Check) -> None:
    code, lines = await check(SMS_GATEWAY="", DEMO="1")
    assert code == 0
    assert lines[-2:] == ["ok    Simulateur (smartphone)", "ok    Simulateur (SMS)"]


async def test_no_channel_at_all_is_said(check: Check) -> None:
    code, lines = await check(SMS_GATEWAY="")
    assert code == 1
    assert "TELEGRAM_TOKEN ou SMS_GATEWAY" in wrong(lines)[0]


async def test_a_mistake_in_the_content_is_said(check: Check, home: Path) -> None:
    write_content(home / "content", a_question(source=None))
    code, lines = await check()
    assert code == 1
    assert wrong(lines)[0].startswith("NON   Contenus : 1 point(s)")
    assert "content check" in wrong(lines)[0]


# Database and keys


async def test_a_database_that_is_not_there_yet_is_not_made(check: Check, home: Path) -> None:
    code, lines = await check(DATABASE_URL=f"sqlite:///{home}/none.db")
    assert code == 1
    (line,) = wrong(lines)
    assert "Base de données" in line
    assert "python -m bot migrate" in line
    assert not (home / "none.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://bot:hidden-password@127.0.0.1:{free_port()}/tne",
        "oracle-of-delphi://x", "what",
    ],
)  # fmt: skip
async def test_a_database_that_does_not_answer_is_said(check: Check, url: str) -> None:
    code, lines = await check(DATABASE_URL=url)
    assert code == 1
    assert ["DATABASE_URL" in line for line in wrong(lines)] == [True, False]
    assert "hidden-password" not in "".join(lines)


async def test_a_file_that_is_no_database_is_said(check: Check, home: Path) -> None:
    (home / "odd.db").write_bytes(b"not a database at all" * 100)
    code, lines = await check(DATABASE_URL=f"sqlite:///{home}/odd.db")
    assert code == 1
    assert "DATABASE_URL" in wrong(lines)[0]


@pytest.mark.parametrize(("revision", "says"), [("0003", "migrate"), ("9999", "plus récente")])
async def test_migrations_that_are_not_ours_are_said(
    check: Check, home: Path, revision: str, says: str
) -> None:
    engine = make_engine(f"sqlite:///{home}/tne.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()
    code, lines = await check()
    assert code == 1
    assert [says in line for line in wrong(lines)] == [True]


async def test_postgresql_is_checked_like_sqlite(check: Check, empty_postgres: str) -> None:
    code, lines = await check(DATABASE_URL=empty_postgres)
    assert code == 1
    assert "migrate" in wrong(lines)[0]
    upgrade(empty_postgres)
    assert (await check(DATABASE_URL=empty_postgres))[0] == 0


@pytest.fixture
def empty_postgres(fresh_database: Callable[..., str]) -> str:
    return fresh_database(with_tables=False)


async def test_keys_that_are_missing_or_not_the_right_ones_are_said(
    check: Check, home: Path
) -> None:
    (home / "broken.json").write_text("{}")
    make_keyring(home / "other.json")
    for name, says in (
        ("none.json", "python -m bot keys"),
        ("broken.json", "n'est pas un trousseau"),
        ("other.json", "n'ouvre pas ce que contient la base"),
    ):
        code, lines = await check(KEYS_FILE=str(home / name))
        assert code == 1
        (line,) = wrong(lines)
        assert line.startswith("NON   Clés : ")
        assert says in line


# Rasa


async def test_rasa_is_asked_a_question(check: Check, rasa: StubRasa) -> None:
    await check()
    assert [body["message"] for body in rasa.asked] == ["bonjour"]


async def test_rasa_away_is_said(check: Check) -> None:
    for url in (NOWHERE, ""):
        code, lines = await check(RASA_URL=url, RASA_URL_FILE="/nowhere/rasa.url")
        assert (code, ["make run" in line for line in wrong(lines)]) == (1, [True])


async def test_actions_away_and_a_model_that_answers_nothing_are_told_apart(
    check: Check, rasa: StubRasa
) -> None:
    async def nothing(request: Request) -> Response:
        return JSONResponse([])

    async def healthy(request: Request) -> Response:
        return PlainTextResponse("ok")

    listener, rest = listen(), listen()
    web = Starlette(
        routes=[
            Route("/webhooks/rest/", healthy), Route("/health", healthy),
            Route("/webhooks/rest/webhook", nothing, methods=["POST"]),
        ]
    )  # fmt: skip
    url = f"http://127.0.0.1:{port_of(rest)}"
    async with serving(web, [listener, rest]):
        _, lines = await check(RASA_URL=url, ACTIONS_PORT=str(free_port()))
        assert "rien ne répond à" in wrong(lines)[0]
        _, lines = await check(RASA_URL=url, ACTIONS_PORT=str(port_of(listener)))
        assert "make train" in wrong(lines)[0]
        assert "rien ne répond à" not in wrong(lines)[0]


# Telegram


def on_telegram(emulator: TelegramEmulator, **more: str) -> dict[str, str]:
    return {
        "SMS_GATEWAY": "", "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": emulator.api_url,
        "TELEGRAM_STAFF_GROUP": GROUP,
    } | more  # fmt: skip


async def test_telegram_is_well(check: Check, emulator: TelegramEmulator) -> None:
    code, lines = await check(**on_telegram(emulator))
    assert (code, lines[-1]) == (0, "ok    Telegram")
    assert {method for method, _ in emulator.calls} == {"getMe", "getChat", "getChatMember"}


@pytest.mark.parametrize(
    ("method", "fault", "says"),
    [
        ("getMe", Fault(401, "Unauthorized"), "@BotFather"),
        ("getMe", Fault(502, "Bad Gateway"), "ne répond pas (NetworkError)"),
        ("getMe", Fault(0), "ne répond pas (NetworkError)"),
        ("getChat", Fault(400, "Bad Request: chat not found"), "docs/handoffs.md"),
        ("getChat", Fault(403, "Forbidden: bot was kicked"), "docs/handoffs.md"),
        ("getChatMember", Fault(400, "Bad Request: member not found"), "docs/handoffs.md"),
    ],
)
async def test_what_telegram_refuses_is_said(
    check: Check, emulator: TelegramEmulator, method: str, fault: Fault, says: str
) -> None:
    emulator.fail(method, fault)
    code, lines = await check(**on_telegram(emulator))
    assert code == 1
    (line,) = wrong(lines)
    assert line.startswith("NON   Telegram : ")
    assert says in line
    assert TOKEN not in line


@pytest.mark.parametrize("membership", ["left", "kicked"])
async def test_a_group_that_the_bot_left_is_said(
    check: Check, emulator: TelegramEmulator, membership: str
) -> None:
    emulator.membership = membership
    code, lines = await check(**on_telegram(emulator))
    assert (code, "docs/handoffs.md" in wrong(lines)[0]) == (1, True)


async def test_a_webhook_needs_https(check: Check, emulator: TelegramEmulator) -> None:
    plain = {"PUBLIC_URL": "http://tne.example", "TELEGRAM_WEBHOOK_SECRET": "secret"}
    code, lines = await check(**on_telegram(emulator, **plain))
    assert (code, "https://" in wrong(lines)[0]) == (1, True)


@pytest.mark.parametrize(
    ("info", "key"),
    [
        ({"url": ""}, None), ({"url": f"https://tne.example{WEBHOOK}"}, None),
        ({"url": "https://other.example/telegram"}, "setup.telegram.elsewhere"),
        ({"url": f"https://tne.example{WEBHOOK}", "minutes": 1}, "setup.telegram.unreached"),
        ({"url": f"https://tne.example{WEBHOOK}", "minutes": 60}, None),
    ],
)  # fmt: skip
async def test_a_webhook_is_ours_and_reached(
    emulator: TelegramEmulator, info: dict[str, object], key: str | None
) -> None:
    told = {"url": info["url"], "has_custom_certificate": False, "pending_update_count": 0}
    if minutes := info.get("minutes"):
        failed = datetime.now(UTC) - timedelta(minutes=int(str(minutes)))
        told |= {"last_error_date": int(failed.timestamp()), "last_error_message": "timed out"}
    emulator.webhook_info = told
    channel = Telegram(TOKEN, emulator.api_url, "https://tne.example", "secret")
    if key is None:
        await channel.check()
    else:
        with pytest.raises(Unwell) as caught:
            await channel.check()
        assert caught.value.key == key
    await channel.close()


async def test_several_processes_need_a_webhook(
    check: Check, emulator: TelegramEmulator, fresh_database: Callable[..., str]
) -> None:
    database = {"DATABASE_URL": fresh_database(with_tables=False)}
    upgrade(database["DATABASE_URL"])
    code, lines = await check(**on_telegram(emulator, **database))
    assert (code, "PUBLIC_URL" in wrong(lines)[0]) == (0, True)


# SMS


async def test_kannel_is_well_and_sends_nothing(check: Check, gateway: Gateway) -> None:
    code, lines = await check(**on_kannel(gateway.sendsms_url))
    assert (code, lines[-1]) == (0, "ok    SMS")


async def test_a_kannel_that_refuses_or_is_away_is_said(check: Check, gateway: Gateway) -> None:
    for settings, says in (
        (on_kannel(gateway.sendsms_url, KANNEL_PASSWORD="wrong"), "KANNEL_PASSWORD"),
        (on_kannel(gateway.sendsms_url, KANNEL_USER="wrong"), "KANNEL_USER"),
        (on_kannel(NOWHERE), "KANNEL_URL"),
        (on_kannel(gateway.sendsms_url.replace("sendsms", "other")), "KANNEL_URL"),
        (on_kannel("not an address"), "KANNEL_URL"),
    ):
        code, lines = await check(**settings)
        assert code == 1
        (line,) = wrong(lines)
        assert line.startswith("NON   SMS : ")
        assert says in line
        assert PASSWORD not in line


def on_kannel(url: str, **more: str) -> dict[str, str]:
    return {
        "SMS_GATEWAY": "kannel", "SMS_SENDER": SENDER, "SMS_WEBHOOK_KEY": KEY,
        "KANNEL_URL": url, "KANNEL_USER": USER, "KANNEL_PASSWORD": PASSWORD,
    } | more  # fmt: skip


async def test_twilio_is_asked_for_the_account(check: Check) -> None:
    played = PlayedTwilio("https://tne.example")
    settings = {
        "SMS_GATEWAY": "twilio", "SMS_SENDER": NUMBER, "TWILIO_ACCOUNT": ACCOUNT,
        "TWILIO_TOKEN": TWILIO_TOKEN, "TWILIO_API_URL": played.url,
        "SMS_CALLBACK_URL": "https://tne.example",
    }  # fmt: skip
    async with played.running():
        assert (await check(**settings))[0] == 0
        code, lines = await check(**settings | {"TWILIO_TOKEN": "wrong-token"})
    assert (code, "TWILIO_TOKEN" in wrong(lines)[0]) == (1, True)
    assert "wrong-token" not in "".join(lines)


async def test_ovh_is_asked_for_the_account(check: Check) -> None:
    played = PlayedOvh("https://tne.example")
    settings = {
        "SMS_GATEWAY": "ovh", "SMS_WEBHOOK_KEY": KEY, "SMS_CALLBACK_URL": "https://tne.example",
        "OVH_SERVICE": SERVICE, "OVH_APPLICATION_KEY": APPLICATION,
        "OVH_APPLICATION_SECRET": SECRET, "OVH_CONSUMER_KEY": CONSUMER,
        "OVH_API_URL": played.api_url, "SMS_SENDER": "",
    }  # fmt: skip
    async with played.running():
        assert (await check(**settings))[0] == 0
        played.account["creditsLeft"] = 0
        code, lines = await check(**settings)
    assert (code, "crédits" in wrong(lines)[0]) == (1, True)


async def test_a_half_set_gateway_is_refused_before_anything_is_asked(
    check: Check, capsys: pytest.CaptureFixture[str], rasa: StubRasa
) -> None:
    code, lines = await check(SMS_GATEWAY="twilio")
    assert (code, lines, rasa.asked) == (2, [], [])
