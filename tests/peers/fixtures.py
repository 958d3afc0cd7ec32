"""The peers as pytest fixtures; ``tests/conftest.py`` names this module in ``pytest_plugins``."""

import shutil
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from core.content.load import Library, load
from core.db import Base, Sessions, make_engine, make_sessions
from core.languages import Languages
from tests.peers.kannel import Gateway, Operator
from tests.peers.postgres import Postgres
from tests.peers.rasa import TrainedRasa
from tests.peers.telegram_emulator import TelegramEmulator
from tests.peers.understanding import ANSWER, StubRasa
from tests.world import ROOT, the_languages, the_library


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """httpx reads the list of authorities for each client (0.1 s), and nothing here speaks TLS."""
    context = ssl.create_default_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", lambda **options: context)
        yield


@pytest.fixture(scope="session", autouse=True)
def content_is_read_once() -> Iterator[None]:
    """Reading it and learning languages from it take five seconds, and each assistant does."""
    learn = Languages.learn

    def read_once(root: Path) -> Library:
        return the_library() if root.resolve() == ROOT / "content" else load(root)

    def learn_once(examples: Mapping[str, Iterable[str]]) -> Languages:
        known = examples == the_library().examples()
        return the_languages() if known else learn(examples)

    the_languages()  # before it is replaced
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.content.shelf.load", read_once)
        patch.setattr("bot.building.Languages.learn", learn_once)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the whole run; see ``fresh_database``."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def fresh_database(postgres: Postgres) -> Iterator[Callable[..., str]]:
    """``fresh_database()`` is the URL of a new PostgreSQL database with our tables."""
    made: list[str] = []

    def make(with_tables: bool = True) -> str:
        made.append(postgres.fresh_database(with_tables))
        return made[-1]

    yield make
    for url in made:
        postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables, once on each engine: for migrations."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    return str(request.getfixturevalue("fresh_database")(with_tables=False))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path) -> str:
    """A database with all our tables, once on each engine."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("fresh_database")())
    return f"sqlite:///{shutil.copy(empty_sqlite, tmp_path / 'both.db')}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One database for all the tests of a module, once on each engine; see ``kept_sessions``."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.fresh_database()
        engine = make_engine(url)
        yield engine
        engine.dispose()
        server.drop(url)
    else:
        engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('kept')}/kept.db")
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def kept_sessions(kept_engine: Engine) -> Sessions:
    """Sessions of a database that is empty again: where making one for each test is too slow."""
    sessions = make_sessions(kept_engine)
    with sessions.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    return sessions


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One Kannel for the whole run; tests keep apart by their phone numbers and ports."""
    kannel = Gateway(tmp_path_factory.mktemp("kannel"))
    yield kannel
    kannel.stop()


@pytest.fixture
async def operator(gateway: Gateway) -> AsyncIterator[Operator]:
    """The mobile network behind Kannel."""
    network = Operator(gateway.operator_port)
    await network.connect()
    yield network
    await network.disconnect()


_numbers = iter(range(1000))


@pytest.fixture
def phone() -> str:
    """A fictional number that no other test uses."""
    return f"+33639980{next(_numbers):03}"


@pytest.fixture
async def emulator() -> AsyncIterator[TelegramEmulator]:
    """Telegram."""
    telegram = TelegramEmulator()
    await telegram.start()
    yield telegram
    await telegram.stop()


@pytest.fixture
async def rasa_url() -> AsyncIterator[str]:
    """A Rasa that answers one thing; overridden where the trained one is wanted."""
    of_ours = replace(ANSWER, question_id="ent_mdp_oublie")
    async with StubRasa(of_ours).running() as rasa:
        yield rasa.url


@pytest.fixture(scope="session")
def trained_rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainedRasa]:
    """The real understanding and the real actions, once for the whole run."""
    rasa = TrainedRasa(tmp_path_factory.mktemp("rasa"))
    yield rasa
    rasa.stop()
