"""Fixtures that every test may ask for."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import core.audit
import core.broadcasts.model
import core.console.links
import core.console.visits
import core.inbound
import core.learning.missed
import core.learning.thumbs
import core.outbox.delivery
import core.outbox.holding
import core.outbox.senders
import core.people.consents
import core.people.erasure
import core.people.linking
import core.team.handoffs
import core.team.lines
import core.team.members
import core.workshops.attendance.attendance
import core.workshops.model
import core.workshops.search.interest
import core.workshops.signing.form
import core.workshops.wishes.invitation
import core.workshops.wishes.wishes  # noqa: F401  (each registers its tables)
from core.db import Base, Sessions, make_engine, make_sessions
from core.vault import Vault, make_keyring

pytest_plugins = ["tests.peers.fixtures"]

# What a script starts in the background ignores Ctrl-C, and so would the programs that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    path = tmp_path / "keys.json"
    make_keyring(path)
    return Vault.read(path)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all our tables: copied in a millisecond, made in seventy."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(tmp_path: Path, empty_sqlite: Path) -> Iterator[Engine]:
    path = Path(shutil.copy(empty_sqlite, tmp_path / "test.db"))
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    return make_sessions(engine)
