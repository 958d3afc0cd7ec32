"""The peers keep their own promises."""

import re
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from core.db import Base, make_engine
from tests.peers import programs
from tests.peers.missing import program
from tests.peers.programs import Program
from tests.peers.waiting import until_now

STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
signal.pause()
"""


def test_both_engines_have_all_our_tables(database_url: str) -> None:
    engine = make_engine(database_url)
    assert set(inspect(engine).get_table_names()) == set(Base.metadata.tables)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM contact")).scalar_one() == 0
    engine.dispose()


def test_an_empty_database_has_none(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_missing_peer_skips_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=re.escape("no-such (apt-get install such)")):
        program("no-such", Path("/nowhere"), package="such")


def test_a_missing_peer_fails_where_nothing_may_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such"):
        program("no-such", package="such")


def test_a_program_that_will_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "GRACE", 0.1)
    deaf = Program([sys.executable, "-c", STUBBORN], tmp_path / "log")
    until_now(lambda: "deaf" in deaf.output(), "it to be deaf")
    deaf.stop()
    assert deaf._process.returncode == -signal.SIGKILL


def test_a_program_that_dies_at_once_shows_why(tmp_path: Path) -> None:
    doomed = Program([sys.executable, "-c", "raise SystemExit('no licence')"], tmp_path / "log")
    with pytest.raises(AssertionError, match="no licence"):
        doomed.wait_for(lambda: False, "the impossible")
