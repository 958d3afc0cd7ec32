"""A PostgreSQL server of our own: made in a second, its databases cloned in milliseconds."""

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

import core.audit
import core.inbound
import core.learning.missed
import core.learning.thumbs
import core.outbox.delivery
import core.outbox.senders
import core.team.handoffs
import core.workshops.model  # noqa: F401  (its tables)
from core.db import Base, make_engine
from tests.peers.missing import missing, program
from tests.peers.programs import Program
from tests.peers.waiting import free_port

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
TEMPLATE = "tne_template"
CONNECTIONS = "max_connections=60"
# Nothing here needs to survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """A running server, reached over loopback only, without passwords.

    It refuses to run as root: then it runs as the user ``postgres``. *careful* writes to the disk
    at each commit, as one does for people.
    """

    def __init__(self, careful: bool = False) -> None:
        initdb = program("initdb", *DEBIAN, package="postgresql")
        postgres = program("postgres", *DEBIAN, package="postgresql")
        self._user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        self._folder = Path(tempfile.mkdtemp(prefix="tne-postgres-"))
        options = self._as_user()
        data = self._folder / "data"
        initialise = [initdb, "-D", str(data), "-U", self._user, "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*initialise, "--no-sync", "--locale=C.UTF-8"],
            check=True, stdout=subprocess.DEVNULL, **options,
        )  # fmt: skip
        self._port = free_port()
        fast = () if careful else FAST
        settings = (
            *fast,
            CONNECTIONS,
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
        )
        self._command = [postgres, "-D", str(data), "-p", str(self._port)]
        self._command += [word for setting in settings for word in ("-c", setting)]
        self._start()
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        engine = make_engine(self._url(TEMPLATE))
        Base.metadata.create_all(engine)
        engine.dispose()

    def _start(self) -> None:
        self._server = Program(
            self._command, self._folder / "log", polite=signal.SIGQUIT, **self._as_user()
        )
        self._server.wait_for(self._answers, "PostgreSQL")

    def restart(self) -> None:
        """At once: every connection is cut, whatever it was doing."""
        self._server.stop()
        self._start()

    @property
    def pid(self) -> int:
        """Of the process whose children serve the connections."""
        return self._server.pid

    def fresh_database(self, with_tables: bool = True) -> str:
        """The URL of a new database; *with_tables* has all of ours, empty."""
        name = f"t_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if with_tables else 'template0'}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _as_user(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {"cwd": "/"}
        try:
            account = pwd.getpwnam(self._user)
        except KeyError:
            missing("the user postgres (apt-get install postgresql)")
        os.chown(self._folder, account.pw_uid, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}
        return identity | {"cwd": "/"}

    def _answers(self) -> bool:
        try:
            self._execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _execute(self, statement: str) -> None:
        where = f"host=127.0.0.1 port={self._port} user={self._user} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://{self._user}@127.0.0.1:{self._port}/{name}"
